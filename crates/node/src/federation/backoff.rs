//! When something is tried again that did not get through.

use hc_code::{Span, Timestamp};

/// Two seconds, then twice as long each time, up to an hour; a quarter more or less by chance, so that a
/// region that comes back is not met by everybody at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    tries: u32,
}

impl Backoff {
    /// The longest wait before the chance.
    pub const LONGEST: Span = Span::hours(1);

    /// After so many tries, at least one.
    pub const fn after(tries: u32) -> Self {
        Self { tries }
    }

    /// The next instant, with one byte of chance.
    pub fn next(self, now: Timestamp, chance: u8) -> Timestamp {
        let doublings = self.tries.min(16);
        let longest = Self::LONGEST.as_seconds();
        let wait = (1_i64 << doublings).min(longest);
        // From three quarters to five quarters.
        let share = 192 + i64::from(chance) / 2;
        let seconds = (wait * share / 256).max(1);
        now.plus(Span::seconds(u32::try_from(seconds).unwrap_or(u32::MAX)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour_and_chance_moves_them_by_a_quarter() {
        let now = Timestamp::from_unix(1_000_000);
        let wait = |tries, chance| {
            Backoff::after(tries)
                .next(now, chance)
                .since(now)
                .as_seconds()
        };
        assert_eq!([1, 2, 3, 6].map(|tries| wait(tries, 128)), [2, 4, 8, 64]);
        for tries in [12, 40, u32::MAX] {
            assert_eq!(wait(tries, 128), 3600);
            assert!((2700..=2701).contains(&wait(tries, 0)));
            assert!((4480..=4500).contains(&wait(tries, 255)));
        }
        assert_eq!(wait(0, 0), 1);
    }
}
