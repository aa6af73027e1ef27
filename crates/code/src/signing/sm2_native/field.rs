//! Numbers modulo the prime of the SM2 curve, in constant time.
//!
//! p = 2^256 - 2^224 - 2^96 + 2^64 - 1 (GB/T 32918.5). Montgomery form with R = 2^256; since p is -1
//! modulo 2^64, each step of the reduction takes the lowest limb itself as the factor, and that
//! factor times p is shifts and additions only. No branch and no index depends on a number.

use core::hint::black_box;

/// Four limbs, the lowest first.
pub(super) type Limbs = [u64; 4];

/// A number below p, in Montgomery form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Element(Limbs);

const P: Limbs = [
    0xffff_ffff_ffff_ffff,
    0xffff_ffff_0000_0000,
    0xffff_ffff_ffff_ffff,
    0xffff_fffe_ffff_ffff,
];

/// 2^512 modulo p, which brings a number into Montgomery form.
const SQUARE: Limbs = [
    0x0000_0002_0000_0003,
    0x0000_0002_ffff_ffff,
    0x0000_0001_0000_0001,
    0x0000_0004_0000_0002,
];

/// All ones for `true`, nothing for `false`, and nothing that the compiler knows of it.
#[inline]
pub(super) fn mask(choice: bool) -> u64 {
    black_box(u64::from(choice)).wrapping_neg()
}

/// `one` where the mask is set, else `other`.
#[inline]
#[expect(clippy::many_single_char_names, reason = "limbs have no other names")]
fn choose(one: &Limbs, other: &Limbs, mask: u64) -> Limbs {
    let pick = |at: u64, or: u64| or ^ (mask & (at ^ or));
    let ([a, b, c, d], [e, f, g, h]) = (*one, *other);
    [pick(a, e), pick(b, f), pick(c, g), pick(d, h)]
}

/// The sum, and what does not fit any more.
#[inline]
fn add(one: &Limbs, other: &Limbs) -> (Limbs, bool) {
    let (a, carry) = one[0].carrying_add(other[0], false);
    let (b, carry) = one[1].carrying_add(other[1], carry);
    let (c, carry) = one[2].carrying_add(other[2], carry);
    let (d, carry) = one[3].carrying_add(other[3], carry);
    ([a, b, c, d], carry)
}

/// The difference, and whether it is below nothing.
#[inline]
fn subtract(one: &Limbs, other: &Limbs) -> (Limbs, bool) {
    let (a, borrow) = one[0].borrowing_sub(other[0], false);
    let (b, borrow) = one[1].borrowing_sub(other[1], borrow);
    let (c, borrow) = one[2].borrowing_sub(other[2], borrow);
    let (d, borrow) = one[3].borrowing_sub(other[3], borrow);
    ([a, b, c, d], borrow)
}

/// A number below 2p, of which `over` is 2^256.
#[inline]
#[expect(
    clippy::needless_bitwise_bool,
    reason = "the lazy one may branch on a secret"
)]
fn reduced(number: &Limbs, over: bool) -> Element {
    let (less, borrow) = subtract(number, &P);
    Element(choose(number, &less, mask(borrow & !over)))
}

/// The number of eight limbs divided by 2^256, modulo p, where it is below 2^256 times p.
#[inline]
fn montgomery(wide: [u64; 8]) -> Element {
    let [t0, t1, t2, t3, t4, t5, t6, t7] = wide;
    let (t1, t2, t3, t4, over) = step(t0, [t1, t2, t3, t4], false);
    let (t2, t3, t4, t5, over) = step(t1, [t2, t3, t4, t5], over);
    let (t3, t4, t5, t6, over) = step(t2, [t3, t4, t5, t6], over);
    let (t4, t5, t6, t7, over) = step(t3, [t4, t5, t6, t7], over);
    reduced(&[t4, t5, t6, t7], over)
}

/// Adds `lowest` times p and drops the lowest limb, which is zero then: what is left to add is
/// `lowest` times 2^192 - 2^160 - 2^32 + 1. `over` is a carry from the step before, for the highest.
#[inline]
fn step(lowest: u64, rest: Limbs, over: bool) -> (u64, u64, u64, u64, bool) {
    let (left, right) = (lowest << 32, lowest >> 32);
    let (a, borrow) = lowest.borrowing_sub(left, false);
    let (b, borrow) = 0_u64.borrowing_sub(right, borrow);
    let (c, borrow) = 0_u64.borrowing_sub(left, borrow);
    let (d, _) = lowest.borrowing_sub(right, borrow);
    // At most 2^64 - 2^32, so that the carry still fits.
    let d = d.wrapping_add(u64::from(over));
    let ([a, b, c, d], over) = add(&rest, &[a, b, c, d]);
    (a, b, c, d, over)
}

impl Element {
    pub(super) const ZERO: Self = Self([0; 4]);
    pub(super) const ONE: Self = Self([1, 0xffff_ffff, 0, 0x1_0000_0000]);

    /// The number of plain limbs, where it is below p.
    pub(super) fn new(limbs: Limbs) -> Option<Self> {
        let (_, below) = subtract(&limbs, &P);
        below.then(|| Self(limbs).times(&Self(SQUARE)))
    }

    /// The number of 32 bytes, big-endian, where it is below p.
    pub(super) fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
        Self::new(limbs(bytes))
    }

    /// 32 bytes, big-endian.
    pub(super) fn to_bytes(self) -> [u8; 32] {
        let Self(limbs) = self.plain();
        let mut bytes = [0; 32];
        let places = bytes.as_chunks_mut::<8>().0.iter_mut();
        for (to, limb) in places.zip(limbs.iter().rev()) {
            *to = limb.to_be_bytes();
        }
        bytes
    }

    /// Out of Montgomery form.
    fn plain(self) -> Self {
        let Self([a, b, c, d]) = self;
        montgomery([a, b, c, d, 0, 0, 0, 0])
    }

    pub(super) fn is_odd(self) -> bool {
        self.plain().0[0] & 1 == 1
    }

    #[inline]
    #[expect(clippy::many_single_char_names, reason = "limbs have no other names")]
    pub(super) fn times(&self, other: &Self) -> Self {
        let Self([a, b, c, d]) = *self;
        let [e, f, g, h] = other.0;
        let (t0, carry) = a.carrying_mul(e, 0);
        let (t1, carry) = b.carrying_mul(e, carry);
        let (t2, carry) = c.carrying_mul(e, carry);
        let (t3, t4) = d.carrying_mul(e, carry);
        let (t1, carry) = a.carrying_mul_add(f, t1, 0);
        let (t2, carry) = b.carrying_mul_add(f, t2, carry);
        let (t3, carry) = c.carrying_mul_add(f, t3, carry);
        let (t4, t5) = d.carrying_mul_add(f, t4, carry);
        let (t2, carry) = a.carrying_mul_add(g, t2, 0);
        let (t3, carry) = b.carrying_mul_add(g, t3, carry);
        let (t4, carry) = c.carrying_mul_add(g, t4, carry);
        let (t5, t6) = d.carrying_mul_add(g, t5, carry);
        let (t3, carry) = a.carrying_mul_add(h, t3, 0);
        let (t4, carry) = b.carrying_mul_add(h, t4, carry);
        let (t5, carry) = c.carrying_mul_add(h, t5, carry);
        let (t6, t7) = d.carrying_mul_add(h, t6, carry);
        montgomery([t0, t1, t2, t3, t4, t5, t6, t7])
    }

    #[inline]
    pub(super) fn squared(&self) -> Self {
        let Self([a, b, c, d]) = *self;
        // What stands twice.
        let (t1, carry) = a.carrying_mul(b, 0);
        let (t2, carry) = a.carrying_mul(c, carry);
        let (t3, t4) = a.carrying_mul(d, carry);
        let (t3, carry) = b.carrying_mul_add(c, t3, 0);
        let (t4, t5) = b.carrying_mul_add(d, t4, carry);
        let (t5, t6) = c.carrying_mul_add(d, t5, 0);
        let t7 = t6 >> 63;
        let t6 = t6 << 1 | t5 >> 63;
        let t5 = t5 << 1 | t4 >> 63;
        let t4 = t4 << 1 | t3 >> 63;
        let t3 = t3 << 1 | t2 >> 63;
        let t2 = t2 << 1 | t1 >> 63;
        let t1 = t1 << 1;
        // And the squares.
        let (t0, s1) = a.carrying_mul(a, 0);
        let (s2, s3) = b.carrying_mul(b, 0);
        let (s4, s5) = c.carrying_mul(c, 0);
        let (s6, s7) = d.carrying_mul(d, 0);
        let (t1, carry) = t1.carrying_add(s1, false);
        let (t2, carry) = t2.carrying_add(s2, carry);
        let (t3, carry) = t3.carrying_add(s3, carry);
        let (t4, carry) = t4.carrying_add(s4, carry);
        let (t5, carry) = t5.carrying_add(s5, carry);
        let (t6, carry) = t6.carrying_add(s6, carry);
        let (t7, _) = t7.carrying_add(s7, carry);
        montgomery([t0, t1, t2, t3, t4, t5, t6, t7])
    }

    #[inline]
    pub(super) fn plus(&self, other: &Self) -> Self {
        let (sum, over) = add(&self.0, &other.0);
        reduced(&sum, over)
    }

    #[inline]
    pub(super) fn minus(&self, other: &Self) -> Self {
        let (difference, below) = subtract(&self.0, &other.0);
        let [a, b, c, d] = P;
        let mask = mask(below);
        Self(add(&difference, &[a & mask, b & mask, c & mask, d & mask]).0)
    }

    #[inline]
    pub(super) fn doubled(&self) -> Self {
        self.plus(self)
    }

    #[inline]
    pub(super) fn negative(&self) -> Self {
        Self::ZERO.minus(self)
    }

    /// `one` where the mask is set, else `other`.
    #[inline]
    pub(super) fn choose(one: &Self, other: &Self, mask: u64) -> Self {
        Self(choose(&one.0, &other.0, mask))
    }

    /// Takes `other` up where the mask is set, by OR: of all numbers that are offered one by one, one
    /// mask is set at most.
    #[inline]
    pub(super) fn take_up(&mut self, other: &Self, mask: u64) {
        for (to, from) in self.0.iter_mut().zip(other.0) {
            *to |= from & mask;
        }
    }

    /// The power of 2^times.
    fn squared_often(&self, times: u32) -> Self {
        (0..times).fold(*self, |number, _| number.squared())
    }

    /// The powers of 2^30 - 1, 2^32 - 1, and of the first 160 bits of p.
    fn powers(&self) -> (Self, Self, Self) {
        let x2 = self.squared().times(self);
        let x3 = x2.squared().times(self);
        let x6 = x3.squared_often(3).times(&x3);
        let x12 = x6.squared_often(6).times(&x6);
        let x15 = x12.squared_often(3).times(&x3);
        let x30 = x15.squared_often(15).times(&x15);
        let x31 = x30.squared().times(self);
        let x32 = x31.squared().times(self);
        let head = (0..4).fold(x31.squared(), |head, _| head.squared_often(32).times(&x32));
        (x30, x32, head)
    }

    /// 1/number; 0 for 0 (Fermat: the power of p - 2).
    pub(super) fn inverse(&self) -> Self {
        let (x30, x32, head) = self.powers();
        let power = head.squared_often(64).times(&x32);
        let power = power.squared_often(30).times(&x30);
        power.squared_often(2).times(self)
    }

    /// A root, where there is one: the power of (p + 1)/4.
    pub(super) fn root(&self) -> Option<Self> {
        let (_, _, head) = self.powers();
        let root = head.squared_often(32).times(self).squared_often(62);
        (root.squared() == *self).then_some(root)
    }
}

/// The limbs of 32 bytes, big-endian.
pub(super) fn limbs(bytes: &[u8; 32]) -> Limbs {
    let mut limbs = [0; 4];
    for (to, limb) in limbs.iter_mut().rev().zip(bytes.as_chunks::<8>().0) {
        *to = u64::from_be_bytes(*limb);
    }
    limbs
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same arithmetic, by long division bit by bit.
    fn remainder(wide: [u64; 8]) -> Limbs {
        let mut rest = [0; 4];
        for bit in (0..512).rev() {
            let (mut double, over) = add(&rest, &rest);
            double[0] |= wide[bit / 64] >> (bit % 64) & 1;
            let (less, below) = subtract(&double, &P);
            rest = if over || !below { less } else { double };
        }
        rest
    }

    fn product(one: Limbs, other: Limbs) -> [u64; 8] {
        let mut wide = [0; 8];
        for (i, a) in one.into_iter().enumerate() {
            let mut carry = 0;
            for (j, b) in other.into_iter().enumerate() {
                let sum = u128::from(a) * u128::from(b) + u128::from(wide[i + j]) + carry;
                wide[i + j] = u64::try_from(sum & u128::from(u64::MAX)).unwrap();
                carry = sum >> 64;
            }
            wide[i + 4] = u64::try_from(carry).unwrap();
        }
        wide
    }

    fn plain(element: Element) -> Limbs {
        limbs(&element.to_bytes())
    }

    fn number() -> impl Strategy<Value = Limbs> {
        let limb = prop_oneof![
            Just(0),
            Just(1),
            Just(u64::MAX),
            Just(0xffff_ffff),
            Just(0xffff_ffff_0000_0000),
            Just(0xffff_fffe_ffff_ffff),
            any::<u64>()
        ];
        proptest::array::uniform4(limb)
    }

    #[test]
    fn the_constants_are_what_they_are_called() {
        let mut power = [0; 8];
        power[4] = 1;
        assert_eq!(Element::ONE.0, remainder(power));
        let r = product(remainder(power), remainder(power));
        assert_eq!(SQUARE, remainder(r));
    }

    #[test]
    fn numbers_from_the_prime_on_are_refused() {
        assert_eq!(Element::new(P), None);
        assert_eq!(Element::new([u64::MAX; 4]), None);
        let (last, _) = subtract(&P, &[1, 0, 0, 0]);
        assert_eq!(plain(Element::new(last).unwrap()), last);
    }

    proptest! {
        #[test]
        fn arithmetic_is_that_of_long_division(one in number(), other in number()) {
            let widened = |limbs: Limbs| {
                let mut wide = [0; 8];
                wide[..4].copy_from_slice(&limbs);
                remainder(wide)
            };
            let (one, other) = (widened(one), widened(other));
            let (a, b) = (Element::new(one).unwrap(), Element::new(other).unwrap());
            prop_assert_eq!(plain(a), one);
            prop_assert_eq!(plain(a.times(&b)), remainder(product(one, other)));
            prop_assert_eq!(a.squared(), a.times(&a));
            let (sum, over) = add(&one, &other);
            let mut wide = [0; 8];
            wide[..4].copy_from_slice(&sum);
            wide[4] = u64::from(over);
            prop_assert_eq!(plain(a.plus(&b)), remainder(wide));
            prop_assert_eq!(a.plus(&b).minus(&b), a);
            prop_assert_eq!(a.minus(&b), b.minus(&a).negative());
            prop_assert_eq!(a.doubled(), a.plus(&a));
            if a != Element::ZERO {
                prop_assert_eq!(a.times(&a.inverse()), Element::ONE);
            }
            let root = a.squared().root();
            prop_assert!(root == Some(a) || root == Some(a.negative()));
            prop_assert_eq!(a.is_odd(), one[0] & 1 == 1);
        }
    }
}
