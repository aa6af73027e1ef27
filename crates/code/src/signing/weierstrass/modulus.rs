//! Numbers modulo a prime of 256 bits, in Montgomery form (Montgomery 1985; HAC §14.3.2).
//!
//! Not in constant time: nothing that is verified is secret.

/// A number of 256 bits, the lowest 32 first.
pub(super) type Limbs = [u32; 8];

/// An odd prime above 2^255, with what reduction by it needs.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Modulus {
    limbs: Limbs,
    /// -1/m modulo 2^32.
    negative_inverse: u32,
    /// 2^512 modulo m, which brings a number into Montgomery form.
    square: Limbs,
}

#[expect(
    clippy::cast_possible_truncation,
    reason = "the lower half is what is asked for"
)]
const fn low(value: u64) -> u32 {
    value as u32
}

const fn high(value: u64) -> u64 {
    value >> 32
}

/// Adds `number * by` and gives what does not fit any more.
fn add_product(sum: &mut Limbs, number: &Limbs, by: u32) -> u64 {
    let mut carry = 0;
    for (to, limb) in sum.iter_mut().zip(number) {
        // At most (2^32 - 1) + (2^32 - 1)² + (2^32 - 1) = 2^64 - 1.
        carry += u64::from(*to) + u64::from(*limb) * u64::from(by);
        *to = low(carry);
        carry = high(carry);
    }
    carry
}

/// Takes a number away, and says whether it was the larger.
const fn subtract(from: &mut Limbs, number: &Limbs) -> bool {
    let (mut from, mut number): (&mut [u32], &[u32]) = (from, number);
    let mut borrow = false;
    while let (Some((to, higher)), Some((limb, rest))) =
        (from.split_first_mut(), number.split_first())
    {
        let (step, first) = to.overflowing_sub(*limb);
        let (step, second) = step.overflowing_sub(borrow as u32);
        *to = step;
        borrow = first || second;
        (from, number) = (higher, rest);
    }
    borrow
}

/// Doubles a number, and gives the bit that does not fit any more.
const fn double(number: &mut Limbs) -> u32 {
    let mut number: &mut [u32] = number;
    let mut carry = 0;
    while let Some((to, higher)) = number.split_first_mut() {
        let limb = *to;
        *to = limb << 1 | carry;
        carry = limb >> 31;
        number = higher;
    }
    carry
}

impl Modulus {
    /// A prime above 2^255.
    pub(super) const fn new(limbs: Limbs) -> Self {
        assert!(limbs[0] & 1 == 1, "odd");
        assert!(limbs[7] >> 31 == 1, "above 2^255");
        // Newton: each step doubles the bits that are right; five bits of m * m * m are.
        let mut inverse = limbs[0];
        let mut step = 0;
        while step < 5 {
            inverse = inverse.wrapping_mul(2_u32.wrapping_sub(limbs[0].wrapping_mul(inverse)));
            step += 1;
        }
        // One, doubled 512 times.
        let mut square = [1, 0, 0, 0, 0, 0, 0, 0];
        let mut step = 0;
        while step < 512 {
            let carry = double(&mut square);
            let mut reduced = square;
            if !subtract(&mut reduced, &limbs) || carry == 1 {
                square = reduced;
            }
            step += 1;
        }
        Self {
            limbs,
            negative_inverse: inverse.wrapping_neg(),
            square,
        }
    }

    /// The number of those bytes, big-endian, modulo this.
    pub(super) fn enter(&self, bytes: &[u8; 32]) -> Limbs {
        self.enter_limbs(&from_bytes(bytes))
    }

    /// A number modulo this.
    pub(super) fn enter_limbs(&self, number: &Limbs) -> Limbs {
        self.product(number, &self.square)
    }

    /// The number that was meant.
    pub(super) fn leave(&self, number: &Limbs) -> Limbs {
        self.product(number, &[1, 0, 0, 0, 0, 0, 0, 0])
    }

    /// The same, as bytes, big-endian.
    pub(super) fn bytes(&self, number: &Limbs) -> [u8; 32] {
        let mut bytes = [0; 32];
        let limbs = self.leave(number);
        for (to, limb) in bytes
            .as_chunks_mut::<4>()
            .0
            .iter_mut()
            .zip(limbs.iter().rev())
        {
            *to = limb.to_be_bytes();
        }
        bytes
    }

    /// Whether a number is below this.
    pub(super) fn is_above(&self, number: &Limbs) -> bool {
        subtract(&mut number.clone(), &self.limbs)
    }

    /// The product. One factor may be any number of 256 bits where the other is reduced.
    pub(super) fn product(&self, one: &Limbs, other: &Limbs) -> Limbs {
        let mut sum = [0; 8];
        // 2^256 times this belongs to the sum; 0 or 1, since the sum stays below twice a number of
        // 256 bits.
        let mut top = 0;
        for limb in one {
            let carried = add_product(&mut sum, other, *limb);
            // As many times the modulus as makes the lowest limb zero, which is then dropped.
            let times = sum[0].wrapping_mul(self.negative_inverse);
            let carry = add_product(&mut sum, &self.limbs, times);
            let above = top + carried + carry;
            sum.rotate_left(1);
            sum[7] = low(above);
            top = high(above);
        }
        self.reduced(sum, top != 0)
    }

    /// The sum of two reduced numbers.
    pub(super) fn sum(&self, one: &Limbs, other: &Limbs) -> Limbs {
        let mut sum = *one;
        let carry = add_product(&mut sum, other, 1);
        self.reduced(sum, carry != 0)
    }

    /// The difference of two reduced numbers.
    pub(super) fn difference(&self, one: &Limbs, other: &Limbs) -> Limbs {
        let mut difference = *one;
        if subtract(&mut difference, other) {
            add_product(&mut difference, &self.limbs, 1);
        }
        difference
    }

    /// 1/number; 0 for 0 (Fermat: the power of m - 2).
    pub(super) fn inverse(&self, number: &Limbs) -> Limbs {
        let mut power = self.limbs;
        subtract(&mut power, &[2, 0, 0, 0, 0, 0, 0, 0]);
        self.power(number, &power)
    }

    /// A root, where there is one and the modulus is 3 modulo 4: the power of (m + 1)/4.
    pub(super) fn root(&self, number: &Limbs) -> Option<Limbs> {
        // (m + 1)/4 = (m - 3)/4 + 1, and the last two bits of m are set.
        let mut power = [0; 8];
        let above = self.limbs.iter().skip(1).chain([&0]);
        for ((to, limb), next) in power.iter_mut().zip(&self.limbs).zip(above) {
            *to = limb >> 2 | next << 30;
        }
        let root = self.product(&self.power(number, &power), number);
        (self.product(&root, &root) == *number).then_some(root)
    }

    fn power(&self, number: &Limbs, power: &Limbs) -> Limbs {
        let mut result = self.enter_limbs(&[1, 0, 0, 0, 0, 0, 0, 0]);
        for bit in bits(power) {
            result = self.product(&result, &result);
            if bit {
                result = self.product(&result, number);
            }
        }
        result
    }

    /// A number below twice the modulus, and below 2^256 but where `over` says that this much more
    /// belongs to it.
    fn reduced(&self, number: Limbs, over: bool) -> Limbs {
        let mut reduced = number;
        if !subtract(&mut reduced, &self.limbs) || over {
            reduced
        } else {
            number
        }
    }
}

/// The number of 32 bytes, big-endian.
pub(super) fn from_bytes(bytes: &[u8; 32]) -> Limbs {
    let mut limbs = [0; 8];
    for (to, limb) in limbs.iter_mut().rev().zip(bytes.as_chunks::<4>().0) {
        *to = u32::from_be_bytes(*limb);
    }
    limbs
}

/// The 256 bits, the highest first.
pub(super) fn bits(number: &Limbs) -> impl Iterator<Item = bool> {
    let limbs = number.iter().rev();
    limbs.flat_map(|limb| (0..32).rev().map(move |bit| limb >> bit & 1 == 1))
}

#[cfg(test)]
mod tests;
