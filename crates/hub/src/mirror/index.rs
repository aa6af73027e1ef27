//! What is newest, and under which name: JSON that is made anew with every change, and not signed, since
//! everything that it names is.

use std::collections::BTreeMap;

use hc_code::federation::Federation;
use hc_code::trust_list::{HeldTrust, TrustList};
use hc_code::{Day, DivisionCode, Timestamp};
use serde::{Deserialize, Serialize};

use super::shelf::{DayShelf, Shelf};

/// The index of a mirror.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Index {
    /// When it was made, by the mirror's clock.
    pub now: Timestamp,
    /// The version of the trust list; nothing where none is held.
    pub trust_list: Option<u32>,
    /// When the newest removals were signed; nothing where there are none.
    pub removals: Option<Timestamp>,
    /// The regions, ascending.
    pub regions: Vec<RegionIndexed>,
}

/// What is held of one region.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegionIndexed {
    /// The region.
    pub region: DivisionCode,
    /// When its own service answered the mirror last.
    pub heard_at: Option<Timestamp>,
    /// The version of its key list.
    pub keys: Option<u64>,
    /// The sequence of its paper list.
    pub paper: Option<u32>,
    /// Its status lists, by day.
    pub days: Vec<DayIndexed>,
}

/// What is held of one day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct DayIndexed {
    /// The day, counted from 1970-01-01 where the region is.
    pub day: u16,
    /// The epoch of the day's key.
    pub epoch: u8,
    /// The newest edition that whole and steps lead to.
    pub sequence: u32,
    /// The time of its facts.
    pub as_of: Timestamp,
    /// The edition that there is as a whole.
    pub whole: Option<u32>,
    /// Editions that there is a step to, each from the one before in this list, the first from `from`.
    pub steps: Vec<u32>,
    /// The edition that the first step starts from.
    pub from: Option<u32>,
    /// Of each shard that there is: its number and the edition that it shows.
    pub shards: Vec<(u32, u32)>,
}

impl Index {
    pub(super) fn of(
        shelves: &BTreeMap<DivisionCode, Shelf>,
        federation: &Federation,
        now: Timestamp,
    ) -> Self {
        let regions = federation.regions(now).into_iter().map(|entry| {
            let region = entry.region();
            shelves.get(&region).map_or(
                RegionIndexed {
                    region,
                    heard_at: None,
                    keys: None,
                    paper: None,
                    days: Vec::new(),
                },
                |shelf| of_region(region, shelf),
            )
        });
        let trust = federation.trust();
        Self {
            now,
            trust_list: trust.map(HeldTrust::list).map(TrustList::version),
            removals: trust.and_then(HeldTrust::removals_as_of),
            regions: regions.collect(),
        }
    }
}

fn of_region(region: DivisionCode, shelf: &Shelf) -> RegionIndexed {
    RegionIndexed {
        region,
        heard_at: shelf.heard_at(),
        keys: shelf.keys().last_key_value().map(|(version, _)| *version),
        paper: shelf.paper().map(|(sequence, _, _)| *sequence),
        days: shelf
            .days()
            .iter()
            .map(|(day, shelf)| of_day(*day, shelf))
            .collect(),
    }
}

fn of_day(day: Day, shelf: &DayShelf) -> DayIndexed {
    let newest = shelf.newest();
    DayIndexed {
        day: day.number(),
        epoch: newest.name().epoch,
        sequence: newest.sequence(),
        as_of: newest.as_of(),
        whole: shelf.whole().map(|(sequence, _)| *sequence),
        steps: shelf.steps().keys().copied().collect(),
        from: shelf.steps().first_key_value().map(|(_, (base, _))| *base),
        shards: shelf
            .shards()
            .iter()
            .map(|(number, (sequence, _))| (*number, *sequence))
            .collect(),
    }
}
