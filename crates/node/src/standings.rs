//! The read path's memory: what every subject's level is, now and in the time to come.
//!
//! A subject costs eight bytes. Whoever is plainly low has everything in them; the *exceptions* have
//! their steps beside. Looking up takes no lock and waits for nobody; changes are published in an
//! order in which a reader always finds either the old or the new.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use hc_code::day_index::SubjectNumber;
use hc_code::statement::LastTest;
use hc_code::{Level, ReasonClass, Timestamp};
use hc_core::standing::Standing;

use self::word::{Entry, Word};

mod loading;
mod word;

pub use loading::Loading;

/// Everybody's standing.
#[derive(Debug)]
pub struct Standings {
    /// By the number's high bits, then its low sixteen.
    chunks: ArcSwap<Vec<Arc<[AtomicU64]>>>,
    /// By the number's low sixteen bits: the exceptions of one bucket, by number. A change copies its
    /// bucket, so there are many and each is small, also when a third of ten million are exceptions.
    exceptions: Box<[ArcSwap<Exceptions>]>,
    /// One change at a time.
    changing: Mutex<Counts>,
    as_of: AtomicI64,
}

type Exceptions = BTreeMap<u32, Arc<Standing>>;

const CHUNK_BITS: u32 = 16;
const BUCKETS: u32 = 1 << 16;

/// How many subjects there are of each kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Numbers in use.
    pub active: u64,
    /// Of these, not plainly low.
    pub exceptions: u64,
    /// Withdrawn or erased.
    pub gone: u64,
}

/// What is known of a subject at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// No such number.
    Nobody,
    /// Withdrawn or erased.
    Gone,
    /// In use.
    Active(Now),
}

/// The level of a subject at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// The level.
    pub level: Level,
    /// Why, as a gate may know it.
    pub class: ReasonClass,
    /// When that may change.
    pub until: Timestamp,
    /// The last negative test.
    pub last_test: Option<LastTest>,
}

/// One change.
#[derive(Clone, Debug)]
pub enum Change {
    /// A subject has this standing.
    Standing(SubjectNumber, Standing),
    /// A number is in use no more.
    Gone(SubjectNumber),
}

impl Standings {
    /// Nobody.
    pub fn new() -> Self {
        Self {
            chunks: ArcSwap::default(),
            exceptions: (0..BUCKETS).map(|_| ArcSwap::default()).collect(),
            changing: Mutex::default(),
            as_of: AtomicI64::new(Timestamp::MIN.unix()),
        }
    }

    /// Until when all acknowledged acts are known here.
    pub fn as_of(&self) -> Timestamp {
        Timestamp::from_unix(self.as_of.load(Ordering::Acquire))
    }

    /// Notes that everything acknowledged until an instant is known here. Never goes back.
    pub fn known_until(&self, at: Timestamp) {
        self.as_of.fetch_max(at.unix(), Ordering::AcqRel);
    }

    /// Looks a subject up.
    pub fn at(&self, number: SubjectNumber, now: Timestamp) -> Seen {
        let number = number.expose_number();
        // A change is published in two steps; a reader between them looks again and finds it.
        for _ in 0..8 {
            let Some(word) = self.word(number) else {
                return Seen::Nobody;
            };
            match word.read() {
                Entry::Nobody => return Seen::Nobody,
                Entry::Gone => return Seen::Gone,
                Entry::Plain { until, last_test } => {
                    let (level, until) = if now < until {
                        (Level::Low, until)
                    } else {
                        (Level::Unknown, Timestamp::MAX)
                    };
                    return Seen::Active(Now {
                        level,
                        class: ReasonClass::None,
                        until,
                        last_test,
                    });
                }
                Entry::Exception => {
                    if let Some(standing) = self.exception(number) {
                        return Seen::Active(of(&standing, now));
                    }
                }
            }
        }
        Seen::Active(Now::UNKNOWN)
    }

    /// Takes in changes, the last one of a number counting.
    pub fn apply(&self, changes: impl IntoIterator<Item = Change>) {
        let mut counts = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let mut by_bucket: BTreeMap<u32, BTreeMap<u32, Option<Arc<Standing>>>> = BTreeMap::new();
        let mut words: BTreeMap<u32, Word> = BTreeMap::new();
        for change in changes {
            let (number, word, standing) = match change {
                Change::Gone(number) => (number.expose_number(), Word::GONE, None),
                Change::Standing(number, standing) => {
                    let number = number.expose_number();
                    match standing.plainly_low_until() {
                        Some(until) => (number, Word::plain(until, standing.last_test), None),
                        None => (number, Word::EXCEPTION, Some(Arc::new(standing))),
                    }
                }
            };
            words.insert(number, word);
            by_bucket
                .entry(number % BUCKETS)
                .or_default()
                .insert(number, standing);
        }
        let Some((&highest, _)) = words.last_key_value() else {
            return;
        };
        self.reserve(highest);
        // First what exceptions are to find, then the words that lead there, then what is left over.
        for (bucket, changed) in &by_bucket {
            self.change_bucket(
                *bucket,
                |_| changed.values().any(Option::is_some),
                |exceptions| {
                    for (number, standing) in changed {
                        if let Some(standing) = standing {
                            exceptions.insert(*number, Arc::clone(standing));
                        }
                    }
                },
            );
        }
        for (number, word) in words {
            let Some(before) = self.swap(number, word) else {
                continue;
            };
            counts.remove(before);
            counts.add(word);
        }
        for (bucket, changed) in &by_bucket {
            let left_over = |exceptions: &Exceptions| {
                let mut ended = changed.iter().filter(|(_, standing)| standing.is_none());
                ended.any(|(number, _)| exceptions.contains_key(number))
            };
            self.change_bucket(*bucket, left_over, |exceptions| {
                exceptions.retain(|number, _| !matches!(changed.get(number), Some(None)));
            });
        }
    }

    /// How many there are.
    pub fn counts(&self) -> Counts {
        *self.changing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everybody who is not low at an instant, and every number that is gone: what a status list
    /// has to say.
    pub fn each_not_low(&self, now: Timestamp, mut then: impl FnMut(SubjectNumber, Option<Level>)) {
        let chunks = self.chunks.load();
        for (high, chunk) in (0u32..).zip(chunks.iter()) {
            for (low, word) in (0u32..).zip(chunk.iter()) {
                let number = high << CHUNK_BITS | low;
                match Word::from_bits(word.load(Ordering::Acquire)).read() {
                    Entry::Nobody => {}
                    Entry::Gone => then(SubjectNumber::new(number), None),
                    Entry::Plain { until, .. } if now < until => {}
                    Entry::Plain { .. } => then(SubjectNumber::new(number), Some(Level::Unknown)),
                    Entry::Exception => {
                        let found = self
                            .exception(number)
                            .map(|standing| of(&standing, now).level);
                        let level = found.unwrap_or(Level::Unknown);
                        if level != Level::Low {
                            then(SubjectNumber::new(number), Some(level));
                        }
                    }
                }
            }
        }
    }

    /// The bytes that the words take, without the exceptions.
    pub fn word_bytes(&self) -> usize {
        self.chunks.load().len() << CHUNK_BITS << 3
    }

    /// One more than the highest number for which there is room: at least as many as were given.
    pub fn room(&self) -> u64 {
        (self.chunks.load().len() as u64) << CHUNK_BITS
    }

    fn word(&self, number: u32) -> Option<Word> {
        let chunks = self.chunks.load();
        let chunk = chunks.get((number >> CHUNK_BITS) as usize)?;
        let word = chunk.get((number & ((1 << CHUNK_BITS) - 1)) as usize)?;
        Some(Word::from_bits(word.load(Ordering::Acquire)))
    }

    fn swap(&self, number: u32, word: Word) -> Option<Word> {
        let chunks = self.chunks.load();
        let chunk = chunks.get((number >> CHUNK_BITS) as usize)?;
        let place = chunk.get((number & ((1 << CHUNK_BITS) - 1)) as usize)?;
        Some(Word::from_bits(place.swap(word.bits(), Ordering::AcqRel)))
    }

    fn exception(&self, number: u32) -> Option<Arc<Standing>> {
        let bucket = self.exceptions.get((number % BUCKETS) as usize)?;
        bucket.load().get(&number).cloned()
    }

    /// Puts a changed copy of a bucket in its place, where there is something to change.
    fn change_bucket(
        &self,
        bucket: u32,
        needed: impl FnOnce(&Exceptions) -> bool,
        change: impl FnOnce(&mut Exceptions),
    ) {
        if let Some(held) = self.exceptions.get(bucket as usize) {
            let before = held.load();
            if needed(&before) {
                let mut exceptions = Exceptions::clone(&before);
                change(&mut exceptions);
                held.store(Arc::new(exceptions));
            }
        }
    }

    fn reserve(&self, highest: u32) {
        let needed = (highest >> CHUNK_BITS) as usize + 1;
        let held = self.chunks.load();
        if held.len() < needed {
            let mut grown = Vec::clone(&held);
            grown.resize_with(needed, new_chunk);
            self.chunks.store(Arc::new(grown));
        }
    }
}

fn new_chunk() -> Arc<[AtomicU64]> {
    (0..1 << CHUNK_BITS).map(|_| AtomicU64::new(0)).collect()
}

impl Default for Standings {
    fn default() -> Self {
        Self::new()
    }
}

impl Now {
    /// Nothing is known.
    pub const UNKNOWN: Self = Self {
        level: Level::Unknown,
        class: ReasonClass::None,
        until: Timestamp::MAX,
        last_test: None,
    };
}

fn of(standing: &Standing, now: Timestamp) -> Now {
    match standing.at(now) {
        Some((step, until)) => Now {
            level: step.level,
            class: step.class,
            until,
            last_test: standing.last_test,
        },
        // Beyond the horizon, until somebody has decided anew.
        None => Now {
            last_test: standing.last_test,
            ..Now::UNKNOWN
        },
    }
}

impl Counts {
    fn add(&mut self, word: Word) {
        self.count(word, 1);
    }

    fn remove(&mut self, word: Word) {
        self.count(word, -1);
    }

    fn count(&mut self, word: Word, by: i64) {
        let step = |count: &mut u64| *count = count.saturating_add_signed(by);
        match word.read() {
            Entry::Nobody => {}
            Entry::Gone => step(&mut self.gone),
            Entry::Plain { .. } => step(&mut self.active),
            Entry::Exception => {
                step(&mut self.active);
                step(&mut self.exceptions);
            }
        }
    }
}

#[cfg(test)]
mod tests;
