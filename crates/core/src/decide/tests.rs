use hc_code::{Level, Span, Timestamp};

use super::{Decision, decide};
use crate::area::AreaIndex;
use crate::evidence::{
    Answer, Answers, ContactDegree, Event, Fact, Facts, Pooling, Setting, SourceKind, TestMethod,
    TestResult,
};
use crate::rules::RulePack;

mod stays;

/// A pack with some rules; each is a trigger, its sources and its stages in TOML.
fn pack(rules: &[(&str, &str, &str)]) -> RulePack {
    let head = r#"
[pack]
region = "330000"
version = 3
name = { zh = "试验", en = "trial" }
published = "2022-06-01T00:00:00+08:00"
lead-time = "24h"
valid-from = "2022-06-05T00:00:00+08:00"
valid-until = "2022-12-31T00:00:00+08:00"
offset = "+08:00"
[[pack.source]]
title = "made for tests"
at = "here"
[base]
need = "declaration"
valid = "60d"
"#;
    let rules = rules.iter().map(|(id, trigger, stages)| {
        format!(
            r#"
[[rule]]
id = "{id}"
code = "X1"
class = "check"
reason = {{ zh = "原因", en = "reason" }}
sources = ["health-authority", "laboratory", "self", "border"]
trigger = {trigger}
source = {{ title = "made for tests", at = "here" }}
{}
"#,
            stages.replace(
                "TEXTS",
                r#"may = { zh = "可以", en = "may" }
next = { zh = "下一步", en = "next" }"#
            )
        )
    });
    let text: String = std::iter::once(head.to_owned()).chain(rules).collect();
    RulePack::parse(&text).unwrap_or_else(|findings| panic!("{findings}"))
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

fn declared(when: &str) -> Fact {
    let event = Event::Declaration {
        answers: Answers::EMPTY,
        temperature: 366,
    };
    fact(event, SourceKind::Person, at(when))
}

fn contact(when: &str) -> Fact {
    fact(
        Event::Contact(ContactDegree::Close),
        SourceKind::HealthAuthority,
        at(when),
    )
}

fn tested(when: &str, result: TestResult) -> Fact {
    let event = Event::Test {
        method: TestMethod::NucleicAcid,
        pooling: Pooling::Single,
        result,
    };
    fact(event, SourceKind::Laboratory, at(when))
}

fn decided(pack: &RulePack, facts: &[Fact], now: Timestamp) -> Decision {
    decide(
        pack,
        Facts::sort(&mut facts.to_vec()),
        &AreaIndex::empty(),
        now,
    )
}

fn level(pack: &RulePack, facts: &[Fact], now: &str) -> Level {
    decided(pack, facts, at(now)).level
}

const CONTACT: &str = r#"{ fact = "contact", degree = ["close"] }"#;
const FOURTEEN_DAYS: &str = r#"[[rule.stage]]
level = "high"
lasts = "14d"
TEXTS"#;

#[test]
fn nothing_known_is_unknown() {
    let pack = pack(&[("contact", CONTACT, FOURTEEN_DAYS)]);
    let decision = decided(&pack, &[], at("06-10T08:00"));
    assert_eq!(decision.level, Level::Unknown);
    assert!(decision.reasons.is_empty());
}

#[test]
fn a_declaration_carries_low_as_long_as_it_is_valid() {
    let pack = pack(&[("contact", CONTACT, FOURTEEN_DAYS)]);
    let facts = [declared("06-10T08:00")];
    let decision = decided(&pack, &facts, at("06-10T08:00"));
    assert_eq!(decision.level, Level::Low);
    assert_eq!(decision.valid_until, at("06-10T08:00").plus(Span::days(60)));
    assert_eq!(
        decided(&pack, &facts, decision.valid_until).level,
        Level::Unknown
    );
}

#[test]
fn nothing_follows_from_a_pack_outside_its_validity() {
    let pack = pack(&[("contact", CONTACT, FOURTEEN_DAYS)]);
    let facts = [declared("06-03T08:00"), contact("06-04T08:00")];
    let early = decided(&pack, &facts, at("06-04T12:00"));
    assert_eq!(
        (early.level, early.valid_until),
        (Level::Unknown, pack.valid_from)
    );
    assert_eq!(decided(&pack, &facts, pack.valid_from).level, Level::High);
    assert_eq!(
        decided(&pack, &facts, pack.valid_until).level,
        Level::Unknown
    );
}

#[test]
fn a_rule_ends_at_the_minute_without_anybody_lifting_it() {
    let pack = pack(&[("contact", CONTACT, FOURTEEN_DAYS)]);
    let facts = [declared("06-10T08:00"), contact("06-12T09:30")];
    let decision = decided(&pack, &facts, at("06-12T09:30"));
    assert_eq!(decision.level, Level::High);
    assert_eq!(decision.valid_until, at("06-26T09:30"));
    assert_eq!(decision.reasons[0].since, at("06-12T09:30"));
    assert_eq!(decision.reasons[0].facts.as_slice(), [1]);
    assert_eq!(level(&pack, &facts, "06-26T09:29"), Level::High);
    assert_eq!(level(&pack, &facts, "06-26T09:30"), Level::Low);
}

#[test]
fn what_is_not_known_yet_changes_nothing_but_is_announced() {
    let pack = pack(&[("contact", CONTACT, FOURTEEN_DAYS)]);
    let late = Fact {
        known: at("06-15T00:00"),
        ..contact("06-12T09:30")
    };
    let facts = [declared("06-10T08:00"), late];
    let decision = decided(&pack, &facts, at("06-14T00:00"));
    assert_eq!(
        (decision.level, decision.valid_until),
        (Level::Low, at("06-15T00:00"))
    );
    let decision = decided(&pack, &facts, at("06-15T00:00"));
    assert_eq!(decision.level, Level::High);
    assert_eq!(decision.reasons[0].since, at("06-15T00:00"));
    assert_eq!(
        decision.reasons[0].until,
        at("06-26T09:30"),
        "counted from the contact, not from the report"
    );
}

#[test]
fn evidence_that_comes_after_its_time_gives_no_level() {
    let pack = pack(&[("contact", CONTACT, FOURTEEN_DAYS)]);
    let late = Fact {
        known: at("06-27T00:00"),
        ..contact("06-12T09:30")
    };
    assert_eq!(
        level(&pack, &[declared("06-10T08:00"), late], "06-27T00:00"),
        Level::Low
    );
}

const TWO_TESTS: &str = r#"[[rule.stage]]
level = "high"
lasts = "14d"
TEXTS
[[rule.stage.exit]]
tests = { negative = 2, apart = "24h", after = "7d" }
to = "end""#;

#[test]
fn two_tests_a_day_apart_after_day_seven_end_it() {
    let pack = pack(&[("contact", CONTACT, TWO_TESTS)]);
    let negative = |when| tested(when, TestResult::Negative);
    let base = [declared("06-10T08:00"), contact("06-12T09:00")];
    let with = |tests: &[Fact]| [&base, tests].concat();
    let now = "06-24T00:00";
    let end = [negative("06-19T09:00"), negative("06-20T09:00")];
    assert_eq!(level(&pack, &with(&end), now), Level::Low);
    assert_eq!(
        level(&pack, &with(&end), "06-20T08:59"),
        Level::High,
        "not before the second"
    );
    let too_near = [negative("06-19T09:00"), negative("06-20T08:59")];
    assert_eq!(level(&pack, &with(&too_near), now), Level::High);
    let too_early = [negative("06-19T08:59"), negative("06-20T09:00")];
    assert_eq!(level(&pack, &with(&too_early), now), Level::High);
    let broken = [
        negative("06-19T09:00"),
        tested("06-20T00:00", TestResult::Positive),
        negative("06-20T09:00"),
    ];
    assert_eq!(
        level(&pack, &with(&broken), now),
        Level::High,
        "a positive one begins the series anew"
    );
}

#[test]
fn ones_own_test_does_not_end_a_rule() {
    let pack = pack(&[("contact", CONTACT, TWO_TESTS)]);
    let own = |when| Fact {
        source: SourceKind::Person,
        ..tested(when, TestResult::Negative)
    };
    let facts = [
        declared("06-10T08:00"),
        contact("06-12T09:00"),
        own("06-19T09:00"),
        own("06-20T09:00"),
    ];
    assert_eq!(level(&pack, &facts, "06-24T00:00"), Level::High);
}

#[test]
fn an_end_once_reached_is_not_moved_by_what_comes_to_light_later() {
    let pack = pack(&[("contact", CONTACT, TWO_TESTS)]);
    let mut facts = vec![
        declared("06-10T08:00"),
        contact("06-12T09:00"),
        tested("06-19T09:00", TestResult::Negative),
        tested("06-20T09:00", TestResult::Negative),
    ];
    assert_eq!(level(&pack, &facts, "06-21T00:00"), Level::Low);
    facts.push(Fact {
        known: at("06-22T00:00"),
        ..tested("06-20T00:00", TestResult::Positive)
    });
    assert_eq!(
        level(&pack, &facts, "06-22T00:00"),
        Level::Low,
        "a positive test is its own rule's business"
    );
}

#[test]
fn a_stage_that_ends_at_midnight_ends_at_local_midnight() {
    let stages = r#"[[rule.stage]]
level = "medium"
lasts = "3d"
to-midnight = true
TEXTS"#;
    let pack = pack(&[("contact", CONTACT, stages)]);
    let until = |when: &str| decided(&pack, &[contact(when)], at(when)).valid_until;
    assert_eq!(until("06-12T09:30"), at("06-16T00:00"));
    assert_eq!(
        until("06-12T00:00"),
        at("06-15T00:00"),
        "an end at midnight stays there"
    );
}

#[test]
fn stages_follow_each_other_and_exits_lead_on() {
    let stages = r#"[[rule.stage]]
level = "high"
lasts = "60d"
TEXTS
[[rule.stage.exit]]
release = ["hospital"]
to = "next"
[[rule.stage]]
level = "medium"
lasts = "7d"
TEXTS"#;
    let case = r#"{ fact = "case", class = ["confirmed"] }"#;
    let pack = pack(&[("case", case, stages)]);
    let confirmed = fact(
        Event::Case(crate::evidence::CaseClass::Confirmed),
        SourceKind::HealthAuthority,
        at("06-12T09:00"),
    );
    let released = fact(
        Event::Release(Setting::Hospital),
        SourceKind::HealthAuthority,
        at("06-25T12:00"),
    );
    let facts = [declared("06-10T08:00"), confirmed, released];
    assert_eq!(level(&pack, &facts, "06-25T11:59"), Level::High);
    let decision = decided(&pack, &facts, at("06-25T12:00"));
    assert_eq!(decision.level, Level::Medium);
    assert_eq!(decision.reasons[0].stage, 1);
    assert_eq!(decision.valid_until, at("07-02T12:00"));
    assert_eq!(level(&pack, &facts, "07-02T12:00"), Level::Low);
}

#[test]
fn what_lapsed_is_cured_by_having_it_again() {
    let stages = r#"[[rule.stage]]
level = "medium"
lasts = "30d"
TEXTS"#;
    let pack = pack(&[(
        "lapse",
        r#"{ fact = "lapse", of = "temperature", after = "48h" }"#,
        stages,
    )]);
    let mut facts = vec![declared("06-10T08:00")];
    let decision = decided(&pack, &facts, at("06-10T08:00"));
    assert_eq!(
        (decision.level, decision.valid_until),
        (Level::Low, at("06-12T08:00"))
    );
    assert_eq!(level(&pack, &facts, "06-12T08:00"), Level::Medium);
    facts.push(declared("06-12T20:00"));
    assert_eq!(level(&pack, &facts, "06-12T20:00"), Level::Low);
    assert_eq!(level(&pack, &facts, "06-14T20:00"), Level::Medium);
}

#[test]
fn a_test_that_is_due_is_cured_by_taking_it() {
    let stages = r#"[[rule.stage]]
level = "medium"
lasts = "30d"
TEXTS"#;
    let trigger = r#"{ fact = "overdue", since = "arrival", within = "72h" }"#;
    let pack = pack(&[("due", trigger, stages)]);
    let arrived = fact(
        Event::Arrival(crate::evidence::Origin::Domestic),
        SourceKind::Border,
        at("06-12T09:00"),
    );
    let mut facts = vec![declared("06-10T08:00"), arrived];
    assert_eq!(level(&pack, &facts, "06-15T08:59"), Level::Low);
    assert_eq!(level(&pack, &facts, "06-15T09:00"), Level::Medium);
    facts.push(tested("06-16T09:00", TestResult::Negative));
    assert_eq!(level(&pack, &facts, "06-16T09:00"), Level::Low);
}

#[test]
fn one_rule_keeps_one_reason_with_all_its_evidence() {
    let pack = pack(&[("contact", CONTACT, FOURTEEN_DAYS)]);
    let facts = [contact("06-12T09:00"), contact("06-15T09:00")];
    let decision = decided(&pack, &facts, at("06-16T00:00"));
    assert_eq!(decision.reasons.len(), 1);
    assert_eq!(decision.reasons[0].facts.as_slice(), [0, 1]);
    assert_eq!(decision.reasons[0].since, at("06-12T09:00"));
    assert_eq!(decision.reasons[0].until, at("06-29T09:00"));
    assert_eq!(
        decision.valid_until,
        at("06-26T09:00"),
        "the first contact may drop out there"
    );
}

#[test]
fn evidence_that_expires_ends_what_stands_on_it() {
    let pack = pack(&[("contact", CONTACT, FOURTEEN_DAYS)]);
    let short = Fact {
        expires: at("06-14T00:00"),
        ..contact("06-12T09:00")
    };
    let facts = [declared("06-10T08:00"), short];
    assert_eq!(
        decided(&pack, &facts, at("06-13T00:00")).valid_until,
        at("06-14T00:00")
    );
    assert_eq!(level(&pack, &facts, "06-14T00:00"), Level::Low);
}

#[test]
fn a_source_that_the_rule_does_not_believe_sets_nothing_off() {
    let pack = pack(&[("contact", CONTACT, FOURTEEN_DAYS)]);
    let hearsay = Fact {
        source: SourceKind::Venue,
        ..contact("06-12T09:00")
    };
    assert_eq!(
        level(&pack, &[declared("06-10T08:00"), hearsay], "06-13T00:00"),
        Level::Low
    );
}

#[test]
fn an_answer_counts_only_if_the_rule_names_it() {
    let trigger = r#"{ fact = "declaration", answers = ["symptoms"] }"#;
    let stages = r#"[[rule.stage]]
level = "medium"
lasts = "7d"
TEXTS"#;
    let pack = pack(&[("ill", trigger, stages)]);
    let answered = |answer| {
        let event = Event::Declaration {
            answers: Answers::EMPTY.with(answer),
            temperature: 0,
        };
        [fact(event, SourceKind::Person, at("06-12T09:00"))]
    };
    assert_eq!(
        level(&pack, &answered(Answer::Symptoms), "06-12T09:00"),
        Level::Medium
    );
    assert_eq!(
        level(&pack, &answered(Answer::Abroad), "06-12T09:00"),
        Level::Low
    );
}

#[test]
fn a_newer_positive_test_breaks_a_series_that_waits() {
    let stages = r#"[[rule.stage]]
level = "high"
lasts = "14d"
TEXTS
[[rule.stage.exit]]
tests = { negative = 1, after = "1d" }
not-before = "7d"
to = "end""#;
    let pack = pack(&[("contact", CONTACT, stages)]);
    let mut facts = vec![
        declared("06-10T08:00"),
        contact("06-12T08:00"),
        tested("06-15T12:00", TestResult::Negative),
    ];
    assert_eq!(level(&pack, &facts, "06-19T08:00"), Level::Low);
    facts.push(tested("06-18T20:00", TestResult::Undecided));
    assert_eq!(level(&pack, &facts, "06-19T08:00"), Level::High);
}

#[test]
fn a_late_report_gives_no_more_than_one_in_time() {
    let stages = r#"[[rule.stage]]
level = "high"
lasts = "60d"
TEXTS
[[rule.stage.exit]]
release = ["hospital"]
to = "next"
[[rule.stage]]
level = "high"
lasts = "14d"
TEXTS"#;
    let pack = pack(&[(
        "case",
        r#"{ fact = "case", class = ["confirmed"] }"#,
        stages,
    )]);
    let confirmed = fact(
        Event::Case(crate::evidence::CaseClass::Confirmed),
        SourceKind::HealthAuthority,
        at("06-12T09:00"),
    );
    let released = fact(
        Event::Release(Setting::Hospital),
        SourceKind::HealthAuthority,
        at("06-20T12:00"),
    );
    for known in ["06-12T09:00", "06-25T00:00", "07-03T00:00"] {
        let late = Fact {
            known: at(known),
            ..confirmed
        };
        let facts = [declared("06-10T08:00"), late, released];
        assert_eq!(level(&pack, &facts, "07-04T11:59"), Level::High, "{known}");
        assert_eq!(level(&pack, &facts, "07-04T12:00"), Level::Low, "{known}");
    }
}

#[test]
fn one_test_ends_one_stage() {
    let stages = r#"[[rule.stage]]
level = "high"
lasts = "14d"
TEXTS
[[rule.stage.exit]]
tests = { negative = 1 }
to = "next"
[[rule.stage]]
level = "medium"
lasts = "7d"
TEXTS
[[rule.stage.exit]]
tests = { negative = 1 }
to = "end""#;
    let pack = pack(&[("contact", CONTACT, stages)]);
    let first = tested("06-15T08:00", TestResult::Negative);
    for known in ["06-15T08:00", "06-15T14:00"] {
        let first = Fact {
            known: at(known),
            ..first
        };
        let mut facts = vec![declared("06-10T08:00"), contact("06-12T08:00"), first];
        assert_eq!(
            level(&pack, &facts, "06-16T00:00"),
            Level::Medium,
            "{known}"
        );
        facts.push(tested("06-16T08:00", TestResult::Negative));
        assert_eq!(level(&pack, &facts, "06-16T08:00"), Level::Low, "{known}");
    }
}

#[test]
fn an_expired_test_is_no_better_than_an_old_one() {
    let stages = r#"[[rule.stage]]
level = "medium"
lasts = "30d"
TEXTS"#;
    let trigger = r#"{ fact = "lapse", of = "test", after = "168h" }"#;
    let pack = pack(&[("lapse", trigger, stages)]);
    let old = tested("06-12T08:00", TestResult::Negative);
    for expires in [Timestamp::MAX, at("06-14T00:00")] {
        let facts = [declared("06-10T08:00"), Fact { expires, ..old }];
        assert_eq!(level(&pack, &facts, "06-20T00:00"), Level::Medium);
    }
}
