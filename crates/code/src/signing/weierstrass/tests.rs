//! The same answers as the libraries, which the module above this one also compares on Wycheproof's
//! signatures and on every other signature in its tests.

use p256::elliptic_curve::PrimeField as _;
use proptest::prelude::*;

use super::*;
use crate::signing::portable::VerifyingKey;
use crate::signing::{PublicKey, Signer as _, SigningKey};

mod corners;

const BOTH: [Algorithm; 2] = [Algorithm::Es256, Algorithm::Sm2];

fn whole(r: [u8; 32], s: [u8; 32]) -> [u8; 64] {
    let mut bytes = [0; 64];
    bytes[..32].copy_from_slice(&r);
    bytes[32..].copy_from_slice(&s);
    bytes
}

/// What both say, which must be the same.
fn verdict(key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
    let library = VerifyingKey::parse(key.algorithm(), key.as_bytes()).unwrap();
    let ours = Key::parse(key.algorithm(), key.as_bytes()).unwrap();
    let answer = ours.verifies(message, signature);
    assert_eq!(
        library.verifies(message, signature),
        answer,
        "{key:?} {message:x?} {signature:?}"
    );
    answer
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn what_a_library_signed_verifies_and_nothing_near_it(
        secret in any::<[u8; 32]>(),
        message in proptest::collection::vec(any::<u8>(), 0..200),
        bit in 0..512_usize,
    ) {
        for algorithm in BOTH {
            let Ok(signer) = SigningKey::deterministic(algorithm, &secret) else { continue };
            let key = signer.public_key();
            let signature = signer.sign(&message).unwrap();
            prop_assert!(verdict(key, &message, &signature));
            let mut near = *signature.as_bytes();
            near[bit / 8] ^= 1 << (bit % 8);
            if let Ok(near) = Signature::parse(algorithm, &near) {
                prop_assert!(!verdict(key, &message, &near));
            }
            let mut other = message.clone();
            other.push(0);
            prop_assert!(!verdict(key, &other, &signature));
        }
    }

    #[test]
    fn whatever_numbers_are_judged_alike(numbers in any::<[[u8; 32]; 2]>(), small in any::<bool>()) {
        for algorithm in BOTH {
            let [mut r, mut s] = numbers;
            s[0] &= 0x7f;
            if small {
                r[..28].fill(0);
                s[..28].fill(0);
            }
            let signer = SigningKey::deterministic(algorithm, &[9; 32]).unwrap();
            if let Ok(signature) = Signature::parse(algorithm, &whole(r, s)) {
                prop_assert!(!verdict(signer.public_key(), b"message", &signature));
            }
        }
    }

    #[test]
    fn the_same_bytes_are_keys(mut bytes in any::<[u8; 33]>(), high in any::<bool>()) {
        bytes[0] = 2 | bytes[0] & 1;
        if high {
            bytes[1..5].fill(0xff);
        }
        for algorithm in BOTH {
            let library = VerifyingKey::parse(algorithm, &bytes).is_ok();
            prop_assert_eq!(Key::parse(algorithm, &bytes).is_ok(), library);
        }
    }
}

#[test]
fn every_coordinate_near_the_prime_is_judged_alike() {
    let primes = [
        (
            Algorithm::Es256,
            "ffffffff00000001000000000000000000000000ffffffffffffffffffffffff",
        ),
        (
            Algorithm::Sm2,
            "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
        ),
    ];
    for (algorithm, prime) in primes {
        let mut keys = 0;
        for last in 0..=255 {
            let mut bytes = hex::decode(format!("02{prime}")).unwrap();
            bytes[32] = last;
            let library = VerifyingKey::parse(algorithm, &bytes).is_ok();
            assert_eq!(Key::parse(algorithm, &bytes).is_ok(), library);
            bytes[1..29].fill(0);
            let small = VerifyingKey::parse(algorithm, &bytes).is_ok();
            assert_eq!(Key::parse(algorithm, &bytes).is_ok(), small);
            keys += usize::from(library) + usize::from(small);
        }
        assert!(keys > 100, "{keys}");
    }
}

#[test]
fn only_the_two_curves_have_such_keys() {
    let fault = PublicKeyError::NotOnCurve(Algorithm::Ed25519);
    assert_eq!(Key::parse(Algorithm::Ed25519, &[2; 33]).err(), Some(fault));
    for algorithm in BOTH {
        let fault = PublicKeyError::NotOnCurve(algorithm);
        assert_eq!(Key::parse(algorithm, &[]).err(), Some(fault));
        assert_eq!(Key::parse(algorithm, &[2; 32]).err(), Some(fault));
    }
}

/// Who has the secret d can make [s]G + [t]P infinity, with s = -rd/(1 + d), and choose r = e so
/// that a verifier which took infinity for a point with x = 0 would accept.
#[test]
fn infinity_is_no_point_to_take_a_coordinate_from() {
    let order = &SM2.order;
    for secret in 1..40_u8 {
        let mut d = [0; 32];
        d[31] = secret;
        let signer = SigningKey::deterministic(Algorithm::Sm2, &d).unwrap();
        let key = Key::parse(Algorithm::Sm2, signer.public_key().as_bytes()).unwrap();
        let r = order.enter(&key.sm2_digest(b"message"));
        let d = order.enter(&d);
        let one = order.enter_limbs(&[1, 0, 0, 0, 0, 0, 0, 0]);
        let share = order.product(&d, &order.inverse(&order.sum(&one, &d)));
        let s = order.difference(&[0; 8], &order.product(&r, &share));
        let bytes = whole(order.bytes(&r), order.bytes(&s));
        let signature = Signature::parse(Algorithm::Sm2, &bytes).unwrap();
        assert!(!verdict(signer.public_key(), b"message", &signature));
    }
}

/// ES256: e = -rd makes [u]G + [v]Q infinity.
#[test]
fn infinity_verifies_nothing_for_es256_either() {
    let order = &P256.order;
    let digest: [u8; 32] = Sha256::digest(b"message").into();
    let secret = [9; 32];
    let signer = SigningKey::deterministic(Algorithm::Es256, &secret).unwrap();
    let d = p256::Scalar::from_repr(secret.into()).unwrap();
    let share = order.product(
        &order.enter(&digest),
        &order.inverse(&order.enter(&d.to_repr().into())),
    );
    let r = order.bytes(&order.difference(&[0; 8], &share));
    for last in 1..20 {
        let mut s = [0; 32];
        s[31] = last;
        let signature = Signature::parse(Algorithm::Es256, &whole(r, s)).unwrap();
        assert!(!verdict(signer.public_key(), b"message", &signature));
    }
}
