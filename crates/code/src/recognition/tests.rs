//! What a published policy may be, what it decides, and what gates take.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::*;
use crate::signing::{Algorithm, SigningKey};
use crate::statement::{LastTest, TestKind};
use crate::verify::RecognitionRule;
use crate::{Class, Level, ReasonClass};

const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

fn key(algorithm: Algorithm, seed: u8, number: u8) -> SigningKey {
    SigningKey::deterministic(algorithm, &[seed ^ number << 4; 32]).unwrap()
}

fn sichuan() -> DivisionCode {
    "510000".parse().unwrap()
}

fn says() -> Says {
    Says::new("按本地政策核验", "By the policy here").unwrap()
}

fn rule(id: &str, levels: &[Level], then: Action) -> RecognitionRule {
    RecognitionRule {
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
    }
}

fn plain(rule: RecognitionRule) -> PublishedRule {
    PublishedRule::new(rule, says(), None, Vec::new()).unwrap()
}

/// Low from Shanghai passes with a test of two days, with another one due here; else three days medium.
fn arrivals() -> PublishedRule {
    let mut arrivals = rule("from-shanghai", &[Level::Low], Action::Pass);
    arrivals.issuers = vec!["330000".parse().unwrap(), "310000".parse().unwrap()];
    arrivals.test_within = Some(Span::hours(48));
    arrivals.test_kinds = vec![TestKind::NucleicAcid];
    arrivals.otherwise = Some(Action::Check);
    let test = Obligation::Test {
        within: Span::hours(24),
        kinds: vec![TestKind::NucleicAcid],
    };
    let medium = Obligation::LocalMedium {
        lasts: Span::days(3),
        ends: Some(TestSeries {
            negative: 2,
            apart: Span::hours(24),
        }),
    };
    let contest = Contest::new("https://sichuan.example/arrivals", "+86 28 12345").unwrap();
    let measures = vec![
        Measure::new(Some(Outcome::Otherwise), medium).unwrap(),
        Measure::new(None, test).unwrap(),
    ];
    PublishedRule::new(arrivals, says(), Some(contest), measures).unwrap()
}

fn draft(version: u32) -> PolicyDraft {
    let published = NOON.plus(Span::days(u16::try_from(version).unwrap()));
    PolicyDraft {
        region: sichuan(),
        version,
        published,
        in_force_from: published.plus(Span::hours(24)),
        valid_until: published.plus(Span::days(60)),
        eases: false,
        contest: Contest::new("https://sichuan.example/appeals", "12345").unwrap(),
        rules: vec![
            arrivals(),
            plain(rule("low", &[Level::Low], Action::Pass)),
            plain(rule("medium", &[Level::Medium], Action::Check)),
            plain(rule("high", &[Level::High], Action::Refuse)),
            plain(rule("unknown", &[Level::Unknown], Action::Unknown)),
        ],
    }
}

fn policy(version: u32) -> PublishedPolicy {
    PublishedPolicy::new(draft(version)).unwrap()
}

fn root(number: u8) -> SigningKey {
    key(Algorithm::Ed25519, 9, number)
}

fn open(bytes: &[u8]) -> Result<PublishedPolicy, PublishedPolicyError> {
    let roots = [root(1).public_key().clone()];
    PublishedPolicy::open(bytes, sichuan(), &roots).map(|(policy, _)| policy)
}

#[test]
fn a_policy_reads_as_it_was_signed() {
    let policy = policy(1);
    for signer in [Algorithm::Ed25519, Algorithm::Es256, Algorithm::Sm2] {
        let signer = key(signer, 9, 4);
        let signed = policy.sign(&signer).unwrap();
        let roots = [root(1).public_key().clone(), signer.public_key().clone()];
        let (read, by) = PublishedPolicy::open(&signed, sichuan(), &roots).unwrap();
        assert_eq!(read, policy);
        assert_eq!(by, signer.public_key().id());
    }
    assert_eq!(policy.policy().version(), "510000/1");
}

#[test]
fn a_policy_counts_only_for_its_region_and_by_a_root_for_rules() {
    let signed = policy(1).sign(&root(1)).unwrap();
    let roots = [root(1).public_key().clone()];
    let other = "500000".parse().unwrap();
    assert!(matches!(
        PublishedPolicy::open(&signed, other, &roots),
        Err(PublishedPolicyError::Encoding(
            PolicyEncodingError::OtherRegion(_)
        ))
    ));
    let others = [root(2).public_key().clone()];
    assert!(matches!(
        PublishedPolicy::open(&signed, sichuan(), &others),
        Err(PublishedPolicyError::Encoding(
            PolicyEncodingError::NotByRoot
        ))
    ));
}

#[test]
fn whatever_is_not_easier_is_published_a_day_ahead() {
    let mut late = draft(1);
    late.in_force_from = late.published.plus(Span::hours(23));
    let refused = PublishedPolicy::new(late.clone());
    assert!(matches!(refused, Err(PublishedPolicyError::Lead { .. })));
    late.eases = true;
    assert!(PublishedPolicy::new(late.clone()).is_ok());
    late.in_force_from = late.published.minus(Span::seconds(1));
    assert!(PublishedPolicy::new(late).is_err());
    let again = policy(1).published_at(NOON.plus(Span::days(2)));
    assert!(matches!(again, Err(PublishedPolicyError::Lead { .. })));
}

#[test]
fn a_policy_ends_by_itself() {
    for (days, sound) in [(0, false), (1, false), (2, true), (185, true), (186, false)] {
        let mut draft = draft(1);
        draft.valid_until = draft.published.plus(Span::days(days));
        assert_eq!(PublishedPolicy::new(draft).is_ok(), sound, "{days}");
    }
}

#[test]
fn what_no_policy_may_say_cannot_be_published() {
    let with = |rules: Vec<PublishedRule>| PublishedPolicy::new(PolicyDraft { rules, ..draft(1) });
    assert_eq!(with(vec![]), Err(PublishedPolicyError::NoRule));
    for (level, then) in [
        (Level::High, Action::Pass),
        (Level::Unknown, Action::Pass),
        (Level::Unknown, Action::Refuse),
        (Level::Low, Action::Invalid),
    ] {
        let refused = with(vec![plain(rule("r", &[level], then))]);
        assert!(
            matches!(refused, Err(PublishedPolicyError::Rules(_))),
            "{level} {then}"
        );
    }
    let mut country = draft(1);
    country.region = DivisionCode::COUNTRY;
    assert_eq!(
        PublishedPolicy::new(country),
        Err(PublishedPolicyError::Country)
    );
    let mut zero = draft(1);
    zero.version = 0;
    assert_eq!(
        PublishedPolicy::new(zero),
        Err(PublishedPolicyError::Version)
    );
}

#[test]
fn a_measure_ends_and_its_series_fits_into_it() {
    let test = |within| {
        Measure::new(
            None,
            Obligation::Test {
                within,
                kinds: vec![],
            },
        )
    };
    assert!(test(Span::seconds(0)).is_err());
    assert!(test(Span::days(14)).is_ok());
    assert!(test(Span::days(15)).is_err());
    let medium = |negative, apart| {
        let ends = Some(TestSeries { negative, apart });
        let lasts = Span::days(3);
        Measure::new(None, Obligation::LocalMedium { lasts, ends })
    };
    assert!(medium(0, Span::hours(1)).is_err());
    assert!(medium(1, Span::hours(0)).is_ok());
    assert!(medium(3, Span::hours(24)).is_ok());
    assert!(medium(4, Span::hours(24)).is_err());
    assert!(medium(8, Span::hours(1)).is_err());
}

#[test]
fn people_are_told_in_both_languages_and_nothing_unseen() {
    assert!(Says::new("可以通行", "May pass").is_ok());
    for (zh, en) in [
        ("", "May pass"),
        ("May pass", "May pass"),
        ("可以通行", "可以通行"),
        ("可以\u{202e}通行", "May pass"),
        ("可以通行\n", "May pass"),
        ("可", &"a".repeat(301)),
    ] {
        assert!(Says::new(zh, en).is_err(), "{zh} {en}");
    }
    for (at, phone) in [
        ("http://a.example", "12345"),
        ("https://a.example", "12"),
        ("https://a.example", "+- 12"),
        ("https://a.example", "123 or 124"),
    ] {
        assert!(Contest::new(at, phone).is_err(), "{at} {phone}");
    }
}

fn subject(issuer: u32, level: Level, test: Option<i64>) -> Considered {
    let taken = |hours: i64| Timestamp::from_unix(NOON.unix() - hours * 3600);
    Considered {
        issuer: DivisionCode::new(issuer).unwrap(),
        class: Class::Live,
        level,
        reason: ReasonClass::None,
        as_of: Some(NOON),
        last_test: test.and_then(|hours| LastTest::at(taken(hours), TestKind::NucleicAcid)),
    }
}

#[test]
fn a_ruling_says_rule_measures_and_where_to_contest() {
    let policy = policy(1);
    let words = |ruling: &Ruling<'_>| -> Vec<&str> {
        let measures = ruling.measures();
        measures
            .map(|measure| measure.obligation().word())
            .collect()
    };
    let tested = policy.rule_on(subject(310_115, Level::Low, Some(20)), NOON);
    assert_eq!(
        (tested.action, tested.outcome),
        (Action::Pass, Outcome::Then)
    );
    assert_eq!(words(&tested), ["test"]);
    let untested = policy.rule_on(subject(310_115, Level::Low, None), NOON);
    assert_eq!(untested.action, Action::Check);
    assert_eq!(words(&untested), ["test", "local-medium"]);
    assert_eq!(untested.contest().phone(), "+86 28 12345");
    let elsewhere = policy.rule_on(subject(440_000, Level::High, None), NOON);
    assert_eq!(elsewhere.rule.unwrap().1.id(), "high");
    assert_eq!(elsewhere.contest().phone(), "12345");
}

#[test]
fn a_gate_goes_by_the_newest_policy_whose_time_has_come() {
    let mut held = HeldPolicies::default();
    let roots = [root(1).public_key().clone()];
    let mut take = |version: u32, now| {
        let signed = policy(version).sign(&root(1)).unwrap();
        held.adopt(&signed, sichuan(), &roots, now)
    };
    let day = |days| NOON.plus(Span::days(days));
    assert_eq!(take(1, day(1)), Ok(Adopted::New));
    assert_eq!(take(1, day(1)), Ok(Adopted::Same));
    assert_eq!(take(3, day(3)), Ok(Adopted::New));
    // Announced later than the first and before the third: both still count.
    assert_eq!(take(2, day(3)), Ok(Adopted::New));
    let version = |now| held.in_force(sichuan(), now).map(PublishedPolicy::version);
    assert_eq!(version(day(1)), None);
    assert_eq!(version(day(2)), Some(1));
    assert_eq!(version(day(3)), Some(2));
    assert_eq!(version(day(4)), Some(3));
    assert_eq!(version(day(62)), Some(3));
    // The third has ended: no earlier one comes back.
    assert_eq!(version(day(63)), None);
}

#[test]
fn nobody_rolls_a_policy_back_and_a_restart_forgets_nothing() {
    let roots = [root(1).public_key().clone()];
    let signed = |version| policy(version).sign(&root(1)).unwrap();
    let day = |days| NOON.plus(Span::days(days));
    let mut held = HeldPolicies::default();
    held.adopt(&signed(1), sichuan(), &roots, day(1)).unwrap();
    held.adopt(&signed(2), sichuan(), &roots, day(2)).unwrap();
    // After a restart, before the second is in force, both are taken again.
    let mut again = HeldPolicies::with_marks(held.marks().copied());
    again.adopt(&signed(1), sichuan(), &roots, day(2)).unwrap();
    again.adopt(&signed(2), sichuan(), &roots, day(2)).unwrap();
    // After it is in force, the first is not.
    let mut later = HeldPolicies::with_marks(held.marks().copied());
    let refused = later.adopt(&signed(1), sichuan(), &roots, day(3));
    assert_eq!(
        refused,
        Err(PolicyNotAdopted::RolledBack {
            offered: 1,
            seen: 2
        })
    );
    let mut other = draft(2);
    other.rules.swap(1, 2);
    other.published = other.published.minus(Span::seconds(1));
    let other = PublishedPolicy::new(other).unwrap().sign(&root(1)).unwrap();
    for held in [&mut again, &mut later] {
        let refused = held.adopt(&other, sichuan(), &roots, day(3));
        assert_eq!(refused, Err(PolicyNotAdopted::TwoOfOneVersion(2)));
    }
    let future = again.adopt(&signed(5), sichuan(), &roots, day(4));
    assert!(matches!(future, Err(PolicyNotAdopted::FromTheFuture(_))));
    let over = again.adopt(&signed(3), sichuan(), &roots, day(200));
    assert!(matches!(over, Err(PolicyNotAdopted::Expired(_))));
    // A root that is no longer trusted vouches for nothing and bars nothing.
    again.keep_only(sichuan(), &[]);
    assert_eq!(again.of(sichuan()).count(), 0);
    assert_eq!(again.marks().count(), 0);
}

#[test]
fn a_thousand_changed_and_stitched_policies_are_refused() {
    let (one, two) = (policy(1), policy(2));
    let signed = one.sign(&root(1)).unwrap();
    let other = two.sign(&root(1)).unwrap();
    assert_eq!(open(&signed), Ok(one));
    let mut random = ChaCha8Rng::seed_from_u64(7);
    let mut below = |limit: usize| usize::try_from(random.next_u64() % limit as u64).unwrap();
    let mut offered = 0;
    while offered < 1000 {
        let mut changed = signed.clone();
        match offered % 4 {
            0 => {
                let place = below(changed.len());
                changed[place] ^= 1 << below(8);
            }
            1 => changed.truncate(below(signed.len())),
            2 => {
                let place = below(changed.len());
                changed.insert(place, u8::try_from(below(256)).unwrap());
            }
            // The head of one and the tail of another.
            _ => {
                let cut = 1 + below(signed.len().min(other.len()) - 1);
                changed.truncate(cut);
                changed.extend_from_slice(&other[cut.min(other.len())..]);
            }
        }
        if changed == signed || changed == other {
            continue;
        }
        assert!(open(&changed).is_err(), "{offered}");
        offered += 1;
    }
    // The same content under another type, and by another key under its own id.
    let header = Header::of(root(1).public_key()).with_type("application/hc-keys+cwt");
    let retyped = cose::sign(&root(1), &header, &[], &policy(1).encode()).unwrap();
    assert!(open(&retyped).is_err());
    assert!(open(&policy(1).sign(&root(2)).unwrap()).is_err());
}

#[test]
fn the_same_in_another_order_is_refused() {
    // Issuers out of order: signed by the right key, and not the one form.
    let claims = policy(1).encode();
    let sorted = [0x1a, 0x00, 0x04, 0xba, 0xf0, 0x1a, 0x00, 0x05, 0x09, 0x10];
    let swapped = [0x1a, 0x00, 0x05, 0x09, 0x10, 0x1a, 0x00, 0x04, 0xba, 0xf0];
    let place = claims.windows(10).position(|found| found == sorted);
    let mut other = claims.clone();
    other[place.unwrap()..place.unwrap() + 10].copy_from_slice(&swapped);
    let header = Header::of(root(1).public_key()).with_type(TYPE);
    let signed = cose::sign(&root(1), &header, &[], &other).unwrap();
    assert_eq!(open(&signed), Err(PolicyEncodingError::NotCanonical.into()));
}
