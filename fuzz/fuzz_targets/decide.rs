//! Whoever the lines are about is decided: for some time, and above low only for a reason.
#![no_main]

use std::sync::LazyLock;

use hc_code::{Level, Timestamp};
use hc_core::{area::AreaIndex, decide, evidence, place, rules::RulePack};

const PACK: &str = include_str!("../../policies/hangzhou-2020-02.toml");
static READ: LazyLock<RulePack> = LazyLock::new(|| RulePack::parse(PACK).unwrap());

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let (mut places, now) = (
        place::PlaceTable::default(),
        Timestamp::from_unix(1_582_070_400),
    );
    let mut desk = evidence::intake::Desk::new(now, &mut places);
    let mut register = evidence::Register::new();
    let rows = evidence::intake::ndjson(bytes, &mut desk).into_rows();
    rows.into_iter().for_each(|row| register.add(row));
    for person in register.iter(now) {
        let decision = decide::decide(&READ, person.story(now).facts(), &AreaIndex::empty(), now);
        assert!(decision.valid_until > now);
        assert!(
            matches!(decision.level, Level::Low | Level::Unknown) || !decision.reasons.is_empty()
        );
    }
});
