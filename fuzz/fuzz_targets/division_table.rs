//! A table that parses answers every question about each of its divisions.
#![no_main]

use hc_core::division::DivisionTable;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(table) = DivisionTable::parse(text) else {
        return;
    };
    for division in table.iter() {
        let code = division.code();
        assert!(table.existed_ever(code) && table.full_name(code).is_some());
        assert!(
            table
                .named(division.name())
                .any(|other| other.code() == code)
        );
        assert!(table.within(code).any(|other| other.code() == code));
    }
});
