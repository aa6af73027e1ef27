//! What a region publishes of one day.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use anyhow::{Context, Result};
use hc_code::day_index::{DayIndex, DayPermutation, Domain};
use hc_code::signing::SigningKey;
use hc_code::status_list::{Edition, EditionTimes, ListBook, ListName};
use hc_code::verify::Listed;
use hc_code::{Day, DivisionCode, HttpsUri, Span, Timestamp};

use super::plan::OFFSET;

/// Deltas of two hours at five minutes each; who was away longer takes the whole.
const DELTAS: usize = 24;
/// Shards are signed anew at most so often.
const SHARDS_FOR: Span = Span::hours(1);

/// The list of one day, as it is written and as it is fetched.
#[derive(Debug)]
pub(super) struct DayLists {
    book: ListBook,
    listed: BTreeMap<DayIndex, Listed>,
    deltas: VecDeque<(u32, Arc<[u8]>)>,
    whole: Option<Arc<[u8]>>,
    shards: Option<(Timestamp, Vec<Arc<[u8]>>)>,
}

impl DayLists {
    pub(super) fn begin(region: DivisionCode, day: Day, domain: Domain) -> Result<Self> {
        let name = ListName {
            region,
            day,
            epoch: 0,
            domain,
        };
        Ok(Self {
            book: ListBook::begin(name, OFFSET, [])?,
            listed: BTreeMap::new(),
            deltas: VecDeque::new(),
            whole: None,
            shards: None,
        })
    }

    /// Publishes the next edition: these are not low, everybody else is.
    pub(super) fn publish(
        &mut self,
        day: Day,
        not_low: BTreeMap<DayIndex, Listed>,
        as_of: Timestamp,
        now: Timestamp,
        signer: &SigningKey,
    ) -> Result<()> {
        for index in self.listed.keys() {
            if !not_low.contains_key(index) {
                self.book.note(*index, Listed::Low)?;
            }
        }
        for (index, value) in &not_low {
            if self.listed.get(index) != Some(value) {
                self.book.note(*index, *value)?;
            }
        }
        self.listed = not_low;
        let times = EditionTimes {
            as_of,
            issued_at: now,
            expires_at: now.plus(Span::hours(24)).min(day.end(OFFSET)),
        };
        let delta = self.book.publish(times, signer)?;
        let sequence = self.sequence();
        self.deltas.push_back((sequence, delta.into()));
        if self.deltas.len() > DELTAS {
            self.deltas.pop_front();
        }
        self.whole = None;
        Ok(())
    }

    pub(super) fn is_published(&self) -> bool {
        self.book.published().is_some()
    }

    pub(super) fn sequence(&self) -> u32 {
        self.book.published().map_or(0, Edition::sequence)
    }

    /// What brings somebody who holds an edition, or none, to the newest: the deltas, or the whole.
    pub(super) fn since(
        &mut self,
        held: Option<u32>,
        signer: &SigningKey,
    ) -> Result<Vec<Arc<[u8]>>> {
        if let Some(held) = held {
            let newer: Vec<_> = self.deltas.iter().filter(|(to, _)| *to > held).collect();
            if newer.first().is_none_or(|(to, _)| *to == held + 1) {
                return Ok(newer
                    .into_iter()
                    .map(|(_, bytes)| Arc::clone(bytes))
                    .collect());
            }
        }
        let whole = match &self.whole {
            Some(whole) => Arc::clone(whole),
            None => self.book.sign_whole(signer)?.into(),
        };
        self.whole = Some(Arc::clone(&whole));
        Ok(vec![whole])
    }

    /// The shard that a position lies in.
    pub(super) fn shard(
        &mut self,
        number: u32,
        now: Timestamp,
        signer: &SigningKey,
    ) -> Result<Arc<[u8]>> {
        let old = |(made, _): &(Timestamp, Vec<_>)| made.plus(SHARDS_FOR) <= now;
        if self.shards.as_ref().is_none_or(old) {
            let address = HttpsUri::parse("https://lists.example")?;
            let shards = self.book.sign_shards(&address, signer)?;
            let shards: Result<Vec<Arc<[u8]>>, _> =
                shards.map(|shard| shard.map(Arc::from)).collect();
            self.shards = Some((now, shards?));
        }
        let shards = self.shards.as_ref().map(|(_, shards)| shards);
        let shard = shards.and_then(|shards| shards.get(number as usize));
        shard.cloned().context("a shard beyond the domain")
    }
}

/// Positions of a day's people, kept where they were asked for already.
#[derive(Debug)]
pub(super) struct Positions {
    permutation: DayPermutation,
    known: BTreeMap<u32, DayIndex>,
}

impl Positions {
    pub(super) const fn new(permutation: DayPermutation) -> Self {
        Self {
            permutation,
            known: BTreeMap::new(),
        }
    }

    /// The position of somebody who is asked for every five minutes.
    pub(super) fn remembered(&mut self, number: u32) -> Result<DayIndex> {
        if let Some(index) = self.known.get(&number) {
            return Ok(*index);
        }
        let index = self.of(number)?;
        self.known.insert(number, index);
        Ok(index)
    }

    pub(super) fn of(&self, number: u32) -> Result<DayIndex> {
        let number = hc_code::day_index::SubjectNumber::new(number);
        Ok(self.permutation.index_of(number)?)
    }
}
