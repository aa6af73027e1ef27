//! The state of the region in numbers: levels over time, how old each source's word is, what waits.

use std::collections::BTreeMap;

use hc_code::signing::Signer;
use hc_code::{Level, Span, Timestamp};
use hc_core::store::{
    AppealRow, BatchState, LevelsRow, PartyKind, ProposalState, Reading, Store, StoreError,
};

use super::Region;

/// Levels are counted at the whole quarters of hours.
const EVERY: i64 = 900;
/// So far back levels are told.
const BACK: Span = Span::days(2);
/// The latest batches of a state in which sources are looked for.
const MOST_BATCHES: u32 = 1000;
/// The most appeals that are counted.
const MOST_APPEALS: u32 = 1000;

/// The state of the region in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overview {
    /// How many people were at which level, for the last two days.
    pub levels: Vec<LevelsRow>,
    /// Sources that are registered now, with the time of their last batch, where there is one.
    pub sources: BTreeMap<String, Option<Timestamp>>,
    /// Batches that wait.
    pub batches: usize,
    /// Lines of the latest batches that were quarantined.
    pub quarantined: u64,
    /// Proposals that wait.
    pub proposals: usize,
    /// Appeals that wait, and until when the most urgent is to be answered.
    pub appeals: (usize, Option<Timestamp>),
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// How many people are at which level now. Memory alone, everybody: not to be called where others wait.
    pub fn count_levels(&self) -> LevelsRow {
        let now = self.clock.now();
        let mut row = LevelsRow {
            at: now,
            low: 0,
            medium: 0,
            high: 0,
            unknown: 0,
        };
        self.standings.each_not_low(now, |_, level| match level {
            Some(Level::Medium) => row.medium += 1,
            Some(Level::High) => row.high += 1,
            Some(Level::Unknown) => row.unknown += 1,
            Some(Level::Low) | None => {}
        });
        let others = row.medium + row.high + row.unknown;
        row.low = self.standings.counts().active.saturating_sub(others);
        row
    }

    /// The quarter of an hour whose levels are to be kept, where they are not yet.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn levels_due(&self) -> Result<Option<Timestamp>, StoreError> {
        let now = self.clock.now().unix();
        let quarter = Timestamp::from_unix(now - now.rem_euclid(EVERY));
        let kept = self
            .store
            .read(move |reading| reading.levels_from(quarter))
            .await?;
        Ok(kept.is_empty().then_some(quarter))
    }

    /// Keeps how many people are at which level.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn keep_levels(&self, row: LevelsRow) -> Result<(), StoreError> {
        self.store
            .write(move |writing| writing.set_levels(&row))
            .await
    }

    /// The state of the region in numbers.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn overview(&self) -> Result<Overview, StoreError> {
        let now = self.clock.now();
        self.store
            .read(move |reading| {
                let mut sources = BTreeMap::new();
                for row in reading.parties(PartyKind::Source)? {
                    if row.at <= now && now < row.until {
                        sources.insert(row.id, None);
                    }
                }
                let (mut batches, mut quarantined) = (0, 0);
                for state in [
                    BatchState::Waiting,
                    BatchState::Accepted,
                    BatchState::Refused,
                ] {
                    for row in reading.batches(state, MOST_BATCHES)? {
                        batches += usize::from(row.state == BatchState::Waiting);
                        quarantined += u64::from(row.quarantined);
                        if let Some(last) = sources.get_mut(&row.source) {
                            *last = (*last).max(Some(row.at));
                        }
                    }
                }
                let appeals = reading.open_appeals(Timestamp::MAX, MOST_APPEALS)?;
                Ok(Overview {
                    levels: reading.levels_from(now.minus(BACK))?,
                    sources,
                    batches,
                    quarantined,
                    proposals: waiting(reading, now)?,
                    appeals: (appeals.len(), first_due(&appeals)),
                })
            })
            .await
    }
}

fn waiting(reading: &mut dyn Reading, now: Timestamp) -> Result<usize, StoreError> {
    let rows = reading.proposals(ProposalState::Waiting)?;
    Ok(rows.iter().filter(|row| now < row.until).count())
}

fn first_due(appeals: &[AppealRow]) -> Option<Timestamp> {
    appeals.iter().map(|row| row.due).min()
}
