//! Signed data: what opens under an anchor is what was signed, whatever the bytes around it are.
#![no_main]

use std::sync::LazyLock;

use hc_code::Timestamp;
use hc_code::signing::{Algorithm, Signer as _, SigningKey};
use hc_pki::{Anchors, Certificate, NewCertificate, Purpose, Serial, SignedData};

/// What the messages of `vectors/signed-data`, which the corpus begins with, are over.
const CONTENT: &[u8] = b"one row of evidence\n";
const NOON: Timestamp = Timestamp::from_unix(1_700_000_000);

/// The root of those vectors.
static ROOT: LazyLock<Certificate> = LazyLock::new(|| {
    let key = SigningKey::deterministic(Algorithm::Sm2, &[1; 32]).unwrap();
    let root = NewCertificate {
        subject: "CN=root,C=CN".parse().unwrap(),
        key: key.public_key().clone(),
        purpose: Purpose::Authority { below: Some(1) },
        from: Timestamp::from_unix(1_656_000_000),
        until: Timestamp::from_unix(1_756_000_000),
        serial: Serial::from_bytes(&[0x51, 1]).unwrap(),
    };
    root.self_signed(&key).unwrap()
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(read) = SignedData::from_der(bytes) else {
        return;
    };
    let anchors = Anchors::new(vec![ROOT.clone()]).unwrap();
    for beside in [None, Some(CONTENT)] {
        if let Ok(opened) = read.open(beside, &anchors, NOON) {
            assert_eq!(opened.content, CONTENT);
            assert!(!opened.signers.is_empty());
        }
    }
});
