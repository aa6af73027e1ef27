//! A standing that is carried over tests which no rule heeds is the one that deciding anew gives.

use std::cell::Cell;
use std::path::Path;

use hc_code::{Level, Span, Timestamp};
use hc_core::area::AreaIndex;
use hc_core::decide::Unheeded;
use hc_core::evidence::{
    Answers, CaseClass, ContactDegree, Event, Fact, Facts, Pooling, Setting, SourceKind,
    TestMethod, TestResult,
};
use hc_core::rules::{Base, BaseNeed, RulePack};
use hc_core::standing::{Retested, Standing};
use hc_core::word::Word;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::TestRunner;

fn packs() -> Vec<RulePack> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../policies");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let texts = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    texts
        .map(|path| RulePack::parse(&std::fs::read_to_string(path).unwrap()).unwrap())
        .collect()
}

fn word<T: Word>() -> impl Strategy<Value = T> {
    select(T::ALL)
}

fn test() -> impl Strategy<Value = Event> {
    let result = prop_oneof![6 => Just(TestResult::Negative), 1 => word::<TestResult>()];
    let method = prop_oneof![4 => Just(TestMethod::NucleicAcid), 1 => word::<TestMethod>()];
    (method, word::<Pooling>(), result).prop_map(|(method, pooling, result)| Event::Test {
        method,
        pooling,
        result,
    })
}

fn event() -> impl Strategy<Value = Event> {
    let well = Event::Declaration {
        answers: Answers::EMPTY,
        temperature: 365,
    };
    prop_oneof![
        8 => Just(well),
        8 => test(),
        1 => word::<CaseClass>().prop_map(Event::Case),
        2 => word::<ContactDegree>().prop_map(Event::Contact),
        2 => word::<Setting>().prop_map(Event::Release),
        1 => (1u8..4).prop_map(|dose| Event::Vaccination { dose }),
    ]
}

/// What became known within forty days, some of it long after it happened.
fn fact(begin: Timestamp) -> impl Strategy<Value = Fact> {
    let late = prop_oneof![Just(0u32), 0u32..600, 0u32..4 * 86_400];
    let source = prop_oneof![3 => Just(SourceKind::Laboratory), 1 => word::<SourceKind>()];
    (0u32..40 * 86_400, late, event(), source).prop_map(move |(known, late, event, source)| {
        let known = begin.plus(Span::seconds(known));
        let at = known.minus(Span::seconds(late));
        let source = match event {
            Event::Declaration { .. } => SourceKind::Person,
            _ => source,
        };
        Fact {
            at,
            until: at,
            known,
            expires: Timestamp::MAX,
            event,
            source,
        }
    })
}

/// A pack, what was known of somebody, a second after the last of it, and tests that become known then or
/// later, in one second.
fn history() -> impl Strategy<Value = (RulePack, Vec<Fact>, Timestamp, Vec<Fact>)> {
    select(packs()).prop_flat_map(|mut pack| {
        // Rules are judged here, not the day on which a pack ended.
        pack.valid_until = Timestamp::MAX;
        let begin = pack.valid_from;
        let facts = proptest::collection::vec(fact(begin), 1..8);
        let later = prop_oneof![0u32..7200, 0u32..60 * 86_400];
        let ago = prop_oneof![Just(0u32), 0u32..7200, 0u32..4 * 86_400];
        let tests = proptest::collection::vec((ago, test()), 1..3);
        (Just(pack), facts, later, tests).prop_map(|(pack, facts, later, tests)| {
            let last = facts.iter().map(|fact| fact.known).max().unwrap();
            let decided = last.plus(Span::seconds(1));
            let now = decided.plus(Span::seconds(1 + later));
            let tests = tests.into_iter().map(|(ago, event)| {
                let at = now.minus(Span::seconds(ago));
                Fact {
                    at,
                    until: at,
                    known: now,
                    expires: Timestamp::MAX,
                    event,
                    source: SourceKind::Laboratory,
                }
            });
            (pack, facts, decided, tests.collect())
        })
    })
}

#[test]
fn a_retested_standing_is_the_decided_one() {
    let (told, others) = (Cell::new(0), Cell::new(0));
    let mut runner = TestRunner::new(ProptestConfig {
        cases: 20_000,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let areas = AreaIndex::empty();
    let held = |(pack, mut facts, decided, mut tests): (RulePack, Vec<Fact>, _, Vec<Fact>)| {
        let now = tests[0].known;
        let unheeded = Unheeded::tests_under(&pack);
        if !unheeded.is_some_and(|some| tests.iter().all(|test| some.contains(test))) {
            return Ok(());
        }
        let (before, _) = Standing::decide(&pack, Facts::sort(&mut facts), &areas, decided);
        let found = before.retested(pack.version, Facts::sort(&mut tests), now);
        facts.append(&mut tests);
        let (anew, _) = Standing::decide(&pack, Facts::sort(&mut facts), &areas, now);
        match found {
            None => {}
            Some(Retested::Other(other)) => {
                others.set(others.get() + 1);
                prop_assert_eq!(other, anew);
            }
            Some(Retested::Same) => {
                told.set(told.get() + 1);
                let ahead = |standing: &Standing| {
                    let steps = standing.steps().iter().filter(|step| step.from > now);
                    steps.copied().collect::<Vec<_>>()
                };
                let (held, _) = before.at(now).unwrap();
                prop_assert_eq!(
                    (held.level, anew.steps()[0].level),
                    (Level::Low, Level::Low)
                );
                prop_assert_eq!(ahead(&before), ahead(&anew));
                prop_assert_eq!(
                    (before.horizon, before.last_test),
                    (anew.horizon, anew.last_test)
                );
            }
        }
        Ok(())
    };
    runner.run(&history(), held).unwrap();
    assert!(told.get() > 50, "{} of the same", told.get());
    assert!(others.get() > 1000, "{} others", others.get());
}

#[test]
fn tests_matter_where_they_are_the_ground_of_a_level() {
    for mut pack in packs() {
        pack.base = Base {
            need: BaseNeed::Evidence,
            ..pack.base
        };
        assert!(Unheeded::tests_under(&pack).is_none());
    }
}
