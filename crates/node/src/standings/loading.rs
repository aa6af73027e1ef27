//! Filling the memory from a store, before anybody reads it: ten million people in seconds.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError};

use hc_code::day_index::SubjectNumber;
use hc_core::standing::Standing;
use hc_core::store::SubjectState;

use super::word::Word;
use super::{BUCKETS, CHUNK_BITS, Counts, Standings, new_chunk};

/// Everybody, as they are read from a store. Nobody sees any of it until [`Self::publish`].
#[derive(Debug)]
pub struct Loading {
    chunks: Vec<Arc<[AtomicU64]>>,
    /// By bucket.
    exceptions: Vec<Vec<(u32, Arc<Standing>)>>,
    counts: Counts,
}

impl Loading {
    /// Nobody yet.
    pub fn new() -> Self {
        Self {
            chunks: Vec::new(),
            exceptions: (0..BUCKETS).map(|_| Vec::new()).collect(),
            counts: Counts::default(),
        }
    }

    /// Takes in a row. A subject that was never decided is nobody to the read path.
    pub fn add(&mut self, number: SubjectNumber, state: SubjectState, standing: Option<Standing>) {
        let number = number.expose_number();
        let word = match (state, standing) {
            (SubjectState::Active, None) => return,
            (SubjectState::Withdrawn { .. } | SubjectState::Erased, _) => Word::GONE,
            (SubjectState::Active, Some(standing)) => match standing.plainly_low_until() {
                Some(until) => Word::plain(until, standing.last_test),
                None => {
                    if let Some(bucket) = self.exceptions.get_mut((number % BUCKETS) as usize) {
                        bucket.push((number, Arc::new(standing)));
                    }
                    Word::EXCEPTION
                }
            },
        };
        let high = (number >> CHUNK_BITS) as usize;
        if self.chunks.len() <= high {
            self.chunks.resize_with(high + 1, new_chunk);
        }
        let chunk = self.chunks.get(high);
        let low = (number & ((1 << CHUNK_BITS) - 1)) as usize;
        if let Some(place) = chunk.and_then(|chunk| chunk.get(low)) {
            place.store(word.bits(), Ordering::Relaxed);
        }
        self.counts.add(word);
    }

    /// How many there are so far.
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Puts everybody where they are seen, in place of whoever was.
    pub fn publish(self, standings: &Standings) {
        let counts = standings.changing.lock();
        let mut counts = counts.unwrap_or_else(PoisonError::into_inner);
        for (held, bucket) in standings.exceptions.iter().zip(self.exceptions) {
            if !bucket.is_empty() || !held.load().is_empty() {
                held.store(Arc::new(BTreeMap::from_iter(bucket)));
            }
        }
        standings.chunks.store(Arc::new(self.chunks));
        *counts = self.counts;
    }
}

impl Default for Loading {
    fn default() -> Self {
        Self::new()
    }
}
