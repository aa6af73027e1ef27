//! Status lists and changes: what is read is written in the same bytes and never grows beyond its domain.
#![no_main]

use hc_code::day_index::Domain;
use hc_code::status_list::{Changes, PackedList};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    if let Ok(list) = PackedList::parse(bytes, 1 << 12) {
        assert_eq!(list.as_bytes().len(), 1 << 12);
    }
    let Some((&count, coded)) = bytes.split_first() else {
        return;
    };
    if let Ok(changes) = Changes::decode(Domain::SMALLEST, u64::from(count), coded) {
        assert_eq!(changes.encode(), coded);
    }
});
