//! How a region writes the list of a day: edition by edition, each with its delta.

use std::collections::BTreeMap;

use super::{
    Changes, ChangesError, Delta, DeltaBase, DeltaError, Edition, EditionError, ListName, Shard,
    SignedShard,
};
use crate::day_index::{DayIndex, OutsideDomain};
use crate::signing::{Signer, SigningError};
use crate::verify::Listed;
use crate::{HttpsUri, Offset, Timestamp};

/// The list of one day in the hands of the region that signs it.
///
/// Changes gather until the next edition is published. Edition 0 is published once, the evening
/// before; the others during the day; [`Edition::new`] refuses everything else, so two lists are
/// never updated in parallel.
#[derive(Clone, Debug)]
pub struct ListBook {
    name: ListName,
    offset: Offset,
    shards: Vec<Shard>,
    pending: BTreeMap<DayIndex, Listed>,
    published: Option<Edition>,
}

/// Why an edition was not published. The book is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BookError {
    /// The time does not allow it.
    #[error(transparent)]
    Edition(#[from] EditionError),
    /// Edition 0 is published once: a second one before midnight would be an update in parallel
    /// with today's list.
    #[error("edition 0 was published already; the next follows after midnight")]
    SecondEve,
    /// Older facts than those of the edition before, or signed before it.
    #[error("as-of {as_of}, issued at {issued_at}: the edition before is newer")]
    Older {
        /// Time of the facts.
        as_of: Timestamp,
        /// Time of the signature.
        issued_at: Timestamp,
    },
    /// Four thousand million editions were published.
    #[error("the day has no further edition numbers")]
    Full,
    /// Nothing was published yet.
    #[error("no edition was published yet")]
    Unpublished,
    /// No delta can be made of the changes.
    #[error(transparent)]
    Delta(#[from] DeltaError),
    /// The signer failed.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl From<ChangesError> for BookError {
    fn from(error: ChangesError) -> Self {
        Self::Delta(error.into())
    }
}

/// The times of an edition to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EditionTimes {
    /// Of when the facts are.
    pub as_of: Timestamp,
    /// The time of signing.
    pub issued_at: Timestamp,
    /// The end, at most the end of the day.
    pub expires_at: Timestamp,
}

impl ListBook {
    /// Begins the list of a day: all positions low but those given.
    ///
    /// # Errors
    /// [`OutsideDomain`] where a position lies outside the list's domain.
    pub fn begin(
        name: ListName,
        offset: Offset,
        exceptions: impl IntoIterator<Item = (DayIndex, Listed)>,
    ) -> Result<Self, OutsideDomain> {
        let count = name.domain.size() >> Shard::BITS;
        let mut shards: Vec<_> = (0..count).map(|_| Shard::low()).collect();
        for (index, value) in exceptions {
            let position = index.position();
            match shards.get_mut((position >> Shard::BITS) as usize) {
                Some(shard) => shard.set(position, value),
                None => return Err(OutsideDomain(name.domain)),
            }
        }
        Ok(Self {
            name,
            offset,
            shards,
            pending: BTreeMap::new(),
            published: None,
        })
    }

    /// Notes a change for the next edition. The last note on a position counts.
    ///
    /// # Errors
    /// [`OutsideDomain`] where the position lies outside the list's domain.
    pub fn note(&mut self, index: DayIndex, value: Listed) -> Result<(), OutsideDomain> {
        if !self.name.domain.contains(index) {
            return Err(OutsideDomain(self.name.domain));
        }
        self.pending.insert(index, value);
        if self.published.is_none() {
            self.settle();
        }
        Ok(())
    }

    /// The newest published edition.
    pub const fn published(&self) -> Option<&Edition> {
        self.published.as_ref()
    }

    /// The value that the next edition will have at a position.
    pub fn value(&self, index: DayIndex) -> Listed {
        self.pending
            .get(&index)
            .copied()
            .unwrap_or_else(|| self.published_value(index))
    }

    /// Publishes the next edition with all changes noted so far; gives the signed delta from the
    /// one before, or for the first edition the signed whole in the same form.
    ///
    /// Without changes the delta is empty and says that the list was still so at `as_of`.
    ///
    /// # Errors
    /// [`BookError`]; the book is as it was then, and the changes stay noted.
    pub fn publish<S: Signer + ?Sized>(
        &mut self,
        times: EditionTimes,
        signer: &S,
    ) -> Result<Vec<u8>, BookError> {
        let EditionTimes {
            as_of,
            issued_at,
            expires_at,
        } = times;
        let is_eve = issued_at < self.name.day.start(self.offset);
        let sequence = match self.published {
            None if is_eve => 0,
            None => 1,
            Some(_) if is_eve => return Err(BookError::SecondEve),
            Some(before) => {
                if as_of < before.as_of() || issued_at < before.issued_at() {
                    return Err(BookError::Older { as_of, issued_at });
                }
                before.sequence().checked_add(1).ok_or(BookError::Full)?
            }
        };
        let edition = Edition::new(
            self.name,
            sequence,
            as_of,
            issued_at,
            expires_at,
            self.offset,
        )?;
        let delta = match self.published {
            Some(before) => {
                let entries = self.pending.iter().map(|(index, value)| (*index, *value));
                let entries =
                    entries.filter(|(index, value)| self.published_value(*index) != *value);
                let changes = Changes::new(self.name.domain, entries.collect())?;
                Delta::new(edition, DeltaBase::Sequence(before.sequence()), changes)?
            }
            None => self.whole(edition)?,
        };
        let bytes = delta.sign(signer)?;
        self.settle();
        self.published = Some(edition);
        Ok(bytes)
    }

    /// Signs the shards of the newest published edition, one after the other.
    ///
    /// # Errors
    /// [`BookError::Unpublished`]; each item is an error where the signer fails.
    pub fn sign_shards<'a, S: Signer + ?Sized>(
        &'a self,
        address: &'a HttpsUri,
        signer: &'a S,
    ) -> Result<impl Iterator<Item = Result<Vec<u8>, SigningError>> + 'a, BookError> {
        let edition = self.published.ok_or(BookError::Unpublished)?;
        let shards = (0..).zip(&self.shards);
        Ok(shards.map(move |(number, shard)| {
            SignedShard::sign(&edition, number, shard, address, signer)
        }))
    }

    /// Signs the newest published edition as one delta from a list in which all are low: the whole
    /// list in its most compact form.
    ///
    /// # Errors
    /// [`BookError`] where nothing was published or the signer fails.
    pub fn sign_whole<S: Signer + ?Sized>(&self, signer: &S) -> Result<Vec<u8>, BookError> {
        let edition = self.published.ok_or(BookError::Unpublished)?;
        Ok(self.whole(edition)?.sign(signer)?)
    }

    fn whole(&self, edition: Edition) -> Result<Delta, BookError> {
        let entries = (0_u32..).zip(&self.shards).flat_map(|(number, shard)| {
            let first = number << Shard::BITS;
            let exceptions = shard.exceptions();
            exceptions.map(move |(place, value)| (DayIndex::new(first | place), value))
        });
        let changes = Changes::new(self.name.domain, entries.collect())?;
        Ok(Delta::new(edition, DeltaBase::AllLow, changes)?)
    }

    fn published_value(&self, index: DayIndex) -> Listed {
        let shard = self.shards.get((index.position() >> Shard::BITS) as usize);
        shard.map_or(Listed::Recheck, |shard| shard.value(index.position()))
    }

    fn settle(&mut self) {
        for (index, value) in core::mem::take(&mut self.pending) {
            let position = index.position();
            if let Some(shard) = self.shards.get_mut((position >> Shard::BITS) as usize) {
                shard.set(position, value);
            }
        }
    }
}

#[cfg(test)]
mod tests;
