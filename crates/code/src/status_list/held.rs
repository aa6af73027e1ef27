//! What a gate holds: the newest editions it has seen, of every issuer, and nothing older.

mod list;

use self::list::HeldList;
use super::edition::ListName;
use super::{Delta, Edition, SignedShard};
use crate::sorted_map::SortedMap;
use crate::verify::{ListAnswer, StatusLookup};
use crate::{Day, DivisionCode, Span, Timestamp};

/// How far a list may be ahead of the device's own clock before somebody's clock must be wrong.
pub const CLOCK_TOLERANCE: Span = Span::seconds(600);

/// Status lists of many issuers, with the memory that makes going back impossible.
///
/// A list of a day takes a quarter of a byte for each position of its domain.
#[derive(Clone, Debug, Default)]
pub struct HeldLists {
    lists: SortedMap<(DivisionCode, Day), HeldList>,
    marks: SortedMap<(DivisionCode, Day), Mark>,
}

/// The newest that a gate has seen of a list; kept across restarts, so that an older edition cannot
/// be passed off as new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Which list.
    pub name: ListName,
    /// Number of the newest full edition, if any was seen.
    pub full: Option<u32>,
    /// Number of the newest edition, reached by whatever way.
    pub newest: u32,
    /// When that was signed.
    pub issued_at: Timestamp,
}

/// What became of something that was accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepted {
    /// It is newer than what was held, and held now.
    New,
    /// It says nothing that was not held already.
    Held,
}

/// Why a verified shard or delta was not accepted. Nothing of it was applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// Signed later than the device's clock allows. One of the two clocks is wrong, and somebody
    /// must be told: this is an alarm.
    #[error("signed at {issued_at}, beyond this device's {now} and its tolerance")]
    FromTheFuture {
        /// When it was signed.
        issued_at: Timestamp,
        /// The device's time.
        now: Timestamp,
    },
    /// It says nothing any more.
    #[error("expired at {0}")]
    Expired(Timestamp),
    /// An older edition than one that was seen before: an alarm.
    #[error(
        "edition {offered} of epoch {offered_epoch}, but {seen} of epoch {seen_epoch} was seen"
    )]
    RolledBack {
        /// Number of the edition that was offered.
        offered: u32,
        /// Its epoch.
        offered_epoch: u8,
        /// Number of the newest full edition that was seen.
        seen: u32,
        /// Its epoch.
        seen_epoch: u8,
    },
    /// The same edition with other content, or in another domain: an alarm.
    #[error("edition {0} contradicts what was signed before")]
    Contradiction(u32),
    /// A delta from an edition that is not held.
    #[error("the delta starts from edition {base:?}, but {held:?} is held")]
    Gap {
        /// Where it starts; `None` for a list in which all are low.
        base: Option<u32>,
        /// The oldest edition that a shard is held of; `None` if none is.
        held: Option<u32>,
    },
    /// A delta that sets a position to what it is: it was not made from the list that is held.
    #[error("the delta does not fit what is held at position {0}")]
    Misfit(u32),
}

impl HeldLists {
    /// Nothing held and nothing seen.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing held, but what was seen before a restart.
    pub fn with_marks(marks: impl IntoIterator<Item = Mark>) -> Self {
        Self {
            lists: SortedMap::new(),
            marks: marks
                .into_iter()
                .map(|mark| ((mark.name.region, mark.name.day), mark))
                .collect(),
        }
    }

    /// What must be remembered across a restart.
    pub fn marks(&self) -> impl Iterator<Item = &Mark> {
        self.marks.values()
    }

    /// Takes a full shard. `now` is the device's own time.
    ///
    /// # Errors
    /// [`NotAccepted`]; nothing has changed then.
    pub fn accept_shard(
        &mut self,
        offered: SignedShard,
        now: Timestamp,
    ) -> Result<Accepted, NotAccepted> {
        let edition = *offered.edition();
        let newer_epoch = self.admit(&edition, now)?;
        let key = (edition.name().region, edition.name().day);
        let held = self.lists.get_mut(key).filter(|_| !newer_epoch);
        let accepted = if let Some(list) = held {
            list.put(offered)?
        } else {
            let mut list = HeldList::new(edition.name());
            let accepted = list.put(offered)?;
            self.lists.insert(key, list);
            accepted
        };
        self.remember(&edition, Way::Full);
        Ok(accepted)
    }

    /// Takes a delta, or a whole list in the form of one, and applies it to the shards that are
    /// held: to all or to none. `now` is the device's own time.
    ///
    /// # Errors
    /// [`NotAccepted`]; nothing has changed then.
    pub fn accept_delta(&mut self, delta: &Delta, now: Timestamp) -> Result<Accepted, NotAccepted> {
        let edition = delta.edition();
        let newer_epoch = self.admit(edition, now)?;
        let key = (edition.name().region, edition.name().day);
        let way = match delta.base() {
            super::DeltaBase::AllLow => Way::Full,
            super::DeltaBase::Sequence(_) => Way::Step,
        };
        let held = self.lists.get_mut(key).filter(|_| !newer_epoch);
        let accepted = if let Some(list) = held {
            list.apply(delta)?
        } else {
            let mut list = HeldList::new(edition.name());
            let accepted = list.apply(delta)?;
            self.lists.insert(key, list);
            accepted
        };
        self.remember(edition, way);
        Ok(accepted)
    }

    /// Forgets lists and marks of days that are over: all whose editions have expired by `now`.
    /// Marks stay for two days more, in case the clock goes back.
    pub fn forget_past(&mut self, now: Timestamp) {
        self.lists.retain(|_, list| list.expires_at() > now);
        let before = now.minus(Span::days(2));
        self.marks.retain(|_, mark| mark.issued_at > before);
    }

    /// When the newest edition of each list was signed, for the
    /// [`ClockFloor`](crate::verify::ClockFloor).
    pub fn issued(&self) -> impl Iterator<Item = (DivisionCode, Timestamp)> {
        let marks = self.marks.values();
        marks.map(|mark| (mark.name.region, mark.issued_at))
    }

    /// The oldest and newest edition among the held shards of a list, and how many shards are
    /// missing; `None` where nothing is held.
    pub fn held(&self, region: DivisionCode, day: Day) -> Option<HeldEditions> {
        self.lists.get((region, day)).and_then(HeldList::editions)
    }

    /// Checks times and order; says whether the offer begins a new epoch of its day.
    fn admit(&self, edition: &Edition, now: Timestamp) -> Result<bool, NotAccepted> {
        if edition.issued_at() > now.plus(CLOCK_TOLERANCE) {
            return Err(NotAccepted::FromTheFuture {
                issued_at: edition.issued_at(),
                now,
            });
        }
        if edition.expires_at() <= now {
            return Err(NotAccepted::Expired(edition.expires_at()));
        }
        let name = edition.name();
        let Some(mark) = self.marks.get((name.region, name.day)) else {
            return Ok(false);
        };
        let seen = mark.full.unwrap_or(0);
        if (name.epoch, edition.sequence()) < (mark.name.epoch, seen) {
            return Err(NotAccepted::RolledBack {
                offered: edition.sequence(),
                offered_epoch: name.epoch,
                seen,
                seen_epoch: mark.name.epoch,
            });
        }
        // What was held is gone after a restart, but not when it was signed.
        let same = name.epoch == mark.name.epoch && edition.sequence() == mark.newest;
        if name.epoch == mark.name.epoch && name.domain != mark.name.domain
            || same && edition.issued_at() != mark.issued_at
        {
            return Err(NotAccepted::Contradiction(edition.sequence()));
        }
        Ok(name.epoch > mark.name.epoch)
    }

    fn remember(&mut self, edition: &Edition, way: Way) {
        let name = edition.name();
        let fresh = Mark {
            name,
            full: None,
            newest: edition.sequence(),
            issued_at: edition.issued_at(),
        };
        let key = (name.region, name.day);
        let mut mark = self.marks.get(key).copied().unwrap_or(fresh);
        if mark.name.epoch != name.epoch {
            mark = fresh;
        }
        if way == Way::Full {
            mark.full = mark.full.max(Some(edition.sequence()));
        }
        if edition.sequence() >= mark.newest {
            mark.newest = edition.sequence();
            mark.issued_at = mark.issued_at.max(edition.issued_at());
        }
        self.marks.insert(key, mark);
    }
}

/// How an edition was reached.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Full,
    Step,
}

/// Which editions a gate holds of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldEditions {
    /// The list.
    pub name: ListName,
    /// Number of the oldest edition among its shards.
    pub oldest: u32,
    /// Number of the newest.
    pub newest: u32,
    /// Shards of which nothing is held.
    pub missing: u32,
}

impl StatusLookup for HeldLists {
    fn status(&self, issuer: DivisionCode, day: u32, index: u32) -> Option<ListAnswer> {
        let day = Day::from_number(u16::try_from(day).ok()?);
        self.lists.get((issuer, day))?.answer(index)
    }
}

#[cfg(test)]
mod tests;
