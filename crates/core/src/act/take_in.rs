//! Taking in a source's rows: kept under the documents they name, and decided for whoever is enrolled.

use hc_code::Timestamp;

use super::{ActError, Changed, redecide};
use crate::evidence::intake::{Record, Row};
use crate::evidence::{KeptRecord, KeptRow};
use crate::rulebook::Rulebook;
use crate::store::{DocumentHash, DocumentHasher, Writing};

/// What a batch did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TakenIn {
    /// Rows that said something new.
    pub new: usize,
    /// Rows that had been received before.
    pub known: usize,
    /// Who has another standing now.
    pub changed: Vec<Changed>,
}

/// Keeps rows and decides the people they are about. Sending them again changes nothing.
///
/// The rows' places are those of the rulebook's table.
///
/// # Errors
/// [`ActError::Store`].
pub fn take_in(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    hasher: &DocumentHasher,
    rows: &[Row],
    now: Timestamp,
) -> Result<TakenIn, ActError> {
    let mut kept: Vec<(DocumentHash, KeptRow)> = Vec::with_capacity(rows.len());
    for row in rows {
        let own = hasher.hash(&row.document().key());
        let places = &*rulebook.places();
        let mut keep = |document, record: &KeptRecord| {
            kept.push((document, KeptRow::of(record, places)));
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
    let new = store.add_evidence(&kept)?;
    let touched: Vec<DocumentHash> = kept
        .iter()
        .zip(&new)
        .filter(|(_, new)| **new)
        .map(|((document, _), _)| *document)
        .collect();
    let news = new.iter().filter(|new| **new).count();
    Ok(TakenIn {
        new: news,
        known: new.len() - news,
        changed: redecide(store, rulebook, &touched, now)?,
    })
}
