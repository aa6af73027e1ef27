//! What authorities say at one door, as the page gets it.

use hc_code::recognition::{
    Contest, Measure, Obligation, PolicyDraft, PublishedPolicy, PublishedRule, Says,
};
use hc_code::statement::TestKind;
use hc_code::verify::{Outcome, RecognitionRule};

use super::*;

/// A policy of the region: low passes with a test of two days, and has another one to make here; all else
/// as `others`.
fn policy(version: u32, others: Action) -> Vec<u8> {
    let rule = |id: &str, levels: &[Level], then| RecognitionRule {
        id: id.to_owned(),
        issuers: Vec::new(),
        classes: Vec::new(),
        levels: levels.to_vec(),
        reasons: Vec::new(),
        facts_within: None,
        test_within: None,
        test_kinds: Vec::new(),
        then,
        otherwise: None,
    };
    let published = |rule, measures| {
        let says = Says::new("按政策", "By policy").unwrap();
        PublishedRule::new(rule, says, None, measures).unwrap()
    };
    let mut low = rule("low", &[Level::Low], Action::Pass);
    low.test_within = Some(Span::hours(48));
    low.otherwise = Some(Action::Check);
    let test = Obligation::Test {
        within: Span::hours(24),
        kinds: vec![TestKind::NucleicAcid],
    };
    let test = Measure::new(Some(Outcome::Otherwise), test).unwrap();
    let policy = PublishedPolicy::new(PolicyDraft {
        region: region().division(),
        version,
        published: NOON.minus(Span::days(2)).plus(Span::seconds(version)),
        in_force_from: NOON.minus(Span::hours(1)),
        valid_until: NOON.plus(Span::days(9)),
        eases: false,
        contest: Contest::new("https://example.com/a", "12345").unwrap(),
        rules: vec![
            published(low, vec![test]),
            published(
                rule(
                    "rest",
                    &[Level::Medium, Level::High, Level::Unknown],
                    others,
                ),
                Vec::new(),
            ),
        ],
    });
    policy.unwrap().sign(region().root()).unwrap()
}

fn live() -> String {
    let statement = Statement::new(Level::Low, ReasonClass::None, NOON).unwrap();
    let decided = Decided {
        statement,
        valid_until: Timestamp::MAX,
    };
    let handle = Handle::from_bytes([1; 16]);
    region()
        .issuer()
        .live(&decided, handle, &Extension::empty(), NOON)
        .unwrap()
}

fn trusting(roles: &[Role]) -> Gate {
    let mut gate = gate();
    let list = trust_list(1, roles, region().root().public_key());
    gate.take_trust_list(&list, NOON).unwrap();
    gate.take_key_list(&key_list(), region().division(), NOON)
        .unwrap();
    gate
}

#[test]
fn every_authority_is_asked_about_one_scan_and_the_strictest_decides() {
    let here = region().division();
    let mut gate = trusting(&[Role::Codes, Role::Lists, Role::Rules]);
    let taken = gate.take_recognition(&policy(3, Action::Check), here, NOON);
    assert_eq!(taken, Ok(Taken::New));
    let told = |gate: &Gate| {
        let verdict = gate.verify(&live(), NOON, &mut ShowingMemory::default());
        report(&verdict, gate.door(&verdict).as_ref(), None)
    };
    assert!(!told(&gate).contains("authorities"));
    gate.set_authorities(vec![Authority::Venue, Authority::Region(here)]);
    let said = told(&gate);
    assert!(
        said.starts_with(r#"{"action":"check","cause":"code","#),
        "{said}"
    );
    let authorities = r#""authorities":[{"authority":"venue","action":"pass","ruling":null},{"authority":"330000","action":"check","ruling":{"version":3,"rule":{"place":0,"id":"low","zh":"按政策","en":"By policy"},"measures":[[0,86400,1]],"contest":{"at":"https://example.com/a","phone":"12345"}}}]}"#;
    assert!(said.ends_with(authorities), "{said}");
    // A region of which nothing is held cannot tell.
    let other = "510000".parse().unwrap();
    gate.set_authorities(vec![Authority::Region(other), Authority::Region(here)]);
    let said = told(&gate);
    assert!(said.starts_with(r#"{"action":"unknown","#), "{said}");
}

#[test]
fn a_policy_is_taken_by_a_root_for_rules_alone_and_never_rolled_back() {
    let here = region().division();
    let (first, second) = (policy(1, Action::Check), policy(2, Action::Check));
    let mut gate = trusting(&[Role::Codes, Role::Lists]);
    let refused = gate.take_recognition(&first, here, NOON);
    assert_eq!(word(refused), "not-by-root");
    let mut gate = trusting(&[Role::Codes, Role::Rules]);
    assert_eq!(gate.take_recognition(&second, here, NOON), Ok(Taken::New));
    assert_eq!(gate.take_recognition(&second, here, NOON), Ok(Taken::Held));
    let refused = gate.take_recognition(&first, here, NOON);
    assert_eq!(word(refused), "rolled-back");
    let other = gate.take_recognition(&policy(2, Action::Unknown), here, NOON);
    assert_eq!(word(other), "contradiction");
    let early = NOON.minus(Span::days(3));
    assert_eq!(
        word(gate.take_recognition(&policy(4, Action::Check), here, early)),
        "from-the-future"
    );
    // After a restart it is known which one was in force.
    let json = gate.marks().json();
    let settings = format!(
        r#"{{"hubKeys":[{}],"marks":{json}}}"#,
        KeyFormText(hub(0).public_key().clone())
    );
    let mut again = Gate::new(Settings::parse(settings.as_bytes()).unwrap()).unwrap();
    let list = trust_list(1, &[Role::Codes, Role::Rules], region().root().public_key());
    again.take_trust_list(&list, NOON).unwrap();
    let refused = again.take_recognition(&first, here, NOON);
    assert_eq!(word(refused), "rolled-back");
    // A root that is trusted for rules no more vouches for nothing.
    let list = trust_list(2, &[Role::Codes], region().root().public_key());
    again.take_trust_list(&list, NOON).unwrap();
    assert!(!again.marks().json().contains("policies"));
}
