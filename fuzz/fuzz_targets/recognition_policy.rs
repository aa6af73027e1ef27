//! A policy that is read is written and read the same.
#![no_main]

use hc_code::verify::RecognitionPolicy;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(policy) = serde_json::from_str::<RecognitionPolicy>(text) else {
        return;
    };
    let written = serde_json::to_string(&policy).unwrap();
    assert_eq!(
        serde_json::from_str::<RecognitionPolicy>(&written).ok(),
        Some(policy)
    );
});
