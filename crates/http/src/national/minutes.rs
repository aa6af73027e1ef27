//! How many calls of this minute each application has made. There are as many counters as applications that
//! are registered: only a message whose signature holds is counted.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use hc_code::Timestamp;
use hc_node::party::PartyId;

/// The counters.
#[derive(Debug, Default)]
pub(crate) struct Minutes(Mutex<BTreeMap<String, (i64, u32)>>);

impl Minutes {
    /// Counts a call; false where the minute's are used up.
    pub(crate) fn step(&self, application: &PartyId, most: u32, now: Timestamp) -> bool {
        let minute = now.unix().div_euclid(60);
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = counters.get_mut(application.as_str()) {
            if counter.0 != minute {
                *counter = (minute, 0);
            }
            counter.1 = counter.1.saturating_add(1);
            return counter.1 <= most;
        }
        counters.insert(application.as_str().to_owned(), (minute, 1));
        most > 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::Span;

    #[test]
    fn a_minute_has_so_many_calls_and_the_next_one_as_many() {
        let (minutes, now) = (Minutes::default(), Timestamp::from_unix(1_657_857_600));
        let (one, other) = (
            PartyId::parse("one").unwrap(),
            PartyId::parse("other").unwrap(),
        );
        assert!(minutes.step(&one, 2, now) && minutes.step(&one, 2, now));
        assert!(!minutes.step(&one, 2, now));
        assert!(minutes.step(&other, 2, now));
        assert!(minutes.step(&one, 2, now.plus(Span::seconds(60))));
    }
}
