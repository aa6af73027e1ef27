//! Key lists: what is signed, adopted, refused.

use super::*;
use crate::signing::{Algorithm, Signer, SigningKey};
use crate::{DivisionCode, Span, Timestamp};

const NOON: Timestamp = Timestamp::from_unix(1_656_388_800);

fn hangzhou() -> DivisionCode {
    DivisionCode::new(330_100).unwrap()
}

fn signing(algorithm: Algorithm, fill: u8) -> SigningKey {
    SigningKey::deterministic(algorithm, &[fill; 32]).unwrap()
}

fn node(fill: u8, from: i64, until: i64) -> NodeKey {
    let hour = |hours: i64| Timestamp::from_unix(NOON.unix() + 3600 * hours);
    NodeKey::new(
        signing(Algorithm::Ed25519, fill).public_key().clone(),
        KeyUse::Codes,
        hour(from),
        hour(until),
    )
    .unwrap()
}

fn list(version: u64, issued_at: Timestamp, keys: Vec<NodeKey>) -> KeyList {
    let until = issued_at.plus(Span::hours(48));
    KeyList::new(hangzhou(), version, issued_at, until, keys).unwrap()
}

#[test]
fn a_signed_list_is_read_as_it_was_made() {
    for algorithm in Algorithm::ALL {
        let root = signing(algorithm, 1);
        let list = list(3, NOON, vec![node(2, 0, 48), node(3, -1, 40).removed()]);
        let signed = list.sign(&root).unwrap();
        let roots = [root.public_key().clone()];
        assert_eq!(signed.verify(hangzhou(), &roots), Ok((list, roots[0].id())));
    }
}

#[test]
fn any_changed_byte_of_a_list_is_noticed() {
    let root = signing(Algorithm::Ed25519, 1);
    let roots = [root.public_key().clone()];
    let signed = list(3, NOON, vec![node(2, 0, 48)]).sign(&root).unwrap();
    for at in 0..signed.as_bytes().len() {
        for bit in 0..8 {
            let mut bytes = signed.as_bytes().to_vec();
            bytes[at] ^= 1 << bit;
            let changed = SignedKeyList::from_bytes(bytes);
            assert!(
                changed.verify(hangzhou(), &roots).is_err(),
                "bit {bit} of byte {at}"
            );
        }
    }
}

#[test]
fn only_a_root_of_the_issuer_signs_its_list() {
    let root = signing(Algorithm::Ed25519, 1);
    let other = signing(Algorithm::Ed25519, 9);
    let signed = list(3, NOON, vec![node(2, 0, 48)]).sign(&root).unwrap();
    assert_eq!(
        signed.verify(hangzhou(), &[other.public_key().clone()]),
        Err(KeyListError::NotByRoot)
    );
    let ningbo = DivisionCode::new(330_200).unwrap();
    assert_eq!(
        signed.verify(ningbo, &[root.public_key().clone()]),
        Err(KeyListError::OtherIssuer {
            expected: ningbo,
            found: hangzhou()
        })
    );
}

#[test]
fn a_code_cannot_pass_for_a_key_list() {
    let root = signing(Algorithm::Ed25519, 1);
    let header = crate::cose::Header::of(root.public_key());
    let code = crate::cose::sign(&root, &header, &[], &[0xa0]).unwrap();
    assert_eq!(
        SignedKeyList::from_bytes(code).verify(hangzhou(), &[root.public_key().clone()]),
        Err(KeyListError::Cose(crate::cose::CoseError::OtherType))
    );
}

#[test]
fn node_keys_live_for_48_hours_at_most() {
    let key = signing(Algorithm::Ed25519, 2).public_key().clone();
    let until = |hours| {
        NodeKey::new(
            key.clone(),
            KeyUse::Codes,
            NOON,
            NOON.plus(Span::hours(hours)),
        )
    };
    assert!(until(48).is_ok());
    assert_eq!(until(49), Err(NodeKeyError::TooLong(KeyUse::Codes)));
    assert_eq!(until(0), Err(NodeKeyError::Empty));
}

#[test]
fn a_key_is_listed_once() {
    let twice = KeyList::new(
        hangzhou(),
        1,
        NOON,
        NOON.plus(Span::hours(1)),
        [node(2, 0, 1), node(2, 1, 2)],
    );
    assert!(matches!(twice, Err(KeyListError::Order(_))));
}

#[test]
fn rotation_with_overlap_leaves_no_gap() {
    let hour = |hours: u16| NOON.plus(Span::hours(hours));
    let keys = vec![node(2, 0, 24), node(3, 23, 47), node(4, 46, 70)];
    let whole = list(1, NOON, keys.clone());
    assert_eq!(whole.gap(KeyUse::Codes, NOON, hour(70)), None);
    assert_eq!(whole.gap(KeyUse::Codes, NOON, hour(71)), Some(hour(70)));
    assert_eq!(whole.gap(KeyUse::Lists, NOON, hour(1)), Some(NOON));
    let without = keys
        .into_iter()
        .enumerate()
        .map(|(place, key)| if place == 1 { key.removed() } else { key });
    let list = list(2, NOON, without.collect());
    assert_eq!(list.gap(KeyUse::Codes, NOON, hour(70)), Some(hour(24)));
}

struct Shelf {
    book: KeyBook,
    root: SigningKey,
}

impl Shelf {
    fn new() -> Self {
        Self {
            book: KeyBook::new(),
            root: signing(Algorithm::Ed25519, 1),
        }
    }

    fn offer(&mut self, list: &KeyList, now: Timestamp) -> Result<Adopted, KeyBookError> {
        let roots = [self.root.public_key().clone()];
        let signed = list.sign(&self.root).unwrap();
        self.book.adopt(&signed, hangzhou(), &roots, now)
    }
}

#[test]
fn lists_only_go_forward() {
    let mut shelf = Shelf::new();
    let first = list(1, NOON, vec![node(2, 0, 48)]);
    let second = list(2, NOON, vec![node(2, 0, 48).removed()]);
    assert_eq!(shelf.offer(&first, NOON), Ok(Adopted::Newer));
    assert_eq!(shelf.offer(&first, NOON), Ok(Adopted::Same));
    assert_eq!(shelf.offer(&second, NOON), Ok(Adopted::Newer));
    assert_eq!(
        shelf.offer(&first, NOON),
        Err(KeyBookError::RolledBack {
            offered: 1,
            seen: 2
        })
    );
    let other_second = list(2, NOON, vec![]);
    assert_eq!(
        shelf.offer(&other_second, NOON),
        Err(KeyBookError::TwoOfOneVersion(2))
    );
    let third_from_before = list(3, NOON.minus(Span::hours(1)), vec![]);
    assert!(matches!(
        shelf.offer(&third_from_before, NOON),
        Err(KeyBookError::RolledBack { .. })
    ));
    let id = *node(2, 0, 48).key().id().as_bytes();
    let id = crate::signing::KeyId::from_bytes(id);
    assert_eq!(shelf.book.key(hangzhou(), id, NOON), KeyAnswer::Removed);
}

#[test]
fn a_list_from_2099_bricks_nobody() {
    let mut shelf = Shelf::new();
    let good = list(1, NOON, vec![node(2, 0, 48)]);
    shelf.offer(&good, NOON).unwrap();
    let far: Timestamp = "2099-01-01T00:00:00+08:00".parse().unwrap();
    let bad = list(2, far, vec![]);
    assert_eq!(
        shelf.offer(&bad, NOON),
        Err(KeyBookError::FromTheFuture(far))
    );
    let at_the_limit = list(2, NOON.plus(Span::seconds(600)), vec![]);
    assert_eq!(shelf.offer(&at_the_limit, NOON), Ok(Adopted::Newer));
    assert_eq!(
        shelf.offer(&good, NOON.plus(Span::hours(48))),
        Err(KeyBookError::Expired(NOON.plus(Span::hours(48))))
    );
}

#[test]
fn keys_are_looked_up_under_their_issuer_only() {
    let mut shelf = Shelf::new();
    let key = node(2, 0, 48);
    shelf
        .offer(&list(1, NOON, vec![key.clone()]), NOON)
        .unwrap();
    let id = key.key().id();
    let ningbo = DivisionCode::new(330_200).unwrap();
    assert_eq!(shelf.book.key(hangzhou(), id, NOON), KeyAnswer::Known(&key));
    assert_eq!(shelf.book.key(ningbo, id, NOON), KeyAnswer::NoList);
    let late = NOON.plus(Span::hours(48));
    assert_eq!(shelf.book.key(hangzhou(), id, late), KeyAnswer::ListExpired);
    let other = node(3, 0, 48).key().id();
    assert_eq!(
        shelf.book.key(hangzhou(), other, NOON),
        KeyAnswer::NotListed
    );
}

#[test]
fn a_root_that_is_no_longer_trusted_vouches_for_nothing() {
    let mut shelf = Shelf::new();
    let key = node(2, 0, 48);
    shelf
        .offer(&list(1, NOON, vec![key.clone()]), NOON)
        .unwrap();
    let root = shelf.root.public_key().id();
    assert_eq!(shelf.book.root(hangzhou()), Some(root));
    shelf.book.keep_only(hangzhou(), &[root]);
    assert!(shelf.book.list(hangzhou()).is_some());
    let other = signing(Algorithm::Ed25519, 9).public_key().id();
    shelf.book.keep_only(hangzhou(), &[other]);
    assert_eq!(
        shelf.book.key(hangzhou(), key.key().id(), NOON),
        KeyAnswer::NoList
    );
}

#[test]
fn a_new_root_may_sign_the_same_list_again() {
    let mut shelf = Shelf::new();
    let list = list(1, NOON, vec![node(2, 0, 48)]);
    shelf.offer(&list, NOON).unwrap();
    shelf.root = signing(Algorithm::Sm2, 1);
    assert_eq!(shelf.offer(&list, NOON), Ok(Adopted::Newer));
    let root = shelf.root.public_key().id();
    assert_eq!(shelf.book.root(hangzhou()), Some(root));
}

#[test]
fn an_older_list_is_refused_after_a_restart_too() {
    let mut shelf = Shelf::new();
    let first = list(1, NOON, vec![node(2, 0, 48)]);
    let second = list(2, NOON, vec![node(2, 0, 48).removed()]);
    shelf.offer(&second, NOON).unwrap();
    let marks: Vec<KeyMark> = shelf.book.marks().copied().collect();
    let floor: Vec<_> = shelf.book.times().collect();
    shelf.book = KeyBook::with_marks(marks);
    assert!(shelf.book.list(hangzhou()).is_none());
    assert_eq!(shelf.book.times().collect::<Vec<_>>(), floor);
    assert_eq!(
        shelf.offer(&first, NOON),
        Err(KeyBookError::RolledBack {
            offered: 1,
            seen: 2
        })
    );
    let other_second = list(2, NOON.plus(Span::seconds(1)), vec![]);
    assert_eq!(
        shelf.offer(&other_second, NOON),
        Err(KeyBookError::TwoOfOneVersion(2))
    );
    assert_eq!(shelf.offer(&second, NOON), Ok(Adopted::Newer));
    assert_eq!(shelf.offer(&second, NOON), Ok(Adopted::Same));
    // A root that is trusted no more bars nothing: its successor begins anew.
    shelf.root = signing(Algorithm::Ed25519, 9);
    let successor = shelf.root.public_key().id();
    shelf.book.keep_only(hangzhou(), &[successor]);
    assert_eq!(shelf.offer(&first, NOON), Ok(Adopted::Newer));
}

fn sealing(fill: u8, from: i64, until: i64) -> SealingKey {
    let hour = |hours: i64| Timestamp::from_unix(NOON.unix() + 3600 * hours);
    SealingKey::new(
        SealingPublicKey::from_bytes([fill; 32]),
        hour(from),
        hour(until),
    )
    .unwrap()
}

#[test]
fn sealing_keys_are_read_back_and_the_newest_that_holds_is_taken() {
    let root = signing(Algorithm::Ed25519, 1);
    let roots = [root.public_key().clone()];
    let plain = list(3, NOON, vec![node(2, 0, 48)]);
    let keys = [sealing(9, 0, 40), sealing(3, -4, 20), sealing(5, 2, 42)];
    let list = plain.clone().with_sealing_keys(keys).unwrap();
    let signed = list.sign(&root).unwrap();
    let (read, _) = signed.verify(hangzhou(), &roots).unwrap();
    assert_eq!(read, list);
    let at = |hours| read.sealing_key(NOON.plus(Span::hours(hours))).copied();
    assert_eq!(at(0), Some(keys[0]));
    assert_eq!(at(2), Some(keys[2]));
    assert_eq!(at(41), Some(keys[2]));
    assert_eq!(at(42), None);
    assert_eq!(
        plain.clone().with_sealing_keys([keys[0], keys[0]]),
        Err(KeyListError::SealingOrder)
    );
    // A list without any is the one that was signed before there were sealing keys.
    let without = plain.clone().with_sealing_keys([]).unwrap();
    assert_eq!(without.sign(&root), plain.sign(&root));
}

#[test]
fn sealing_keys_that_are_out_of_order_or_live_too_long_are_refused() {
    let key = SealingPublicKey::from_bytes([1; 32]);
    let until = NOON.plus(SealingKey::LONGEST_LIFE);
    assert!(SealingKey::new(key, NOON, until).is_ok());
    assert_eq!(
        SealingKey::new(key, NOON, until.plus(Span::seconds(1))),
        Err(SealingKeyError::TooLong)
    );
    assert_eq!(
        SealingKey::new(key, NOON, NOON),
        Err(SealingKeyError::Empty)
    );
    assert_eq!(
        SealingPublicKey::parse(&[0; 31]),
        Err(SealingKeyError::Length(31))
    );
    // Two keys of which the encoding has the larger one first, signed well.
    let root = signing(Algorithm::Ed25519, 1);
    let roots = [root.public_key().clone()];
    let keys = [sealing(3, 0, 40), sealing(5, 0, 40)];
    let list = list(3, NOON, vec![]).with_sealing_keys(keys).unwrap();
    let signed = list.sign(&root).unwrap();
    let content = crate::cose::Sign1::parse(signed.as_bytes()).unwrap();
    let mut payload = content.payload().to_vec();
    let place = |fill: u8, payload: &[u8]| {
        let wanted = [fill; 32];
        payload
            .windows(32)
            .position(|found| found == wanted)
            .unwrap()
    };
    let (low, high) = (place(3, &payload), place(5, &payload));
    payload[low..low + 32].fill(5);
    payload[high..high + 32].fill(3);
    let header = crate::cose::Header::of(&roots[0]).with_type("application/hc-keys+cwt");
    let swapped = crate::cose::sign(&root, &header, &[], &payload).unwrap();
    assert_eq!(
        SignedKeyList::from_bytes(swapped).verify(hangzhou(), &roots),
        Err(KeyListError::SealingOrder)
    );
}
