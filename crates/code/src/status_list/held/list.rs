//! The held shards of one list.

use super::{Accepted, HeldEditions, NotAccepted};
use crate::Timestamp;
use crate::status_list::{Delta, DeltaBase, Edition, ListName, Shard, SignedShard};
use crate::verify::{ListAnswer, Listed};

/// One list of one day: its shards, each with the edition that it is of.
#[derive(Clone, Debug)]
pub(super) struct HeldList {
    name: ListName,
    shards: Vec<Option<HeldShard>>,
}

#[derive(Clone, Debug)]
struct HeldShard {
    edition: Edition,
    shard: Shard,
}

impl HeldList {
    pub(super) fn new(name: ListName) -> Self {
        let count = name.domain.size() >> Shard::BITS;
        Self {
            name,
            shards: (0..count).map(|_| None).collect(),
        }
    }

    /// Takes a full shard that is of this list and no older than the newest full edition.
    pub(super) fn put(&mut self, offered: SignedShard) -> Result<Accepted, NotAccepted> {
        let edition = *offered.edition();
        let sequence = edition.sequence();
        let number = offered.number() as usize;
        let Some(slot) = self.shards.get_mut(number) else {
            return Err(NotAccepted::Contradiction(sequence));
        };
        match slot {
            Some(held) if held.edition.sequence() > sequence => Ok(Accepted::Held),
            Some(held) if held.edition.sequence() == sequence => {
                if held.edition == edition && held.shard == *offered.shard() {
                    Ok(Accepted::Held)
                } else {
                    Err(NotAccepted::Contradiction(sequence))
                }
            }
            _ => {
                *slot = Some(HeldShard {
                    edition,
                    shard: offered.into_shard(),
                });
                Ok(Accepted::New)
            }
        }
    }

    /// Takes a step to another edition: all shards that are held, or none.
    pub(super) fn apply(&mut self, delta: &Delta) -> Result<Accepted, NotAccepted> {
        match delta.base() {
            DeltaBase::AllLow => self.replace(delta),
            DeltaBase::Sequence(base) => self.step(delta, base),
        }
    }

    fn step(&mut self, delta: &Delta, base: u32) -> Result<Accepted, NotAccepted> {
        let to = delta.edition().sequence();
        let held = || self.shards.iter().flatten();
        let sequences = || held().map(|held| held.edition.sequence());
        let gap = NotAccepted::Gap {
            base: Some(base),
            held: sequences().min(),
        };
        if sequences().any(|sequence| sequence != base && sequence < to) {
            return Err(gap);
        }
        if sequences().next().is_none() {
            return Err(gap);
        }
        if !sequences().any(|sequence| sequence == base) {
            let same = held().filter(|held| held.edition.sequence() == to);
            return if same
                .map(|held| held.edition)
                .all(|edition| edition == *delta.edition())
            {
                Ok(Accepted::Held)
            } else {
                Err(NotAccepted::Contradiction(to))
            };
        }
        // Every change is looked at before the first is made.
        for (index, value) in delta.changes().entries() {
            let position = index.position();
            let held = self.held_at(position);
            let due = held.filter(|held| held.edition.sequence() == base);
            if due.is_some_and(|held| held.shard.value(position) == *value) {
                return Err(NotAccepted::Misfit(position));
            }
        }
        for (index, value) in delta.changes().entries() {
            let position = index.position();
            if let Some(held) = self.shards.get_mut((position >> Shard::BITS) as usize)
                && let Some(held) = held
                && held.edition.sequence() == base
            {
                held.shard.set(position, *value);
            }
        }
        for held in self.shards.iter_mut().flatten() {
            if held.edition.sequence() == base {
                held.edition = *delta.edition();
            }
        }
        Ok(Accepted::New)
    }

    fn replace(&mut self, delta: &Delta) -> Result<Accepted, NotAccepted> {
        let edition = *delta.edition();
        let complete = self.shards.iter().all(Option::is_some);
        let newest = self.shards.iter().flatten();
        let newest = newest.map(|held| held.edition.sequence()).max();
        if newest.is_some_and(|newest| newest > edition.sequence()) {
            return if complete {
                Ok(Accepted::Held)
            } else {
                // A mixture of older and newer shards has no single edition to step from.
                Err(NotAccepted::Gap {
                    base: None,
                    held: newest,
                })
            };
        }
        let mut fresh: Vec<_> = self.shards.iter().map(|_| Shard::low()).collect();
        for (index, value) in delta.changes().entries() {
            let position = index.position();
            if let Some(shard) = fresh.get_mut((position >> Shard::BITS) as usize) {
                shard.set(position, *value);
            }
        }
        let mut accepted = Accepted::Held;
        for (slot, shard) in self.shards.iter().zip(&fresh) {
            match slot {
                Some(held) if held.edition.sequence() == edition.sequence() => {
                    if held.edition != edition || held.shard != *shard {
                        return Err(NotAccepted::Contradiction(edition.sequence()));
                    }
                }
                _ => accepted = Accepted::New,
            }
        }
        self.shards = fresh
            .into_iter()
            .map(|shard| Some(HeldShard { edition, shard }))
            .collect();
        Ok(accepted)
    }

    fn held_at(&self, position: u32) -> Option<&HeldShard> {
        self.shards
            .get((position >> Shard::BITS) as usize)?
            .as_ref()
    }

    /// What the list says of a position; `None` where its shard is not held.
    pub(super) fn answer(&self, position: u32) -> Option<ListAnswer> {
        let slot = self.shards.get((position >> Shard::BITS) as usize);
        let (listed, edition) = match slot {
            Some(Some(held)) => (held.shard.value(position), &held.edition),
            Some(None) => return None,
            // Outside the domain: no subject has that position, whatever a code says.
            None => (Listed::Recheck, &self.any_edition()?),
        };
        Some(ListAnswer {
            listed,
            as_of: edition.as_of(),
            expires_at: edition.expires_at(),
        })
    }

    fn any_edition(&self) -> Option<Edition> {
        let editions = self.shards.iter().flatten().map(|held| held.edition);
        editions.max_by_key(Edition::sequence)
    }

    pub(super) fn editions(&self) -> Option<HeldEditions> {
        let sequences = || {
            let held = self.shards.iter().flatten();
            held.map(|held| held.edition.sequence())
        };
        let missing = self.shards.iter().filter(|slot| slot.is_none()).count();
        Some(HeldEditions {
            name: self.name,
            oldest: sequences().min()?,
            newest: sequences().max()?,
            missing: u32::try_from(missing).unwrap_or(u32::MAX),
        })
    }

    /// When the last of the held editions ends; the beginning of time where none is held.
    pub(super) fn expires_at(&self) -> Timestamp {
        let ends = self.shards.iter().flatten();
        ends.map(|held| held.edition.expires_at())
            .max()
            .unwrap_or(Timestamp::MIN)
    }
}
