//! Whether one number of a source stands for one thing.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::{Fault, Field, Quarantined, Reason, Record, Row};

/// The references of one batch: under which a source said what.
///
/// A reference that stands for two different things is good for neither, so a row is sure only when
/// all rows of the batch have been noted: a file that does not fit into memory is read twice, first
/// with [`Self::note`] and then with [`Self::check`]. Each different reference takes about 70 bytes;
/// nothing of the rows is kept.
#[derive(Clone, Default)]
pub struct References(BTreeMap<Fingerprint, Noted>);

/// 16 bytes of SHA-256. Never leaves memory: it is made over a person's document too.
type Fingerprint = [u8; 16];

/// What a row says, and under which reference.
#[derive(Clone, Copy)]
pub(super) struct Said {
    reference: Fingerprint,
    content: Fingerprint,
}

#[derive(Clone, Copy)]
struct Noted {
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
        self.note_said(Said::of(row), row.line());
    }

    /// Gives the row back if nothing else stands under its reference.
    ///
    /// # Errors
    /// The quarantine of the row, with the line that says something else.
    pub fn check(&self, row: Row) -> Result<Row, Quarantined> {
        self.check_said(Said::of(&row), row)
    }

    pub(super) fn note_said(&mut self, said: Said, line: u64) {
        let noted = self.0.entry(said.reference).or_insert(Noted {
            content: said.content,
            first: line,
            other: None,
        });
        if noted.content != said.content && noted.other.is_none() {
            noted.other = Some(line);
        }
    }

    pub(super) fn check_said(&self, said: Said, row: Row) -> Result<Row, Quarantined> {
        let contradiction = self.0.get(&said.reference).and_then(|noted| {
            let other = noted.other?;
            Some(match noted.content == said.content {
                true => other,
                false => noted.first,
            })
        });
        match contradiction {
            None => Ok(row),
            Some(line) => {
                let reason = Reason::ReferenceUsedTwice { line };
                let fault = Fault::of_field(Field::Ref, reason);
                Err(Quarantined::new(row.line(), vec![fault]))
            }
        }
    }

    /// The first line with the reference of a row.
    pub(super) fn first_line(&self, said: Said) -> Option<u64> {
        self.0.get(&said.reference).map(|noted| noted.first)
    }
}

impl Said {
    pub(super) fn of(row: &Row) -> Self {
        let statement = row.statement();
        let kind = statement.kind().to_string();
        let reference = fingerprint(&[
            kind.as_bytes(),
            statement.name().as_bytes(),
            statement.reference().as_bytes(),
        ]);
        let at = row.at().unix().to_be_bytes();
        let key = row.document().key();
        let document = key.expose_for_keyed_hash();
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
        Self { reference, content }
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
