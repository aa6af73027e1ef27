//! Three lines: type, country, number. A document read again from its own number has the same key.
#![no_main]

use hc_code::Timestamp;
use hc_core::{division::DivisionTable, document::Document};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut lines = text.splitn(3, '\n');
    let (Some(kind), Some(country), Some(number)) = (lines.next(), lines.next(), lines.next())
    else {
        return;
    };
    let (Ok(kind), now) = (kind.parse(), Timestamp::from_unix(1_656_378_000)) else {
        return;
    };
    let existed = |code| DivisionTable::bundled().existed_ever(code);
    let Ok(document) = Document::parse(kind, number, country.parse().ok(), now, &existed) else {
        return;
    };
    let again = Document::parse(
        document.kind(),
        &document.expose_number(),
        document.country(),
        now,
        &existed,
    );
    assert_eq!(again.map(|again| again.key()), Ok(document.key()));
});
