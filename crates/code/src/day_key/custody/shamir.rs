//! Shamir's secret sharing over GF(2^8), byte by byte.
//!
//! No kept crate fits: those that are kept bring tables indexed by secrets, threads' random sources
//! or a large field library. The field is that of AES (x^8 + x^4 + x^3 + x + 1); its
//! multiplication here has no branch and no table, so it takes the same time for all secrets.

use zeroize::Zeroizing;

use crate::day_key::DayKey;

/// How many shares there are and how many it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Threshold {
    needed: u8,
    shares: u8,
}

/// A pair of numbers that is no threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{needed} of {shares} shares: it must be at least 2, at most all, and all at most 32")]
pub struct ThresholdError {
    needed: u8,
    shares: u8,
}

/// One share's 32 values.
pub(super) type Point = Zeroizing<[u8; DayKey::LENGTH]>;

impl Threshold {
    /// Any `needed` of `shares`. One share alone must never be enough, so it takes two at least.
    ///
    /// # Errors
    /// [`ThresholdError`] otherwise, and for more than 32 shares.
    pub const fn new(needed: u8, shares: u8) -> Result<Self, ThresholdError> {
        if needed < 2 || needed > shares || shares > 32 {
            Err(ThresholdError { needed, shares })
        } else {
            Ok(Self { needed, shares })
        }
    }

    /// How many shares it takes.
    pub const fn needed(self) -> u8 {
        self.needed
    }

    /// How many shares there are.
    pub const fn shares(self) -> u8 {
        self.shares
    }
}

/// Product in GF(2^8), in constant time.
const fn product(a: u8, b: u8) -> u8 {
    let mut sum = 0;
    let mut shifted = a;
    let mut bit = 0;
    while bit < 8 {
        // All ones where the bit is set: a mask and not a branch.
        sum ^= shifted & 0_u8.wrapping_sub(b >> bit & 1);
        shifted = shifted << 1 ^ 0x1b & 0_u8.wrapping_sub(shifted >> 7);
        bit += 1;
    }
    sum
}

/// The inverse, a^254; 0 for 0.
const fn inverse(a: u8) -> u8 {
    let mut power = a;
    let mut result = 1;
    let mut step = 1;
    while step < 8 {
        power = product(power, power);
        result = product(result, power);
        step += 1;
    }
    result
}

/// Makes the shares 1, 2, 3 … of a secret: for each byte the values of a polynomial whose constant
/// is the byte and whose other `needed - 1` coefficients are random.
pub(super) fn split<R: rand_core::CryptoRng>(
    secret: &Zeroizing<[u8; DayKey::LENGTH]>,
    threshold: Threshold,
    random: &mut R,
) -> Vec<(u8, Point)> {
    let mut coefficients = vec![Zeroizing::new([0; DayKey::LENGTH]); threshold.needed as usize - 1];
    for coefficient in &mut coefficients {
        random.fill_bytes(coefficient.as_mut_slice());
    }
    let share = |number: u8| {
        let mut values = Zeroizing::new([0; DayKey::LENGTH]);
        // Horner's rule, highest coefficient first, the secret last.
        for coefficient in coefficients.iter().chain([secret]) {
            for (value, next) in values.iter_mut().zip(coefficient.iter()) {
                *value = product(*value, number) ^ next;
            }
        }
        (number, values)
    };
    (1..=threshold.shares).map(share).collect()
}

/// The value at 0 of the polynomials through the points, which have different numbers.
pub(super) fn combine(points: &[(u8, &Point)]) -> Zeroizing<[u8; DayKey::LENGTH]> {
    let mut secret = Zeroizing::new([0; DayKey::LENGTH]);
    for (number, values) in points {
        let others = points.iter().filter(|(other, _)| other != number);
        let weight = others.fold(1, |weight, (other, _)| {
            product(weight, product(*other, inverse(other ^ number)))
        });
        for (byte, value) in secret.iter_mut().zip(values.iter()) {
            *byte ^= product(*value, weight);
        }
    }
    secret
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::*;

    /// FIPS 197 §4.2 gives {57}·{83} = {c1} and {57}·{13} = {fe}.
    #[test]
    fn products_are_those_of_the_aes_field() {
        assert_eq!(product(0x57, 0x83), 0xc1);
        assert_eq!(product(0x57, 0x13), 0xfe);
        for a in 0..=255 {
            assert_eq!(product(a, 1), a);
            assert_eq!(product(a, 0), 0);
            assert_eq!(product(a, inverse(a)), u8::from(a != 0));
        }
    }

    #[test]
    fn every_choice_of_enough_shares_gives_the_secret_back() {
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let secret = Zeroizing::new(core::array::from_fn(|place| {
            u8::try_from(place * 7).unwrap()
        }));
        let points = split(&secret, Threshold::new(3, 6).unwrap(), &mut random);
        for mask in 0_u32..64 {
            let chosen: Vec<_> = points
                .iter()
                .filter(|(number, _)| mask >> (number - 1) & 1 == 1)
                .map(|(number, point)| (*number, point))
                .collect();
            assert_eq!(combine(&chosen) == secret, chosen.len() >= 3, "{mask:b}");
        }
    }

    /// With one share too few every secret is equally likely: for each value of a byte there is
    /// exactly one missing share that leads to it.
    #[test]
    fn too_few_shares_say_nothing() {
        let mut random = ChaCha8Rng::seed_from_u64(2);
        let secret = Zeroizing::new([0xa5; DayKey::LENGTH]);
        let points = split(&secret, Threshold::new(2, 2).unwrap(), &mut random);
        let mut seen = std::collections::BTreeSet::new();
        for value in 0..=255 {
            let guess = Zeroizing::new([value; DayKey::LENGTH]);
            seen.insert(combine(&[(1, &points[0].1), (2, &guess)])[0]);
        }
        assert_eq!(seen.len(), 256);
    }

    #[test]
    fn thresholds_of_one_or_of_more_than_all_are_refused() {
        for (needed, shares) in [(0, 3), (1, 3), (4, 3), (2, 33), (0, 0)] {
            assert!(Threshold::new(needed, shares).is_err());
        }
        assert!(Threshold::new(2, 2).is_ok());
        assert!(Threshold::new(32, 32).is_ok());
    }
}
