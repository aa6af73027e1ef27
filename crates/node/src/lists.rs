//! The status lists that this node publishes: today's, and in the evening tomorrow's.
//!
//! An edition is made from the memory as a whole and compared with the one before, so a list is
//! right whatever changes it missed. Making it takes no lock that showing needs.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use hc_code::day_index::{DayIndex, OutsideDomain};
use hc_code::signing::SigningError;
use hc_code::status_list::{BookError, Edition, EditionTimes, ListBook, ListName};
use hc_code::verify::Listed;
use hc_code::{Day, HttpsUri, Span, Timestamp};

use crate::keys::{Current, DayHandles, RegionTerms};
use crate::standings::Standings;

/// So many deltas are kept for gates that were away; one that was away longer takes the whole.
const DELTAS_KEPT: usize = 240;

/// A day's list as gates fetch it.
#[derive(Clone, Debug)]
pub struct Published {
    /// The day.
    pub day: Day,
    /// The epoch of its key.
    pub epoch: u8,
    /// The newest edition.
    pub sequence: u32,
    /// The time of its facts.
    pub as_of: Timestamp,
    /// The newest edition from all low, signed: what a gate begins with.
    pub whole: Arc<[u8]>,
    /// Deltas by the sequence they lead to, each from the one before.
    pub deltas: Arc<VecDeque<(u32, Arc<[u8]>)>>,
    /// Signed shards, by number.
    pub shards: Arc<Vec<Arc<[u8]>>>,
}

/// The lists of this node.
#[derive(Debug)]
pub struct Lists {
    address: HttpsUri,
    making: Mutex<BTreeMap<Day, Making>>,
    published: ArcSwap<BTreeMap<Day, Published>>,
}

#[derive(Debug)]
struct Making {
    book: ListBook,
    /// What the newest edition has that is not low.
    listed: BTreeMap<DayIndex, Listed>,
    deltas: VecDeque<(u32, Arc<[u8]>)>,
}

/// Why no list was made. The ones before stay.
#[derive(Debug, thiserror::Error)]
pub enum ListsError {
    /// The book.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The positions.
    #[error(transparent)]
    Domain(#[from] OutsideDomain),
    /// The signer.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl Lists {
    /// No list yet. `address` is the base under which shards are found, and part of what is signed.
    pub fn new(address: HttpsUri) -> Self {
        Self {
            address,
            making: Mutex::default(),
            published: ArcSwap::default(),
        }
    }

    /// The lists that are out, by day.
    pub fn published(&self) -> Arc<BTreeMap<Day, Published>> {
        self.published.load_full()
    }

    /// Publishes the next edition of today's list, and once in the evening tomorrow's. Days that are
    /// over go.
    ///
    /// # Errors
    /// [`ListsError`].
    pub fn publish(
        &self,
        standings: &Standings,
        keys: &Current,
        terms: &RegionTerms,
        now: Timestamp,
    ) -> Result<(), ListsError> {
        let mut making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        making.retain(|day, _| day.end(terms.offset) > now);
        let mut out: BTreeMap<Day, Published> = (*self.published.load_full()).clone();
        out.retain(|day, _| making.contains_key(day));
        for handles in &keys.days {
            let starts = handles.day.start(terms.offset);
            if handles.day.end(terms.offset) <= now {
                continue;
            }
            // Of tomorrow there is one edition before it begins (status-list.md, section 4).
            if starts > now && making.contains_key(&handles.day) {
                continue;
            }
            let found = self.edition(&mut making, standings, keys, handles, terms, now)?;
            out.insert(handles.day, found);
        }
        self.published.store(Arc::new(out));
        Ok(())
    }

    fn edition(
        &self,
        making: &mut BTreeMap<Day, Making>,
        standings: &Standings,
        keys: &Current,
        handles: &DayHandles,
        terms: &RegionTerms,
        now: Timestamp,
    ) -> Result<Published, ListsError> {
        let as_of = standings.as_of().min(now);
        let not_low = not_low(standings, handles, now)?;
        let held = if let Some(mut held) = making.remove(&handles.day) {
            for index in held.listed.keys() {
                if !not_low.contains_key(index) {
                    held.book.note(*index, Listed::Low)?;
                }
            }
            for (index, value) in &not_low {
                if held.listed.get(index) != Some(value) {
                    held.book.note(*index, *value)?;
                }
            }
            held
        } else {
            let name = ListName {
                region: terms.division,
                day: handles.day,
                epoch: handles.key.name().epoch,
                domain: handles.domain,
            };
            let exceptions = not_low.iter().map(|(index, value)| (*index, *value));
            Making {
                book: ListBook::begin(name, terms.offset, exceptions)?,
                listed: BTreeMap::new(),
                deltas: VecDeque::new(),
            }
        };
        let held = making.entry(handles.day).or_insert(held);
        held.listed = not_low;
        let times = EditionTimes {
            as_of,
            issued_at: now,
            expires_at: now.plus(Span::hours(24)).min(handles.day.end(terms.offset)),
        };
        let signer = &*keys.lists;
        let delta: Arc<[u8]> = held.book.publish(times, signer)?.into();
        let whole: Arc<[u8]> = held.book.sign_whole(signer)?.into();
        let sequence = held.book.published().map_or(0, Edition::sequence);
        held.deltas.push_back((sequence, delta));
        while held.deltas.len() > DELTAS_KEPT {
            held.deltas.pop_front();
        }
        let shards = held.book.sign_shards(&self.address, signer)?;
        let shards: Result<Vec<Arc<[u8]>>, SigningError> =
            shards.map(|shard| shard.map(Arc::from)).collect();
        Ok(Published {
            day: handles.day,
            epoch: handles.key.name().epoch,
            sequence,
            as_of,
            whole,
            deltas: Arc::new(held.deltas.clone()),
            shards: Arc::new(shards?),
        })
    }
}

/// Who is not low, by position. Numbers that were given after the day's domain was fixed and lie
/// outside it have no position.
fn not_low(
    standings: &Standings,
    handles: &DayHandles,
    now: Timestamp,
) -> Result<BTreeMap<DayIndex, Listed>, OutsideDomain> {
    let mut numbers = Vec::new();
    let mut values = Vec::new();
    standings.each_not_low(now, |number, level| {
        if u64::from(number.expose_number()) < handles.domain.size() {
            numbers.push(number);
            values.push(level.map_or(Listed::Recheck, Listed::from));
        }
    });
    let indexes = handles.key.list(handles.domain).indexes_of(numbers)?;
    Ok(indexes.into_iter().zip(values).collect())
}
