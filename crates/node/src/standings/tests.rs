use hc_core::area::AreaIndex;
use hc_core::evidence::{Answers, CaseClass, Event, Fact, Facts, SourceKind};
use hc_core::rules::RulePack;
use hc_core::store::SubjectState;
use proptest::prelude::*;

use super::*;

const NOON: Timestamp = Timestamp::from_unix(1_656_734_400);

fn fact(event: Event, source: SourceKind) -> Fact {
    Fact {
        at: NOON,
        until: NOON,
        known: NOON,
        expires: Timestamp::MAX,
        event,
        source,
    }
}

/// Somebody who declared, and may be a case.
fn standing(case: bool) -> Standing {
    let pack = include_str!("../../../../policies/zhejiang-2022-06.toml");
    let pack = RulePack::parse(pack).unwrap();
    let declared = Event::Declaration {
        answers: Answers::EMPTY,
        temperature: 0,
    };
    let mut facts = vec![fact(declared, SourceKind::Person)];
    if case {
        let case = Event::Case(CaseClass::Confirmed);
        facts.push(fact(case, SourceKind::HealthAuthority));
    }
    Standing::decide(&pack, Facts::sort(&mut facts), &AreaIndex::empty(), NOON).0
}

fn number(number: u32) -> SubjectNumber {
    SubjectNumber::new(number)
}

fn level(standings: &Standings, subject: u32, now: Timestamp) -> Option<Level> {
    match standings.at(number(subject), now) {
        Seen::Active(found) => Some(found.level),
        Seen::Nobody | Seen::Gone => None,
    }
}

#[test]
fn what_is_loaded_is_what_would_have_been_taken_in() {
    let (loaded, taken_in) = (Standings::new(), Standings::new());
    // Whoever was there before is there no more.
    loaded.apply([Change::Standing(number(9), standing(true))]);
    let mut loading = Loading::new();
    loading.add(number(1), SubjectState::Active, None);
    for place in [3, 65_536 + 3, 400_000] {
        for (number, case) in [(number(place), true), (number(place + 1), false)] {
            loading.add(number, SubjectState::Active, Some(standing(case)));
            taken_in.apply([Change::Standing(number, standing(case))]);
        }
        loading.add(number(place + 2), SubjectState::Erased, None);
        taken_in.apply([Change::Gone(number(place + 2))]);
    }
    loading.publish(&loaded);
    assert_eq!(loaded.counts(), taken_in.counts());
    assert_eq!(loaded.counts().exceptions, 3);
    assert_eq!(loaded.room(), taken_in.room());
    for place in (0..12).chain(65_530..65_550).chain(399_990..400_010) {
        let place = number(place);
        assert_eq!(loaded.at(place, NOON), taken_in.at(place, NOON));
    }
}

#[test]
fn what_was_taken_in_is_seen_and_nothing_else() {
    let standings = Standings::new();
    assert_eq!(standings.at(number(5), NOON), Seen::Nobody);
    standings.apply([
        Change::Standing(number(5), standing(false)),
        Change::Standing(number(70_000), standing(true)),
    ]);
    assert_eq!(level(&standings, 5, NOON), Some(Level::Low));
    assert_eq!(level(&standings, 70_000, NOON), Some(Level::High));
    assert_eq!(standings.at(number(6), NOON), Seen::Nobody);
    assert_eq!(standings.at(number(u32::MAX), NOON), Seen::Nobody);
    let counts = standings.counts();
    assert_eq!((counts.active, counts.exceptions, counts.gone), (2, 1, 0));
    standings.apply([
        Change::Standing(number(5), standing(true)),
        Change::Gone(number(70_000)),
    ]);
    assert_eq!(level(&standings, 5, NOON), Some(Level::High));
    assert_eq!(standings.at(number(70_000), NOON), Seen::Gone);
    let counts = standings.counts();
    assert_eq!((counts.active, counts.exceptions, counts.gone), (1, 1, 1));
}

#[test]
fn levels_turn_by_themselves() {
    let standings = Standings::new();
    let case = standing(true);
    let turns: Vec<_> = case.steps().to_vec();
    assert!(turns.len() > 1);
    standings.apply([Change::Standing(number(1), case.clone())]);
    for step in turns {
        assert_eq!(level(&standings, 1, step.from), Some(step.level));
    }
    assert_eq!(level(&standings, 1, case.horizon), Some(Level::Unknown));
}

#[test]
fn as_of_never_goes_back() {
    let standings = Standings::new();
    standings.known_until(NOON);
    standings.known_until(NOON.minus(hc_code::Span::hours(1)));
    assert_eq!(standings.as_of(), NOON);
}

#[test]
fn readers_never_meet_a_gap_while_somebody_changes_to_and_fro() {
    let standings = Standings::new();
    let [low, high] = [standing(false), standing(true)];
    standings.apply([Change::Standing(number(9), low.clone())]);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for turn in 0..2000 {
                let next = if turn % 2 == 0 { &high } else { &low };
                standings.apply([Change::Standing(number(9), next.clone())]);
            }
        });
        for _ in 0..20_000 {
            let found = level(&standings, 9, NOON);
            assert!(matches!(found, Some(Level::Low | Level::High)), "{found:?}");
        }
    });
}

proptest! {
    #[test]
    fn the_last_change_of_every_number_counts(changes in proptest::collection::vec((0u32..40, 0u8..3), 0..80), split in 0usize..80) {
        let [low, high] = [standing(false), standing(true)];
        let mut expected = BTreeMap::new();
        let list: Vec<Change> = changes.iter().map(|(subject, kind)| {
            // Spread over buckets and chunks.
            let subject = subject * 4099;
            expected.insert(subject, *kind);
            match kind {
                0 => Change::Standing(number(subject), low.clone()),
                1 => Change::Standing(number(subject), high.clone()),
                _ => Change::Gone(number(subject)),
            }
        }).collect();
        let standings = Standings::new();
        let split = split.min(list.len());
        standings.apply(list[..split].iter().cloned());
        standings.apply(list[split..].iter().cloned());
        let mut counts = Counts::default();
        for (subject, kind) in expected {
            let found = standings.at(number(subject), NOON);
            match kind {
                2 => { counts.gone += 1; prop_assert_eq!(found, Seen::Gone); }
                kind => {
                    counts.active += 1;
                    counts.exceptions += u64::from(kind == 1);
                    let Seen::Active(found) = found else { panic!("{found:?}") };
                    prop_assert_eq!(found.level, if kind == 0 { Level::Low } else { Level::High });
                }
            }
        }
        prop_assert_eq!(standings.counts(), counts);
        let mut not_low = 0;
        standings.each_not_low(NOON, |_, _| not_low += 1);
        prop_assert_eq!(not_low, counts.exceptions + counts.gone);
    }
}
