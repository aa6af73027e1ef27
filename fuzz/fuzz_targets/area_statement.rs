//! Every line is a statement or an error; each good line of a text comes out.
#![no_main]

use hc_core::area::{AreaLedger, AreaStatement};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let mut ledger = AreaLedger::new();
    let good = AreaStatement::parse_lines(text)
        .flatten()
        .inspect(|statement| ledger.state(statement))
        .count();
    assert_eq!(
        good,
        text.lines()
            .filter(|line| AreaStatement::parse(line).is_ok())
            .count()
    );
    assert!(ledger.history().periods().len() <= good);
});
