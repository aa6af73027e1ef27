//! What may be used once: remembered until it would have ended anyway, and no more than so many.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError};

use hc_code::{Span, Timestamp};

/// What was used.
#[derive(Debug)]
pub(super) struct Used {
    most: usize,
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    marks: BTreeSet<[u8; 16]>,
    by_end: BTreeMap<Timestamp, Vec<[u8; 16]>>,
}

/// Why something may not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NotNow {
    /// It was used before.
    Used,
    /// More is remembered than there is room for.
    Full,
}

impl Used {
    pub(super) fn new(most: usize) -> Self {
        Self {
            most,
            kept: Mutex::default(),
        }
    }

    /// Uses something that ends at a time.
    ///
    /// # Errors
    /// [`NotNow`].
    pub(super) fn once(
        &self,
        mark: [u8; 16],
        ends: Timestamp,
        now: Timestamp,
    ) -> Result<(), NotNow> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = &mut *kept;
        // What has ended is refused for that; a second more is for those that end just now.
        let later = kept.by_end.split_off(&now.minus(Span::seconds(1)));
        for gone in std::mem::replace(&mut kept.by_end, later)
            .into_values()
            .flatten()
        {
            kept.marks.remove(&gone);
        }
        if kept.marks.contains(&mark) {
            return Err(NotNow::Used);
        }
        if kept.marks.len() >= self.most {
            return Err(NotNow::Full);
        }
        kept.marks.insert(mark);
        kept.by_end.entry(ends).or_default().push(mark);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_used_is_refused_until_it_has_ended_and_memory_is_bounded() {
        let used = Used::new(2);
        let now = Timestamp::from_unix(1_700_000_000);
        let ends = now.plus(Span::seconds(60));
        assert_eq!(used.once([1; 16], ends, now), Ok(()));
        assert_eq!(used.once([1; 16], ends, ends), Err(NotNow::Used));
        assert_eq!(used.once([2; 16], ends, now), Ok(()));
        assert_eq!(used.once([3; 16], ends, now), Err(NotNow::Full));
        let after = ends.plus(Span::seconds(2));
        assert_eq!(used.once([3; 16], after, after), Ok(()));
        assert_eq!(used.kept.lock().unwrap().marks.len(), 1);
    }
}
