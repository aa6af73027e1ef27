//! What a gate remembers of the last minutes, so that a showing counts once.

use std::collections::{BTreeMap, BTreeSet};

use crate::{Span, Timestamp};

/// The replay state: short fingerprints of what was shown at this gate and cannot have expired
/// yet. Explicit, bounded, and nothing in it names a person.
#[derive(Clone, Debug)]
pub struct ShowingMemory {
    capacity: usize,
    first_seen: BTreeMap<Fingerprint, Timestamp>,
    by_end: BTreeSet<(Timestamp, Fingerprint)>,
}

pub(super) type Fingerprint = [u8; 16];

/// Whether something was seen before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Recall {
    /// Never.
    New,
    /// Within a breath: the scanner read it twice.
    SameReading,
    /// Before that.
    SeenBefore,
    /// The memory is full: cannot tell.
    Full,
}

impl ShowingMemory {
    /// Two readings of one showing within this time are one reading.
    pub const SAME_READING: Span = Span::seconds(3);

    /// A memory for so many showings at a time. A busy gate sees a few each second, and each is
    /// forgotten after about a minute and a half.
    pub const fn new(capacity: usize) -> Self {
        Self {
            capacity,
            first_seen: BTreeMap::new(),
            by_end: BTreeSet::new(),
        }
    }

    /// How many showings are remembered.
    pub fn len(&self) -> usize {
        self.first_seen.len()
    }

    /// Whether none is.
    pub fn is_empty(&self) -> bool {
        self.first_seen.is_empty()
    }

    /// Looks something up and remembers it until `end`.
    pub(super) fn recall(
        &mut self,
        fingerprint: Fingerprint,
        now: Timestamp,
        end: Timestamp,
    ) -> Recall {
        while let Some((ended, old)) = self.by_end.first().copied()
            && ended <= now
        {
            self.by_end.remove(&(ended, old));
            self.first_seen.remove(&old);
        }
        if let Some(first) = self.first_seen.get(&fingerprint) {
            // A clock that was set back between the readings makes the age zero; that is no proof
            // that it is the same reading.
            return if now >= *first && now.since(*first) <= Self::SAME_READING {
                Recall::SameReading
            } else {
                Recall::SeenBefore
            };
        }
        if self.first_seen.len() >= self.capacity {
            return Recall::Full;
        }
        self.first_seen.insert(fingerprint, now);
        self.by_end.insert((end, fingerprint));
        Recall::New
    }
}

impl Default for ShowingMemory {
    fn default() -> Self {
        Self::new(1 << 16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    #[test]
    fn a_showing_counts_once_but_may_be_read_twice() {
        let mut memory = ShowingMemory::default();
        assert_eq!(memory.recall([1; 16], at(100), at(190)), Recall::New);
        assert_eq!(
            memory.recall([1; 16], at(103), at(190)),
            Recall::SameReading
        );
        assert_eq!(memory.recall([1; 16], at(104), at(190)), Recall::SeenBefore);
        assert_eq!(memory.recall([1; 16], at(90), at(190)), Recall::SeenBefore);
        assert_eq!(memory.recall([2; 16], at(104), at(190)), Recall::New);
    }

    #[test]
    fn what_cannot_be_shown_any_more_is_forgotten() {
        let mut memory = ShowingMemory::new(1);
        assert_eq!(memory.recall([1; 16], at(100), at(190)), Recall::New);
        assert_eq!(memory.recall([2; 16], at(189), at(280)), Recall::Full);
        assert_eq!(memory.recall([2; 16], at(190), at(280)), Recall::New);
        assert_eq!(memory.len(), 1);
    }
}
