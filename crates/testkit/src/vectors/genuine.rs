//! Codes that are what they say.

use hc_code::signing::Algorithm;
use hc_code::statement::TestKind;
use hc_code::verify::{Action, RecognitionPolicy, RecognitionRule};
use hc_code::{Level, ReasonClass, Span};

use super::world::World;
use super::{Case, Vector};
use crate::regions::NOON;

pub(super) fn vectors() -> Vec<Vector> {
    let mut vectors = Vec::new();
    for algorithm in Algorithm::ALL {
        let world = World::new(algorithm);
        let name = |what: &str| format!("{what}-{}", algorithm.name().to_lowercase());
        let about = |what: &str| format!("{what}, signed with {algorithm}, passes.");
        let carried = World::shown(&world.carried(Level::Low, NOON), NOON);
        for (what, words, text, basis) in [
            (
                "live-low",
                "A live code of level low",
                world.live(Level::Low, NOON),
                "code",
            ),
            (
                "carried-low",
                "A carried code of level low and its showing",
                carried,
                "code",
            ),
            (
                "paper-low",
                "A paper code that the list does not name",
                world.paper(NOON),
                "list",
            ),
        ] {
            vectors.push(Case::new(&name(what), &about(words), &world, text).passes(basis));
        }
    }
    vectors.extend(levels());
    vectors.extend(policies());
    vectors
}

fn levels() -> Vec<Vector> {
    let world = World::new(Algorithm::Ed25519);
    let live = |level| world.live(level, NOON);
    vec![
        Case::new(
            "live-medium",
            "A live code of level medium is checked.",
            &world,
            live(Level::Medium),
        )
        .judged(Action::Check, Level::Medium, "code", "medium-is-checked"),
        Case::new(
            "live-high",
            "A live code of level high is refused.",
            &world,
            live(Level::High),
        )
        .refused("code"),
        Case::new(
            "level-20",
            "Level unknown (20) is neither a pass nor a refusal.",
            &world,
            live(Level::Unknown),
        )
        .stays_unknown("code"),
        Case::new(
            "full-extension",
            "A live code with 200 bytes of extension passes.",
            &world,
            world.live_with_extension(&[0xa5; 200]),
        )
        .passes("code"),
        Case::new(
            "live-seen-before",
            "A live code shown ten seconds before at the same gate passes, and the gate is told.",
            &world,
            live(Level::Low),
        )
        .after(&live(Level::Low), NOON)
        .at(NOON.plus(Span::seconds(10)))
        .seen_before()
        .passes("code"),
    ]
}

fn policies() -> Vec<Vector> {
    let world = World::new(Algorithm::Ed25519);
    let shanghai_only = policy(vec![RecognitionRule {
        issuers: vec![World::new(Algorithm::Es256).region.division()],
        ..rule("shanghai-low", Action::Pass)
    }]);
    let test_within = |hours| {
        policy(vec![RecognitionRule {
            test_within: Some(Span::hours(hours)),
            test_kinds: vec![TestKind::NucleicAcid],
            otherwise: Some(Action::Refuse),
            ..rule("nucleic-acid-test", Action::Pass)
        }])
    };
    let text = world.live(Level::Low, NOON);
    vec![
        Case::new(
            "no-rule-fits",
            "Where no rule of the policy fits a genuine code, the verdict is unknown.",
            &world,
            text.clone(),
        )
        .under(shanghai_only)
        .judged(Action::Unknown, Level::Low, "code", ""),
        Case::new(
            "test-fresh-enough",
            "A rule that asks for a test within 24 hours is met by one 20 hours old.",
            &world,
            text.clone(),
        )
        .under(test_within(24))
        .judged(Action::Pass, Level::Low, "code", "nucleic-acid-test"),
        Case::new(
            "test-too-old",
            "A rule that asks for a test within 12 hours refuses, and the receipt names the rule.",
            &world,
            text,
        )
        .under(test_within(12))
        .judged(Action::Refuse, Level::Low, "code", "nucleic-acid-test"),
    ]
}

fn rule(id: &str, then: Action) -> RecognitionRule {
    RecognitionRule {
        id: id.to_owned(),
        issuers: Vec::new(),
        classes: Vec::new(),
        levels: vec![Level::Low],
        reasons: vec![ReasonClass::None],
        facts_within: None,
        test_within: None,
        test_kinds: Vec::new(),
        then,
        otherwise: None,
    }
}

#[expect(clippy::expect_used, reason = "constants that go together")]
fn policy(rules: Vec<RecognitionRule>) -> RecognitionPolicy {
    RecognitionPolicy::new("test-1", rules).expect("a policy")
}
