//! What a gate remembers of the last minutes, so that a showing counts once.

use core::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::{Span, Timestamp};

/// The replay state: short fingerprints of what was shown at this gate and cannot have expired
/// yet. Explicit, bounded, and nothing in it names a person.
#[derive(Clone, Debug)]
pub struct ShowingMemory {
    capacity: usize,
    count: usize,
    /// By the first byte of the fingerprint, and in each in ascending order: vectors short enough
    /// to be added to, and nothing else to build.
    first_seen: Vec<Vec<(Fingerprint, Timestamp)>>,
    /// The earliest end first.
    by_end: BinaryHeap<Reverse<(Timestamp, Fingerprint)>>,
}

/// One thing that a gate remembers, as it is written down across a restart. It names nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The first sixteen bytes of SHA-256 over what was shown.
    pub fingerprint: [u8; 16],
    /// When it was shown first.
    pub first_seen: Timestamp,
    /// From when on it cannot be shown any more.
    pub end: Timestamp,
}

pub(super) type Fingerprint = [u8; 16];

/// As many as a byte has values.
const SHELVES: usize = 256;

/// A shelf, and a place on it: of what is there, or where it would go.
type Place = (usize, Result<usize, usize>);

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
            count: 0,
            first_seen: Vec::new(),
            by_end: BinaryHeap::new(),
        }
    }

    /// A memory that goes on after a restart. What does not fit is left out from the earliest end
    /// on; of two entries for one showing the earlier counts.
    pub fn with_remembered(
        capacity: usize,
        remembered: impl IntoIterator<Item = Remembered>,
    ) -> Self {
        let mut newest_first: Vec<_> = remembered.into_iter().collect();
        newest_first.sort_by_key(|entry| (Reverse(entry.end), entry.first_seen));
        let mut memory = Self::new(capacity);
        for entry in newest_first {
            if memory.count >= capacity {
                break;
            }
            let place = memory.place(&entry.fingerprint);
            memory.put(place, entry.fingerprint, entry.first_seen, entry.end);
        }
        memory
    }

    /// What must be remembered across a restart, by ascending end.
    pub fn remembered(&self) -> impl Iterator<Item = Remembered> {
        let mut by_end: Vec<_> = self.by_end.iter().map(|Reverse(entry)| *entry).collect();
        by_end.sort_unstable();
        by_end.into_iter().filter_map(|(end, fingerprint)| {
            Some(Remembered {
                fingerprint,
                first_seen: self.at(self.place(&fingerprint))?,
                end,
            })
        })
    }

    /// How many showings are remembered.
    pub const fn len(&self) -> usize {
        self.count
    }

    /// Whether none is.
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Looks something up and remembers it until `end`.
    pub(super) fn recall(
        &mut self,
        fingerprint: Fingerprint,
        now: Timestamp,
        end: Timestamp,
    ) -> Recall {
        while let Some(Reverse((ended, _))) = self.by_end.peek()
            && *ended <= now
            && let Some(Reverse((_, old))) = self.by_end.pop()
        {
            self.forget(&old);
        }
        let place = self.place(&fingerprint);
        if let Some(first) = self.at(place) {
            // A clock that was set back between the readings makes the age zero; that is no proof
            // that it is the same reading.
            return if now >= first && now.since(first) <= Self::SAME_READING {
                Recall::SameReading
            } else {
                Recall::SeenBefore
            };
        }
        if self.count >= self.capacity {
            return Recall::Full;
        }
        self.put(place, fingerprint, now, end);
        Recall::New
    }

    /// On which shelf a fingerprint is, and where there, or where it would be.
    fn place(&self, fingerprint: &Fingerprint) -> Place {
        let shelf = usize::from(fingerprint[0]);
        let entries = self.first_seen.get(shelf).map_or(&[][..], Vec::as_slice);
        let place = entries.binary_search_by(|(held, _)| held.cmp(fingerprint));
        (shelf, place)
    }

    /// When what is there was first seen.
    fn at(&self, (shelf, place): Place) -> Option<Timestamp> {
        let (_, first) = self.first_seen.get(shelf)?.get(place.ok()?)?;
        Some(*first)
    }

    /// Remembers what is not there yet.
    fn put(
        &mut self,
        (shelf, place): Place,
        fingerprint: Fingerprint,
        now: Timestamp,
        end: Timestamp,
    ) {
        if self.first_seen.is_empty() {
            self.first_seen.resize_with(SHELVES, Vec::new);
        }
        if let (Some(entries), Err(place)) = (self.first_seen.get_mut(shelf), place) {
            entries.insert(place, (fingerprint, now));
            self.by_end.push(Reverse((end, fingerprint)));
            self.count += 1;
        }
    }

    /// Forgets one whose end has come.
    fn forget(&mut self, fingerprint: &Fingerprint) {
        let (shelf, place) = self.place(fingerprint);
        if let (Some(entries), Ok(place)) = (self.first_seen.get_mut(shelf), place) {
            entries.remove(place);
            self.count -= 1;
        }
    }
}

impl Default for ShowingMemory {
    fn default() -> Self {
        Self::new(1 << 16)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// The same with nothing but maps.
    #[derive(Default)]
    struct Plain {
        first_seen: BTreeMap<Fingerprint, Timestamp>,
        by_end: BTreeSet<(Timestamp, Fingerprint)>,
    }

    impl Plain {
        fn recall(&mut self, of: Fingerprint, now: Timestamp, end: Timestamp) -> Recall {
            while let Some((ended, old)) = self.by_end.first().copied()
                && ended <= now
            {
                self.by_end.remove(&(ended, old));
                self.first_seen.remove(&old);
            }
            if let Some(first) = self.first_seen.get(&of) {
                let same = now >= *first && now.since(*first) <= ShowingMemory::SAME_READING;
                return if same {
                    Recall::SameReading
                } else {
                    Recall::SeenBefore
                };
            }
            if self.first_seen.len() >= 5 {
                return Recall::Full;
            }
            self.first_seen.insert(of, now);
            self.by_end.insert((end, of));
            Recall::New
        }
    }

    proptest! {
        /// Clocks that go back, ends that are over already, shelves that are shared or not, and a
        /// restart at any time.
        #[test]
        fn it_remembers_what_maps_would(
            steps in proptest::collection::vec((0_u8..12, any::<bool>(), 0_i64..60, -2_i64..20, any::<bool>()), 0..120)
        ) {
            let (mut memory, mut plain) = (ShowingMemory::new(5), Plain::default());
            for (number, high, now, life, restart) in steps {
                let mut fingerprint = [number; 16];
                fingerprint[0] = if high { 255 } else { number };
                let (now, end) = (at(now), at(now + life));
                let due = plain.recall(fingerprint, now, end);
                prop_assert_eq!(memory.recall(fingerprint, now, end), due);
                prop_assert_eq!(memory.len(), plain.first_seen.len());
                prop_assert_eq!(memory.is_empty(), plain.first_seen.is_empty());
                let kept: Vec<_> = memory.remembered().collect();
                let plainly = plain.by_end.iter().map(|(end, fingerprint)| Remembered {
                    fingerprint: *fingerprint,
                    first_seen: plain.first_seen[fingerprint],
                    end: *end,
                });
                prop_assert!(kept.iter().copied().eq(plainly));
                if restart {
                    memory = ShowingMemory::with_remembered(5, kept);
                }
            }
        }
    }

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
    fn a_restart_forgets_nothing() {
        let mut memory = ShowingMemory::default();
        assert_eq!(memory.recall([1; 16], at(100), at(190)), Recall::New);
        assert_eq!(memory.recall([2; 16], at(110), at(150)), Recall::New);
        let kept: Vec<_> = memory.remembered().collect();
        assert_eq!(kept.len(), 2);
        let mut again = ShowingMemory::with_remembered(8, kept.iter().copied());
        assert_eq!(again.remembered().collect::<Vec<_>>(), kept);
        assert_eq!(again.recall([1; 16], at(120), at(190)), Recall::SeenBefore);
        assert_eq!(again.recall([2; 16], at(150), at(240)), Recall::New);
        // Where there is less room, what can be shown for longest is kept.
        let mut small = ShowingMemory::with_remembered(1, kept);
        assert_eq!(small.recall([1; 16], at(120), at(190)), Recall::SeenBefore);
        assert_eq!(small.recall([2; 16], at(120), at(150)), Recall::Full);
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
