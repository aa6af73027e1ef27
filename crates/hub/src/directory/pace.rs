//! At what pace a region may enter its people: enough for ten million in two hours, and no flood.

use hc_code::{Span, Timestamp};
use hc_core::directory::TooMany;

/// Pseudonyms that a region may enter or withdraw, a minute.
const A_MINUTE: usize = 100_000;
const MINUTE: i64 = 60;

/// What a region did in the minute that it is in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pace {
    minute: i64,
    done: usize,
}

impl Pace {
    /// After so many more.
    pub(super) fn after(self, more: usize, now: Timestamp) -> Result<Self, TooMany> {
        let minute = now.unix().div_euclid(MINUTE);
        let before = if self.minute == minute { self.done } else { 0 };
        let done = before.saturating_add(more);
        if done > A_MINUTE {
            let left = MINUTE - now.unix().rem_euclid(MINUTE);
            return Err(TooMany(Span::seconds(u32::try_from(left).unwrap_or(1))));
        }
        Ok(Self { minute, done })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundred_thousand_a_minute_and_no_more() {
        let now = Timestamp::from_unix(1_656_388_815);
        let full = Pace::default().after(A_MINUTE, now).unwrap();
        assert_eq!(full.after(1, now), Err(TooMany(Span::seconds(45))));
        assert!(full.after(0, now).is_ok());
        let next = now.plus(Span::seconds(45));
        assert!(full.after(A_MINUTE, next).is_ok());
    }
}
