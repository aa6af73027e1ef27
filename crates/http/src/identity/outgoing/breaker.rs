//! Leaving a service alone that is down, so that nobody waits for it in vain.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use hc_code::{Span, Timestamp};

/// Counts failures in a row.
#[derive(Debug)]
pub(super) struct Breaker {
    most: u32,
    rest: Span,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    failures: u32,
    /// Nobody is let through before.
    again: Timestamp,
}

impl Breaker {
    pub(super) fn new(most: u32, rest: Duration) -> Self {
        let rest = u32::try_from(rest.as_secs()).unwrap_or(u32::MAX);
        Self {
            most: most.max(1),
            rest: Span::seconds(rest),
            state: Mutex::new(State {
                failures: 0,
                again: Timestamp::MIN,
            }),
        }
    }

    /// Whether the service may be asked. While it counts as down, one is let through in each rest.
    pub(super) fn lets_through(&self, now: Timestamp) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if state.failures < self.most {
            return true;
        }
        let through = now >= state.again;
        if through {
            state.again = now.plus(self.rest);
        }
        through
    }

    /// Notes how it went.
    pub(super) fn saw(&self, failed: bool, now: Timestamp) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if failed {
            state.failures = state.failures.saturating_add(1);
            state.again = now.plus(self.rest);
        } else {
            state.failures = 0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_service_that_fails_is_left_alone_and_then_tried_by_one_at_a_time() {
        let breaker = Breaker::new(2, Duration::from_secs(30));
        let now = Timestamp::from_unix(1_700_000_000);
        breaker.saw(true, now);
        breaker.saw(false, now);
        breaker.saw(true, now);
        assert!(breaker.lets_through(now), "not in a row");
        breaker.saw(true, now);
        assert!(!breaker.lets_through(now));
        assert!(!breaker.lets_through(now.plus(Span::seconds(29))));
        let later = now.plus(Span::seconds(30));
        assert!(breaker.lets_through(later));
        assert!(!breaker.lets_through(later), "one at a time");
        breaker.saw(true, later);
        assert!(!breaker.lets_through(later.plus(Span::seconds(29))));
        let good = later.plus(Span::seconds(30));
        assert!(breaker.lets_through(good));
        breaker.saw(false, good);
        assert!(breaker.lets_through(good) && breaker.lets_through(good));
    }
}
