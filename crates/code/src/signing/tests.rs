//! Keys and signatures on the inputs on which libraries differ.

use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::edwards::EdwardsPoint;
use curve25519_dalek::scalar::Scalar;
use proptest::prelude::*;
use sha2::{Digest, Sha512};

use super::*;

mod wycheproof;

fn key(algorithm: Algorithm, fill: u8) -> SigningKey {
    SigningKey::from_secret(algorithm, &[fill; 32]).unwrap()
}

/// What all backends say of a signature, which must be the same.
fn verdict(key: &PublicKey, message: &[u8], signature: &Signature) -> bool {
    let portable = portable::VerifyingKey::parse(key.algorithm(), key.as_bytes()).unwrap();
    let answer = portable.verifies(message, signature);
    assert_eq!(
        key.verifies(message, signature),
        answer,
        "{key:?} {message:x?} {signature:?}"
    );
    if key.algorithm() != Algorithm::Ed25519 {
        let small = weierstrass::Key::parse(key.algorithm(), key.as_bytes()).unwrap();
        let small = signature.algorithm() == key.algorithm() && small.verifies(message, signature);
        assert_eq!(small, answer, "{key:?} {message:x?} {signature:?}");
    }
    answer
}

#[test]
fn every_algorithm_verifies_what_it_signs_and_nothing_else() {
    for algorithm in Algorithm::ALL {
        let signer = key(algorithm, 7);
        let signature = signer.sign(b"message").unwrap();
        assert!(verdict(signer.public_key(), b"message", &signature));
        assert!(!verdict(signer.public_key(), b"massage", &signature));
        let other = key(algorithm, 8);
        assert!(!verdict(other.public_key(), b"message", &signature));
    }
}

#[test]
fn a_signature_of_one_algorithm_is_none_of_another() {
    for algorithm in Algorithm::ALL {
        let signature = key(algorithm, 7).sign(b"message").unwrap();
        for other in Algorithm::ALL {
            let public = key(other, 7).public_key().clone();
            assert_eq!(public.verifies(b"message", &signature), other == algorithm);
        }
    }
}

#[test]
fn fast_and_deterministic_keys_are_the_same_keys() {
    for algorithm in Algorithm::ALL {
        let fast = key(algorithm, 7);
        let slow = SigningKey::deterministic(algorithm, &[7; 32]).unwrap();
        assert_eq!(fast.public_key(), slow.public_key());
        for message in [&b""[..], b"a", &[0x55; 1000]] {
            let signature = slow.sign(message).unwrap();
            assert_eq!(signature, slow.sign(message).unwrap());
            assert!(verdict(fast.public_key(), message, &signature));
            let signature = fast.sign(message).unwrap();
            assert!(verdict(fast.public_key(), message, &signature));
        }
    }
}

#[test]
fn es256_signatures_have_the_lower_s_whoever_makes_them() {
    for signer in [
        key(Algorithm::Es256, 7),
        SigningKey::deterministic(Algorithm::Es256, &[7; 32]).unwrap(),
    ] {
        for number in 0..64_u8 {
            let signature = signer.sign(&[number]).unwrap();
            assert!(signature.as_bytes()[32] < 0x80);
        }
    }
}

#[test]
fn a_high_s_is_refused_and_can_be_lowered() {
    let signer = SigningKey::deterministic(Algorithm::Es256, &[7; 32]).unwrap();
    let signature = signer.sign(b"message").unwrap();
    let low = p256::ecdsa::Signature::from_slice(signature.as_bytes()).unwrap();
    let high = p256::ecdsa::Signature::from_scalars(low.r(), -low.s()).unwrap();
    let high = high.to_bytes();
    assert_eq!(
        Signature::parse(Algorithm::Es256, &high),
        Err(SignatureFault::HighS)
    );
    assert_eq!(Signature::lowering_s(&high), Ok(signature));
    assert_eq!(Signature::lowering_s(signature.as_bytes()), Ok(signature));
}

fn number(hex: &str) -> [u8; 32] {
    let mut bytes = [0; 32];
    for (place, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *place = u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    }
    bytes
}

#[test]
fn r_and_s_lie_between_one_and_the_order() {
    let p256 = number("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let sm2 = number("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123");
    let mut one = [0; 32];
    one[31] = 1;
    for (algorithm, order) in [(Algorithm::Es256, p256), (Algorithm::Sm2, sm2)] {
        let mut below = order;
        below[31] -= 1;
        let parse = |r: [u8; 32], s: [u8; 32]| Signature::parse(algorithm, &[r, s].concat());
        for bad in [[0; 32], order, [0xff; 32]] {
            assert_eq!(parse(bad, one), Err(SignatureFault::RangeOfR));
            assert_eq!(parse(one, bad), Err(SignatureFault::RangeOfS));
        }
        let highest = parse(below, below);
        if algorithm == Algorithm::Sm2 {
            // In range, and no signature of anything: both backends say so.
            assert!(!verdict(
                key(algorithm, 7).public_key(),
                b"",
                &highest.unwrap()
            ));
        } else {
            assert_eq!(highest, Err(SignatureFault::HighS));
            let fine = parse(below, one).unwrap();
            assert!(!verdict(key(algorithm, 7).public_key(), b"", &fine));
        }
    }
    // SM2: r + s = n makes t zero.
    let mut rest = sm2;
    rest[31] -= 1;
    let zero_t = Signature::parse(Algorithm::Sm2, &[one, rest].concat()).unwrap();
    assert!(!verdict(key(Algorithm::Sm2, 7).public_key(), b"", &zero_t));
}

#[test]
fn other_lengths_are_no_signatures() {
    for algorithm in Algorithm::ALL {
        let signature = key(algorithm, 7).sign(b"message").unwrap();
        for length in [0, 1, 63] {
            assert_eq!(
                Signature::parse(algorithm, &signature.as_bytes()[..length]),
                Err(SignatureFault::Length(length))
            );
        }
        let mut longer = signature.as_bytes().to_vec();
        longer.push(0);
        assert_eq!(
            Signature::parse(algorithm, &longer),
            Err(SignatureFault::Length(65))
        );
    }
}

#[test]
fn points_of_small_order_are_neither_keys_nor_commitments() {
    for point in EIGHT_TORSION {
        let bytes = point.compress().to_bytes();
        assert_eq!(
            PublicKey::parse(Algorithm::Ed25519, &bytes),
            Err(PublicKeyError::SmallOrder)
        );
        assert_eq!(
            Signature::parse(Algorithm::Ed25519, &[bytes, [0; 32]].concat()),
            Err(SignatureFault::SmallOrderR)
        );
        // Negative zero: x is 0 and its sign bit is set; decoders differ on it.
        let mut signed = bytes;
        signed[31] |= 0x80;
        assert_eq!(
            PublicKey::parse(Algorithm::Ed25519, &signed),
            Err(PublicKeyError::SmallOrder)
        );
    }
}

#[test]
fn points_written_with_the_prime_added_are_refused() {
    // y + p for y = 0..=18 fits 255 bits.
    for extra in 0..19_u8 {
        for sign in [0, 0x80] {
            let mut bytes = [0xff; 32];
            bytes[0] = 0xed + extra;
            bytes[31] = 0x7f | sign;
            assert_eq!(
                PublicKey::parse(Algorithm::Ed25519, &bytes),
                Err(PublicKeyError::NonCanonical)
            );
            assert_eq!(
                Signature::parse(Algorithm::Ed25519, &[bytes, [0; 32]].concat()),
                Err(SignatureFault::NonCanonicalR)
            );
        }
    }
}

/// An Ed25519 signature by hand, with a point of small order added to the key or to R.
fn by_hand(message: &[u8], in_key: &EdwardsPoint, in_r: &EdwardsPoint) -> (PublicKey, [u8; 64]) {
    let secret = Scalar::from(0x1234_5678_9abc_def1_u64);
    let nonce = Scalar::from(0x0fed_cba9_8765_4321_u64);
    let public = (secret * ED25519_BASEPOINT_POINT + in_key)
        .compress()
        .to_bytes();
    let r = (nonce * ED25519_BASEPOINT_POINT + in_r)
        .compress()
        .to_bytes();
    let hash = Sha512::new()
        .chain_update(r)
        .chain_update(public)
        .chain_update(message)
        .finalize();
    let challenge = Scalar::from_bytes_mod_order_wide(&hash.into());
    let s = (nonce + challenge * secret).to_bytes();
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(&r);
    signature[32..].copy_from_slice(&s);
    (
        PublicKey::parse(Algorithm::Ed25519, &public).unwrap(),
        signature,
    )
}

#[test]
fn keys_and_commitments_of_mixed_order_get_one_answer() {
    let mut accepted = 0;
    for (number, point) in EIGHT_TORSION.iter().enumerate() {
        for (other, second) in EIGHT_TORSION.iter().enumerate() {
            for message in 0..8_u8 {
                let (public, bytes) = by_hand(&[message], point, second);
                let signature = Signature::parse(Algorithm::Ed25519, &bytes).unwrap();
                let answer = verdict(&public, &[message], &signature);
                accepted += u32::from(answer);
                // A verifier that multiplies by the cofactor would accept all of them.
                assert!(answer || number != 0 || other != 0);
            }
        }
    }
    assert!((8..512).contains(&accepted), "{accepted} of 512");
}

#[test]
fn s_is_reduced() {
    let order = number("1000000000000000000000000000000014def9dea2f79cd65812631a5cf5d3ed");
    let (_, bytes) = by_hand(b"", &EIGHT_TORSION[0], &EIGHT_TORSION[0]);
    let mut carry = 0;
    let mut unreduced = bytes;
    for (digit, add) in unreduced[32..].iter_mut().zip(order.iter().rev()) {
        let sum = u16::from(*digit) + u16::from(*add) + carry;
        *digit = u8::try_from(sum & 0xff).unwrap();
        carry = sum >> 8;
    }
    assert_eq!(
        Signature::parse(Algorithm::Ed25519, &unreduced),
        Err(SignatureFault::NonCanonicalS)
    );
    let mut order_itself = order;
    order_itself.reverse();
    unreduced[32..].copy_from_slice(&order_itself);
    assert_eq!(
        Signature::parse(Algorithm::Ed25519, &unreduced),
        Err(SignatureFault::NonCanonicalS)
    );
}

#[test]
fn keys_have_one_encoding() {
    for algorithm in [Algorithm::Es256, Algorithm::Sm2] {
        let good = key(algorithm, 7).public_key().as_bytes().to_vec();
        assert!(PublicKey::parse(algorithm, &good).is_ok());
        for first in [0, 1, 4, 5, 6, 7, 0xff] {
            let mut other = good.clone();
            other[0] = first;
            assert_eq!(
                PublicKey::parse(algorithm, &other),
                Err(PublicKeyError::Prefix(algorithm, first))
            );
        }
        let mut beyond = vec![2];
        beyond.extend([0xff; 32]);
        assert_eq!(
            PublicKey::parse(algorithm, &beyond),
            Err(PublicKeyError::NotOnCurve(algorithm))
        );
        assert_eq!(
            PublicKey::parse(algorithm, &[0]),
            Err(PublicKeyError::Length(algorithm, 1))
        );
        let mut uncompressed = vec![4];
        uncompressed.extend([0; 64]);
        assert_eq!(
            PublicKey::parse(algorithm, &uncompressed),
            Err(PublicKeyError::Length(algorithm, 65))
        );
        assert_eq!(
            PublicKey::from_coordinates(algorithm, &[1; 32], &[1; 32]),
            Err(PublicKeyError::NotOnCurve(algorithm))
        );
    }
}

#[test]
fn keys_are_the_points_of_their_coordinates() {
    for algorithm in [Algorithm::Es256, Algorithm::Sm2] {
        for fill in 1..9 {
            let public = key(algorithm, fill).public_key().clone();
            let (x, y) = public.coordinates().unwrap();
            assert_eq!(PublicKey::from_coordinates(algorithm, &x, &y), Ok(public));
        }
    }
    let none = key(Algorithm::Ed25519, 7).public_key().coordinates();
    assert_eq!(none, None);
}

#[test]
fn secrets_out_of_range_are_no_keys() {
    for algorithm in [Algorithm::Es256, Algorithm::Sm2] {
        for secret in [[0; 32], [0xff; 32]] {
            assert_eq!(
                SigningKey::from_secret(algorithm, &secret).unwrap_err(),
                SecretKeyError::OutOfRange(algorithm)
            );
        }
    }
    // SM2 has no key n - 1: it could never sign.
    let last = number("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122");
    assert!(SigningKey::from_secret(Algorithm::Sm2, &last).is_err());
}

#[test]
fn a_key_never_prints_its_secret() {
    for algorithm in Algorithm::ALL {
        let signer = SigningKey::from_secret(algorithm, &[0x77; 32]).unwrap();
        assert!(!format!("{signer:?}").contains("7777"));
    }
}

#[test]
fn key_ids_differ_by_algorithm_and_print_as_they_parse() {
    let es256 = KeyId::of(Algorithm::Es256, &[2; 33]);
    let sm2 = KeyId::of(Algorithm::Sm2, &[2; 33]);
    assert_ne!(es256, sm2);
    assert_eq!(es256.to_string().parse(), Ok(es256));
    assert!("0123456789ABCDEF".parse::<KeyId>().is_err());
    assert!("0123".parse::<KeyId>().is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn backends_agree_on_changed_signatures(
        which in 0_usize..2,
        bit in 0_usize..512,
        second in proptest::option::of(0_usize..512),
    ) {
        let algorithm = [Algorithm::Ed25519, Algorithm::Es256][which];
        let signer = SigningKey::deterministic(algorithm, &[7; 32]).unwrap();
        let mut bytes = *signer.sign(b"message").unwrap().as_bytes();
        for bit in [Some(bit), second].into_iter().flatten() {
            bytes[bit / 8] ^= 1 << (bit % 8);
        }
        if let Ok(signature) = Signature::parse(algorithm, &bytes) {
            let unchanged = second == Some(bit);
            prop_assert_eq!(verdict(signer.public_key(), b"message", &signature), unchanged);
        }
    }

    #[test]
    fn backends_agree_on_whatever_keys(
        which in 0_usize..2,
        bytes in proptest::collection::vec(any::<u8>(), 33),
        signature in proptest::collection::vec(any::<u8>(), 64),
    ) {
        let algorithm = [Algorithm::Ed25519, Algorithm::Es256][which];
        let mut bytes = bytes;
        bytes[0] = 2 + bytes[0] % 2;
        let bytes = &bytes[..algorithm.public_key_len()];
        let portable = portable::VerifyingKey::parse(algorithm, bytes);
        let native = PublicKey::parse(algorithm, bytes);
        prop_assert_eq!(native.is_ok(), portable.is_ok());
        if let (Ok(key), Ok(signature)) = (native, Signature::parse(algorithm, &signature)) {
            verdict(&key, b"message", &signature);
        }
    }
}
