//! A pack that parses is judged, compared with itself, explained and used without a panic.
#![no_main]

use hc_code::Timestamp;
use hc_core::{area::AreaIndex, decide, evidence::Facts, rules};

libfuzzer_sys::fuzz_target!(|text: &str| {
    let Ok(pack) = rules::RulePack::parse(text) else {
        return;
    };
    assert!(rules::diff::diff(&pack, &pack).is_empty());
    drop(rules::explain::table(&pack));
    if rules::check::check(&pack).is_ok() {
        decide::decide(
            &pack,
            Facts::sort(&mut Vec::new()),
            &AreaIndex::empty(),
            Timestamp::MIN,
        );
    }
});
