//! Times, spans, offsets, division codes, levels and reason classes: what is read is written and read the same.
#![no_main]

use hc_code::{DivisionCode, Level, Offset, ReasonClass, Span, Timestamp};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let kinds = [
        again::<Timestamp>,
        again::<Span>,
        again::<Offset>,
        again::<DivisionCode>,
    ];
    kinds.iter().for_each(|again| again(text));
    drop((text.parse::<Level>(), text.parse::<ReasonClass>()));
});

fn again<T: std::str::FromStr + ToString>(text: &str) {
    let Ok(written) = text.parse::<T>().map(|read| read.to_string()) else {
        return;
    };
    assert_eq!(
        written.parse::<T>().ok().map(|read| read.to_string()),
        Some(written)
    );
}
