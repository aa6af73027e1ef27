//! What is held of one region.

use std::collections::BTreeMap;
use std::sync::Arc;

use hc_code::status_list::{Delta, DeltaBase, Edition, SignedShard};
use hc_code::{Day, Timestamp};

use super::{MirrorError, Mirrored};

/// Steps of a day that are kept; whoever was away longer takes the whole.
const STEPS_KEPT: usize = 240;
/// Key lists that are kept under their versions.
const KEY_LISTS_KEPT: usize = 8;

/// The lists of one region.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    keys: BTreeMap<u64, Arc<[u8]>>,
    days: BTreeMap<Day, DayShelf>,
    paper: Option<(u32, Timestamp, Arc<[u8]>)>,
    heard_at: Option<Timestamp>,
}

/// The status list of one day.
#[derive(Clone, Debug)]
pub struct DayShelf {
    newest: Edition,
    whole: Option<(u32, Arc<[u8]>)>,
    /// By the sequence that each leads to, with the one that it starts from.
    steps: BTreeMap<u32, (u32, Arc<[u8]>)>,
    shards: BTreeMap<u32, (u32, Arc<[u8]>)>,
}

impl Shelf {
    pub(super) fn put_keys(&mut self, version: u64, bytes: &[u8]) {
        self.keys.insert(version, bytes.into());
        while self.keys.len() > KEY_LISTS_KEPT {
            self.keys.pop_first();
        }
    }

    pub(super) fn put_delta(
        &mut self,
        delta: &Delta,
        bytes: &[u8],
    ) -> Result<Mirrored, MirrorError> {
        let edition = delta.edition();
        let sequence = edition.sequence();
        match delta.base() {
            DeltaBase::AllLow => {
                let day = self.day(edition)?;
                if day
                    .whole
                    .as_ref()
                    .is_some_and(|(held, _)| sequence <= *held)
                {
                    return Ok(Mirrored::Held);
                }
                if sequence > day.newest.sequence() {
                    // Steps were missed in between: those that are held lead nowhere.
                    day.steps.clear();
                }
                day.whole = Some((sequence, bytes.into()));
                day.advance(edition);
            }
            DeltaBase::Sequence(base) => {
                let name = edition.name();
                let day = self.days.get_mut(&name.day);
                // A step belongs to a list that is known; of a new epoch the whole comes first.
                let day = day.filter(|day| day.newest.name() == name);
                let day = day.ok_or(MirrorError::Gap(0))?;
                if day.steps.contains_key(&sequence) || sequence <= day.newest.sequence() {
                    return Ok(Mirrored::Held);
                }
                if base != day.newest.sequence() {
                    return Err(MirrorError::Gap(day.newest.sequence()));
                }
                day.steps.insert(sequence, (base, bytes.into()));
                while day.steps.len() > STEPS_KEPT {
                    day.steps.pop_first();
                }
                day.advance(edition);
            }
        }
        Ok(Mirrored::New)
    }

    pub(super) fn put_shard(
        &mut self,
        shard: &SignedShard,
        bytes: &[u8],
    ) -> Result<Mirrored, MirrorError> {
        let (edition, number) = (shard.edition(), shard.number());
        let day = self.day(edition)?;
        let sequence = edition.sequence();
        match day.shards.get(&number) {
            Some((held, _)) if sequence < *held => Err(MirrorError::RolledBack),
            Some((held, _)) if sequence == *held => Ok(Mirrored::Held),
            _ => {
                day.shards.insert(number, (sequence, bytes.into()));
                Ok(Mirrored::New)
            }
        }
    }

    pub(super) fn put_paper(
        &mut self,
        sequence: u32,
        as_of: Timestamp,
        bytes: &[u8],
    ) -> Result<Mirrored, MirrorError> {
        match &self.paper {
            Some((held, _, _)) if sequence < *held => Err(MirrorError::RolledBack),
            Some((held, _, _)) if sequence == *held => Ok(Mirrored::Held),
            _ => {
                self.paper = Some((sequence, as_of, bytes.into()));
                Ok(Mirrored::New)
            }
        }
    }

    /// The day of an edition, begun anew where the day's list has a new epoch.
    fn day(&mut self, edition: &Edition) -> Result<&mut DayShelf, MirrorError> {
        let name = edition.name();
        if let Some(held) = self.days.get(&name.day).map(|day| day.newest.name())
            && held != name
        {
            if name.epoch < held.epoch {
                return Err(MirrorError::RolledBack);
            }
            self.days.remove(&name.day);
        }
        Ok(self.days.entry(name.day).or_insert_with(|| DayShelf {
            newest: *edition,
            whole: None,
            steps: BTreeMap::new(),
            shards: BTreeMap::new(),
        }))
    }

    pub(super) const fn heard(&mut self, now: Timestamp) {
        self.heard_at = Some(now);
    }

    pub(super) fn forget_before(&mut self, today: Day) {
        self.days.retain(|day, _| *day >= today);
    }

    /// Key lists by version.
    pub const fn keys(&self) -> &BTreeMap<u64, Arc<[u8]>> {
        &self.keys
    }

    /// Status lists by day.
    pub const fn days(&self) -> &BTreeMap<Day, DayShelf> {
        &self.days
    }

    /// The newest paper list, with its sequence and the time of its facts.
    pub const fn paper(&self) -> Option<&(u32, Timestamp, Arc<[u8]>)> {
        self.paper.as_ref()
    }

    /// When the region's own service answered last.
    pub const fn heard_at(&self) -> Option<Timestamp> {
        self.heard_at
    }
}

impl DayShelf {
    fn advance(&mut self, edition: &Edition) {
        if edition.sequence() > self.newest.sequence() {
            self.newest = *edition;
        }
    }

    /// The newest edition that whole and steps lead to.
    pub const fn newest(&self) -> &Edition {
        &self.newest
    }

    /// The whole with its sequence.
    pub const fn whole(&self) -> Option<&(u32, Arc<[u8]>)> {
        self.whole.as_ref()
    }

    /// Steps by the sequence that each leads to, with the one that it starts from.
    pub const fn steps(&self) -> &BTreeMap<u32, (u32, Arc<[u8]>)> {
        &self.steps
    }

    /// Shards by number, each with its sequence.
    pub const fn shards(&self) -> &BTreeMap<u32, (u32, Arc<[u8]>)> {
        &self.shards
    }
}
