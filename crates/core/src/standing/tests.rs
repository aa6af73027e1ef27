use hc_code::{Level, Span, Timestamp};

use super::*;
use crate::evidence::{Answers, CaseClass, Fact, Pooling, Setting, SourceKind};

fn pack() -> RulePack {
    RulePack::parse(include_str!("../../../../policies/zhejiang-2022-06.toml")).unwrap()
}

fn at(text: &str) -> Timestamp {
    format!("2022-{text}:00+08:00").parse().unwrap()
}

fn fact(event: Event, source: SourceKind, when: Timestamp) -> Fact {
    Fact {
        at: when,
        until: when,
        known: when,
        expires: Timestamp::MAX,
        event,
        source,
    }
}

fn declared(when: Timestamp) -> Fact {
    let event = Event::Declaration {
        answers: Answers::EMPTY,
        temperature: 0,
    };
    fact(event, SourceKind::Person, when)
}

fn tested(result: TestResult, when: Timestamp) -> Fact {
    let event = Event::Test {
        method: TestMethod::NucleicAcid,
        pooling: Pooling::Single,
        result,
    };
    fact(event, SourceKind::Laboratory, when)
}

fn standing(mut facts: Vec<Fact>, now: Timestamp) -> Standing {
    Standing::decide(&pack(), Facts::sort(&mut facts), &AreaIndex::empty(), now).0
}

#[test]
fn whoever_only_declared_is_plainly_low() {
    let when = at("07-01T08:00");
    let found = standing(vec![declared(when)], at("07-01T09:00"));
    // The pack ends before 180 days are over.
    assert_eq!(found.plainly_low_until(), Some(at("11-12T00:00")));
    let (step, end) = found.at(at("08-01T00:00")).unwrap();
    assert_eq!((step.level, end), (Level::Low, at("11-12T00:00")));
    assert_eq!(found.at(at("07-01T08:59")), None, "before it was decided");
}

#[test]
fn a_case_and_an_unknown_person_are_exceptions() {
    let when = at("07-01T08:00");
    let case = fact(
        Event::Case(CaseClass::Confirmed),
        SourceKind::HealthAuthority,
        when,
    );
    let found = standing(vec![declared(when), case], when);
    assert_eq!(found.plainly_low_until(), None);
    assert_eq!(found.at(when).unwrap().0.level, Level::High);
    let nobody = standing(Vec::new(), when);
    assert_eq!(nobody.plainly_low_until(), None);
    assert_eq!(nobody.at(when).unwrap().0.level, Level::Unknown);
}

#[test]
fn steps_are_the_decisions_of_every_later_instant() {
    let when = at("07-01T08:00");
    let case = fact(
        Event::Case(CaseClass::Confirmed),
        SourceKind::HealthAuthority,
        when,
    );
    let quarantine = Fact {
        until: at("07-08T08:00"),
        ..fact(
            Event::Quarantine(Setting::Central),
            SourceKind::HealthAuthority,
            when,
        )
    };
    let mut facts = vec![
        declared(when),
        case,
        quarantine,
        tested(TestResult::Negative, when),
    ];
    let sorted = Facts::sort(&mut facts);
    let pack = pack();
    let (found, _) = Standing::decide(&pack, sorted, &AreaIndex::empty(), when);
    assert!(found.steps().len() > 2, "{found:?}");
    let mut now = when;
    while now < found.horizon && now < at("12-01T00:00") {
        let decision = decide(&pack, sorted, &AreaIndex::empty(), now);
        let (step, end) = found.at(now).unwrap();
        assert_eq!(
            (step.level, step.class),
            (decision.level, decision.class(&pack)),
            "{now}"
        );
        assert!(end > now);
        now = now.plus(Span::hours(7));
    }
}

#[test]
fn the_last_negative_test_is_named_to_the_hour() {
    let when = at("07-01T08:00");
    let facts = vec![
        declared(when),
        tested(TestResult::Negative, at("06-30T10:20")),
        tested(TestResult::Negative, at("06-29T10:20")),
        tested(TestResult::Undecided, at("07-01T07:00")),
        tested(TestResult::Negative, at("07-01T10:00")),
    ];
    let test = standing(facts, when).last_test.unwrap();
    assert_eq!(test.time(), at("06-30T10:00"));
    assert_eq!(test.kind(), TestKind::NucleicAcid);
}

#[test]
fn bytes_read_back_and_no_others_do() {
    let when = at("07-01T08:00");
    let case = fact(
        Event::Case(CaseClass::Confirmed),
        SourceKind::HealthAuthority,
        when,
    );
    for facts in [
        vec![],
        vec![declared(when)],
        vec![declared(when), case, tested(TestResult::Negative, when)],
    ] {
        let found = standing(facts, when);
        let bytes = found.to_bytes();
        assert_eq!(Standing::from_bytes(&bytes), Ok(found));
        for length in 0..bytes.len() {
            // Whole steps may be missing; nothing else.
            let cut = Standing::from_bytes(&bytes[..length]);
            assert_eq!(
                cut.is_ok(),
                length > 26 && (length - 26) % 10 == 0,
                "{length}"
            );
        }
    }
    assert!(Standing::from_bytes(&[2; 40]).is_err());
}
