//! Which day keys were drawn and which key list was signed, kept in the store: a day's next key must have the next
//! epoch and the next list a later version, also after a restart, and the keys themselves are in memory only.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use hc_code::Day;
use hc_core::store::{NoticeRow, Reading, StoreError, Writing};

use super::held;
use crate::keys::{Current, RegionTerms, UsedUp};
use hc_code::{Span, Timestamp};

/// The kind of notice by which a drawn key is kept: from the beginning of its day to its end.
const KIND: &str = "day-key-epoch";

/// The kind of notice by which the version of the last key list is kept.
const KEY_LIST: &str = "key-list-version";
/// For how long: no gate holds a list any longer, nor is a clock mended by more.
const VERSION_KEPT: Span = Span::days(30);

/// What of this node's is in the store.
#[derive(Clone, Debug, Default)]
pub(super) struct Recorded {
    drawn: Arc<Mutex<BTreeSet<(Day, u8)>>>,
    key_list: Arc<AtomicU64>,
}

/// What is not yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Missing {
    drawn: Vec<(Day, u8)>,
    key_list: Option<u64>,
}

/// The epochs of the days that are not over, and the version of the last key list.
pub(super) fn read(
    reading: &mut dyn Reading,
    terms: &RegionTerms,
    now: Timestamp,
) -> Result<UsedUp, StoreError> {
    let mut used_up = UsedUp::default();
    let damaged = |what: String| StoreError::Damaged {
        table: "notice",
        what,
    };
    for notice in reading.notices(now)? {
        if notice.kind == KIND {
            let day =
                Day::of(notice.at, terms.offset).map_err(|error| damaged(error.to_string()))?;
            let epoch = notice.text.parse();
            let epoch = epoch.map_err(|_| damaged(format!("{:?} is no epoch", notice.text)))?;
            used_up.epochs.note(day, epoch);
        } else if notice.kind == KEY_LIST {
            let version = notice.text.parse();
            let version =
                version.map_err(|_| damaged(format!("{:?} is no version", notice.text)))?;
            used_up.key_list = used_up.key_list.max(version);
        }
    }
    Ok(used_up)
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
    let known = read(writing, terms, now)?.epochs;
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
    /// What is held and not in the store yet.
    pub(super) fn missing(&self, keys: &Current) -> Missing {
        let recorded = held(&self.drawn);
        let drawn = keys
            .days
            .iter()
            .map(|kept| (kept.day, kept.key.name().epoch));
        let version = keys.key_list_version;
        Missing {
            drawn: drawn.filter(|key| !recorded.contains(key)).collect(),
            key_list: (self.key_list.load(Ordering::Relaxed) != version).then_some(version),
        }
    }

    /// Writes it.
    pub(super) fn write(
        &self,
        writing: &mut dyn Writing,
        terms: &RegionTerms,
        missing: &Missing,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for (day, epoch) in &missing.drawn {
            writing.set_notice(&NoticeRow {
                kind: KIND.to_owned(),
                at: day.start(terms.offset),
                until: day.end(terms.offset),
                text: epoch.to_string(),
            })?;
        }
        if let Some(version) = missing.key_list {
            writing.set_notice(&NoticeRow {
                kind: KEY_LIST.to_owned(),
                at: Timestamp::from_unix(0),
                until: now.plus(VERSION_KEPT),
                text: version.to_string(),
            })?;
        }
        let (recorded, missing) = (self.clone(), missing.clone());
        writing.when_durable(Box::new(move || {
            held(&recorded.drawn).extend(missing.drawn);
            if let Some(version) = missing.key_list {
                recorded.key_list.store(version, Ordering::Relaxed);
            }
        }));
        Ok(())
    }
}

impl Missing {
    /// Whether there is nothing to write.
    pub(super) const fn is_empty(&self) -> bool {
        self.drawn.is_empty() && self.key_list.is_none()
    }
}
