//! A table of data elements that parses finds each of its elements again.
#![no_main]

use hc_core::record::{DataElements, Group};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(elements) = DataElements::parse(text) else {
        return;
    };
    for group in ["basic", "health", "itinerary", "certificate"]
        .into_iter()
        .filter_map(Group::of_word)
    {
        for element in elements.group(group) {
            assert!(elements.get(group, element.name()).is_some());
        }
    }
});
