//! Whether one number of a source stands for one thing.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Fault, Field, Named, Quarantined, Reason, Record, Row};
use crate::document::Document;

/// The references of one batch: under which of them a source said what.
///
/// A reference that stands for two different things is good for neither, so a row is sure only when
/// all rows of the batch have been noted. A file that does not fit into memory is read twice: once
/// to note its rows here, once to check them with what [`Self::close`] gives. A noted row takes 40
/// bytes, or up to 80 while the list grows; nothing of the row itself is kept.
#[derive(Clone, Default)]
pub struct References(Vec<Noted>);

/// The references of one batch that stand on more than one line.
#[derive(Clone, Default)]
pub struct RepeatedReferences(BTreeMap<Fingerprint, Repeated>);

/// 16 bytes of SHA-256. Never leaves memory: it is made over a person's document too.
type Fingerprint = [u8; 16];

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Noted {
    reference: Fingerprint,
    line: u64,
    content: Fingerprint,
}

#[derive(Clone, Copy)]
struct Repeated {
    content: Fingerprint,
    first: u64,
    /// The first line with other content.
    other: Option<u64>,
}

impl References {
    /// No reference yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Notes what a row says under its reference.
    pub fn note(&mut self, row: &Row) {
        self.0.push(Noted::of(row));
    }

    /// The references that are used more than once, now that all rows are noted.
    pub fn close(mut self) -> RepeatedReferences {
        self.0.sort_unstable();
        let repeated = self
            .0
            .chunk_by(|one, next| one.reference == next.reference)
            .filter_map(|lines| match lines {
                [first, others @ ..] if !others.is_empty() => {
                    let differs = |line: &&Noted| line.content != first.content;
                    let repeated = Repeated {
                        content: first.content,
                        first: first.line,
                        other: others.iter().find(differs).map(|line| line.line),
                    };
                    Some((first.reference, repeated))
                }
                _ => None,
            });
        RepeatedReferences(repeated.collect())
    }
}

impl RepeatedReferences {
    /// Gives the row back if no other row says something else under its reference.
    ///
    /// # Errors
    /// The quarantine of the row, with the line that says something else.
    pub fn check(&self, row: Row) -> Result<Row, Quarantined> {
        let Some((noted, repeated)) = self.find(&row) else {
            return Ok(row);
        };
        let Some(other) = repeated.other else {
            return Ok(row);
        };
        let line = if repeated.content == noted.content {
            other
        } else {
            repeated.first
        };
        let reason = Reason::ReferenceUsedTwice { line };
        let fault = Fault::of_field(Field::Ref, reason);
        Err(Quarantined::new(row.line(), vec![fault]))
    }

    /// The first line that says what a row says, if the row is not it.
    pub fn repetition_of(&self, row: &Row) -> Option<u64> {
        let (_, repeated) = self.find(row)?;
        (repeated.first != row.line()).then_some(repeated.first)
    }

    /// Whether every reference stands on one line only.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    fn find(&self, row: &Row) -> Option<(Noted, &Repeated)> {
        if self.0.is_empty() {
            return None;
        }
        let noted = Noted::of(row);
        Some((noted, self.0.get(&noted.reference)?))
    }
}

impl Noted {
    fn of(row: &Row) -> Self {
        let statement = row.statement();
        let reference = fingerprint(&[
            &[statement.kind() as u8],
            statement.name().as_bytes(),
            statement.reference().as_bytes(),
        ]);
        let at = row.at().unix().to_be_bytes();
        let key = row.document().map(Document::key);
        let document = match (&key, row.named()) {
            (Some(key), _) => key.expose_for_keyed_hash(),
            (None, Named::Code(code)) => code.expose_text().as_bytes(),
            (None, Named::Document(_)) => &[],
        };
        let content = match row.record() {
            Record::Evidence(evidence) => {
                fingerprint(&[b"evidence", &at, document, evidence.id().as_bytes()])
            }
            Record::Correction(correction) => fingerprint(&[
                b"correction",
                &at,
                document,
                correction.of.reference().as_bytes(),
            ]),
            Record::Link(other) => {
                fingerprint(&[b"link", &at, document, other.key().expose_for_keyed_hash()])
            }
        };
        Self {
            reference,
            line: row.line(),
            content,
        }
    }
}

fn fingerprint(parts: &[&[u8]]) -> Fingerprint {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut print = Fingerprint::default();
    print
        .iter_mut()
        .zip(hash.finalize())
        .for_each(|(to, from)| *to = from);
    print
}

/// Shows how many, never which.
impl core::fmt::Debug for References {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "References({})", self.0.len())
    }
}

/// Shows how many, never which.
impl core::fmt::Debug for RepeatedReferences {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "RepeatedReferences({})", self.0.len())
    }
}
