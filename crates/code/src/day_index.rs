//! Where a subject stands in the status list of one day.
//!
//! Subjects have small consecutive numbers; a list that used them would show who enrolled next to
//! whom, and would show the same person at the same place every day. So every day has its own
//! permutation of all positions, made by FF1 (NIST SP 800-38G) with radix 2 from a key that dies
//! with the day.

pub(crate) mod ff1;

use core::fmt;

use aes::Aes128;
use aes::cipher::KeyInit;
use zeroize::Zeroizing;

use self::ff1::Ff1;

/// The internal number of a subject: dense from 0, given once, never given again after withdrawal.
///
/// It never leaves the region; what others see is a [`DayIndex`], a handle or a pseudonym.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectNumber(u32);

impl SubjectNumber {
    /// The subject with that number.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number, for the store of the region that gave it.
    pub const fn expose_number(self) -> u32 {
        self.0
    }
}

impl fmt::Debug for SubjectNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectNumber(…)")
    }
}

/// A position in the status list of one day, at least 0 and below the size of that day's [`Domain`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayIndex(u32);

impl DayIndex {
    /// The position with that number; whether it lies in a list's domain is for the list to say.
    pub const fn new(position: u32) -> Self {
        Self(position)
    }

    /// The position as a number.
    pub const fn position(self) -> u32 {
        self.0
    }
}

/// How many positions a day's list has: a power of two from 2^20 to 2^32.
///
/// It is fixed for a day and named in that day's list, since FF1 gives different positions in
/// domains of different size.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Domain(u8);

/// A number of bits that no domain has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a domain of 2^{0} positions: it must be 2^20 to 2^32")]
pub struct DomainError(pub u8);

impl Domain {
    /// One shard: 2^20 positions, the herd below which a position would tell too much.
    pub const SMALLEST: Self = Self(20);
    /// 2^32 positions, three times mankind's largest country.
    pub const LARGEST: Self = Self(32);

    /// A domain of 2^`bits` positions.
    ///
    /// # Errors
    /// [`DomainError`] outside 20 to 32 bits.
    pub const fn new(bits: u8) -> Result<Self, DomainError> {
        if bits < Self::SMALLEST.0 || bits > Self::LARGEST.0 {
            Err(DomainError(bits))
        } else {
            Ok(Self(bits))
        }
    }

    /// The exponent: 20 to 32.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// The number of positions.
    pub const fn size(self) -> u64 {
        1 << self.0
    }

    /// Whether a position lies in the domain.
    pub const fn contains(self, index: DayIndex) -> bool {
        (index.0 as u64) < self.size()
    }

    /// The domain of tomorrow, when `given` subject numbers have been given so far: twice this one
    /// for as long as three quarters are taken, so that a day's growth never meets the end. It
    /// never shrinks: numbers are not given again.
    #[must_use]
    pub const fn for_tomorrow(self, given: u64) -> Self {
        let mut domain = self;
        while domain.0 < Self::LARGEST.0 && given * 4 >= domain.size() * 3 {
            domain.0 += 1;
        }
        domain
    }
}

/// A subject number or position outside the day's domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("outside the day's domain of 2^{} positions", .0.bits())]
pub struct OutsideDomain(pub Domain);

/// The permutation of one day: subject numbers to positions and back.
///
/// Secret: who has it can join the days of a subject. Made by
/// [`DayKey::list`](crate::day_key::DayKey::list).
#[derive(Clone)]
pub struct DayPermutation {
    ff1: Ff1<Aes128>,
    domain: Domain,
}

impl DayPermutation {
    /// The permutation of a domain by an AES-128 key that serves nothing else.
    pub(crate) fn new(key: &Zeroizing<[u8; 16]>, tweak: &[u8], domain: Domain) -> Self {
        let ff1 = Ff1::binary(Aes128::new((&**key).into()), domain.bits(), tweak);
        Self { ff1, domain }
    }

    /// The domain that is permuted.
    pub const fn domain(&self) -> Domain {
        self.domain
    }

    /// The position of a subject.
    ///
    /// # Errors
    /// [`OutsideDomain`] where the number was given after the day's domain was fixed and found no
    /// room in it.
    pub fn index_of(&self, subject: SubjectNumber) -> Result<DayIndex, OutsideDomain> {
        let mut strings = [self.split(subject.0)?];
        self.ff1.encrypt(&mut strings);
        let [string] = strings;
        Ok(DayIndex(self.join(string)))
    }

    /// The positions of many subjects, in the order given; several times faster than one by one.
    ///
    /// # Errors
    /// [`OutsideDomain`] if any number is outside; then nothing is returned.
    pub fn indexes_of(
        &self,
        subjects: impl IntoIterator<Item = SubjectNumber>,
    ) -> Result<Vec<DayIndex>, OutsideDomain> {
        let subjects = subjects.into_iter();
        let mut indexes = Vec::with_capacity(subjects.size_hint().0);
        let mut lanes = Vec::with_capacity(ff1::LANES);
        for subject in subjects {
            lanes.push(self.split(subject.0)?);
            if lanes.len() == ff1::LANES {
                self.flush(&mut lanes, &mut indexes);
            }
        }
        self.flush(&mut lanes, &mut indexes);
        Ok(indexes)
    }

    /// Who stands at a position: the way back, for the region that holds the key.
    ///
    /// # Errors
    /// [`OutsideDomain`] for a position that the day's list does not have.
    pub fn subject_at(&self, index: DayIndex) -> Result<SubjectNumber, OutsideDomain> {
        let mut strings = [self.split(index.0)?];
        self.ff1.decrypt(&mut strings);
        let [string] = strings;
        Ok(SubjectNumber(self.join(string)))
    }

    fn flush(&self, lanes: &mut Vec<(u64, u64)>, indexes: &mut Vec<DayIndex>) {
        self.ff1.encrypt(lanes);
        indexes.extend(lanes.drain(..).map(|string| DayIndex(self.join(string))));
    }

    const fn right_bits(&self) -> u32 {
        let bits = self.domain.0 as u32;
        bits - bits / 2
    }

    fn split(&self, number: u32) -> Result<(u64, u64), OutsideDomain> {
        if !self.domain.contains(DayIndex(number)) {
            return Err(OutsideDomain(self.domain));
        }
        let number = u64::from(number);
        let right = self.right_bits();
        Ok((number >> right, number & ((1 << right) - 1)))
    }

    #[expect(
        clippy::cast_possible_truncation,
        reason = "the two halves together have at most 32 bits"
    )]
    const fn join(&self, (left, right): (u64, u64)) -> u32 {
        (left << self.right_bits() | right) as u32
    }
}

impl fmt::Debug for DayPermutation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DayPermutation(2^{} positions, key …)", self.domain.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn permutation(bits: u8) -> DayPermutation {
        let key = Zeroizing::new(*b"0123456789abcdef");
        DayPermutation::new(&key, b"list", Domain::new(bits).unwrap())
    }

    #[test]
    fn every_position_of_the_smallest_domain_is_met_once() {
        let permutation = permutation(20);
        let all = permutation
            .indexes_of((0..1 << 20).map(SubjectNumber::new))
            .unwrap();
        let mut met = vec![false; 1 << 20];
        for index in &all {
            assert!(!std::mem::replace(
                &mut met[index.position() as usize],
                true
            ));
        }
        for number in [0, 1, 77_777, (1 << 20) - 1] {
            let subject = SubjectNumber::new(number);
            assert_eq!(permutation.index_of(subject), Ok(all[number as usize]));
            assert_eq!(permutation.subject_at(all[number as usize]), Ok(subject));
        }
    }

    #[test]
    fn numbers_outside_the_domain_are_refused() {
        let permutation = permutation(21);
        let outside = OutsideDomain(permutation.domain());
        assert_eq!(
            permutation.index_of(SubjectNumber::new(1 << 21)),
            Err(outside)
        );
        assert_eq!(
            permutation.subject_at(DayIndex::new(u32::MAX)),
            Err(outside)
        );
        assert_eq!(
            permutation.indexes_of([0, 1 << 21].map(SubjectNumber::new)),
            Err(outside)
        );
    }

    #[test]
    fn the_largest_domain_takes_every_number() {
        let permutation = permutation(32);
        for number in [0, u32::MAX] {
            let index = permutation.index_of(SubjectNumber::new(number)).unwrap();
            assert_eq!(
                permutation.subject_at(index),
                Ok(SubjectNumber::new(number))
            );
        }
    }

    #[test]
    fn the_domain_doubles_at_three_quarters_and_never_shrinks() {
        let domain = |bits| Domain::new(bits).unwrap();
        assert_eq!(domain(20).for_tomorrow(0), domain(20));
        assert_eq!(domain(20).for_tomorrow((3 << 18) - 1), domain(20));
        assert_eq!(domain(20).for_tomorrow(3 << 18), domain(21));
        assert_eq!(domain(20).for_tomorrow(100_000_000), domain(27));
        assert_eq!(domain(27).for_tomorrow(5), domain(27));
        assert_eq!(domain(32).for_tomorrow(u64::from(u32::MAX)), domain(32));
        assert_eq!(Domain::new(19), Err(DomainError(19)));
        assert_eq!(Domain::new(33), Err(DomainError(33)));
    }

    #[test]
    fn neither_number_nor_key_is_shown_by_debug() {
        assert!(!format!("{:?}", SubjectNumber::new(4711)).contains("4711"));
        assert!(format!("{:?}", permutation(20)).contains("key …"));
    }
}
