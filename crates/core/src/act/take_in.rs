//! Taking in a source's rows: kept under the documents they name, and decided for whoever is enrolled.

use std::collections::BTreeSet;

use hc_code::Timestamp;

use super::redecide::{redecide_after, write};
use super::retest::Retests;
use super::{ActError, Changed};
use crate::evidence::intake::{Named, Record, Row};
use crate::evidence::{EvidenceId, Fact, KeptRecord, KeptRow, ScannedCode};
use crate::rulebook::Rulebook;
use crate::store::{DocumentHash, DocumentHasher, Writing};

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Rows that said something new.
    pub new: usize,
    /// Rows that had been received before.
    pub known: usize,
    /// Rows that name somebody by a code that is not of this region, or that nobody can resolve any more.
    pub unresolved: usize,
    /// Who has another standing now.
    pub changed: Vec<Changed>,
    /// People who are not enrolled and would be above low if they were, by what is new.
    pub raised_strangers: usize,
}

impl TakenIn {
    /// How many people are above low now, or will be when they enrol, who were not before.
    pub fn raised(&self, now: Timestamp) -> usize {
        let changed = self.changed.iter();
        changed.filter(|changed| changed.is_raised(now)).count() + self.raised_strangers
    }
}

/// Whom a code names: a document of the subject, where the region made the code and can still tell.
pub type Whose<'a> =
    &'a dyn Fn(&mut dyn Writing, &ScannedCode) -> Result<Option<DocumentHash>, ActError>;

/// Whose a code is where none is looked up: nobody's.
///
/// # Errors
/// Never.
#[expect(
    clippy::unnecessary_wraps,
    reason = "the form that every look-up of a code has"
)]
pub fn nobodys(_: &mut dyn Writing, _: &ScannedCode) -> Result<Option<DocumentHash>, ActError> {
    Ok(None)
}

/// Keeps rows and decides the people they are about. Sending them again changes nothing.
///
/// The rows' places are those of the rulebook's table. A row that names nobody whom `whose` knows is
/// counted and not kept: it is another region's, or too old.
///
/// # Errors
/// [`ActError::Store`].
pub fn take_in(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    hasher: &DocumentHasher,
    (rows, whose): (&[Row], Whose<'_>),
    now: Timestamp,
) -> Result<TakenIn, ActError> {
    let mut kept: Vec<(DocumentHash, KeptRow)> = Vec::with_capacity(rows.len());
    let mut facts: Vec<(DocumentHash, Option<Fact>)> = Vec::with_capacity(rows.len());
    let mut unresolved = 0;
    for row in rows {
        let own = match row.named() {
            Named::Document(document) => Some(hasher.hash(&document.key())),
            Named::Code(code) => whose(store, code)?,
        };
        let Some(own) = own else {
            unresolved += 1;
            continue;
        };
        let places = &*rulebook.places();
        let mut keep = |document, record: &KeptRecord| {
            let mut row = KeptRow::of(record, places);
            // What becomes known later is a change by time alone.
            row.plain &= row.known <= now;
            let fact = match record {
                KeptRecord::Evidence(evidence) if row.plain => Some(*evidence.fact()),
                _ => None,
            };
            facts.push((document, fact));
            kept.push((document, row));
        };
        match row.record() {
            Record::Evidence(evidence) => keep(own, &KeptRecord::Evidence(evidence.clone())),
            Record::Correction(correction) => {
                keep(own, &KeptRecord::Correction(correction.clone()));
            }
            Record::Link(other) => {
                let other = hasher.hash(&other.key());
                for (document, other) in [(own, other), (other, own)] {
                    let statement = row.statement().clone();
                    let known = row.known();
                    keep(
                        document,
                        &KeptRecord::Link {
                            statement,
                            other,
                            known,
                        },
                    );
                }
            }
        }
    }
    let mut retests = Retests::of(store, rulebook, &facts, now)?;
    let new = store.add_evidence(&kept)?;
    let mut touched = BTreeSet::new();
    let mut ids = BTreeSet::new();
    for ((document, row), _) in kept.iter().zip(&new).filter(|(_, new)| **new) {
        touched.insert(*document);
        ids.insert(EvidenceId::from_bytes(row.id));
    }
    let (mut changed, rest) = retests.settle(touched, rulebook.pack().version, now);
    write(store, &changed)?;
    let (others, raised_strangers) = redecide_after(store, rulebook, &rest, &ids, now)?;
    changed.extend(others);
    let news = new.iter().filter(|new| **new).count();
    Ok(TakenIn {
        new: news,
        known: new.len() - news,
        unresolved,
        changed,
        raised_strangers,
    })
}
