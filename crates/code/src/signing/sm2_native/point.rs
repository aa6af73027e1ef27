//! Points of the SM2 curve: in constant time for signing, in plain time for verifying.

use super::field::Element;

/// A point other than infinity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Affine {
    pub(super) x: Element,
    pub(super) y: Element,
}

/// A point by homogeneous coordinates, x = X/Z: added to in constant time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Homogeneous {
    x: Element,
    y: Element,
    z: Element,
}

/// A point by Jacobian coordinates, x = X/Z², z zero at infinity: for numbers that are no secret.
#[derive(Clone, Copy, Debug)]
pub(super) struct Jacobian {
    x: Element,
    y: Element,
    z: Element,
}

impl Affine {
    /// The point of a compressed form: x and whether y is odd.
    pub(super) fn lift(x: &[u8; 32], odd: bool, b: &Element) -> Option<Self> {
        let x = Element::from_bytes(x)?;
        let cube = x.squared().times(&x);
        let y = cube.minus(&thrice(&x)).plus(b).root()?;
        // y is not zero: the order is odd, so no point is its own opposite.
        let y = if y.is_odd() == odd { y } else { y.negative() };
        Some(Self { x, y })
    }

    pub(super) fn opposite(&self) -> Self {
        Self {
            x: self.x,
            y: self.y.negative(),
        }
    }
}

fn thrice(number: &Element) -> Element {
    number.doubled().plus(number)
}

impl Homogeneous {
    pub(super) const INFINITY: Self = Self {
        x: Element::ZERO,
        y: Element::ONE,
        z: Element::ZERO,
    };

    /// The sum, by one sequence of steps for every pair of points (Renes, Costello and Batina 2016,
    /// algorithm 5).
    #[inline]
    pub(super) fn plus(&self, other: &Affine, b: &Element) -> Self {
        let xx = self.x.times(&other.x);
        let yy = self.y.times(&other.y);
        let crossed = self.x.plus(&self.y).times(&other.x.plus(&other.y));
        let crossed = crossed.minus(&xx.plus(&yy));
        let yz = other.y.times(&self.z).plus(&self.y);
        let xz = other.x.times(&self.z).plus(&self.x);
        let part = thrice(&xz.minus(&b.times(&self.z)));
        let (low, high) = (yy.minus(&part), yy.plus(&part));
        let z3 = thrice(&self.z);
        let mixed = thrice(&b.times(&xz).minus(&z3).minus(&xx));
        let xx3 = thrice(&xx).minus(&z3);
        Self {
            x: crossed.times(&high).minus(&yz.times(&mixed)),
            y: high.times(&low).plus(&xx3.times(&mixed)),
            z: yz.times(&low).plus(&crossed.times(&xx3)),
        }
    }

    /// `one` where the mask is set, else `other`.
    #[inline]
    pub(super) fn choose(one: &Self, other: &Self, mask: u64) -> Self {
        Self {
            x: Element::choose(&one.x, &other.x, mask),
            y: Element::choose(&one.y, &other.y, mask),
            z: Element::choose(&one.z, &other.z, mask),
        }
    }

    /// x, and zero at infinity.
    pub(super) fn coordinate(&self) -> Element {
        self.x.times(&self.z.inverse())
    }

    #[cfg(test)]
    /// Both coordinates; zeros at infinity.
    pub(super) fn affine(&self) -> Affine {
        let inverse = self.z.inverse();
        Affine {
            x: self.x.times(&inverse),
            y: self.y.times(&inverse),
        }
    }
}

impl From<Affine> for Jacobian {
    fn from(point: Affine) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: Element::ONE,
        }
    }
}

impl Jacobian {
    pub(super) const INFINITY: Self = Self {
        x: Element::ONE,
        y: Element::ONE,
        z: Element::ZERO,
    };

    /// Twice the point (Bernstein and Lange, "dbl-2001-b" for a = -3).
    #[inline]
    pub(super) fn doubled(&self) -> Self {
        let delta = self.z.squared();
        let gamma = self.y.squared();
        let beta = self.x.times(&gamma);
        let alpha = thrice(&self.x.minus(&delta).times(&self.x.plus(&delta)));
        let beta4 = beta.doubled().doubled();
        let x = alpha.squared().minus(&beta4.doubled());
        let z = self.y.plus(&self.z).squared().minus(&gamma).minus(&delta);
        let gamma8 = gamma.squared().doubled().doubled().doubled();
        let y = alpha.times(&beta4.minus(&x)).minus(&gamma8);
        Self { x, y, z }
    }

    /// The sum with a point other than infinity (Bernstein and Lange, "madd", a = any).
    #[inline]
    #[expect(clippy::many_single_char_names, reason = "the names of the formulas")]
    pub(super) fn plus(&self, other: &Affine) -> Self {
        if self.z == Element::ZERO {
            return (*other).into();
        }
        let zz = self.z.squared();
        let u = other.x.times(&zz);
        let s = other.y.times(&self.z).times(&zz);
        let h = u.minus(&self.x);
        let r = s.minus(&self.y);
        if h == Element::ZERO {
            return if r == Element::ZERO {
                self.doubled()
            } else {
                Self::INFINITY
            };
        }
        let hh = h.squared();
        let hhh = hh.times(&h);
        let v = self.x.times(&hh);
        let x = r.squared().minus(&hhh).minus(&v.doubled());
        let y = r.times(&v.minus(&x)).minus(&self.y.times(&hhh));
        Self {
            x,
            y,
            z: self.z.times(&h),
        }
    }

    /// Whether the point is finite and has this x.
    pub(super) fn has_coordinate(&self, x: &Element) -> bool {
        self.z != Element::ZERO && self.z.squared().times(x) == self.x
    }

    /// Several points in affine form, by one inversion (Montgomery's trick). None may be infinity.
    pub(super) fn affine(points: &[Self]) -> Vec<Affine> {
        let mut before = Vec::with_capacity(points.len());
        let product = points.iter().fold(Element::ONE, |product, point| {
            before.push(product);
            product.times(&point.z)
        });
        let mut inverse = product.inverse();
        let mut affine: Vec<_> = points
            .iter()
            .zip(before)
            .rev()
            .map(|(point, before)| {
                let own = inverse.times(&before);
                inverse = inverse.times(&point.z);
                let square = own.squared();
                Affine {
                    x: point.x.times(&square),
                    y: point.y.times(&square).times(&own),
                }
            })
            .collect();
        affine.reverse();
        affine
    }
}
