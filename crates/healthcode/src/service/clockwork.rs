//! The service's clock: the machine's, or in the demonstration one that can be turned forward.

use std::sync::atomic::{AtomicI64, Ordering};

use hc_code::{Span, Timestamp};
use hc_node::region::Clock;

/// The machine's clock, moved by some seconds.
#[derive(Debug, Default)]
pub(crate) struct Clockwork {
    ahead: AtomicI64,
}

impl Clockwork {
    /// A clock that shows an instant now and goes on from there.
    pub(crate) fn beginning_at(at: Timestamp) -> Self {
        Self {
            ahead: AtomicI64::new(at.unix() - crate::clock::now().unix()),
        }
    }

    /// Turns the clock forward.
    pub(crate) fn forward(&self, by: Span) {
        self.ahead.fetch_add(by.as_seconds(), Ordering::AcqRel);
    }
}

impl Clock for Clockwork {
    fn now(&self) -> Timestamp {
        let seconds = crate::clock::now().unix();
        Timestamp::from_unix(seconds.saturating_add(self.ahead.load(Ordering::Acquire)))
    }
}
