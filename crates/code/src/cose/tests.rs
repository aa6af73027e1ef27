//! Signed statements that are and are not in our form.

use super::*;
use crate::signing::SigningKey;

fn signer(algorithm: Algorithm) -> SigningKey {
    SigningKey::deterministic(algorithm, &[7; 32]).unwrap()
}

#[test]
fn what_is_signed_is_verified_under_the_same_header_and_aad_only() {
    for algorithm in Algorithm::ALL {
        let signer = signer(algorithm);
        let key = signer.public_key();
        let plain = Header::of(key);
        let typed = Header::of(key).with_type("a/b");
        let nameless = Header::without_key_id(key);
        for header in [plain, typed, nameless] {
            let bytes = sign(&signer, &header, b"aad", b"payload").unwrap();
            let statement = Sign1::parse(&bytes).unwrap();
            assert_eq!(statement.algorithm(), algorithm);
            assert_eq!(statement.verify(key, &header, b"aad"), Ok(&b"payload"[..]));
            assert_eq!(
                statement.verify(key, &header, b"aaD"),
                Err(CoseError::Forged)
            );
            for other in [plain, typed, nameless] {
                assert_eq!(
                    statement.verify(key, &other, b"aad").is_ok(),
                    other == header
                );
            }
        }
    }
}

#[test]
fn the_template_is_the_documented_one() {
    let signer = signer(Algorithm::Ed25519);
    let bytes = sign(&signer, &Header::of(signer.public_key()), &[], &[0xa0]).unwrap();
    let mut expected = vec![0xd2, 0x84, 0x4d, 0xa2, 0x01, 0x27, 0x04, 0x48];
    expected.extend(signer.public_key().id().as_bytes());
    expected.extend([0xa0, 0x41, 0xa0, 0x58, 0x40]);
    assert_eq!(bytes[..expected.len()], expected);
    assert_eq!(bytes.len(), expected.len() + 64);
}

#[test]
fn the_key_decides_the_algorithm() {
    let ed25519 = signer(Algorithm::Ed25519);
    let bytes = sign(&ed25519, &Header::of(ed25519.public_key()), &[], b"x").unwrap();
    let signed = Sign1::parse(&bytes).unwrap();
    for other in [Algorithm::Es256, Algorithm::Sm2] {
        let key = signer(other).public_key().clone();
        assert_eq!(
            signed.verify(&key, &Header::of(&key), &[]),
            Err(CoseError::OtherAlgorithm {
                expected: other,
                found: Algorithm::Ed25519
            })
        );
    }
}

#[test]
fn another_key_id_is_another_key() {
    let first = signer(Algorithm::Ed25519);
    let second = SigningKey::deterministic(Algorithm::Ed25519, &[8; 32]).unwrap();
    let bytes = sign(&first, &Header::of(first.public_key()), &[], b"x").unwrap();
    let signed = Sign1::parse(&bytes).unwrap();
    let key = second.public_key();
    assert_eq!(
        signed.verify(key, &Header::of(key), &[]),
        Err(CoseError::OtherKey)
    );
}

/// Every single-byte change of a statement is refused or leaves a signature that does not verify.
#[test]
fn no_changed_byte_is_accepted() {
    for algorithm in Algorithm::ALL {
        let signer = signer(algorithm);
        let key = signer.public_key();
        let header = Header::of(key).with_type("a/b");
        let good = sign(&signer, &header, b"aad", b"payload").unwrap();
        for at in 0..good.len() {
            for change in [0x01, 0x20, 0x80, 0xff] {
                let mut bytes = good.clone();
                bytes[at] ^= change;
                let accepted = Sign1::parse(&bytes)
                    .is_ok_and(|signed| signed.verify(key, &header, b"aad").is_ok());
                assert!(!accepted, "{algorithm}: byte {at} changed by {change:02x}");
            }
        }
        for length in 0..good.len() {
            assert!(Sign1::parse(&good[..length]).is_err());
        }
    }
}

#[test]
fn headers_have_known_keys_in_order_and_once() {
    let header = |bytes: &[u8]| {
        let mut whole = Writer::new();
        whole
            .tag(18)
            .array(4)
            .bytes(bytes)
            .map(0)
            .bytes(b"x")
            .bytes(&[1; 64]);
        let whole = whole.into_bytes();
        Sign1::parse(&whole).map(|signed| signed.content_type().map(str::to_owned))
    };
    assert_eq!(header(&[0xa1, 0x01, 0x26]), Ok(None));
    assert_eq!(
        header(&[0xa2, 0x01, 0x26, 0x10, 0x61, b'a']),
        Ok(Some("a".to_owned()))
    );
    // Content type (3), twice the algorithm, type before key id, nothing at all, alg 0.
    for bad in [
        &[0xa2, 0x01, 0x26, 0x03, 0x00][..],
        &[0xa2, 0x01, 0x26, 0x01, 0x26],
        &[
            0xa3, 0x01, 0x26, 0x10, 0x61, b'a', 0x04, 0x48, 1, 2, 3, 4, 5, 6, 7, 8,
        ],
        &[0xa0],
        &[],
    ] {
        assert!(header(bad).is_err(), "{bad:x?}");
    }
    assert_eq!(
        header(&[0xa1, 0x01, 0x00]),
        Err(CoseError::UnknownAlgorithm(0))
    );
    assert_eq!(
        header(&[0xa2, 0x01, 0x26, 0x04, 0x41, 0x00]),
        Err(CoseError::KeyIdLength(1))
    );
}
