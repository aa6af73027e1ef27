//! The one place that reads the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use hc_code::Timestamp;

/// Now, by the machine's clock; 1970 where the clock stands before that.
pub(crate) fn now() -> Timestamp {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the place where time comes in"
    )]
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH);
    let seconds = since_1970.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    });
    Timestamp::from_unix(seconds)
}
