//! Inputs that chance never finds: coordinates that the field has and the order has not, keys that
//! are the generator or its opposite, shares that make the two equal, opposite or nothing.

use p256::elliptic_curve::PrimeField;
use p256::elliptic_curve::group::Group as _;
use p256::elliptic_curve::sec1::{FromSec1Point as _, ToSec1Point as _};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use super::super::curve::{Affine, Curve, P256, SM2};
use super::super::modulus::{Limbs, Modulus, from_bytes};
use super::{Key, verdict, whole};
use crate::signing::{Algorithm, PublicKey, Signature, SignatureFault, Signer as _, SigningKey};

const ONE: Limbs = [1, 0, 0, 0, 0, 0, 0, 0];

/// n - less, as bytes.
fn below(order: &Modulus, less: u32) -> [u8; 32] {
    let less = order.enter_limbs(&[less, 0, 0, 0, 0, 0, 0, 0]);
    order.bytes(&order.difference(&[0; 8], &less))
}

fn small(number: u32) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes[28..].copy_from_slice(&number.to_be_bytes());
    bytes
}

fn scalar<S: PrimeField<Repr = p256::FieldBytes>>(bytes: [u8; 32]) -> S {
    S::from_repr(bytes.into()).unwrap()
}

/// The library's point with that x, and ours.
fn p256_point(x: &[u8; 32], odd: bool) -> Option<p256::ProjectivePoint> {
    let bytes = [&[2 + u8::from(odd)][..], x].concat();
    let point = p256::Sec1Point::from_bytes(&bytes).unwrap();
    let point = p256::AffinePoint::from_sec1_point(&point);
    Option::<p256::AffinePoint>::from(point).map(Into::into)
}

fn compressed(point: p256::ProjectivePoint) -> Vec<u8> {
    point.to_affine().to_sec1_point(true).as_bytes().to_vec()
}

/// The key for which (r, s) is a signature over the message, where R is a point of our choice.
fn key_of(message: &[u8], r_point: p256::ProjectivePoint, r: [u8; 32], s: [u8; 32]) -> PublicKey {
    let order = &P256.order;
    let e = order.bytes(&order.enter(&Sha256::digest(message).into()));
    let (r, s, e): (p256::Scalar, p256::Scalar, p256::Scalar) = (scalar(r), scalar(s), scalar(e));
    let key = (r_point * s - p256::ProjectivePoint::generator() * e) * r.invert().unwrap();
    PublicKey::parse(Algorithm::Es256, &compressed(key)).unwrap()
}

/// R may have an x from the order on: r is x - n then, and both backends must reduce x to see it.
#[test]
fn a_coordinate_from_the_order_on_is_reduced_before_it_is_compared() {
    let order = &P256.order;
    let mut found = 0;
    for more in 1..200_u32 {
        let x = order_and(more);
        assert_eq!(order.bytes(&order.enter(&x)), small(more));
        for odd in [false, true] {
            let Some(point) = p256_point(&x, odd) else {
                continue;
            };
            found += 1;
            let s = small(0x1234_5678 + more);
            let key = key_of(b"message", point, small(more), s);
            let signature = Signature::parse(Algorithm::Es256, &whole(small(more), s)).unwrap();
            assert!(verdict(&key, b"message", &signature), "{more}");
            assert!(key.verifies(b"message", &signature), "{more}");
            assert!(!verdict(&key, b"massage", &signature), "{more}");
            // x itself is no r, and its neighbours are other signatures.
            let itself = Signature::parse(Algorithm::Es256, &whole(x, s));
            assert_eq!(itself, Err(SignatureFault::RangeOfR));
            let near = Signature::parse(Algorithm::Es256, &whole(small(more + 1), s)).unwrap();
            assert!(!verdict(&key, b"message", &near), "{more}");
        }
    }
    assert!(found > 50, "{found}");
}

/// Where x itself is so small, x + n is another coordinate, and no other way to write r.
#[test]
fn a_small_coordinate_is_compared_as_it_is() {
    let mut judged = 0;
    for more in 1..60_u32 {
        let Some(point) = p256_point(&small(more), false) else {
            continue;
        };
        judged += 1;
        let s = small(77);
        let key = key_of(b"message", point, small(more), s);
        let signature = Signature::parse(Algorithm::Es256, &whole(small(more), s)).unwrap();
        assert!(verdict(&key, b"message", &signature));
        assert!(key.verifies(b"message", &signature));
        let again = order_and(more);
        assert_eq!(
            Signature::parse(Algorithm::Es256, &whole(again, s)),
            Err(SignatureFault::RangeOfR)
        );
    }
    assert!(judged > 15, "{judged}");
}

/// r and s at both ends of what is in range, valid for keys made for them.
#[test]
fn signatures_with_numbers_at_the_ends_of_the_range_verify() {
    let order = &P256.order;
    let half = order.bytes(&order.product(
        &order.enter(&below(order, 1)),
        &order.inverse(&order.enter_limbs(&[2, 0, 0, 0, 0, 0, 0, 0])),
    ));
    let mut judged = 0;
    for s in [small(1), small(2), half] {
        for r in (1..40).flat_map(|less| [below(order, less), small(less)]) {
            let Some(point) = p256_point(&r, true) else {
                continue;
            };
            judged += 1;
            let key = key_of(b"m", point, r, s);
            let signature = Signature::parse(Algorithm::Es256, &whole(r, s)).unwrap();
            assert!(verdict(&key, b"m", &signature));
        }
    }
    assert!(judged > 60, "{judged}");
    let mut above = half;
    above[31] += 1;
    assert_eq!(
        Signature::parse(Algorithm::Es256, &whole(small(1), above)),
        Err(SignatureFault::HighS)
    );
}

/// SM2: r + s = n is refused; r + s one less or more is judged like anything else.
#[test]
fn a_sum_of_nothing_is_refused() {
    let order = &SM2.order;
    let key = SigningKey::deterministic(Algorithm::Sm2, &[9; 32]).unwrap();
    for number in 1..40 {
        for (r, s) in [
            (small(number), below(order, number)),
            (below(order, number), small(number)),
            (small(number), below(order, number + 1)),
            (small(number + 1), below(order, number)),
            (below(order, number), below(order, number)),
        ] {
            let signature = Signature::parse(Algorithm::Sm2, &whole(r, s)).unwrap();
            assert!(!verdict(key.public_key(), b"message", &signature));
        }
    }
}

#[test]
fn sm2_reduces_the_sum_of_digest_and_coordinate() {
    // With k = 1, R is the generator, and e + x falls on both sides of the order.
    let order = &SM2.order;
    let (mut above, mut below_it) = (0, 0);
    for secret in 1..40 {
        let secret = small(secret);
        let signer = SigningKey::deterministic(Algorithm::Sm2, &secret).unwrap();
        let key = Key::parse(Algorithm::Sm2, signer.public_key().as_bytes()).unwrap();
        let digest = key.sm2_digest(b"message");
        let x = order.enter(&SM2.numbers()[2]);
        let e = order.enter(&digest);
        let r = order.sum(&e, &x);
        // Plain numbers: the sum passed the order where it is less than what was added.
        let (plain, added) = (order.bytes(&r), order.bytes(&e));
        above += usize::from(plain < added);
        below_it += usize::from(plain >= added);
        // s = (k - rd)/(1 + d) with k = 1 and the secret d.
        let secret = order.enter(&secret);
        let one = order.enter_limbs(&ONE);
        let s = order.product(
            &order.difference(&one, &order.product(&r, &secret)),
            &order.inverse(&order.sum(&one, &secret)),
        );
        let bytes = whole(order.bytes(&r), order.bytes(&s));
        let signature = Signature::parse(Algorithm::Sm2, &bytes).unwrap();
        assert!(verdict(signer.public_key(), b"message", &signature));
        assert!(!verdict(signer.public_key(), b"massage", &signature));
    }
    assert!(above > 0 && below_it > 0, "{above} {below_it}");
}

/// n of P-256, and so much more.
fn order_and(more: u32) -> [u8; 32] {
    let mut number = below(&P256.order, 1);
    let (_, last) = number.split_last_chunk_mut::<4>().unwrap();
    // They end with fc632550, far from the end.
    *last = (u32::from_be_bytes(*last) + 1 + more).to_be_bytes();
    number
}

/// Scalars, often near nothing, near the order, or with long runs of one bit.
fn scalars() -> impl Strategy<Value = [u8; 32]> {
    prop_oneof![
        any::<[u8; 32]>().prop_map(|mut bytes| {
            bytes[0] &= 0x7f;
            bytes
        }),
        (0..20_u32).prop_map(small),
        (0..256_usize).prop_map(|bit| {
            let mut bytes = [0; 32];
            bytes[31 - bit / 8] = 1 << (bit % 8);
            bytes
        }),
        (0..20_u32).prop_map(|less| below(&P256.order, less)),
        (0..20_u32).prop_map(|less| below(&SM2.order, less)),
        (1..255_usize).prop_map(|bits| {
            let mut bytes = [0; 32];
            for bit in 0..bits {
                bytes[31 - bit / 8] |= 1 << (bit % 8);
            }
            bytes
        }),
    ]
}

/// x of a·G + b·(c·G) by a library, and c·G.
macro_rules! theirs {
    ($library:ident, $a:expr, $b:expr, $c:expr) => {{
        let [a, b, c]: [$library::Scalar; 3] = [$a, $b, $c].map(scalar);
        let point = $library::ProjectivePoint::generator() * c;
        let sum = $library::ProjectivePoint::generator() * a + point * b;
        let x = (!bool::from(sum.is_identity())).then(|| {
            let bytes = sum.to_affine().to_sec1_point(true);
            <[u8; 32]>::try_from(&bytes.as_bytes()[1..]).unwrap()
        });
        (point.to_affine().to_sec1_point(true).as_bytes().to_vec(), x)
    }};
}

fn ours(curve: &Curve, key: &[u8], a: &[u8; 32], b: &[u8; 32]) -> Option<Limbs> {
    let x = key[1..].try_into().unwrap();
    let point: Affine = curve.point(&x, key[0] == 3).unwrap();
    curve.combine(&from_bytes(a), &point, &from_bytes(b))
}

/// a, b and c modulo the order.
fn reduced(order: &Modulus, numbers: [[u8; 32]; 3]) -> [[u8; 32]; 3] {
    numbers.map(|number| order.bytes(&order.enter(&number)))
}

fn compare(numbers: [[u8; 32]; 3]) {
    let [a, b, c] = reduced(&P256.order, numbers);
    if c != [0; 32] {
        let (key, x) = theirs!(p256, a, b, c);
        let ours = ours(&P256, &key, &a, &b);
        assert_eq!(ours, x.map(|x| from_bytes(&x)), "{a:x?} {b:x?} {c:x?}");
    }
    let [a, b, c] = reduced(&SM2.order, numbers);
    if c != [0; 32] {
        let (key, x) = theirs!(sm2, a, b, c);
        let ours = ours(&SM2, &key, &a, &b);
        assert_eq!(ours, x.map(|x| from_bytes(&x)), "{a:x?} {b:x?} {c:x?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn sums_of_multiples_are_those_of_the_libraries(a in scalars(), b in scalars(), c in scalars()) {
        compare([a, b, c]);
    }
}

/// The key is G, -G, 2G, -2G, and the shares meet, double and cancel on the way.
#[test]
fn equal_and_opposite_points_on_the_way_are_added_rightly() {
    for order in [&P256.order, &SM2.order] {
        let ends = [
            small(0),
            small(1),
            small(2),
            small(3),
            below(order, 1),
            below(order, 2),
        ];
        for c in &ends[1..] {
            for a in ends {
                for b in ends {
                    compare([a, b, *c]);
                }
            }
        }
    }
}
