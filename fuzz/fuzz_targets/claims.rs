//! Claims that are read have been written in the one way there is.
#![no_main]

use hc_code::{claims::Claims, cose::Sign1};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(claims) = Claims::decode(bytes) {
        assert_eq!(claims.encode(), bytes);
    }
    drop(Sign1::parse(bytes));
});
