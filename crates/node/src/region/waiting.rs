//! What an officer sees of batches before they release or refuse one: numbers, never people.

use std::collections::BTreeMap;

use hc_code::signing::Signer;
use hc_code::{DivisionCode, Timestamp};
use hc_core::document::{Document, IdentityNumber};
use hc_core::evidence::intake::{LineKind, Record};
use hc_core::store::{BatchRow, BatchState, Store, StoreError};

use super::sourced::{registered, unpack, unpack_report, waiting};
use super::{Region, Sent, SourceError};
use crate::party::PartyId;
use crate::sources::{BatchReport, Judged, SourceTerms};

/// A batch with its report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptBatch {
    /// The source.
    pub source: PartyId,
    /// Its reference.
    pub reference: String,
    /// When it was received.
    pub at: Timestamp,
    /// SHA-256 of it, the first half.
    pub digest: [u8; 16],
    /// How far it has come.
    pub state: BatchState,
    /// What became of it.
    pub report: BatchReport,
}

/// What is in a batch that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BatchInside {
    /// Rows of each kind of line.
    pub kinds: BTreeMap<&'static str, u32>,
    /// Rows by the prefecture in which the person's identity number was given; prefectures with fewer
    /// than ten rows are not told apart.
    pub divisions: BTreeMap<DivisionCode, u32>,
    /// Rows of all other prefectures and of other documents.
    pub elsewhere: u32,
}

/// So many rows a division has at least where it is told by itself.
const FEWEST_TOLD: u32 = 10;

impl BatchInside {
    /// Counts the rows of a batch.
    pub fn of(judged: &Judged) -> Self {
        let mut inside = Self::default();
        for row in &judged.rows {
            let kind = match row.record() {
                Record::Evidence(evidence) => LineKind::Event(evidence.fact().event.kind()),
                Record::Correction(_) => LineKind::Correction,
                Record::Link(_) => LineKind::Link,
            };
            *inside.kinds.entry(kind.word()).or_default() += 1;
            let number = row.document().and_then(Document::identity_number);
            let division = number.and_then(IdentityNumber::division);
            match division {
                Some(division) => *inside.divisions.entry(division.prefecture()).or_default() += 1,
                None => inside.elsewhere += 1,
            }
        }
        let elsewhere = &mut inside.elsewhere;
        inside.divisions.retain(|_, rows| {
            let told = *rows >= FEWEST_TOLD;
            if !told {
                *elsewhere += *rows;
            }
            told
        });
        inside
    }
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// The latest batches in a state, of all sources; their content is left out.
    ///
    /// # Errors
    /// [`StoreError`].
    pub async fn batches(
        &self,
        state: BatchState,
        limit: u32,
    ) -> Result<Vec<BatchRow>, StoreError> {
        self.store
            .read(move |reading| reading.batches(state, limit))
            .await
    }

    /// A batch with its report.
    ///
    /// # Errors
    /// [`SourceError::NoBatch`]; [`SourceError::Act`].
    pub async fn batch(
        &self,
        source: PartyId,
        reference: String,
    ) -> Result<KeptBatch, SourceError> {
        self.store
            .read(move |reading| {
                let row = reading.batch(source.as_str(), &reference)?;
                let row = row.ok_or(SourceError::NoBatch)?;
                Ok(KeptBatch {
                    source: source.clone(),
                    reference: reference.clone(),
                    at: row.at,
                    digest: row.digest,
                    state: row.state,
                    report: unpack_report(&row)?,
                })
            })
            .await
    }

    /// A batch that waits as it was sent, with the terms of its source, to be read anew.
    ///
    /// # Errors
    /// [`SourceError::NotWaiting`]; [`SourceError::NotRegistered`] where the source is no more.
    pub async fn waiting_batch(
        &self,
        source: PartyId,
        reference: String,
    ) -> Result<(Sent, SourceTerms), SourceError> {
        let now = self.clock.now();
        self.store
            .read(move |reading| {
                if reading.batch(source.as_str(), &reference)?.is_none() {
                    return Err(SourceError::NoBatch);
                }
                let row = waiting(reading, &source, &reference)?;
                Ok((unpack(&row, &source)?, registered(reading, &source, now)?))
            })
            .await
    }
}
