//! Recognition policies.

use hc_code::keys::KeyUse;
use hc_code::recognition::{Contest, PolicyDraft, PublishedPolicy, PublishedRule, Says};
use hc_code::signing::SigningKey;
use hc_code::verify::{Action, RecognitionRule};
use hc_code::{Level, Span, Timestamp};

use super::actors::{
    FUJIAN, GANSU, HAINAN, HUNAN, Of, TRUST_VERSION, ZHEJIANG, draft, hub, key_list, key_of,
    known_but, signed_keys, signed_trust,
};
use super::craft::Craft;
use super::house::House;
use super::tally::{Said, Tally, Way};
use crate::world::{division, noon, root};

/// A policy that lets pass who is low; `variant` makes another one of it.
fn policy(
    (region, version): (u32, u32),
    (published, in_force_from): (Timestamp, Timestamp),
    variant: u32,
) -> PublishedPolicy {
    let rule = |id: String, levels: &[Level], then| {
        let rule = RecognitionRule {
            id,
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
        let says = Says::new("按本地政策核验", "By the policy here").unwrap();
        PublishedRule::new(rule, says, None, Vec::new()).unwrap()
    };
    let others = [Level::Medium, Level::High, Level::Unknown];
    let draft = PolicyDraft {
        region: division(region),
        version,
        published,
        in_force_from,
        valid_until: in_force_from.plus(Span::days(60)),
        eases: false,
        contest: Contest::new("https://region.example/appeals", "12345").unwrap(),
        rules: vec![
            rule(format!("low-{variant}"), &[Level::Low], Action::Pass),
            rule("rest".to_owned(), &others, Action::Check),
        ],
    };
    PublishedPolicy::new(draft).unwrap()
}

/// When the versions that are held were published and came into force: the third is in force, the fourth announced.
fn times_of(version: u32) -> (Timestamp, Timestamp) {
    let published = match version {
        ..4 => noon()
            .minus(Span::days(9))
            .plus(Span::seconds(version * 86_400)),
        4 => noon().minus(Span::hours(1)),
        _ => noon().minus(Span::seconds(60)),
    };
    (published, published.plus(Span::hours(25)))
}

fn signed(of: (u32, u32), variant: u32, by: &SigningKey) -> Vec<u8> {
    policy(of, times_of(of.1), variant).sign(by).unwrap()
}

/// An offer: for which region, in which way, what, and its bytes.
type Offer = (u32, Way, String, Vec<u8>);

fn foreign(all: &mut Vec<Offer>) {
    let mut push = |region, what: &str, bytes: Vec<u8>| {
        all.push((region, Way::Foreign, what.to_owned(), bytes));
    };
    for variant in 0..12 {
        for version in [3, 5, 6] {
            for region in [FUJIAN, HUNAN, GANSU] {
                let theirs = signed((region, version), variant, &root(region));
                push(ZHEJIANG, "a neighbour's own", theirs);
                let told = signed((ZHEJIANG, version), variant, &root(region));
                push(ZHEJIANG, "ours by a neighbour", told);
                let ours = signed((ZHEJIANG, version), variant, &root(ZHEJIANG));
                push(region, "ours, as a neighbour's", ours);
                let named = signed((region, version), variant, &root(ZHEJIANG));
                push(region, "a neighbour's by us", named);
            }
            for region in [HAINAN, HUNAN, GANSU] {
                let own = signed((region, version), variant, &root(region));
                push(region, "of a region that has no say", own);
            }
        }
        let list = signed_trust(draft(TRUST_VERSION + 1 + variant, 0), &hub());
        push(ZHEJIANG, "a trust list", list);
        let keys = key_list(ZHEJIANG, u64::from(8 + variant));
        push(ZHEJIANG, "a key list", signed_keys(&keys, &root(ZHEJIANG)));
    }
}

fn downgraded(all: &mut Vec<Offer>) {
    let own = root(ZHEJIANG);
    let mut push = |what: &str, bytes: Vec<u8>| {
        all.push((ZHEJIANG, Way::Downgraded, what.to_owned(), bytes));
    };
    for variant in 0..12 {
        for version in [1, 2] {
            push(
                "an older version",
                signed((ZHEJIANG, version), variant, &own),
            );
        }
        for version in [3, 4] {
            let otherwise = signed((ZHEJIANG, version), variant + 1, &own);
            push("a version said again otherwise", otherwise);
        }
        let ahead = noon().plus(Span::seconds(660 + variant));
        let ahead = policy((ZHEJIANG, 5), (ahead, ahead.plus(Span::days(2))), variant);
        push("from the future", ahead.sign(&own).unwrap());
        let over = noon().minus(Span::days(90));
        let over = policy((ZHEJIANG, 5), (over, over.plus(Span::days(2))), variant);
        push("its time is over", over.sign(&own).unwrap());
        let backdated = noon().minus(Span::hours(30));
        let backdated = policy(
            (ZHEJIANG, 5),
            (backdated, backdated.plus(Span::days(1))),
            variant,
        );
        push(
            "published before the one before it",
            backdated.sign(&own).unwrap(),
        );
        for of in [Of::NarrowRoot, Of::RemovedRoot, Of::Use(KeyUse::Lists)] {
            let by = key_of(ZHEJIANG, of);
            push(
                "by a key that has no say",
                signed((ZHEJIANG, 5), variant, &by),
            );
        }
    }
}

#[test]
fn of_a_thousand_forged_policies_none_is_believed() {
    let own = root(ZHEJIANG);
    let of = division(ZHEJIANG);
    let mut house = House::new();
    for version in [3, 4] {
        let held = signed((ZHEJIANG, version), 0, &own);
        assert_eq!(house.offer_policy(of, &held, noon()), Said::Believed);
    }
    let genuine: Vec<Vec<u8>> = (0..8)
        .map(|variant| signed((ZHEJIANG, 5), variant, &own))
        .collect();
    let known = known_but(ZHEJIANG, None);
    let craft = Craft {
        genuine: &genuine,
        signer: &own,
        known: &known,
    };
    let made = craft.all().into_iter();
    let mut all: Vec<Offer> = made
        .map(|(way, what, bytes)| (ZHEJIANG, way, what, bytes))
        .collect();
    foreign(&mut all);
    downgraded(&mut all);

    let before = house.known(0);
    let mut tally = Tally::new("policies");
    for (region, way, what, bytes) in all {
        let said = house.offer_policy(division(region), &bytes, noon());
        let same = house.known(0) == before;
        tally.count(way, &what, said, same);
    }
    tally.settle(1000);
    for bytes in &genuine {
        let mut gate = house.gate.clone();
        assert!(gate.take_recognition(bytes, of, noon()).is_ok());
        assert_ne!(gate.marks(), house.gate.marks());
    }
}
