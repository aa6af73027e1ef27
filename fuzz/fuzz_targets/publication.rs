//! What parses is located by the bundled tables, does not differ from itself, and becomes history.
#![no_main]

use hc_core::area::{AreaLedger, Difference, Gazetteer, Publication};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(parsed) = Publication::parse(bytes, "2022041511.json") else {
        return;
    };
    let located = Gazetteer::bundled().locate(&parsed.publication);
    assert!(Difference::between(&located.snapshot, &located.snapshot).is_empty());
    let mut ledger = AreaLedger::new();
    ledger.add(&located.snapshot);
    assert!(ledger.history().periods().len() <= located.snapshot.areas().count());
});
