//! Whatever a key signs as a list is refused, or is the one encoding of what it says: signing what
//! was read gives the same bytes again. Nothing panics.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

use hc_code::cose::{self, Header, Sign1};
use hc_code::paper_list::PaperList;
use hc_code::signing::{Algorithm, PublicKey, Signer, SigningKey};
use hc_code::status_list::{Delta, ListIssuer, SignedShard};
use hc_code::trust_list::{RemovalList, TrustList};
use hc_code::{DivisionCode, Offset};
use hc_testkit::hexadecimal;
use hc_testkit::list_vectors::{paper, status, trust};
use proptest::prelude::*;

fn key(byte: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[byte; 32]).unwrap()
}

/// The keys of the vectors: lists, hub, removals.
const LISTS: u8 = 1;
const HUB: u8 = 21;
const REMOVER: u8 = 22;

/// One change of some bytes.
#[derive(Clone, Debug)]
enum Change {
    Set(usize, u8),
    Cut(usize),
    Insert(usize, u8),
    Remove(usize),
}

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let change = prop_oneof![
        4 => (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        1 => any::<usize>().prop_map(Change::Cut),
        1 => (any::<usize>(), any::<u8>()).prop_map(|(at, byte)| Change::Insert(at, byte)),
        1 => any::<usize>().prop_map(Change::Remove),
    ];
    proptest::collection::vec(change, 0..4)
}

/// Takes the claims out of a signed statement, changes them, and signs them again.
fn forged(bytes: &[u8], signer: &SigningKey, changes: &[Change]) -> Vec<u8> {
    let statement = Sign1::parse(bytes).unwrap();
    let mut claims = statement.payload().to_vec();
    for change in changes {
        if claims.is_empty() {
            break;
        }
        let length = claims.len();
        match change {
            Change::Set(at, byte) => claims[at % length] = *byte,
            Change::Cut(at) => claims.truncate(at % length),
            Change::Insert(at, byte) => claims.insert(at % length, *byte),
            Change::Remove(at) => {
                claims.remove(at % length);
            }
        }
    }
    let header = Header::of(signer.public_key()).with_type(statement.content_type().unwrap());
    cose::sign(signer, &header, &[], &claims).unwrap()
}

fn issuer(key: &PublicKey) -> ListIssuer<'_> {
    ListIssuer {
        region: DivisionCode::new(330_000).unwrap(),
        key,
        offset: Offset::CHINA,
    }
}

/// Signed bytes of all vectors whose statements this key has signed.
fn signed_by(byte: u8) -> Vec<Vec<u8>> {
    let status = status::all().into_iter().flat_map(|vector| vector.offers);
    let paper = paper::all().into_iter().flat_map(|vector| vector.offers);
    let trust = trust::all().into_iter().flat_map(|vector| vector.offers);
    let hexadecimals = status
        .map(|offer| offer.bytes)
        .chain(paper.map(|offer| offer.bytes))
        .chain(trust.map(|offer| offer.bytes));
    let key = key(byte);
    hexadecimals
        .map(|digits| hexadecimal::read(&digits).unwrap())
        .filter(|bytes| {
            let id = Sign1::parse(bytes).unwrap().key_id();
            id == Some(key.public_key().id()) && bytes.len() < 5000
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn what_is_read_of_a_list_is_its_one_encoding(which: prop::sample::Index, changes in changes()) {
        thread_local! {
            static ALL: Vec<(u8, Vec<u8>)> = [LISTS, HUB, REMOVER]
                .into_iter()
                .flat_map(|byte| signed_by(byte).into_iter().map(move |bytes| (byte, bytes)))
                .collect();
        }
        let (byte, bytes) = ALL.with(|all| all[which.index(all.len())].clone());
        let key = key(byte);
        let bytes = forged(&bytes, &key, &changes);
        let issuer = issuer(key.public_key());
        let keys = [key.public_key().clone()];
        if let Ok(delta) = Delta::open(&bytes, &issuer) {
            prop_assert_eq!(delta.sign(&key).unwrap(), bytes.clone());
        }
        if let Ok(list) = PaperList::open(&bytes, &issuer) {
            prop_assert_eq!(list.sign(&key).unwrap(), bytes.clone());
        }
        if let Ok(list) = TrustList::open(&bytes, &keys) {
            prop_assert_eq!(list.sign(&key).unwrap(), bytes.clone());
        }
        if let Ok(list) = RemovalList::open(&bytes, &keys) {
            prop_assert_eq!(list.sign(&key).unwrap(), bytes.clone());
        }
        // A shard's compressed stream has many encodings; what it says has one.
        if let Ok(shard) = SignedShard::open(&bytes, &issuer) {
            prop_assert!(shard.number() < SignedShard::count(shard.edition()));
        }
    }
}

/// The property above is empty unless unchanged lists are read.
#[test]
fn unchanged_lists_are_read() {
    let mut read = [0; 5];
    for byte in [LISTS, HUB, REMOVER] {
        let key = key(byte);
        let issuer = issuer(key.public_key());
        let keys = [key.public_key().clone()];
        for bytes in signed_by(byte) {
            let bytes = forged(&bytes, &key, &[]);
            read[0] += u32::from(Delta::open(&bytes, &issuer).is_ok());
            read[1] += u32::from(PaperList::open(&bytes, &issuer).is_ok());
            read[2] += u32::from(TrustList::open(&bytes, &keys).is_ok());
            read[3] += u32::from(RemovalList::open(&bytes, &keys).is_ok());
            read[4] += u32::from(SignedShard::open(&bytes, &issuer).is_ok());
        }
    }
    assert!(read.iter().all(|count| *count >= 3), "{read:?}");
}
