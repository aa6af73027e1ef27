//! Which policies there may be, and what they make of a code.

use super::*;

const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

fn rule(id: &str, level: Level, then: Action) -> RecognitionRule {
    RecognitionRule {
        id: id.to_owned(),
        issuers: Vec::new(),
        classes: Vec::new(),
        levels: vec![level],
        reasons: Vec::new(),
        facts_within: None,
        test_within: None,
        test_kinds: Vec::new(),
        then,
        otherwise: None,
    }
}

fn policy(rules: Vec<RecognitionRule>) -> Result<RecognitionPolicy, PolicyError> {
    RecognitionPolicy::new("1", rules)
}

fn subject(issuer: u32, level: Level) -> Considered {
    Considered {
        issuer: DivisionCode::new(issuer).unwrap(),
        class: Class::Live,
        level,
        reason: ReasonClass::None,
        as_of: Some(NOON.minus(Span::hours(1))),
        last_test: None,
    }
}

#[test]
fn nobody_passes_on_high_or_unknown() {
    for level in [Level::High, Level::Unknown] {
        let result = policy(vec![rule("r", level, Action::Pass)]);
        assert_eq!(
            result,
            Err(PolicyError::Passes {
                rule: "r".to_owned(),
                level
            })
        );
    }
    let mut both = rule("r", Level::Low, Action::Check);
    both.levels.push(Level::High);
    both.facts_within = Some(Span::hours(1));
    both.otherwise = Some(Action::Pass);
    assert!(matches!(
        policy(vec![both]),
        Err(PolicyError::Passes { .. })
    ));
}

#[test]
fn nobody_is_refused_for_what_is_not_known() {
    assert_eq!(
        policy(vec![rule("r", Level::Unknown, Action::Refuse)]),
        Err(PolicyError::RefusesUnknown("r".to_owned()))
    );
}

#[test]
fn rules_have_names_levels_and_ends() {
    let good = || rule("r", Level::Low, Action::Pass);
    assert!(policy(vec![good()]).is_ok());
    assert_eq!(
        policy(vec![good(), good()]),
        Err(PolicyError::Twice("r".to_owned()))
    );
    for id in ["", "a b", "规则"] {
        let rule = RecognitionRule {
            id: id.to_owned(),
            ..good()
        };
        assert_eq!(policy(vec![rule]), Err(PolicyError::Id(id.to_owned())));
    }
    let none = RecognitionRule {
        levels: Vec::new(),
        ..good()
    };
    assert_eq!(
        policy(vec![none]),
        Err(PolicyError::NoLevel("r".to_owned()))
    );
    let open = RecognitionRule {
        test_within: Some(Span::hours(48)),
        ..good()
    };
    assert_eq!(
        policy(vec![open]),
        Err(PolicyError::Otherwise("r".to_owned()))
    );
    // It reads as if only such a test let anybody pass, and everybody would.
    let kinds = RecognitionRule {
        test_kinds: vec![TestKind::NucleicAcid],
        ..good()
    };
    assert_eq!(policy(vec![kinds]), Err(PolicyError::Kinds("r".to_owned())));
    assert_eq!(
        policy(vec![rule("r", Level::Low, Action::Invalid)]),
        Err(PolicyError::Invalid("r".to_owned()))
    );
    assert_eq!(
        RecognitionPolicy::new("", vec![]),
        Err(PolicyError::NoVersion)
    );
}

#[test]
fn the_first_rule_that_fits_decides() {
    let mut zhejiang = rule("zhejiang", Level::Low, Action::Pass);
    zhejiang.issuers = vec![DivisionCode::new(330_000).unwrap()];
    let policy = policy(vec![zhejiang, rule("others", Level::Low, Action::Check)]).unwrap();
    let apply = |issuer| policy.apply(subject(issuer, Level::Low), NOON);
    assert_eq!(apply(330_100), (Action::Pass, Some("zhejiang")));
    assert_eq!(apply(310_000), (Action::Check, Some("others")));
    assert_eq!(
        policy.apply(subject(330_100, Level::Medium), NOON),
        (Action::Unknown, None)
    );
}

#[test]
fn what_is_asked_must_be_there() {
    let mut asking = rule("r", Level::Low, Action::Pass);
    asking.facts_within = Some(Span::hours(1));
    asking.test_within = Some(Span::hours(48));
    asking.otherwise = Some(Action::Check);
    let policy = policy(vec![asking]).unwrap();
    let test = |hours| LastTest::at(NOON.minus(Span::hours(hours)), TestKind::Antigen);
    let mut subject = subject(330_100, Level::Low);
    assert_eq!(policy.apply(subject, NOON).0, Action::Check);
    subject.last_test = test(48);
    assert_eq!(policy.apply(subject, NOON).0, Action::Pass);
    subject.last_test = test(49);
    assert_eq!(policy.apply(subject, NOON).0, Action::Check);
    subject.last_test = test(1);
    subject.as_of = None;
    assert_eq!(policy.apply(subject, NOON).0, Action::Check);
}

#[test]
fn a_test_of_another_kind_does_not_count() {
    let mut asking = rule("r", Level::Low, Action::Pass);
    asking.test_within = Some(Span::hours(48));
    asking.test_kinds = vec![TestKind::NucleicAcid];
    asking.otherwise = Some(Action::Check);
    let policy = policy(vec![asking]).unwrap();
    let mut subject = subject(330_100, Level::Low);
    for (kind, due) in [
        (TestKind::Antigen, Action::Check),
        (TestKind::NucleicAcid, Action::Pass),
    ] {
        subject.last_test = LastTest::at(NOON.minus(Span::hours(1)), kind);
        assert_eq!(policy.apply(subject, NOON).0, due);
    }
}

#[test]
fn a_policy_reads_as_it_writes_and_bad_ones_do_not_read() {
    let plain = RecognitionPolicy::plain();
    let text = serde_json::to_string(&plain).unwrap();
    assert_eq!(
        serde_json::from_str::<RecognitionPolicy>(&text).unwrap(),
        plain
    );
    let lax = text.replace("\"refuse\"", "\"pass\"");
    assert!(serde_json::from_str::<RecognitionPolicy>(&lax).is_err());
    let odd = text.replace("\"then\"", "\"than\"");
    assert!(serde_json::from_str::<RecognitionPolicy>(&odd).is_err());
}
