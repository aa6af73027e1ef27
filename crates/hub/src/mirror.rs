//! The lists of all regions as the hub, or anybody, passes them on: checked before they are served, and
//! never older than what was held.
//!
//! What changes has a name with its version in it and is never another thing under that name; one index
//! names what is newest. Readers check every signature again: a mirror can withhold and not forge.

mod index;
mod shelf;

use std::collections::BTreeMap;

use hc_code::federation::{Federation, KeysRefused, NoListSigner};
use hc_code::keys::Adopted;
use hc_code::paper_list::{PaperList, PaperListError};
use hc_code::status_list::{
    CLOCK_TOLERANCE, Delta, DeltaError, Edition, ListIssuer, ShardError, SignedShard,
};
use hc_code::{Day, DivisionCode, Timestamp};

pub use index::{DayIndexed, Index, RegionIndexed};
pub use shelf::{DayShelf, Shelf};

/// The lists of all regions.
#[derive(Clone, Debug, Default)]
pub struct Mirror {
    shelves: BTreeMap<DivisionCode, Shelf>,
}

/// Why something is not passed on; what was held stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MirrorError {
    /// The key list.
    #[error(transparent)]
    Keys(#[from] KeysRefused),
    /// Nobody who may sign lists signed it.
    #[error(transparent)]
    Signer(#[from] NoListSigner),
    /// The status list.
    #[error(transparent)]
    Delta(#[from] DeltaError),
    /// The shard.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// The paper list.
    #[error(transparent)]
    Paper(#[from] PaperListError),
    /// Signed when the key was not good.
    #[error("it was signed at {0}, when its key was not good")]
    KeyDates(Timestamp),
    /// Its time is over.
    #[error("it ended at {0}")]
    Expired(Timestamp),
    /// Signed later than the clock allows.
    #[error("it was signed at {0}, which is more than ten minutes ahead of this clock")]
    FromTheFuture(Timestamp),
    /// Older than what is held: somebody rolls back.
    #[error("it is older than what is held")]
    RolledBack,
    /// It does not follow what is held.
    #[error("a delta that does not start from edition {0}, which is held")]
    Gap(u32),
}

/// What came of something that was offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mirrored {
    /// It is new.
    New,
    /// It was held already.
    Held,
}

impl Mirror {
    /// Takes a region's key list in, for the federation and for whoever asks.
    ///
    /// # Errors
    /// [`MirrorError::Keys`].
    pub fn take_keys(
        &mut self,
        federation: &mut Federation,
        region: DivisionCode,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Mirrored, MirrorError> {
        let adopted = federation.take_keys(region, bytes, now)?;
        let version = federation
            .keys()
            .list(region)
            .map(hc_code::keys::KeyList::version);
        if let (Adopted::Newer, Some(version)) = (adopted, version) {
            self.shelf(region).put_keys(version, bytes);
            return Ok(Mirrored::New);
        }
        Ok(Mirrored::Held)
    }

    /// Takes a status list in: the whole of a day, or what changed.
    ///
    /// # Errors
    /// [`MirrorError`].
    pub fn take_status(
        &mut self,
        federation: &Federation,
        region: DivisionCode,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Mirrored, MirrorError> {
        let signer = federation.list_signer(region, bytes, now)?;
        let issuer = ListIssuer {
            region,
            key: signer.key.key(),
            offset: signer.offset,
        };
        let delta = Delta::open(bytes, &issuer)?;
        let edition = delta.edition();
        in_time(edition.issued_at(), edition.expires_at(), now)?;
        covers(&signer.key, edition.issued_at())?;
        self.shelf(region).put_delta(&delta, bytes)
    }

    /// Takes a shard of a day's status list in.
    ///
    /// # Errors
    /// [`MirrorError`].
    pub fn take_shard(
        &mut self,
        federation: &Federation,
        region: DivisionCode,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Mirrored, MirrorError> {
        let signer = federation.list_signer(region, bytes, now)?;
        let issuer = ListIssuer {
            region,
            key: signer.key.key(),
            offset: signer.offset,
        };
        let shard = SignedShard::open(bytes, &issuer)?;
        let edition: &Edition = shard.edition();
        in_time(edition.issued_at(), edition.expires_at(), now)?;
        covers(&signer.key, edition.issued_at())?;
        self.shelf(region).put_shard(&shard, bytes)
    }

    /// Takes a region's paper list in.
    ///
    /// # Errors
    /// [`MirrorError`].
    pub fn take_paper(
        &mut self,
        federation: &Federation,
        region: DivisionCode,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Mirrored, MirrorError> {
        let signer = federation.list_signer(region, bytes, now)?;
        let issuer = ListIssuer {
            region,
            key: signer.key.key(),
            offset: signer.offset,
        };
        let list = PaperList::open(bytes, &issuer)?;
        in_time(list.times().issued_at, list.times().expires_at, now)?;
        covers(&signer.key, list.times().issued_at)?;
        self.shelf(region)
            .put_paper(list.sequence(), list.times().as_of, bytes)
    }

    /// Notes that a region's own service answered, whether with something new or not.
    pub fn heard_of(&mut self, region: DivisionCode, now: Timestamp) {
        self.shelf(region).heard(now);
    }

    /// What is held of a region.
    pub fn of(&self, region: DivisionCode) -> Option<&Shelf> {
        self.shelves.get(&region)
    }

    /// Lets go what nobody may rely on: regions that do not count any more, and days that are over.
    pub fn tidy(&mut self, federation: &Federation, now: Timestamp) {
        let regions = federation.regions(now);
        self.shelves.retain(|region, shelf| {
            let entry = regions.iter().find(|entry| entry.region() == *region);
            let Some(entry) = entry else {
                return false;
            };
            if let Ok(today) = Day::of(now, entry.offset()) {
                shelf.forget_before(today);
            }
            true
        });
    }

    /// Everything that is newest, by name.
    pub fn index(&self, federation: &Federation, now: Timestamp) -> Index {
        Index::of(&self.shelves, federation, now)
    }

    fn shelf(&mut self, region: DivisionCode) -> &mut Shelf {
        self.shelves.entry(region).or_default()
    }
}

fn in_time(issued_at: Timestamp, expires_at: Timestamp, now: Timestamp) -> Result<(), MirrorError> {
    if issued_at > now.plus(CLOCK_TOLERANCE) {
        Err(MirrorError::FromTheFuture(issued_at))
    } else if expires_at <= now {
        Err(MirrorError::Expired(expires_at))
    } else {
        Ok(())
    }
}

fn covers(key: &hc_code::keys::NodeKey, issued_at: Timestamp) -> Result<(), MirrorError> {
    if key.covers(issued_at, issued_at) {
        Ok(())
    } else {
        Err(MirrorError::KeyDates(issued_at))
    }
}

#[cfg(test)]
mod tests;
