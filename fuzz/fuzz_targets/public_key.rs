//! A key or signature that is read is written as it was; whatever they are, verifying them ends.
#![no_main]

use hc_code::signing::{Algorithm, PublicKey, Signature};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    for algorithm in [Algorithm::Ed25519, Algorithm::Es256, Algorithm::Sm2] {
        let (key, signature) = bytes.split_at(bytes.len().min(algorithm.public_key_len()));
        let Ok(key) = PublicKey::parse(algorithm, key) else {
            continue;
        };
        assert_eq!(key.as_bytes(), &bytes[..algorithm.public_key_len()]);
        if let Ok(signature) = Signature::parse(algorithm, signature) {
            key.verifies(b"message", &signature);
        }
    }
});
