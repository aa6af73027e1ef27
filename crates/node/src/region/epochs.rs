//! Which day keys were drawn, kept in the store: a day's next key must have the next epoch, also after
//! a restart, and the keys themselves are in memory only.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use hc_code::Day;
use hc_core::store::{NoticeRow, Reading, StoreError, Writing};

use super::held;
use crate::keys::{Current, Epochs, RegionTerms};
use hc_code::Timestamp;

/// The kind of notice by which a drawn key is kept: from the beginning of its day to its end.
const KIND: &str = "day-key-epoch";

/// The keys whose drawing is in the store.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded(Arc<Mutex<BTreeSet<(Day, u8)>>>);

/// The epochs of the days that are not over.
pub(super) fn read(
    reading: &mut dyn Reading,
    terms: &RegionTerms,
    now: Timestamp,
) -> Result<Epochs, StoreError> {
    let mut epochs = Epochs::default();
    for notice in reading.notices(now)? {
        if notice.kind != KIND {
            continue;
        }
        let damaged = |what: String| StoreError::Damaged {
            table: "notice",
            what,
        };
        let day = Day::of(notice.at, terms.offset).map_err(|error| damaged(error.to_string()))?;
        let epoch = notice.text.parse();
        let epoch = epoch.map_err(|_| damaged(format!("{:?} is no epoch", notice.text)))?;
        epochs.note(day, epoch);
    }
    Ok(epochs)
}

/// After a store was put back from a copy: notes epochs of today and tomorrow that are higher than any that
/// nodes drew since the copy was made, so that gates take the lists of the keys to come.
///
/// # Errors
/// [`StoreError`].
pub fn skip(
    writing: &mut dyn Writing,
    terms: &RegionTerms,
    now: Timestamp,
) -> Result<(), StoreError> {
    let known = read(writing, terms, now)?;
    let today = Day::of(now, terms.offset).ok();
    for day in today.into_iter().chain(today.and_then(Day::next)) {
        writing.set_notice(&NoticeRow {
            kind: KIND.to_owned(),
            at: day.start(terms.offset),
            until: day.end(terms.offset),
            text: known.next(day).saturating_add(SKIPPED).to_string(),
        })?;
    }
    Ok(())
}

/// More than the starts of a day.
const SKIPPED: u8 = 64;

impl Recorded {
    /// The keys that are held and not in the store yet.
    pub(super) fn missing(&self, keys: &Current) -> Vec<(Day, u8)> {
        let recorded = held(&self.0);
        let drawn = keys
            .days
            .iter()
            .map(|kept| (kept.day, kept.key.name().epoch));
        drawn.filter(|key| !recorded.contains(key)).collect()
    }

    /// Writes them.
    pub(super) fn write(
        &self,
        writing: &mut dyn Writing,
        terms: &RegionTerms,
        missing: &[(Day, u8)],
    ) -> Result<(), StoreError> {
        for (day, epoch) in missing {
            writing.set_notice(&NoticeRow {
                kind: KIND.to_owned(),
                at: day.start(terms.offset),
                until: day.end(terms.offset),
                text: epoch.to_string(),
            })?;
        }
        let (recorded, missing) = (self.clone(), missing.to_vec());
        writing.when_durable(Box::new(move || held(&recorded.0).extend(missing)));
        Ok(())
    }
}
