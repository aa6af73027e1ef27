//! A note, a checkpoint or a key that is read is written as it was; whatever signed it, verifying ends.
#![no_main]

use std::sync::LazyLock;

use hc_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use hc_tlog::note::{Note, Signer, VerifierKey, Witness};

static KEYS: LazyLock<Vec<VerifierKey>> = LazyLock::new(|| {
    let log = Signer::from_secret("log".parse().unwrap(), &[1; 32]).unwrap();
    let witness = Witness::from_secret("witness".parse().unwrap(), &[2; 32]).unwrap();
    vec![log.verifier_key().clone(), witness.verifier_key().clone()]
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(note) = Note::parse(bytes) {
        assert_eq!(note.to_string().as_bytes(), bytes);
        let _ = note.verify(&*KEYS);
        if let Ok(checkpoint) = Checkpoint::parse(note.text()) {
            assert_eq!(checkpoint.to_string(), note.text());
        }
    }
    if let Ok(signed) = SignedCheckpoint::open(bytes, &KEYS) {
        let _ = signed.witnesses(&KEYS);
    }
    if let Some(key) = core::str::from_utf8(bytes)
        .ok()
        .and_then(|text| text.parse::<VerifierKey>().ok())
    {
        assert_eq!(key.to_string().as_bytes(), bytes);
    }
});
