//! Trust lists, and what stands beside them: removals and key lists.

use hc_code::signing::{Signer as _, SigningKey};
use hc_code::trust_list::{Removal, RemovalList};
use hc_code::{Span, Timestamp};

use super::actors::{
    FUJIAN, GANSU, HAINAN, HUNAN, TRUST_VERSION, ZHEJIANG, draft, hub, key_list, known_but,
    old_hub, other_hub, removals, remover, signed_keys, signed_trust,
};
use super::craft::Craft;
use super::house::House;
use super::tally::{Forgery, Tally, Way};
use crate::world::{division, noon, root};

const DAY: u32 = 0;

fn forged_lists(genuine: &[Vec<u8>]) -> Vec<Forgery> {
    let mut known = known_but(ZHEJIANG, None);
    known.retain(|(what, _)| *what != "the hub");
    known.push(("a root", root(ZHEJIANG)));
    let signer = hub();
    let mut all = Craft {
        genuine,
        signer: &signer,
        known: &known,
    }
    .all();
    for variant in 0..20 {
        for version in TRUST_VERSION + 1..TRUST_VERSION + 4 {
            let list = signed_trust(draft(version, variant), &other_hub());
            all.push((
                Way::Foreign,
                format!("another federation's {version}"),
                list,
            ));
        }
        for version in 1..=TRUST_VERSION {
            let what = format!("version {version}, said again otherwise");
            let list = signed_trust(draft(version, variant + 100), &hub());
            all.push((Way::Downgraded, what, list));
            let list = signed_trust(draft(version + 5, variant), &old_hub());
            all.push((Way::Downgraded, "by the hub's key before".to_owned(), list));
        }
        for (what, issued_at, lasts) in [
            (
                "signed before the one that is held",
                noon().minus(Span::days(1)),
                Span::days(9),
            ),
            (
                "from the future",
                noon().plus(Span::seconds(660)),
                Span::days(9),
            ),
        ] {
            let mut other = draft(TRUST_VERSION + 1 + variant, variant);
            (other.issued_at, other.expires_at) = (issued_at, issued_at.plus(lasts));
            other.removals_settled_until = issued_at.minus(Span::days(1));
            all.push((
                Way::Downgraded,
                what.to_owned(),
                signed_trust(other, &hub()),
            ));
        }
    }
    // Genuine statements of other kinds.
    for version in 7..12 {
        let keys = signed_keys(&key_list(ZHEJIANG, version), &root(ZHEJIANG));
        all.push((Way::Foreign, "a key list".to_owned(), keys));
        let list = removals(noon()).sign(&remover()).unwrap();
        all.push((Way::Foreign, "removals".to_owned(), list));
    }
    all
}

#[test]
fn of_a_thousand_forged_trust_lists_none_is_believed() {
    let genuine: Vec<Vec<u8>> = (0..8)
        .map(|variant| signed_trust(draft(TRUST_VERSION + 1 + variant, variant), &hub()))
        .collect();
    let mut house = House::new();
    let before = house.known(DAY);
    let mut tally = Tally::new("trust lists");
    for (way, what, bytes) in forged_lists(&genuine) {
        let said = house.offer_trust(&bytes, noon());
        let same = house.known(DAY) == before;
        tally.count(way, &what, said, same);
    }
    tally.settle(1000);
    // And each of the genuine ones is, one after the other.
    for list in &genuine {
        assert_eq!(
            house.gate.clone().take_trust_list(list, noon()).map(|_| ()),
            Ok(())
        );
        house.node.take_trust(list, noon()).unwrap();
    }
    assert_ne!(house.known(DAY), before);
}

fn removing(what: &[(u32, Option<&SigningKey>)], at: Timestamp) -> RemovalList {
    let what = what.iter().map(|(region, key)| Removal {
        region: division(*region),
        key: key.map(|key| key.public_key().id()),
        removed_at: at,
    });
    RemovalList::new(at, what.collect()).unwrap()
}

#[test]
fn of_forged_removals_none_is_believed() {
    let now = noon();
    let genuine: Vec<Vec<u8>> = [ZHEJIANG, FUJIAN, HAINAN]
        .into_iter()
        .flat_map(|region| {
            let whole = removing(&[(region, None)], now);
            let one = removing(&[(region, Some(&root(region)))], now);
            [whole, one].map(|list| list.sign(&remover()).unwrap())
        })
        .collect();
    let mut known = known_but(ZHEJIANG, None);
    known.retain(|(what, _)| *what != "the removal key");
    known.push(("a root", root(ZHEJIANG)));
    let signer = remover();
    let mut all = Craft {
        genuine: &genuine,
        signer: &signer,
        known: &known,
    }
    .all();
    for minutes in 11..60_u32 {
        let ahead = removing(&[(ZHEJIANG, None)], now.plus(Span::seconds(60 * minutes)));
        let ahead = ahead.sign(&remover()).unwrap();
        all.push((Way::Downgraded, format!("{minutes} minutes ahead"), ahead));
        let other = removing(&[(ZHEJIANG, None)], now.minus(Span::seconds(60 * minutes)));
        let other = other.sign(&other_hub()).unwrap();
        all.push((Way::Foreign, "another federation's".to_owned(), other));
    }
    let mut house = House::new();
    let before = house.known(DAY);
    let mut tally = Tally::new("removals");
    for (way, what, bytes) in all {
        let said = house.offer_removals(&bytes, now);
        let same = house.known(DAY) == before;
        tally.count(way, &what, said, same);
    }
    tally.settle(700);
    for list in &genuine {
        assert!(house.gate.clone().take_removals(list, now).is_ok());
        house.node.take_removals(list, now).unwrap();
    }
    assert_ne!(house.known(DAY), before);
}

#[test]
fn of_forged_key_lists_none_is_believed() {
    let now = noon();
    let signed = |region, version| signed_keys(&key_list(region, version), &root(region));
    let genuine: Vec<Vec<u8>> = (8..14).map(|version| signed(ZHEJIANG, version)).collect();
    // The narrow root may sign key lists: what is under it counts for codes and lists alone.
    let mut known = known_but(ZHEJIANG, None);
    known.retain(|(what, _)| *what != "a narrow root");
    let signer = root(ZHEJIANG);
    let mut all: Vec<_> = Craft {
        genuine: &genuine,
        signer: &signer,
        known: &known,
    }
    .all()
    .into_iter()
    .map(|forgery| (ZHEJIANG, forgery))
    .collect();
    for version in 8..28 {
        for region in [FUJIAN, HAINAN, HUNAN, GANSU] {
            let what = format!("Zhejiang's, for {region}");
            let forgery: Forgery = (Way::Foreign, what, signed(ZHEJIANG, version));
            all.push((region, forgery));
            let what = format!("of {region}, for Zhejiang");
            all.push((ZHEJIANG, (Way::Foreign, what, signed(region, version))));
        }
        // A neighbour in good standing that says what the keys of another are.
        let told = signed_keys(&key_list(ZHEJIANG, version), &root(FUJIAN));
        all.push((ZHEJIANG, (Way::Foreign, "by a neighbour".to_owned(), told)));
        for (region, what) in [(HUNAN, "of a removed region"), (GANSU, "of a stranger")] {
            let forgery = (Way::Foreign, what.to_owned(), signed(region, version));
            all.push((region, forgery));
        }
    }
    for version in 0..7 {
        let list = signed(ZHEJIANG, version);
        all.push((
            ZHEJIANG,
            (Way::Downgraded, format!("version {version}"), list),
        ));
    }
    let mut house = House::new();
    let before = house.known(DAY);
    let mut tally = Tally::new("key lists");
    for (region, (way, what, bytes)) in all {
        let said = house.offer_keys(division(region), &bytes, now);
        let same = house.known(DAY) == before;
        tally.count(way, &what, said, same);
    }
    tally.settle(700);
    for list in &genuine {
        let of = division(ZHEJIANG);
        assert!(house.gate.clone().take_key_list(list, of, now).is_ok());
        house.node.take_keys(of, list, now).unwrap();
    }
    assert_ne!(house.known(DAY), before);
}
