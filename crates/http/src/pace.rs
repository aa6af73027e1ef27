//! How often one caller may ask: so many times a minute, counted without remembering anybody.

use std::hash::{DefaultHasher, Hasher};
use std::sync::atomic::{AtomicU64, Ordering};

use hc_code::Timestamp;

use crate::problem::{Problem, ProblemType};

/// Counters of this minute, or this hour. A caller's counter is found by a seeded hash; two callers that share
/// one share its limit, which with 65,536 counters is rare and passes within a minute.
#[derive(Debug)]
pub(crate) struct Pace {
    /// The minute or hour in the upper half, the count in the lower.
    slots: Box<[AtomicU64]>,
    seed: [u8; 16],
    most: u32,
    /// How long is counted over, in seconds.
    window: u64,
}

const SLOTS: usize = 1 << 16;

impl Pace {
    pub(crate) fn new(most: u32, seed: [u8; 16]) -> Self {
        Self {
            slots: (0..SLOTS).map(|_| AtomicU64::new(0)).collect(),
            seed,
            most,
            window: 60,
        }
    }

    /// The same for so many an hour.
    pub(crate) fn hourly(most: u32, seed: [u8; 16]) -> Self {
        Self {
            window: 3600,
            ..Self::new(most, seed)
        }
    }

    /// Counts one more request of a caller.
    ///
    /// # Errors
    /// [`ProblemType::TooMany`], until the minute is over.
    pub(crate) fn step(&self, caller: &[u8], now: Timestamp) -> Result<(), Problem> {
        let mut hasher = DefaultHasher::new();
        hasher.write(&self.seed);
        hasher.write(caller);
        let place = usize::try_from(hasher.finish() % SLOTS as u64).unwrap_or(0);
        let Some(slot) = self.slots.get(place) else {
            return Ok(());
        };
        let seconds = u64::try_from(now.unix()).unwrap_or(0);
        let minute = (seconds / self.window) & 0xFFFF_FFFF;
        let count = |held: u64| {
            if held >> 32 == minute {
                held & 0xFFFF_FFFF
            } else {
                0
            }
        };
        let most = u64::from(self.most);
        let taken = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
            (count(held) < most).then(|| minute << 32 | (count(held) + 1))
        });
        taken.map(drop).map_err(|_| {
            let left = u32::try_from(self.window - seconds % self.window).unwrap_or(60);
            Problem::new(ProblemType::TooMany).with_retry_after(left)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::Span;

    #[test]
    fn a_caller_has_so_many_requests_a_minute_and_others_their_own() {
        let pace = Pace::new(3, [7; 16]);
        let now = Timestamp::from_unix(1_656_388_815);
        for _ in 0..3 {
            assert!(pace.step(b"one", now).is_ok());
        }
        let refused = pace.step(b"one", now).unwrap_err();
        assert_eq!(
            refused,
            Problem::new(ProblemType::TooMany).with_retry_after(45)
        );
        assert!(pace.step(b"other", now).is_ok());
        assert!(pace.step(b"one", now.plus(Span::seconds(45))).is_ok());
        let hourly = Pace::hourly(1, [7; 16]);
        assert!(hourly.step(b"one", now).is_ok());
        let refused = hourly
            .step(b"one", now.plus(Span::seconds(60)))
            .unwrap_err();
        assert_eq!(refused.kind(), ProblemType::TooMany);
    }
}
