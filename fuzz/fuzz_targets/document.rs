//! Three lines: type, country, number. A document read again from its own number has the same key.
#![no_main]

use hc_code::Timestamp;
use hc_core::document::Document;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let lines: Vec<&str> = text.splitn(3, '\n').collect();
    let (&[kind, country, number], now) = (&lines[..], Timestamp::from_unix(1_656_378_000)) else {
        return;
    };
    let Ok(kind) = kind.parse() else { return };
    let Ok(document) = Document::parse(kind, number, country.parse().ok(), now) else {
        return;
    };
    let (number, country) = (document.expose_number(), document.country());
    let again = Document::parse(document.kind(), &number, country, now);
    assert_eq!(again.map(|again| again.key()), Ok(document.key()));
});
