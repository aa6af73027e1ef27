//! Two places, one a line: `overlap` is total and agrees with itself the other way round.
#![no_main]

use hc_core::place::{Overlap, Place};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let (one, other) = text.split_once('\n').unwrap_or((text, text));
    drop(Place::parse_list(one));
    let (Ok(one), Ok(other)) = (Place::parse(one), Place::parse(other)) else {
        return;
    };
    let apart = one.overlap(&other) == Overlap::Apart;
    assert_eq!(apart, other.overlap(&one) == Overlap::Apart);
    assert_ne!(one.overlap(&one), Overlap::Apart);
});
