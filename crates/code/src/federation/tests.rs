use super::*;
use crate::Span;
use crate::keys::KeyList;
use crate::signing::{Algorithm, Signer as _, SigningKey};
use crate::trust_list::{
    Endpoint, Removal, Roles, RootKey, TrustDraft, TrustEncodingError, Validity,
};

const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

fn key(byte: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[byte; 32]).unwrap()
}

fn public(byte: u8) -> PublicKey {
    key(byte).public_key().clone()
}

fn region(number: u32) -> DivisionCode {
    DivisionCode::new(number).unwrap()
}

fn hours(hours: u16) -> Timestamp {
    NOON.plus(Span::hours(hours))
}

const HUB: u8 = 1;
const REMOVER: u8 = 2;
const ZHEJIANG: u32 = 330_000;
const GUANGDONG: u32 = 440_000;
const ROOT: u8 = 11;
const OTHER_ROOT: u8 = 12;
const DOOR: u8 = 21;

fn entry(number: u32, root: u8, roles: &[Role]) -> IssuerEntry {
    let always = Validity::new(NOON.minus(Span::days(1)), NOON.plus(Span::days(300))).unwrap();
    let roles = Roles::new(roles.iter().copied()).unwrap();
    let door = Endpoint {
        kind: EndpointKind::Peer,
        address: HttpsUri::parse(&format!("https://{number}.example:9444")).unwrap(),
    };
    IssuerEntry::new(
        region(number),
        Offset::CHINA,
        Span::hours(4),
        always,
        vec![RootKey::new(public(root), roles, always)],
        vec![door],
    )
    .unwrap()
}

fn draft(version: u32) -> TrustDraft {
    let issued_at = NOON.plus(Span::seconds(version));
    TrustDraft {
        version,
        issued_at,
        expires_at: issued_at.plus(Span::days(30)),
        removals_settled_until: NOON.minus(Span::days(1)),
        hub_keys: vec![public(HUB)],
        removal_keys: vec![public(REMOVER)],
        issuers: vec![
            entry(ZHEJIANG, ROOT, &Role::ALL),
            entry(GUANGDONG, OTHER_ROOT, &Role::ALL),
        ],
    }
}

fn signed(draft: TrustDraft, by: u8) -> Vec<u8> {
    TrustList::new(draft).unwrap().sign(&key(by)).unwrap()
}

fn key_list(number: u32, version: u64, keys: &[(u8, KeyUse)], root: u8) -> Vec<u8> {
    let keys = keys.iter().map(|(byte, key_use)| {
        let until = NOON.plus(Span::hours(40));
        NodeKey::new(public(*byte), *key_use, NOON.minus(Span::hours(1)), until).unwrap()
    });
    let end = NOON.plus(Span::hours(72));
    let list = KeyList::new(region(number), version, NOON, end, keys).unwrap();
    list.sign(&key(root)).unwrap().as_bytes().to_vec()
}

fn removals(what: &[Removal], at: Timestamp, by: u8) -> Vec<u8> {
    RemovalList::new(at, what.to_vec())
        .unwrap()
        .sign(&key(by))
        .unwrap()
}

/// Two regions, and the door of the first is listed.
fn federation() -> Federation {
    let mut federation = Federation::new(vec![public(HUB)]);
    assert_eq!(
        federation.take_trust(&signed(draft(1), HUB), hours(0)),
        Ok(Followed::Newer)
    );
    let keys = key_list(
        ZHEJIANG,
        1,
        &[(DOOR, KeyUse::Door), (22, KeyUse::Codes)],
        ROOT,
    );
    assert_eq!(
        federation.take_keys(region(ZHEJIANG), &keys, hours(0)),
        Ok(Adopted::Newer)
    );
    federation
}

#[test]
fn a_door_opens_for_the_key_that_its_region_lists_for_doors_and_for_no_other() {
    let federation = federation();
    let door = public(DOOR).id();
    assert_eq!(federation.peer(door, hours(0)), Ok(region(ZHEJIANG)));
    assert_eq!(federation.is_peer(region(ZHEJIANG), door, hours(0)), Ok(()));
    let codes = public(22).id();
    assert_eq!(
        federation.peer(codes, hours(0)),
        Err(NoPeer::NotListed(codes))
    );
    let stranger = public(99).id();
    assert_eq!(
        federation.peer(stranger, hours(0)),
        Err(NoPeer::NotListed(stranger))
    );
    let elsewhere = federation.is_peer(region(GUANGDONG), door, hours(0));
    assert_eq!(elsewhere, Err(NoPeer::NoKeyList(region(GUANGDONG))));
    // The key ends before its list, the list before the trust list.
    assert_eq!(federation.peer(door, hours(40)), Err(NoPeer::Dates(door)));
    assert_eq!(
        federation.peer(door, hours(72)),
        Err(NoPeer::NotListed(door))
    );
    assert_eq!(
        federation.peer(door, hours(24 * 31)),
        Err(NoPeer::NoTrustList)
    );
}

#[test]
fn a_removal_closes_the_door_at_once_whatever_it_names() {
    let door = public(DOOR).id();
    let zhejiang = region(ZHEJIANG);
    for (named, reason) in [
        (None, NoPeer::NotListed(door)),
        (Some(public(ROOT).id()), NoPeer::Root(zhejiang)),
        (Some(door), NoPeer::Removed(door)),
    ] {
        let mut federation = federation();
        let removal = Removal {
            region: zhejiang,
            key: named,
            removed_at: hours(1),
        };
        let bytes = removals(&[removal], hours(1), REMOVER);
        assert_eq!(
            federation.take_removals(&bytes, hours(1)),
            Ok(Followed::Newer)
        );
        assert_eq!(
            federation.take_removals(&bytes, hours(1)),
            Ok(Followed::Same)
        );
        let told = federation.peer(door, hours(1));
        assert!(told.is_err());
        if named.is_some() {
            assert_eq!(told, Err(reason));
        }
        // A list without the removal gives nothing back.
        let empty = removals(&[], hours(2), REMOVER);
        assert_eq!(
            federation.take_removals(&empty, hours(2)),
            Ok(Followed::Newer)
        );
        assert!(federation.is_peer(zhejiang, door, hours(2)).is_err());
    }
}

#[test]
fn a_root_without_the_role_of_evidence_opens_no_door() {
    let mut federation = Federation::new(vec![public(HUB)]);
    let mut narrow = draft(1);
    narrow.issuers = vec![entry(ZHEJIANG, ROOT, &[Role::Codes, Role::Lists])];
    federation
        .take_trust(&signed(narrow, HUB), hours(0))
        .unwrap();
    let keys = key_list(
        ZHEJIANG,
        1,
        &[(DOOR, KeyUse::Door), (23, KeyUse::Lists)],
        ROOT,
    );
    federation
        .take_keys(region(ZHEJIANG), &keys, hours(0))
        .unwrap();
    let told = federation.peer(public(DOOR).id(), hours(0));
    assert_eq!(told, Err(NoPeer::Root(region(ZHEJIANG))));
    let list =
        crate::cose::sign(&key(23), &crate::cose::Header::of(&public(23)), &[], &[]).unwrap();
    assert!(
        federation
            .list_signer(region(ZHEJIANG), &list, hours(0))
            .is_ok()
    );
}

#[test]
fn lists_go_forward_across_restarts_and_whoever_was_away_catches_up() {
    let mut federation = federation();
    assert_eq!(
        federation.take_trust(&signed(draft(3), HUB), hours(0)),
        Ok(Followed::Newer)
    );
    let rolled_back = federation.take_trust(&signed(draft(2), HUB), hours(0));
    assert!(matches!(
        rolled_back,
        Err(TrustRefused::NotAccepted(TrustNotAccepted::RolledBack {
            offered: 2,
            seen: 3
        }))
    ));
    let mut again = Federation::remembering(
        federation.next_keys().to_vec(),
        federation.seen(),
        federation.keys().marks().copied(),
    );
    assert!(again.take_trust(&signed(draft(2), HUB), hours(0)).is_err());
    // Version 4 hands over to key 5 and has ended meanwhile; version 5 is signed by that key.
    let mut handing_over = draft(4);
    handing_over.hub_keys = vec![public(5)];
    let mut after = draft(5);
    after.issued_at = hours(24 * 40);
    after.expires_at = hours(24 * 60);
    after.hub_keys = vec![public(5)];
    let (handing_over, after) = (signed(handing_over, HUB), signed(after, 5));
    let now = hours(24 * 40);
    let too_soon = again.clone().take_trust(&after, now);
    assert_eq!(
        too_soon,
        Err(TrustRefused::List(TrustListError::Encoding(
            TrustEncodingError::Signer
        )))
    );
    assert_eq!(again.take_trust(&handing_over, now), Ok(Followed::Passed));
    assert!(again.trust().is_none());
    assert_eq!(again.take_trust(&after, now), Ok(Followed::Newer));
    assert!(again.take_trust(&handing_over, now).is_err());
}

#[test]
fn three_hundred_forged_mutated_and_stitched_lists_change_nothing() {
    let good = signed(draft(2), HUB);
    let removal = Removal {
        region: region(GUANGDONG),
        key: None,
        removed_at: hours(0),
    };
    let removing = removals(&[removal], hours(0), REMOVER);
    let keys = key_list(ZHEJIANG, 2, &[(DOOR, KeyUse::Door)], ROOT);
    let mut tried = 0;
    let mut refuse = |bytes: &[u8]| {
        let mut federation = federation();
        let before = (
            federation.trust_bytes().unwrap().to_vec(),
            federation.seen(),
        );
        assert!(federation.take_trust(bytes, hours(0)).is_err());
        assert!(federation.take_removals(bytes, hours(0)).is_err());
        assert!(
            federation
                .take_keys(region(ZHEJIANG), bytes, hours(0))
                .is_err()
        );
        let after = (
            federation.trust_bytes().unwrap().to_vec(),
            federation.seen(),
        );
        assert_eq!(before, after);
        tried += 1;
    };
    for whole in [&good, &removing, &keys] {
        for step in 0..120 {
            let place = step * whole.len() / 120;
            let mut changed = whole.clone();
            changed[place] ^= 1 << (step % 8);
            refuse(&changed);
        }
        for length in 0..20 {
            refuse(&whole[..length * whole.len() / 20]);
        }
        let mut longer = whole.clone();
        longer.push(0);
        refuse(&longer);
    }
    // The content of one under the signature of another, in all ways.
    let other = signed(draft(7), HUB);
    for (body, seal) in [
        (&good, &other),
        (&good, &removing),
        (&good, &keys),
        (&removing, &good),
        (&keys, &good),
    ] {
        let (body, seal) = (&body[..body.len() - 64], &seal[seal.len() - 64..]);
        refuse(&[body, seal].concat());
    }
    // Keys that may do something, and not this.
    for wrong in [REMOVER, ROOT, OTHER_ROOT, DOOR, 99] {
        refuse(&signed(draft(2), wrong));
    }
    for wrong in [HUB, ROOT, OTHER_ROOT, DOOR, 99] {
        refuse(&removals(&[removal], hours(0), wrong));
    }
    for wrong in [HUB, REMOVER, OTHER_ROOT, DOOR, 99] {
        refuse(&key_list(ZHEJIANG, 2, &[(DOOR, KeyUse::Door)], wrong));
    }
    assert!(tried >= 300, "{tried}");
}
