//! Handles of live codes and pseudonyms of visits: a subject number under a key that dies.

use core::fmt;

use aes::Aes128;
use aes::cipher::{BlockCipherDecrypt, BlockCipherEncrypt, KeyInit};
use zeroize::Zeroizing;

use crate::Timestamp;
use crate::day_index::{DayIndex, DayPermutation, Domain, OutsideDomain, SubjectNumber};
use crate::live::Handle;

/// A minute since 1970-01-01T00:00:00Z; the life of a live handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Minute(i64);

impl Minute {
    /// The minute that an instant falls in.
    pub const fn of(at: Timestamp) -> Self {
        Self(at.unix().div_euclid(60))
    }

    /// The minute before.
    #[must_use]
    pub const fn previous(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}

/// A handle that this key and minute never gave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the handle is not from this region's key of that day and minute")]
pub struct NotFromThisKey;

/// Makes and resolves the handles of one day. Secret.
///
/// A handle is the AES-128 encryption of one block: the subject number (4 bytes, big endian), four
/// zero bytes, the minute (8 bytes, big endian). Without the key two handles of one subject look
/// like those of two.
#[derive(Clone)]
pub struct LiveHandles(Aes128);

impl LiveHandles {
    pub(super) fn new(key: &Zeroizing<[u8; 16]>) -> Self {
        Self(Aes128::new((&**key).into()))
    }

    /// The handle of a subject in one minute.
    pub fn handle(&self, subject: SubjectNumber, minute: Minute) -> Handle {
        let number = u128::from(subject.expose_number()) << 96;
        let block = number | u128::from(minute.0.cast_unsigned());
        let mut block = block.to_be_bytes().into();
        self.0.encrypt_block(&mut block);
        Handle::from_bytes(block.into())
    }

    /// Whose handle it is, for the region that holds the key.
    ///
    /// # Errors
    /// [`NotFromThisKey`] where the handle belongs to another minute, day or region, or was made
    /// up: such a handle passes by chance once in 2^96. A handle proves nothing all the same; the
    /// signature of its code does.
    pub fn subject_of(
        &self,
        handle: Handle,
        minute: Minute,
    ) -> Result<SubjectNumber, NotFromThisKey> {
        let mut block = (*handle.as_bytes()).into();
        self.0.decrypt_block(&mut block);
        let block = u128::from_be_bytes(block.into());
        let number = u32::try_from(block >> 96).map_err(|_| NotFromThisKey)?;
        let subject = SubjectNumber::new(number);
        if self.handle(subject, minute) == handle {
            Ok(subject)
        } else {
            Err(NotFromThisKey)
        }
    }
}

impl fmt::Debug for LiveHandles {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LiveHandles(…)")
    }
}

/// Under which a visit is stored: four bytes, the same for all visits of a subject on one day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitPseudonym(u32);

impl VisitPseudonym {
    /// The pseudonym with that number, as read from the store.
    pub const fn new(number: u32) -> Self {
        Self(number)
    }

    /// The number, as written to the store.
    pub const fn number(self) -> u32 {
        self.0
    }
}

/// Makes and resolves the pseudonyms of one day's visits. Secret.
#[derive(Clone, Debug)]
pub struct VisitPseudonyms(DayPermutation);

impl VisitPseudonyms {
    pub(super) fn new(key: &Zeroizing<[u8; 16]>) -> Self {
        Self(DayPermutation::new(key, b"visit", Domain::LARGEST))
    }

    /// The pseudonym of a subject: a permutation of all 2^32 numbers.
    pub fn pseudonym(&self, subject: SubjectNumber) -> VisitPseudonym {
        VisitPseudonym(Self::total(self.0.index_of(subject)).position())
    }

    /// The pseudonyms of many subjects, in the order given.
    pub fn pseudonyms(
        &self,
        subjects: impl IntoIterator<Item = SubjectNumber>,
    ) -> Vec<VisitPseudonym> {
        let indexes = Self::total(self.0.indexes_of(subjects));
        indexes
            .into_iter()
            .map(|index| VisitPseudonym(index.position()))
            .collect()
    }

    /// Who visited, for a tracing request that was granted this day's key.
    pub fn subject_of(&self, pseudonym: VisitPseudonym) -> SubjectNumber {
        Self::total(self.0.subject_at(DayIndex::new(pseudonym.0)))
    }

    fn total<T>(result: Result<T, OutsideDomain>) -> T {
        result.unwrap_or_else(|_| unreachable!("every u32 lies in the domain of 2^32"))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::key;
    use super::*;

    fn minute(number: i64) -> Minute {
        Minute::of(Timestamp::from_unix(number * 60 + 59))
    }

    #[test]
    fn handles_change_every_minute_and_resolve_in_theirs_only() {
        let live = key("2022-06-28", 0, 7).live();
        let other_day = key("2022-06-29", 0, 7).live();
        let mut handles = Vec::new();
        for number in [0, 1, u32::MAX] {
            let subject = SubjectNumber::new(number);
            for at in 27_605_000..27_605_050 {
                let handle = live.handle(subject, minute(at));
                assert_eq!(live.subject_of(handle, minute(at)), Ok(subject));
                assert_eq!(live.subject_of(handle, minute(at + 1)), Err(NotFromThisKey));
                assert_eq!(
                    other_day.subject_of(handle, minute(at)),
                    Err(NotFromThisKey)
                );
                handles.push(*handle.as_bytes());
            }
        }
        handles.sort_unstable();
        handles.dedup();
        assert_eq!(handles.len(), 150);
    }

    #[test]
    fn minutes_before_1970_are_minutes_too() {
        assert_eq!(Minute::of(Timestamp::from_unix(-1)), Minute(-1));
        assert_eq!(Minute::of(Timestamp::from_unix(0)).previous(), Minute(-1));
    }

    #[test]
    fn visits_resolve_with_the_days_key_and_differ_between_days() {
        let today = key("2022-06-28", 0, 7).visits();
        let tomorrow = key("2022-06-29", 0, 7).visits();
        let subjects = [0, 1, 99_999_999, u32::MAX].map(SubjectNumber::new);
        let together = today.pseudonyms(subjects);
        for (subject, pseudonym) in subjects.into_iter().zip(together) {
            assert_eq!(today.pseudonym(subject), pseudonym);
            assert_eq!(today.subject_of(pseudonym), subject);
            assert_ne!(tomorrow.pseudonym(subject), pseudonym);
        }
    }

    #[test]
    fn the_visit_pseudonym_is_not_the_list_position() {
        let key = key("2022-06-28", 0, 7);
        let list = key.list(Domain::LARGEST);
        let visits = key.visits();
        let same = (0..1000)
            .map(SubjectNumber::new)
            .filter(|subject| {
                list.index_of(*subject).unwrap().position() == visits.pseudonym(*subject).number()
            })
            .count();
        assert_eq!(same, 0);
    }
}
