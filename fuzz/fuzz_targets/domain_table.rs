//! A table that parses finds each of its rows by code and by word.
#![no_main]

use hc_core::domain_table::DomainTable;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(table) = DomainTable::parse("fuzzed", text) else {
        return;
    };
    for row in table.rows() {
        assert_eq!(
            table.by_code(row.code()).map(|found| found.code()),
            Some(row.code())
        );
        assert_eq!(
            table.by_word(row.word()).map(|found| found.code()),
            Some(row.code())
        );
    }
});
