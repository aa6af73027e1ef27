//! Multiples that are made once: those of the generator for everybody, those of a key with the key.

use std::sync::LazyLock;

use super::field::{Element, Limbs, limbs, mask};
use super::point::{Affine, Homogeneous, Jacobian};

/// Bits of a digit of the generator's factor.
const WIDTH: usize = 6;
/// Digits of 256 bits and a sign.
const DIGITS: usize = 43;
/// The multiples of one place: 1 to 2^(WIDTH - 1).
const PLACE: usize = 1 << (WIDTH - 1);

/// b of the curve (GB/T 32918.5).
const B: Limbs = [
    0xddbc_bd41_4d94_0e93,
    0xf397_89f5_15ab_8f92,
    0x4d5a_9e4b_cf65_09a7,
    0x28e9_fa9e_9d9f_5e34,
];
const GENERATOR: [Limbs; 2] = [
    [
        0x715a_4589_334c_74c7,
        0x8fe3_0bbf_f266_0be1,
        0x5f99_0446_6a39_c994,
        0x32c4_ae2c_1f19_8119,
    ],
    [
        0x02df_32e5_2139_f0a0,
        0xd0a9_877c_c62a_4740,
        0x59bd_cee3_6b69_2153,
        0xbc37_36a2_f4f6_779c,
    ],
];

/// The curve, with the multiples of its generator: place i holds those of 2^(6i) times it, 88 KB.
pub(super) struct Curve {
    pub(super) b: Element,
    generator: Vec<[Affine; PLACE]>,
}

/// Made at the first use, in less than a millisecond.
pub(super) static CURVE: LazyLock<Curve> = LazyLock::new(Curve::new);

impl Curve {
    fn new() -> Self {
        let [x, y] = generator();
        let mut base = Affine { x, y };
        let mut places = Vec::with_capacity(DIGITS);
        for _ in 0..DIGITS {
            let mut point = Jacobian::INFINITY;
            let place: Vec<_> = (0..PLACE)
                .map(|_| {
                    point = point.plus(&base);
                    point
                })
                .collect();
            let next = Jacobian::affine(&[point.doubled()]);
            let place: Result<[Affine; PLACE], _> = Jacobian::affine(&place).try_into();
            places.extend(place);
            base = next.first().copied().unwrap_or(base);
        }
        Self {
            b: Element::new(B).unwrap_or(Element::ZERO),
            generator: places,
        }
    }

    /// A multiple of the generator, in constant time. The factor is below 2^256, big-endian.
    pub(super) fn secret_multiple(&self, factor: &[u8; 32]) -> Homogeneous {
        let factor = limbs(factor);
        let mut sum = Homogeneous::INFINITY;
        for (number, place) in self.generator.iter().enumerate() {
            let (digit, negative) = digit(&factor, number);
            let mut point = Affine {
                x: Element::ZERO,
                y: Element::ZERO,
            };
            // All are read, so that the processor's caches learn nothing.
            for (multiple, candidate) in (1_u64..).zip(place) {
                let mask = mask(multiple == digit);
                point.x.take_up(&candidate.x, mask);
                point.y.take_up(&candidate.y, mask);
            }
            point.y = Element::choose(&point.y.negative(), &point.y, mask(negative == 1));
            let next = sum.plus(&point, &self.b);
            sum = Homogeneous::choose(&sum, &next, mask(digit == 0));
        }
        sum
    }

    /// Adds a multiple of the generator, in plain time.
    pub(super) fn add_multiple(&self, factor: &[u8; 32], mut sum: Jacobian) -> Jacobian {
        let factor = limbs(factor);
        for (number, place) in self.generator.iter().enumerate() {
            let (digit, negative) = digit(&factor, number);
            let multiple = usize::try_from(digit).unwrap_or_default().checked_sub(1);
            if let Some(point) = multiple.and_then(|multiple| place.get(multiple)) {
                sum = sum.plus(&signed(point, negative == 1));
            }
        }
        sum
    }
}

/// The generator's coordinates.
pub(super) fn generator() -> [Element; 2] {
    GENERATOR.map(|limbs| Element::new(limbs).unwrap_or(Element::ZERO))
}

fn signed(point: &Affine, negative: bool) -> Affine {
    if negative { point.opposite() } else { *point }
}

/// A digit of a factor, 0 to 2^(WIDTH - 1), and 1 where it counts against (Booth 1951): the digits
/// with their signs times the powers of 2^WIDTH make the factor.
#[inline]
fn digit(factor: &Limbs, number: usize) -> (u64, u64) {
    const WINDOW: u64 = (1 << (WIDTH + 1)) - 1;
    // WIDTH bits, and below them the highest one of the digit before.
    let bits = if let Some(lowest) = (number * WIDTH).checked_sub(1) {
        let (limb, shift) = (lowest / 64, lowest % 64);
        let low = factor.get(limb).map_or(0, |limb| limb >> shift);
        let high = factor
            .get(limb + 1)
            .map_or(0, |limb| limb.wrapping_shl(1) << (63 - shift));
        (low | high) & WINDOW
    } else {
        (factor[0] << 1) & WINDOW
    };
    let negative = bits >> WIDTH;
    let mask = negative.wrapping_neg();
    let bits = (mask & (WINDOW - bits)) | (!mask & bits);
    ((bits >> 1) + (bits & 1), negative)
}

/// Parts of 64 bits of a key's factor, each with odd multiples of its own.
const PARTS: usize = 4;
/// 1, 3, ... 15 times.
const ODD: usize = 8;
/// Digits of a part: of 64 bits and a carry.
const LENGTH: usize = 65;

/// The multiples of a key that verifying takes: 2 KB.
#[derive(Clone)]
pub(super) struct KeyMultiples(Box<[[Affine; ODD]]>);

impl KeyMultiples {
    pub(super) fn of(key: &Affine) -> Self {
        let mut parts = Vec::with_capacity(PARTS);
        let mut base = *key;
        for _ in 0..PARTS {
            let start = Jacobian::from(base);
            let twice = Jacobian::affine(&[start.doubled()]);
            let twice = twice.first().copied().unwrap_or(base);
            let mut point = start;
            let odd: Vec<_> = (0..ODD)
                .map(|_| {
                    let this = point;
                    point = point.plus(&twice);
                    this
                })
                .collect();
            let odd: Result<[Affine; ODD], _> = Jacobian::affine(&odd).try_into();
            parts.extend(odd);
            let next = (0..64).fold(start, |point, _| point.doubled());
            base = Jacobian::affine(&[next]).first().copied().unwrap_or(base);
        }
        Self(parts.into())
    }

    /// A multiple of the key, in plain time.
    pub(super) fn multiple(&self, factor: &[u8; 32]) -> Jacobian {
        let digits = limbs(factor).map(odd_digits);
        let mut sum = Jacobian::INFINITY;
        for place in (0..LENGTH).rev() {
            sum = sum.doubled();
            for (digits, points) in digits.iter().zip(&self.0) {
                let digit = digits.get(place).copied().unwrap_or_default();
                let point = points.get(usize::from(digit.unsigned_abs() / 2));
                if let Some(point) = point.filter(|_| digit != 0) {
                    sum = sum.plus(&signed(point, digit < 0));
                }
            }
        }
        sum
    }
}

/// The digits of a number, each zero or odd and below 16 either way, of five in a row at most one
/// other than zero (the width-5 non-adjacent form; Solinas 2000).
fn odd_digits(number: u64) -> [i8; LENGTH] {
    let mut digits = [0; LENGTH];
    let mut rest = u128::from(number);
    for digit in &mut digits {
        if rest & 1 == 1 {
            let low = i8::try_from(rest & 31).unwrap_or_default();
            *digit = if low > 15 { low - 32 } else { low };
            rest = rest.wrapping_sub_signed(i128::from(*digit));
        }
        rest >>= 1;
    }
    digits
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use sm2::elliptic_curve::ops::Reduce as _;
    use sm2::elliptic_curve::sec1::ToSec1Point as _;
    use sm2::{AffinePoint, FieldBytes, ProjectivePoint, Scalar};

    use super::*;

    fn scalar(bytes: &[u8; 32]) -> Scalar {
        Scalar::reduce(&FieldBytes::from(*bytes))
    }

    /// Both coordinates by the library; `None` at infinity.
    fn library(point: ProjectivePoint) -> Option<[[u8; 32]; 2]> {
        let point = AffinePoint::from(point).to_sec1_point(false);
        Some([(*point.x()?).into(), (*point.y()?).into()])
    }

    fn agree(factor: &[u8; 32], other: &[u8; 32]) {
        let expected = library(ProjectivePoint::GENERATOR * scalar(factor));
        let zero = [[0; 32]; 2];
        let ours = CURVE.secret_multiple(factor).affine();
        let ours = [ours.x.to_bytes(), ours.y.to_bytes()];
        assert_eq!(ours, expected.unwrap_or(zero), "{factor:02x?}");
        let key = ProjectivePoint::GENERATOR * scalar(&[7; 32]);
        let [x, y] = library(key).unwrap();
        let key_point = Affine {
            x: Element::from_bytes(&x).unwrap(),
            y: Element::from_bytes(&y).unwrap(),
        };
        let both = KeyMultiples::of(&key_point).multiple(other);
        let both = CURVE.add_multiple(factor, both);
        let expected = library(ProjectivePoint::GENERATOR * scalar(factor) + key * scalar(other));
        match expected {
            Some([x, y]) => {
                let affine = Jacobian::affine(&[both])[0];
                assert_eq!([affine.x.to_bytes(), affine.y.to_bytes()], [x, y]);
                assert!(both.has_coordinate(&Element::from_bytes(&x).unwrap()));
            }
            None => assert!(!both.has_coordinate(&Element::ZERO)),
        }
    }

    fn number(last: u8) -> [u8; 32] {
        let mut bytes = [0; 32];
        bytes[31] = last;
        bytes
    }

    #[test]
    fn multiples_at_the_ends_are_those_of_the_library() {
        let order = [
            0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
            0xff, 0xff, 0x72, 0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09,
            0x39, 0xd5, 0x41, 0x23_u8,
        ];
        let mut ends: Vec<_> = (0..=70).map(number).collect();
        for less in 0..=35 {
            let mut end = order;
            end[31] -= less;
            ends.push(end);
        }
        ends.extend([[0xff; 32], [0x55; 32], [0xaa; 32], [0x80; 32], [0x7f; 32]]);
        for end in &ends {
            agree(end, &number(0));
            agree(&number(0), end);
        }
        // 7…7 times the generator is the key: the sum doubles, and cancels.
        let minus = |bytes: &[u8; 32]| <[u8; 32]>::from((-scalar(bytes)).to_bytes());
        agree(&[7; 32], &number(1));
        agree(&minus(&[7; 32]), &number(1));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn multiples_are_those_of_the_library(
            factor in any::<[u8; 32]>(),
            other in any::<[u8; 32]>(),
        ) {
            agree(&factor, &other);
        }
    }
}
