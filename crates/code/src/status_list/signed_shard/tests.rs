use super::super::edition::tests::{at, name};
use super::*;
use crate::signing::{Algorithm, SigningKey};
use crate::verify::Listed;
use crate::{DivisionCode, HttpsUri, Offset};

fn key(byte: u8) -> SigningKey {
    SigningKey::deterministic(Algorithm::Ed25519, &[byte; 32]).unwrap()
}

fn issuer(key: &SigningKey) -> ListIssuer<'_> {
    ListIssuer {
        region: name().region,
        key: key.public_key(),
        offset: Offset::CHINA,
    }
}

fn edition() -> Edition {
    let noon = at("2022-06-28T12:00:00+08:00");
    let end = at("2022-06-29T00:00:00+08:00");
    Edition::new(name(), 3, noon, noon, end, Offset::CHINA).unwrap()
}

fn shard() -> Shard {
    let mut shard = Shard::low();
    for place in 0..1000 {
        shard.set(
            place * 1009,
            Listed::from_low_bits((place % 4).to_le_bytes()[0]),
        );
    }
    shard
}

fn address() -> HttpsUri {
    HttpsUri::parse("https://330000.example/status").unwrap()
}

#[test]
fn a_signed_shard_is_read_with_its_key() {
    for algorithm in [Algorithm::Ed25519, Algorithm::Es256, Algorithm::Sm2] {
        let key = SigningKey::deterministic(algorithm, &[1; 32]).unwrap();
        let bytes = SignedShard::sign(&edition(), 0, &shard(), &address(), &key).unwrap();
        let opened = SignedShard::open(&bytes, &issuer(&key)).unwrap();
        assert_eq!(opened.edition(), &edition());
        assert_eq!(opened.shard(), &shard());
        assert_eq!(opened.number(), 0);
    }
}

#[test]
fn another_key_or_region_is_refused() {
    let bytes = SignedShard::sign(&edition(), 0, &shard(), &address(), &key(1)).unwrap();
    let other = key(2);
    assert_eq!(
        SignedShard::open(&bytes, &issuer(&other)),
        Err(ShardError::Cose(CoseError::OtherKey))
    );
    let key = key(1);
    let elsewhere = ListIssuer {
        region: DivisionCode::new(440_000).unwrap(),
        ..issuer(&key)
    };
    assert_eq!(
        SignedShard::open(&bytes, &elsewhere),
        Err(ShardError::Edition(EditionFault::OtherRegion(
            name().region
        )))
    );
}

#[test]
fn no_flipped_bit_and_no_cut_is_read() {
    let key = key(1);
    let bytes = SignedShard::sign(&edition(), 0, &Shard::low(), &address(), &key).unwrap();
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut flipped = bytes.clone();
            flipped[place] ^= 1 << bit;
            assert!(
                SignedShard::open(&flipped, &issuer(&key)).is_err(),
                "{place} {bit}"
            );
        }
        assert!(SignedShard::open(&bytes[..place], &issuer(&key)).is_err());
    }
}

#[test]
fn a_shard_outside_the_domain_is_refused() {
    let key = key(1);
    let bytes = SignedShard::sign(&edition(), 1, &Shard::low(), &address(), &key).unwrap();
    assert_eq!(
        SignedShard::open(&bytes, &issuer(&key)),
        Err(ShardError::Outside(1))
    );
}
