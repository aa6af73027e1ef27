//! A receipt that is read is written as it was; whatever it proves, verifying it ends.
#![no_main]

use std::sync::LazyLock;

use hc_tlog::Commitment;
use hc_tlog::note::{Signer, VerifierKey};
use hc_tlog::proof::Receipt;

static KEYS: LazyLock<Vec<VerifierKey>> = LazyLock::new(|| {
    let log = Signer::from_secret("log".parse().unwrap(), &[1; 32]).unwrap();
    vec![log.verifier_key().clone()]
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(receipt) = Receipt::parse(bytes) else {
        return;
    };
    assert_eq!(receipt.to_string().as_bytes(), bytes);
    let _ = receipt.verify_content(&KEYS);
    let _ = receipt.verify(&Commitment::from_bytes([0; 32]), &KEYS);
    if let Some(opening) = receipt.opening() {
        let _ = opening.content().entry();
    }
});
