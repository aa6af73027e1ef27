//! A text is a table of zones or an error; a table finds by any name.
#![no_main]

use hc_core::{area::ZoneTable, division::DivisionTable};

libfuzzer_sys::fuzz_target!(|text: &str| {
    drop(ZoneTable::parse(text, DivisionTable::bundled()));
});
