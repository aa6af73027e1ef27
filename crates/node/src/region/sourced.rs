//! Batches of registered sources: received once, judged, taken in or held back.

use std::sync::Arc;

use hc_code::signing::Signer;
use hc_code::{DivisionCode, Timestamp};
use hc_core::act::{self, ActError};
use hc_core::evidence::intake::{Desk, HeaderError, Receipt, csv, ndjson};
use hc_core::rulebook::Rulebook;
use hc_core::store::{
    BatchRow, BatchState, DocumentHasher, PartyKind, Reading, Store, StoreError, Writing,
};
use hc_tlog::entry::{Detail, Kind, Role};

use super::forwarding::Forwarding;
use super::resolved::resolved;
use super::scanned::Resolver;
use super::{BatchForm, Region, apply, held};
use crate::officers::ProvedBy;
use crate::party::{PartyId, TermsError};
use crate::sources::{BatchReceipt, BatchReport, Judged, SourceTerms, judge};
use crate::trace::{label, log};

/// Why a source's batch was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The header of a CSV batch.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// Nobody is registered under this id, or no longer.
    #[error("no source is registered under this id")]
    NotRegistered,
    /// The terms.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// More rows than a batch may have.
    #[error("the batch has {rows} rows where the source may send {most}")]
    TooManyRows {
        /// Rows of the batch.
        rows: u32,
        /// Rows that it may have.
        most: u32,
    },
    /// More rows than are left of the day.
    #[error("the source has sent its rows of this day")]
    DayIsFull,
    /// No batch has this reference.
    #[error("no batch was received under this reference")]
    NoBatch,
    /// No such batch waits.
    #[error("no batch waits under this reference")]
    NotWaiting,
    /// Too many people would be above low; the batch is held back.
    #[error("the batch would turn {raised} people above low")]
    Raised {
        /// How many.
        raised: u64,
    },
}

impl From<StoreError> for SourceError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

/// An officer's word on a batch that waits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The officer's id.
    pub officer: String,
    /// Why, as a short code.
    pub reason: String,
    /// By what the officer proved themselves.
    pub proved: ProvedBy,
}

/// A batch as it came, with who sent it.
#[derive(Clone)]
pub struct Sent {
    /// Who.
    pub source: PartyId,
    /// Under which reference of theirs.
    pub reference: String,
    /// In which form.
    pub form: BatchForm,
    /// The bytes.
    pub bytes: Arc<[u8]>,
}

impl core::fmt::Debug for Sent {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Sent")
            .field("source", &self.source)
            .field("reference", &self.reference)
            .field("bytes", &self.bytes.len())
            .finish_non_exhaustive()
    }
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Reads the lines of a batch that is received now. Takes as long as the batch is large, so it is
    /// not to be called where others wait.
    ///
    /// # Errors
    /// [`SourceError::Header`]; [`SourceError::TooManyRows`].
    pub fn read_batch(
        &self,
        sent: &Sent,
        terms: &SourceTerms,
    ) -> Result<(Judged, Timestamp), SourceError> {
        let now = self.clock.now();
        let batch = {
            let mut rulebook = held(&self.rulebook);
            let mut desk = Desk::new(Receipt::At(now), rulebook.places()).with_codes();
            let batch = match sent.form {
                BatchForm::Ndjson => ndjson(&sent.bytes, &mut desk),
                BatchForm::Csv => csv(&sent.bytes, &mut desk)?,
            };
            match terms.region() {
                Some(region) => batch.through(region, rulebook.places()),
                None => batch,
            }
        };
        let (own, others) = (self.division(), self.reached(terms, now));
        let judged = judge(batch, terms, now)
            .within_reach(|region| region == own || others.contains(&region));
        let (rows, most) = (judged.report.rows, terms.rows_a_batch());
        if rows > most {
            return Err(SourceError::TooManyRows { rows, most });
        }
        Ok((judged, now))
    }

    /// Takes a batch in, once: sent again under the same reference it gives the same receipt. A batch
    /// that would turn more people above low than the terms allow is kept and waits.
    ///
    /// # Errors
    /// [`SourceError`]; [`ActError::OtherContent`] where the reference names other content. Nothing of
    /// the batch counts then.
    pub async fn take_batch(
        &self,
        sent: Sent,
        judged: Judged,
        at: Timestamp,
    ) -> Result<BatchReceipt, SourceError> {
        let taking = self.taking(sent, judged, at);
        let held_back = taking.clone();
        match self.run(taking, None).await {
            Err(SourceError::Raised { raised }) => {
                let rulebook = Arc::clone(&self.rulebook);
                self.store
                    .write(move |writing| {
                        let mut rulebook = held(&rulebook);
                        held_back.hold_back(writing, &mut rulebook, raised)
                    })
                    .await
            }
            other => other,
        }
    }

    /// Takes in a batch that waits, as [`Self::read_batch`] read it anew, on the word of an officer.
    ///
    /// # Errors
    /// [`SourceError::NotWaiting`]; [`SourceError`].
    pub async fn release_batch(
        &self,
        sent: Sent,
        (judged, at): (Judged, Timestamp),
        word: Word,
    ) -> Result<BatchReceipt, SourceError> {
        let taking = self.taking(sent, judged, at);
        self.run(taking, Some(word)).await
    }

    /// Refuses a batch that waits, on the word of an officer. Nothing of it ever counts.
    ///
    /// # Errors
    /// [`SourceError::NotWaiting`]; [`SourceError::Act`].
    pub async fn refuse_batch(
        &self,
        source: PartyId,
        reference: String,
        word: Word,
    ) -> Result<(), SourceError> {
        let now = self.clock.now();
        self.store
            .write(move |writing| {
                let mut row = waiting(writing, &source, &reference)?;
                let report = unpack_report(&row)?;
                row.state = BatchState::Refused;
                row.content = pack(&report, None);
                writing.set_batch(&row)?;
                let details = [
                    Detail::Source(label(source.as_str())?),
                    Detail::Batch(label(&reference)?),
                    Detail::Reason(label(&word.reason)?),
                ];
                let by = (Role::Officer, word.officer.as_str());
                log(writing, Kind::BatchRefused, now, by, details)?;
                Ok(())
            })
            .await
    }

    /// The regions whose codes a source may name: another region names only this one's.
    fn reached(&self, terms: &SourceTerms, now: Timestamp) -> Vec<DivisionCode> {
        match (self.federation(), terms.region()) {
            (Some(federation), None) => federation.peers.regions(now),
            _ => Vec::new(),
        }
    }

    fn taking(&self, sent: Sent, judged: Judged, at: Timestamp) -> Taking {
        let digest = self
            .hasher
            .batch(sent.source.as_str(), &sent.reference, &sent.bytes);
        let day = at.local_day(self.keys.terms().offset);
        // What a region passed on goes no further.
        let forwarding = if judged.through.is_some() {
            Forwarding::default()
        } else {
            self.forwarding(&judged.rows)
        };
        Taking {
            forwarding,
            resolver: self.resolver(at),
            sent,
            judged: Arc::new(judged),
            at,
            day,
            digest,
            hasher: self.hasher.clone(),
            division: self.division(),
            active: self.standings.counts().active,
        }
    }

    async fn run(&self, taking: Taking, word: Option<Word>) -> Result<BatchReceipt, SourceError> {
        let rulebook = Arc::clone(&self.rulebook);
        let standings = Arc::clone(&self.standings);
        self.store
            .write(move |writing| {
                let mut rulebook = held(&rulebook);
                let (receipt, changed) = taking.take_in(writing, &mut rulebook, word.as_ref())?;
                apply(writing, &standings, &changed);
                Ok(receipt)
            })
            .await
    }
}

/// A batch on its way in.
#[derive(Clone)]
struct Taking {
    forwarding: Forwarding,
    resolver: Resolver,
    sent: Sent,
    judged: Arc<Judged>,
    at: Timestamp,
    day: i64,
    digest: [u8; 32],
    hasher: DocumentHasher,
    division: DivisionCode,
    /// How many people are enrolled, as the read path knows it: counting them anew takes long.
    active: u64,
}

type Taken = (BatchReceipt, Vec<act::Changed>);

impl Taking {
    /// Takes the batch in. Somebody's word answers for more people above low than the terms allow.
    fn take_in(
        &self,
        writing: &mut dyn Writing,
        rulebook: &mut Rulebook,
        word: Option<&Word>,
    ) -> Result<Taken, SourceError> {
        let known = self.known(writing)?;
        match (known, word) {
            (Some(receipt), None) => return Ok((receipt, Vec::new())),
            (Some(receipt), Some(_)) if receipt.state == BatchState::Waiting => {}
            (_, Some(_)) => return Err(SourceError::NotWaiting),
            (None, None) => {}
        }
        let terms = registered(writing, &self.sent.source, self.at)?;
        let used = match word {
            // Its rows counted when it came.
            Some(_) => terms,
            None => self.counted(&terms)?,
        };
        let rows = &self.judged.rows;
        let taken = act::take_in(
            writing,
            rulebook,
            &self.hasher,
            (rows, &|writing, code| self.resolver.whose(writing, code)),
            self.at,
        )?;
        self.forwarding
            .write(writing, rows, rulebook.places(), self.at)?;
        let raised = taken.raised(self.at) as u64;
        // What an officer answers for does not count against the source.
        let used = match word {
            Some(_) => used,
            None => used
                .raising(raised, self.day, self.active)
                .ok_or(SourceError::Raised { raised })?,
        };
        let report = BatchReport {
            new: crate::sources::count(taken.new),
            changed: crate::sources::count(taken.changed.len()),
            ..self.judged.report.clone()
        };
        writing.set_party(&used.to_row())?;
        self.keep(writing, BatchState::Accepted, &report, None)?;
        let details = [
            Detail::Source(label(self.sent.source.as_str())?),
            Detail::Batch(label(&self.sent.reference)?),
            Detail::Rows(report.rows.into()),
            Detail::Quarantined(report.quarantined.into()),
            Detail::Digest(self.digest),
            Detail::Division(label(&self.division.to_string())?),
        ];
        let by = (Role::Source, self.sent.source.as_str());
        log(writing, Kind::BatchAccepted, self.at, by, details)?;
        if let Some(word) = word {
            let details = [
                Detail::Act(label("batch")?),
                Detail::Digest(self.digest),
                Detail::Outcome(label("released")?),
                Detail::Reason(label(&word.reason)?),
                Detail::Credential(label(word.proved.word())?),
            ];
            let by = (Role::Officer, word.officer.as_str());
            log(writing, Kind::SecondCredential, self.at, by, details)?;
        }
        let receipt = self.receipt(BatchState::Accepted, report);
        Ok((receipt, taken.changed))
    }

    /// Keeps the batch until an officer has looked.
    fn hold_back(
        &self,
        writing: &mut dyn Writing,
        rulebook: &mut Rulebook,
        raised: u64,
    ) -> Result<BatchReceipt, SourceError> {
        if let Some(receipt) = self.known(writing)? {
            return Ok(receipt);
        }
        let terms = registered(writing, &self.sent.source, self.at)?;
        writing.set_party(&self.counted(&terms)?.to_row())?;
        let report = BatchReport {
            raised,
            ..self.judged.report.clone()
        };
        let rows = (&self.sent, self.judged.rows.as_slice());
        let resolved = resolved(writing, &self.resolver, rows, rulebook.places())?;
        let kept = resolved.as_ref().unwrap_or(&self.sent);
        self.keep(writing, BatchState::Waiting, &report, Some(kept))?;
        Ok(self.receipt(BatchState::Waiting, report))
    }

    /// The terms with the batch's rows counted as sent on its day.
    fn counted(&self, terms: &SourceTerms) -> Result<SourceTerms, SourceError> {
        terms
            .using(self.judged.report.rows, self.day)
            .ok_or(SourceError::DayIsFull)
    }

    /// The receipt of the same batch, where it was received before.
    fn known(&self, reading: &mut dyn Reading) -> Result<Option<BatchReceipt>, SourceError> {
        let (source, reference) = (self.sent.source.as_str(), &self.sent.reference);
        let Some(row) = reading.batch(source, reference)? else {
            return Ok(None);
        };
        if !self.digest.starts_with(&row.digest) {
            return Err(ActError::OtherContent.into());
        }
        Ok(Some(BatchReceipt {
            state: row.state,
            at: row.at,
            report: unpack_report(&row)?,
            known: true,
        }))
    }

    fn receipt(&self, state: BatchState, report: BatchReport) -> BatchReceipt {
        BatchReceipt {
            state,
            at: self.at,
            report,
            known: false,
        }
    }

    fn keep(
        &self,
        writing: &mut dyn Writing,
        state: BatchState,
        report: &BatchReport,
        sent: Option<&Sent>,
    ) -> Result<(), StoreError> {
        let mut digest = [0; 16];
        for (to, from) in digest.iter_mut().zip(self.digest) {
            *to = from;
        }
        writing.set_batch(&BatchRow {
            source: self.sent.source.as_str().to_owned(),
            reference: self.sent.reference.clone(),
            digest,
            at: self.at,
            state,
            rows: report.rows,
            quarantined: report.quarantined,
            content: pack(report, sent),
        })
    }
}

pub(super) fn registered(
    reading: &mut dyn Reading,
    id: &PartyId,
    now: Timestamp,
) -> Result<SourceTerms, SourceError> {
    let row = reading.party(PartyKind::Source, id.as_str())?;
    let terms = SourceTerms::from_row(&row.ok_or(SourceError::NotRegistered)?)?;
    terms
        .holds_at(now)
        .then_some(terms)
        .ok_or(SourceError::NotRegistered)
}

pub(super) fn waiting(
    reading: &mut dyn Reading,
    source: &PartyId,
    reference: &str,
) -> Result<BatchRow, SourceError> {
    let row = reading.batch(source.as_str(), reference)?;
    row.filter(|row| row.state == BatchState::Waiting)
        .ok_or(SourceError::NotWaiting)
}

/// The report as one line of JSON; behind it, while the batch waits, its form and its bytes.
fn pack(report: &BatchReport, sent: Option<&Sent>) -> Vec<u8> {
    // Texts and numbers always have a JSON form.
    let mut content = serde_json::to_vec(report).unwrap_or_default();
    if let Some(sent) = sent {
        content.push(b'\n');
        content.push(match sent.form {
            BatchForm::Ndjson => b'n',
            BatchForm::Csv => b'c',
        });
        content.extend_from_slice(&sent.bytes);
    }
    content
}

fn split(content: &[u8]) -> (&[u8], Option<&[u8]>) {
    let end = content.iter().position(|byte| *byte == b'\n');
    end.and_then(|end| content.split_at_checked(end))
        .map_or((content, None), |(report, rest)| (report, rest.get(1..)))
}

pub(super) fn unpack_report(row: &BatchRow) -> Result<BatchReport, StoreError> {
    let (report, _) = split(&row.content);
    serde_json::from_slice(report).map_err(|_| damaged("its report"))
}

pub(super) fn unpack(row: &BatchRow, source: &PartyId) -> Result<Sent, StoreError> {
    let (_, kept) = split(&row.content);
    let (form, bytes) = match kept.and_then(<[u8]>::split_first) {
        Some((b'n', bytes)) => (BatchForm::Ndjson, bytes),
        Some((b'c', bytes)) => (BatchForm::Csv, bytes),
        _ => return Err(damaged("the batch that waits")),
    };
    Ok(Sent {
        source: source.clone(),
        reference: row.reference.clone(),
        form,
        bytes: bytes.into(),
    })
}

fn damaged(what: &str) -> StoreError {
    StoreError::Damaged {
        table: "batch",
        what: format!("{what} cannot be read"),
    }
}
