//! Choices from a seed.

use hc_code::{Span, Timestamp};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// A stream of choices that a seed determines.
#[derive(Clone, Debug)]
pub struct Seeded(ChaCha8Rng);

impl Seeded {
    /// The stream of a seed.
    pub fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `limit`, which is at least 1. The bias of the remainder is below 2⁻³².
    pub fn below(&mut self, limit: u32) -> u32 {
        let wide = u64::from(self.0.next_u32()) * u64::from(limit.max(1));
        u32::try_from(wide >> 32).unwrap_or(0)
    }

    /// True in `per_mille` of a thousand cases.
    pub fn chance(&mut self, per_mille: u32) -> bool {
        self.below(1000) < per_mille
    }

    /// One of some things; `None` of nothing.
    pub fn pick<'a, T>(&mut self, of: &'a [T]) -> Option<&'a T> {
        let number = self.below(u32::try_from(of.len()).unwrap_or(u32::MAX));
        of.get(number as usize)
    }

    /// An instant from `from` on, within a length of time, to the minute.
    pub fn within(&mut self, from: Timestamp, length: Span) -> Timestamp {
        let minutes = u32::try_from(length.as_seconds() / 60).unwrap_or(u32::MAX);
        from.plus(Span::seconds(self.below(minutes.max(1)).saturating_mul(60)))
    }
}
