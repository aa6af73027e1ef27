//! The two curves y² = x³ - 3x + b and their points.

use super::modulus::{Limbs, Modulus, bits, from_bytes};

/// A curve: its field, the order of its generator, and the generator. Numbers are plain here, the
/// highest byte first, as the standards print them.
pub(super) struct Curve {
    pub(super) order: Modulus,
    field: Modulus,
    b: [u8; 32],
    generator: [[u8; 32]; 2],
}

/// A point other than infinity, in the field's Montgomery form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Affine {
    x: Limbs,
    y: Limbs,
}

/// A point by homogeneous coordinates; z is zero at infinity.
#[derive(Clone)]
struct Point {
    x: Limbs,
    y: Limbs,
    z: Limbs,
}

/// P-256 (SEC 2 §2.4.2).
pub(super) static P256: Curve = Curve {
    field: Modulus::new([
        0xffff_ffff,
        0xffff_ffff,
        0xffff_ffff,
        0,
        0,
        0,
        1,
        0xffff_ffff,
    ]),
    order: Modulus::new([
        0xfc63_2551,
        0xf3b9_cac2,
        0xa717_9e84,
        0xbce6_faad,
        0xffff_ffff,
        0xffff_ffff,
        0,
        0xffff_ffff,
    ]),
    b: number(
        0x5ac6_35d8_aa3a_93e7_b3eb_bd55_7698_86bc,
        0x651d_06b0_cc53_b0f6_3bce_3c3e_27d2_604b,
    ),
    generator: [
        number(
            0x6b17_d1f2_e12c_4247_f8bc_e6e5_63a4_40f2,
            0x7703_7d81_2deb_33a0_f4a1_3945_d898_c296,
        ),
        number(
            0x4fe3_42e2_fe1a_7f9b_8ee7_eb4a_7c0f_9e16,
            0x2bce_3357_6b31_5ece_cbb6_4068_37bf_51f5,
        ),
    ],
};

/// The curve of GB/T 32918.5.
pub(super) static SM2: Curve = Curve {
    field: Modulus::new([
        0xffff_ffff,
        0xffff_ffff,
        0,
        0xffff_ffff,
        0xffff_ffff,
        0xffff_ffff,
        0xffff_ffff,
        0xffff_fffe,
    ]),
    order: Modulus::new([
        0x39d5_4123,
        0x53bb_f409,
        0x21c6_052b,
        0x7203_df6b,
        0xffff_ffff,
        0xffff_ffff,
        0xffff_ffff,
        0xffff_fffe,
    ]),
    b: number(
        0x28e9_fa9e_9d9f_5e34_4d5a_9e4b_cf65_09a7,
        0xf397_89f5_15ab_8f92_ddbc_bd41_4d94_0e93,
    ),
    generator: [
        number(
            0x32c4_ae2c_1f19_8119_5f99_0446_6a39_c994,
            0x8fe3_0bbf_f266_0be1_715a_4589_334c_74c7,
        ),
        number(
            0xbc37_36a2_f4f6_779c_59bd_cee3_6b69_2153,
            0xd0a9_877c_c62a_4740_02df_32e5_2139_f0a0,
        ),
    ],
};

const fn number(upper: u128, lower: u128) -> [u8; 32] {
    let (upper, lower) = (upper.to_be_bytes(), lower.to_be_bytes());
    let mut bytes = [0; 32];
    let (left, right) = bytes.split_at_mut(16);
    left.copy_from_slice(&upper);
    right.copy_from_slice(&lower);
    bytes
}

impl Curve {
    /// The point with that x and a y of that parity, if there is one.
    pub(super) fn point(&self, x: &[u8; 32], odd: bool) -> Option<Affine> {
        let field = &self.field;
        let x = from_bytes(x);
        if !field.is_above(&x) {
            return None;
        }
        let x = field.enter_limbs(&x);
        let cube = field.product(&field.product(&x, &x), &x);
        let square = field.sum(
            &field.difference(&cube, &self.thrice(&x)),
            &field.enter(&self.b),
        );
        let y = field.root(&square)?;
        // y is not zero: the order is odd, so no point is its own opposite.
        let y = if (field.leave(&y)[0] & 1 == 1) == odd {
            y
        } else {
            field.difference(&[0; 8], &y)
        };
        Some(Affine { x, y })
    }

    /// The field's prime.
    #[cfg(test)]
    pub(super) const fn field(&self) -> &Modulus {
        &self.field
    }

    /// a, b and the generator's coordinates, as SM2 hashes them.
    pub(super) fn numbers(&self) -> [[u8; 32]; 4] {
        let field = &self.field;
        let a = field.difference(&[0; 8], &self.thrice(&self.one()));
        let [x, y] = self.generator;
        [field.bytes(&a), self.b, x, y]
    }

    /// A point's two coordinates.
    pub(super) fn coordinates(&self, point: &Affine) -> [[u8; 32]; 2] {
        [self.field.bytes(&point.x), self.field.bytes(&point.y)]
    }

    /// x of `times_generator * G + times * point`, reduced by the field; `None` at infinity.
    pub(super) fn combine(
        &self,
        times_generator: &Limbs,
        point: &Affine,
        times: &Limbs,
    ) -> Option<Limbs> {
        let field = &self.field;
        let [x, y] = self.generator;
        let generator = self.lifted(&Affine {
            x: field.enter(&x),
            y: field.enter(&y),
        });
        let point = self.lifted(point);
        let both = self.add(&generator, &point);
        let mut sum = Point {
            x: [0; 8],
            y: self.one(),
            z: [0; 8],
        };
        for pair in bits(times_generator).zip(bits(times)) {
            sum = self.add(&sum, &sum);
            sum = match pair {
                (true, true) => self.add(&sum, &both),
                (true, false) => self.add(&sum, &generator),
                (false, true) => self.add(&sum, &point),
                (false, false) => sum,
            };
        }
        let x = field.product(&sum.x, &field.inverse(&sum.z));
        (sum.z != [0; 8]).then(|| field.leave(&x))
    }

    fn one(&self) -> Limbs {
        self.field.enter_limbs(&[1, 0, 0, 0, 0, 0, 0, 0])
    }

    fn thrice(&self, number: &Limbs) -> Limbs {
        self.field.sum(&self.field.sum(number, number), number)
    }

    fn lifted(&self, point: &Affine) -> Point {
        Point {
            x: point.x,
            y: point.y,
            z: self.one(),
        }
    }

    /// The sum of any two points, the same or not, infinity or not: the complete formula for
    /// a = -3 of Renes, Costello and Batina (Complete addition formulas for prime order elliptic
    /// curves, 2016, algorithm 4).
    fn add(&self, one: &Point, other: &Point) -> Point {
        let field = &self.field;
        let times = |a: &Limbs, b: &Limbs| field.product(a, b);
        let plus = |a: &Limbs, b: &Limbs| field.sum(a, b);
        let minus = |a: &Limbs, b: &Limbs| field.difference(a, b);
        let b = field.enter(&self.b);
        // a1·b2 + b1·a2, from the product of the sums.
        let mixed = |a1: &Limbs, b1: &Limbs, a2: &Limbs, b2: &Limbs, straight: &Limbs| {
            minus(&times(&plus(a1, b1), &plus(a2, b2)), straight)
        };
        let xx = times(&one.x, &other.x);
        let yy = times(&one.y, &other.y);
        let zz = times(&one.z, &other.z);
        let xy = mixed(&one.x, &one.y, &other.x, &other.y, &plus(&xx, &yy));
        let yz = mixed(&one.y, &one.z, &other.y, &other.z, &plus(&yy, &zz));
        let xz = mixed(&one.x, &one.z, &other.x, &other.z, &plus(&xx, &zz));
        let zz3 = self.thrice(&zz);
        let m = self.thrice(&minus(&xz, &times(&b, &zz)));
        let n = self.thrice(&minus(&minus(&times(&b, &xz), &zz3), &xx));
        let less = minus(&yy, &m);
        let more = plus(&yy, &m);
        let w = minus(&self.thrice(&xx), &zz3);
        Point {
            x: minus(&times(&more, &xy), &times(&yz, &n)),
            y: plus(&times(&more, &less), &times(&w, &n)),
            z: plus(&times(&less, &yz), &times(&xy, &w)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CURVES: [&Curve; 2] = [&P256, &SM2];

    fn generator(curve: &Curve) -> Affine {
        let [x, y] = curve.generator;
        curve.point(&x, y[31] & 1 == 1).unwrap()
    }

    #[test]
    fn the_generator_is_on_its_curve_and_of_its_order() {
        for curve in CURVES {
            let point = generator(curve);
            assert_eq!(curve.coordinates(&point), curve.generator);
            // (n - 1)G + G is infinity, (n - 2)G + G is -G, and 0·G + 0·G infinity again.
            let minus = |less: u32| {
                curve.order.leave(&curve.order.difference(
                    &[0; 8],
                    &curve.order.enter_limbs(&[less, 0, 0, 0, 0, 0, 0, 0]),
                ))
            };
            let one = [1, 0, 0, 0, 0, 0, 0, 0];
            let x = curve.field.leave(&point.x);
            assert_eq!(curve.combine(&minus(1), &point, &one), None);
            assert_eq!(curve.combine(&minus(2), &point, &one), Some(x));
            assert_eq!(curve.combine(&[0; 8], &point, &[0; 8]), None);
            assert_eq!(curve.combine(&one, &point, &[0; 8]), Some(x));
            assert_eq!(curve.combine(&[0; 8], &point, &one), Some(x));
        }
    }

    #[test]
    fn a_coordinate_has_two_points_or_none() {
        for curve in CURVES {
            let mut with = 0;
            for last in 0..=255 {
                let mut x = [7; 32];
                x[31] = last;
                let points = [curve.point(&x, false), curve.point(&x, true)];
                if let [Some(even), Some(odd)] = &points {
                    with += 1;
                    assert_eq!(even.x, odd.x);
                    assert_eq!(curve.field.sum(&even.y, &odd.y), [0; 8]);
                    assert_eq!(curve.coordinates(odd)[1][31] & 1, 1);
                    assert_eq!(curve.coordinates(even)[0], x);
                } else {
                    assert_eq!(points, [None, None]);
                }
            }
            assert!((90..170).contains(&with), "{with}");
        }
    }

    #[test]
    fn a_coordinate_is_below_the_prime() {
        for curve in CURVES {
            assert_eq!(curve.point(&[0xff; 32], false), None);
            // x + p, where that fits 256 bits, would be a second name for the point.
            let prime = curve.field.bytes(&[0; 8]);
            assert_eq!(prime, [0; 32]);
        }
    }

    #[test]
    fn addition_is_commutative_and_associative_with_infinity_and_opposites_among_the_points() {
        for curve in CURVES {
            let generator = curve.lifted(&generator(curve));
            let opposite = Point {
                y: curve.field.difference(&[0; 8], &generator.y),
                ..generator.clone()
            };
            let double = curve.add(&generator, &generator);
            let infinity = curve.add(&generator, &opposite);
            let points = [generator, opposite, double, infinity];
            for a in &points {
                for b in &points {
                    assert!(same(curve, &curve.add(a, b), &curve.add(b, a)));
                    for c in &points {
                        let left = curve.add(&curve.add(a, b), c);
                        assert!(same(curve, &left, &curve.add(a, &curve.add(b, c))));
                    }
                }
            }
        }
    }

    fn same(curve: &Curve, one: &Point, other: &Point) -> bool {
        let times = |a, b| curve.field.product(a, b);
        let infinite = [one, other].map(|point| point.z == [0; 8]);
        infinite[0] == infinite[1]
            && times(&one.x, &other.z) == times(&other.x, &one.z)
            && times(&one.y, &other.z) == times(&other.y, &one.z)
    }
}
