//! Sources: who may send evidence, of what kind, about where, and how much.
//!
//! A source is a registered party with one key. What a batch holds beyond the source's terms is
//! quarantined line by line; a batch that turns more people above low than the terms allow a day waits for
//! an officer, whoever signed it: one stolen key does not colour a city.

mod terms;

pub use terms::SourceTerms;

use hc_code::{DivisionCode, Timestamp};
use hc_core::evidence::intake::{Batch, Field, LineKind, Named, Record, Row};
use hc_core::evidence::{Event, SourceKind};
use hc_core::store::BatchState;
use serde::{Deserialize, Serialize};

/// A line that the source may not send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beyond {
    /// The line.
    pub line: u64,
    /// Why.
    pub reason: BeyondReason,
}

/// Why a good line is beyond a source's terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BeyondReason {
    /// The line names another kind of source.
    #[error("the source is registered as {0}, and the line names another kind")]
    OtherSource(SourceKind),
    /// The line names another source.
    #[error("the line is stated by another name than the one the source is registered under")]
    OtherName,
    /// The source may not state such things.
    #[error("the source is not registered for lines of this kind")]
    Kind,
    /// The stay is elsewhere.
    #[error("the stay is in a division that the source is not registered for")]
    Division,
    /// The code is of a region to which nothing can be sent.
    #[error(
        "the code is of region {0}, with which this region exchanges no evidence: name the person by document"
    )]
    NoWay(DivisionCode),
    /// The line states when it was received.
    #[error("a batch is received when it arrives; only archives state the receipt themselves")]
    Received,
}

/// A batch as a source may send it.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The rows that count.
    pub rows: Vec<Row>,
    /// What has become of the other lines, and of all.
    pub report: BatchReport,
    /// The region that passed it on, where one did.
    pub through: Option<DivisionCode>,
}

/// What became of a batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BatchReport {
    /// Rows that count.
    pub rows: u32,
    /// Of these, rows that said something new.
    pub new: u32,
    /// Lines that say what an earlier one of the batch says.
    pub repeated: u32,
    /// Lines that do not count.
    pub quarantined: u32,
    /// People who were decided anew.
    pub changed: u32,
    /// People, enrolled or not, whom a batch that waits would have turned above low when it came.
    #[serde(default)]
    pub raised: u64,
    /// The first lines that do not count, with all that is wrong with each.
    pub lines: Vec<QuarantinedLine>,
}

/// A line that does not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QuarantinedLine {
    /// The line, from 1.
    pub line: u64,
    /// What is wrong, by field; never a value of the line.
    pub problems: Vec<LineProblem>,
}

/// One thing that is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LineProblem {
    /// The field; none where it is about the line as a whole.
    pub field: Option<String>,
    /// What.
    pub problem: String,
}

/// What a source is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchReceipt {
    /// How far the batch has come.
    pub state: BatchState,
    /// When it was received.
    pub at: Timestamp,
    /// What became of it.
    pub report: BatchReport,
    /// Whether the same batch had been received before.
    pub known: bool,
}

/// The most quarantined lines that a report tells of; all are counted.
pub const MOST_LINES_TOLD: usize = 1000;

/// Judges the rows of a batch that was received at an instant by a source's terms.
pub fn judge(batch: Batch, terms: &SourceTerms, received: Timestamp) -> Judged {
    let mut lines: Vec<QuarantinedLine> = batch
        .quarantined()
        .iter()
        .map(|quarantined| QuarantinedLine {
            line: quarantined.line(),
            problems: quarantined
                .faults()
                .iter()
                .map(|fault| LineProblem {
                    field: fault.field().map(|field| field.name().to_owned()),
                    problem: fault.reason().to_string(),
                })
                .collect(),
        })
        .collect();
    let repeated = count(batch.repetitions().len());
    let mut rows = Vec::with_capacity(batch.rows().len());
    for row in batch.into_rows() {
        match beyond(&row, terms, received) {
            None => rows.push(row),
            Some(reason) => lines.push(QuarantinedLine {
                line: row.line(),
                problems: vec![LineProblem {
                    field: None,
                    problem: reason.to_string(),
                }],
            }),
        }
    }
    let quarantined = count(lines.len());
    lines.sort_by_key(|line| line.line);
    lines.truncate(MOST_LINES_TOLD);
    let report = BatchReport {
        rows: count(rows.len()),
        new: 0,
        repeated,
        quarantined,
        changed: 0,
        raised: 0,
        lines,
    };
    Judged {
        rows,
        report,
        through: terms.region(),
    }
}

impl Judged {
    /// Takes out the rows that name somebody by a code of a region to which nothing can be sent.
    #[must_use]
    pub fn within_reach(mut self, reached: impl Fn(DivisionCode) -> bool) -> Self {
        let mut beyond = Vec::new();
        self.rows.retain(|row| match row.named() {
            Named::Code(code) if !reached(code.issuer()) => {
                beyond.push(QuarantinedLine {
                    line: row.line(),
                    problems: vec![LineProblem {
                        field: Some(Field::Code.name().to_owned()),
                        problem: BeyondReason::NoWay(code.issuer()).to_string(),
                    }],
                });
                false
            }
            _ => true,
        });
        self.report.rows = count(self.rows.len());
        self.report.quarantined = self.report.quarantined.saturating_add(count(beyond.len()));
        self.report.lines.extend(beyond);
        self.report.lines.sort_by_key(|line| line.line);
        self.report.lines.truncate(MOST_LINES_TOLD);
        self
    }
}

/// Why a row is beyond the terms, if it is.
pub fn beyond(row: &Row, terms: &SourceTerms, received: Timestamp) -> Option<BeyondReason> {
    let statement = row.statement();
    let (kind, division) = match row.record() {
        Record::Evidence(evidence) => {
            let event = evidence.fact().event;
            (LineKind::Event(event.kind()), stay(&event))
        }
        Record::Correction(_) => (LineKind::Correction, None),
        Record::Link(_) => (LineKind::Link, None),
    };
    // A region passes on what sources of every kind stated, but speaks for no person.
    let (other_source, other_name) = match terms.region() {
        Some(_) => (statement.kind() == SourceKind::Person, false),
        None => (
            statement.kind() != terms.kind(),
            statement.name() != terms.name(),
        ),
    };
    if other_source {
        Some(BeyondReason::OtherSource(terms.kind()))
    } else if other_name {
        Some(BeyondReason::OtherName)
    } else if !terms.may_state(kind) {
        Some(BeyondReason::Kind)
    } else if division.is_some_and(|division| !terms.covers(division)) {
        Some(BeyondReason::Division)
    } else if row.known() != received {
        Some(BeyondReason::Received)
    } else {
        None
    }
}

const fn stay(event: &Event) -> Option<DivisionCode> {
    match event {
        Event::Stay { division, .. } => Some(*division),
        _ => None,
    }
}

pub(crate) fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests;
