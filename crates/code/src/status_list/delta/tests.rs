use super::super::edition::tests::{at, name};
use super::*;
use crate::Offset;
use crate::day_index::{DayIndex, Domain};
use crate::signing::{Algorithm, SigningKey};

fn key() -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[1; 32]).unwrap()
}

fn edition(sequence: u32) -> Edition {
    let noon = at("2022-06-28T12:00:00+08:00");
    let end = at("2022-06-29T00:00:00+08:00");
    Edition::new(name(), sequence, noon, noon, end, Offset::CHINA).unwrap()
}

fn changes(entries: &[(u32, Listed)]) -> Changes {
    let entries = entries
        .iter()
        .map(|(at, value)| (DayIndex::new(*at), *value));
    Changes::new(Domain::SMALLEST, entries.collect()).unwrap()
}

#[test]
fn a_signed_delta_is_read_with_its_key() {
    let key = key();
    let issuer = ListIssuer {
        region: name().region,
        key: key.public_key(),
        offset: Offset::CHINA,
    };
    let some = changes(&[
        (7, Listed::High),
        (99, Listed::Recheck),
        (1_000_000, Listed::Medium),
    ]);
    let back = changes(&[(7, Listed::Low)]);
    let none = changes(&[]);
    for (base, changes) in [
        (DeltaBase::Sequence(2), some.clone()),
        (DeltaBase::Sequence(0), back),
        (DeltaBase::Sequence(2), none.clone()),
        (DeltaBase::AllLow, some),
        (DeltaBase::AllLow, none),
    ] {
        let delta = Delta::new(edition(3), base, changes).unwrap();
        let bytes = delta.sign(&key).unwrap();
        assert_eq!(Delta::open(&bytes, &issuer), Ok(delta));
        for place in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[place] ^= 0x10;
            assert!(Delta::open(&flipped, &issuer).is_err(), "{place}");
            assert!(Delta::open(&bytes[..place], &issuer).is_err());
        }
    }
}

#[test]
fn a_delta_leads_forward_and_changes_something() {
    let new = |base, changes| Delta::new(edition(3), base, changes).map(|_| ());
    assert_eq!(
        new(DeltaBase::Sequence(3), changes(&[])),
        Err(DeltaError::Backward { base: 3, to: 3 })
    );
    assert_eq!(
        new(
            DeltaBase::AllLow,
            changes(&[(4, Listed::High), (5, Listed::Low)])
        ),
        Err(DeltaError::NoChange(5))
    );
    let wide = Changes::new(Domain::LARGEST, vec![]).unwrap();
    assert_eq!(
        new(DeltaBase::Sequence(2), wide),
        Err(DeltaError::OtherDomain)
    );
}

#[test]
fn a_shard_is_no_delta_and_a_delta_no_shard() {
    let key = key();
    let issuer = ListIssuer {
        region: name().region,
        key: key.public_key(),
        offset: Offset::CHINA,
    };
    let delta = Delta::new(edition(3), DeltaBase::Sequence(2), changes(&[])).unwrap();
    let bytes = delta.sign(&key).unwrap();
    assert!(matches!(
        super::super::SignedShard::open(&bytes, &issuer),
        Err(super::super::ShardError::Cose(CoseError::OtherType))
    ));
}
