//! Choices from a seed: the same season again, from its seed alone.

use hc_code::{Span, Timestamp};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of choices.
#[derive(Debug)]
pub(super) struct Chance(ChaCha8Rng);

impl Chance {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `limit`, which is at least 1.
    pub(super) fn below(&mut self, limit: u64) -> u64 {
        let wide = u128::from(self.0.next_u64()) * u128::from(limit.max(1));
        u64::try_from(wide >> 64).unwrap_or(0)
    }

    /// As [`Self::below`], for the numbers of people and minutes.
    pub(super) fn small(&mut self, limit: u32) -> u32 {
        u32::try_from(self.below(u64::from(limit))).unwrap_or(0)
    }

    /// True in `per_mille` of a thousand cases.
    pub(super) fn of_a_thousand(&mut self, per_mille: u32) -> bool {
        self.small(1000) < per_mille
    }

    /// An instant from `from` on, within a length of time, to the second.
    pub(super) fn within(&mut self, from: Timestamp, length: Span) -> Timestamp {
        let seconds = u32::try_from(length.as_seconds()).unwrap_or(u32::MAX);
        from.plus(Span::seconds(self.small(seconds.max(1))))
    }

    /// Bytes that nobody else has.
    pub(super) fn bytes<const N: usize>(&mut self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.fill_bytes(&mut bytes);
        bytes
    }
}
