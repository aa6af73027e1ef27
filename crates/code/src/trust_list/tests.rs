use super::*;
use crate::cose::CoseError;
use crate::signing::{Algorithm, SigningKey};
use crate::verify::{IssuerAnswer, TrustLookup};
use crate::{HttpsUri, Offset};

fn key(byte: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[byte; 32]).unwrap()
}

fn public(byte: u8) -> PublicKey {
    key(byte).public_key().clone()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn region(number: u32) -> DivisionCode {
    DivisionCode::new(number).unwrap()
}

const HUB: u8 = 1;
const REMOVER: u8 = 2;

fn year() -> Validity {
    let (from, until) = ("2022-01-01T00:00:00+08:00", "2023-01-01T00:00:00+08:00");
    Validity::new(at(from), at(until)).unwrap()
}

fn entry(number: u32, root: u8) -> IssuerEntry {
    let roles = Roles::new([Role::Codes, Role::Lists]).unwrap();
    let endpoint = |kind, path: &str| Endpoint {
        kind,
        address: HttpsUri::parse(&format!("https://{number}.example/{path}")).unwrap(),
    };
    IssuerEntry::new(
        region(number),
        Offset::CHINA,
        Span::hours(4),
        year(),
        vec![RootKey::new(public(root), roles, year())],
        vec![
            endpoint(EndpointKind::Status, "status"),
            endpoint(EndpointKind::Keys, "keys"),
        ],
    )
    .unwrap()
}

fn draft(version: u32) -> TrustDraft {
    let issued_at = at("2022-06-01T00:00:00+08:00").plus(Span::hours(version.try_into().unwrap()));
    TrustDraft {
        version,
        issued_at,
        expires_at: issued_at.plus(Span::days(90)),
        removals_settled_until: issued_at,
        hub_keys: vec![public(HUB)],
        removal_keys: vec![public(REMOVER)],
        issuers: vec![entry(440_000, 12), entry(330_000, 11)],
    }
}

fn list(version: u32) -> TrustList {
    TrustList::new(draft(version)).unwrap()
}

fn now() -> Timestamp {
    at("2022-06-28T09:00:00+08:00")
}

#[test]
fn a_signed_list_is_read_with_the_hubs_key_only() {
    let bytes = list(1).sign(&key(HUB)).unwrap();
    let keys = [public(9), public(HUB)];
    assert_eq!(TrustList::open(&bytes, &keys), Ok(list(1)));
    let refused = TrustList::open(&bytes, &[public(9)]);
    assert_eq!(
        refused,
        Err(TrustListError::Encoding(TrustEncodingError::Signer))
    );
    for place in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[place] ^= 2;
        assert!(TrustList::open(&flipped, &keys).is_err(), "{place}");
        assert!(TrustList::open(&bytes[..place], &keys).is_err());
    }
}

#[test]
fn the_removal_key_cannot_sign_a_trust_list_nor_the_hub_key_removals() {
    let mut wide = draft(1);
    wide.removal_keys.push(public(3));
    let keys = wide.hub_keys.clone();
    let forged = list(1).sign(&key(REMOVER)).unwrap();
    assert!(TrustList::open(&forged, &keys).is_err());

    let removals = RemovalList::new(now(), vec![]).unwrap();
    let bytes = removals.sign(&key(HUB)).unwrap();
    let refused = RemovalList::open(&bytes, &[public(HUB)]).map(|_| ());
    assert_eq!(refused, Ok(()), "the form is right");
    let removals = RemovalList::open(&bytes, &[public(HUB)]).unwrap();
    let mut held = HeldTrust::begin(list(1), None, now()).unwrap();
    let refused = held.remove(&removals, now());
    assert_eq!(
        refused,
        Err(TrustNotAccepted::MayNotRemove(public(HUB).id()))
    );

    // Nor is a trust list a removal list, whoever signs.
    let list_bytes = list(1).sign(&key(HUB)).unwrap();
    assert!(matches!(
        RemovalList::open(&list_bytes, &[public(HUB)]),
        Err(RemovalListError::Encoding(TrustEncodingError::Cose(
            CoseError::OtherType
        )))
    ));
}

#[test]
fn contradictory_drafts_are_refused() {
    let with = |change: &dyn Fn(&mut TrustDraft)| {
        let mut draft = draft(1);
        change(&mut draft);
        TrustList::new(draft).map(|_| ())
    };
    assert_eq!(with(&|_| ()), Ok(()));
    assert_eq!(
        with(&|draft| draft.hub_keys.clear()),
        Err(TrustListError::NoHubKey)
    );
    let times = |result| matches!(result, Err(TrustListError::Times { .. }));
    assert!(times(with(&|draft| draft.expires_at = draft.issued_at)));
    assert!(times(with(
        &|draft| draft.expires_at = at("2023-12-01T00:00:00+08:00")
    )));
    assert!(times(with(&|draft| {
        draft.removals_settled_until = draft.issued_at.plus(Span::seconds(1));
    })));
    assert_eq!(
        with(&|draft| draft.issuers.push(entry(330_000, 13))),
        Err(TrustListError::IssuerOrder(region(330_000)))
    );
    // One key, two purposes.
    let double = Err(TrustListError::KeyOrder(public(HUB).id()));
    assert_eq!(with(&|draft| draft.removal_keys.push(public(HUB))), double);
    assert_eq!(
        with(&|draft| draft.issuers.push(entry(350_000, HUB))),
        double
    );
    assert_eq!(with(&|draft| draft.hub_keys.push(public(HUB))), double);
    assert_eq!(
        with(&|draft| draft.issuers.push(entry(350_000, 11))),
        Err(TrustListError::KeyOrder(public(11).id()))
    );
}

#[test]
fn entries_that_no_issuer_has_are_refused() {
    let roots = || {
        vec![RootKey::new(
            public(11),
            Roles::new([Role::Codes]).unwrap(),
            year(),
        )]
    };
    let new = |number, limit, roots, endpoints| {
        IssuerEntry::new(
            region(number),
            Offset::CHINA,
            limit,
            year(),
            roots,
            endpoints,
        )
        .map(|_| ())
    };
    let four = Span::hours(4);
    assert_eq!(new(330_000, four, roots(), vec![]), Ok(()));
    assert_eq!(new(0, four, roots(), vec![]), Err(IssuerError::Country));
    assert_eq!(
        new(330_000, four, vec![], vec![]),
        Err(IssuerError::RootCount(0))
    );
    let limit = Span::hours(25);
    assert_eq!(
        new(330_000, limit, roots(), vec![]),
        Err(IssuerError::StalenessLimit(limit))
    );
    let twice = [roots(), roots()].concat();
    assert_eq!(
        new(330_000, four, twice, vec![]),
        Err(IssuerError::RootOrder(public(11).id()))
    );
    assert_eq!(Roles::from_bits(0), Err(IssuerError::Roles(0)));
    assert_eq!(Roles::from_bits(32), Err(IssuerError::Roles(32)));
    assert!(Validity::new(now(), now()).is_err());
}

#[test]
fn versions_only_rise() {
    let mut held = HeldTrust::begin(list(5), None, now()).unwrap();
    assert_eq!(held.accept(list(6), now()), Ok(()));
    assert_eq!(held.accept(list(6), now()), Ok(()));
    let rolled_back = TrustNotAccepted::RolledBack {
        offered: 5,
        seen: 6,
    };
    assert_eq!(held.accept(list(5), now()), Err(rolled_back));
    let mut other = draft(6);
    other.issuers.pop();
    let other = TrustList::new(other).unwrap();
    assert_eq!(
        held.accept(other, now()),
        Err(TrustNotAccepted::Contradiction(6))
    );
    assert_eq!(held.list().version(), 6);
    let restarted = HeldTrust::begin(list(5), Some(held.mark()), now());
    assert_eq!(restarted.err(), Some(rolled_back));
}

#[test]
fn lists_from_the_future_and_from_the_past_are_refused() {
    let issued_at = list(1).issued_at();
    let before = issued_at.minus(Span::seconds(601));
    let early = HeldTrust::begin(list(1), None, before);
    assert_eq!(
        early.err(),
        Some(TrustNotAccepted::FromTheFuture {
            issued_at,
            now: before
        })
    );
    let late = HeldTrust::begin(list(1), None, list(1).expires_at());
    assert_eq!(
        late.err(),
        Some(TrustNotAccepted::Expired(list(1).expires_at()))
    );
}

fn removals(issued_at: Timestamp, removals: &[Removal]) -> RemovalList {
    let list = RemovalList::new(issued_at, removals.to_vec()).unwrap();
    let bytes = list.sign(&key(REMOVER)).unwrap();
    RemovalList::open(&bytes, &[public(REMOVER)]).unwrap()
}

#[test]
fn removals_add_up_until_a_trust_list_settles_them() {
    let root = public(11).id();
    let a_root = Removal {
        region: region(330_000),
        key: Some(root),
        removed_at: now(),
    };
    let an_issuer = Removal {
        region: region(440_000),
        key: None,
        removed_at: now(),
    };
    let mut held = HeldTrust::begin(list(1), None, now()).unwrap();
    assert_eq!(held.at(now()).roots(region(330_000), Role::Codes).len(), 1);

    held.remove(&removals(now(), &[a_root]), now()).unwrap();
    assert!(held.at(now()).is_removed(region(330_000), root));
    assert!(!held.at(now()).is_removed(region(440_000), root));
    assert!(
        held.at(now())
            .roots(region(330_000), Role::Codes)
            .is_empty()
    );
    assert!(matches!(
        held.at(now()).issuer(region(330_000)),
        IssuerAnswer::Known(_)
    ));

    // A later list without the first removal gives nothing back.
    held.remove(&removals(now(), &[an_issuer]), now()).unwrap();
    assert!(held.at(now()).is_removed(region(330_000), root));
    assert_eq!(
        held.at(now()).issuer(region(440_000)),
        IssuerAnswer::Removed
    );
    assert!(held.at(now()).is_removed(region(440_000), public(12).id()));

    // Neither does a newer trust list that has not considered them.
    held.accept(list(2), now()).unwrap();
    assert!(held.at(now()).is_removed(region(330_000), root));
    let mut settled = draft(3);
    settled.issued_at = now();
    settled.removals_settled_until = now();
    held.accept(TrustList::new(settled).unwrap(), now())
        .unwrap();
    assert!(!held.at(now()).is_removed(region(330_000), root));
    // And what is settled does not come back with an old removal list.
    held.remove(&removals(now(), &[a_root]), now()).unwrap();
    assert!(!held.at(now()).is_removed(region(330_000), root));
}

#[test]
fn what_was_removed_stays_removed_after_a_restart() {
    let root = Removal {
        region: region(330_000),
        key: Some(public(11).id()),
        removed_at: at("2022-06-27T00:00:00+08:00"),
    };
    let mut held = HeldTrust::begin(list(1), None, now()).unwrap();
    held.remove(&removals(now(), &[root]), now()).unwrap();
    let kept: Vec<Removal> = held.removals().collect();
    assert_eq!(kept, [root]);
    let mut again = HeldTrust::begin(list(1), Some(held.mark()), now()).unwrap();
    again.recall(kept.iter().copied(), held.removals_as_of());
    assert_eq!(again.removals_as_of(), Some(now()));
    assert!(again.at(now()).is_removed(region(330_000), public(11).id()));
    // A list that has settled it by then gives it up.
    let mut settled = draft(2);
    settled.issued_at = now();
    settled.removals_settled_until = now();
    settled.expires_at = now().plus(Span::days(1));
    let settled = TrustList::new(settled).unwrap();
    let mut later = HeldTrust::begin(settled, Some(held.mark()), now()).unwrap();
    later.recall(kept, held.removals_as_of());
    assert_eq!(later.removals().count(), 0);
}

#[test]
fn removals_are_signed_in_order_and_not_from_the_future() {
    let later = Removal {
        region: region(330_000),
        key: None,
        removed_at: now().plus(Span::seconds(1)),
    };
    assert!(matches!(
        RemovalList::new(now(), vec![later]),
        Err(RemovalListError::FromTheFuture { .. })
    ));
    let mut held = HeldTrust::begin(list(1), None, now()).unwrap();
    let unsigned = RemovalList::new(now(), vec![]).unwrap();
    assert_eq!(
        held.remove(&unsigned, now()),
        Err(TrustNotAccepted::Unsigned)
    );
    let ahead = now().plus(Span::seconds(601));
    assert!(matches!(
        held.remove(&removals(ahead, &[]), now()),
        Err(TrustNotAccepted::FromTheFuture { .. })
    ));
    assert_eq!(held.removals_as_of(), None);
    held.remove(&removals(now(), &[]), now()).unwrap();
    assert_eq!(held.removals_as_of(), Some(now()));
}

#[test]
fn issuers_and_roots_count_in_their_time_only() {
    let held = HeldTrust::begin(list(1), None, now()).unwrap();
    let known = |now| held.at(now).issuer(region(330_000));
    assert!(matches!(known(now()), IssuerAnswer::Known(terms) if terms.offset == Offset::CHINA));
    assert_eq!(known(year().until()), IssuerAnswer::Removed);
    assert!(
        held.at(year().until())
            .roots(region(330_000), Role::Codes)
            .is_empty()
    );
    assert!(
        held.at(now())
            .roots(region(330_000), Role::Rules)
            .is_empty()
    );
    assert_eq!(
        held.at(now()).issuer(region(350_000)),
        IssuerAnswer::Unknown
    );
}

#[test]
fn the_hub_changes_its_key_by_naming_the_next_one() {
    let mut handing_over = draft(2);
    handing_over.hub_keys = vec![public(HUB), public(4)];
    let handing_over = TrustList::new(handing_over).unwrap();
    let bytes = handing_over.sign(&key(HUB)).unwrap();
    let first = TrustList::open(&bytes, list(1).hub_keys()).unwrap();
    let mut next = draft(3);
    next.hub_keys = vec![public(4)];
    let bytes = TrustList::new(next).unwrap().sign(&key(4)).unwrap();
    assert!(TrustList::open(&bytes, list(1).hub_keys()).is_err());
    let next = TrustList::open(&bytes, first.hub_keys()).unwrap();
    let old = list(4).sign(&key(HUB)).unwrap();
    assert!(TrustList::open(&old, next.hub_keys()).is_err());
}
