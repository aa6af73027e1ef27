//! Which rows of a source's batch are about other regions' people, and so go on to them.
//!
//! A row that names its person by a code goes to the code's region. A row that names a document goes to
//! the regions that the directory finds, where the document is not enrolled here; where it is, only what
//! may raise or end a level is looked for elsewhere, because asking for everybody who is tested every
//! day would tell the hub more than it is worth.

use std::collections::BTreeMap;
use std::sync::Arc;

use hc_code::Timestamp;
use hc_code::signing::Signer;
use hc_core::act::ActError;
use hc_core::evidence::intake::{Named, Record, Row, line_of_row};
use hc_core::evidence::{Event, TestResult};
use hc_core::place::PlaceTable;
use hc_core::store::{DocumentHash, Store, Writing};

use super::Region;
use super::outbox::{Evidence, put_evidence};

/// The rows of one person that go to other regions, by their places in the batch.
#[derive(Clone)]
struct Group {
    rows: Vec<usize>,
    /// The document's hash, where the person is named by one.
    document: Option<DocumentHash>,
    /// An id for each parcel.
    ids: Vec<[u8; 16]>,
}

/// What of a batch goes to other regions.
#[derive(Clone, Default)]
pub(super) struct Forwarding(Arc<Vec<Group>>);

/// The most lines of one parcel: what the other side takes at once.
const LINES: usize = 64;

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Sorts the rows of a source's batch by the people of other regions that they are about.
    pub(super) fn forwarding(&self, rows: &[Row]) -> Forwarding {
        let Some(federation) = self.federation() else {
            return Forwarding::default();
        };
        let own = self.division();
        let mut groups: BTreeMap<Vec<u8>, Group> = BTreeMap::new();
        for (place, row) in rows.iter().enumerate() {
            if matches!(row.record(), Record::Link(_)) {
                continue;
            }
            let (key, document) = match row.named() {
                Named::Code(code) if code.issuer() == own => continue,
                Named::Code(code) => (code.expose_text().as_bytes().to_vec(), None),
                Named::Document(_) if federation.directory.is_none() => continue,
                Named::Document(document) => {
                    let hash = self.hasher.hash(&document.key());
                    (hash.as_bytes().to_vec(), Some(hash))
                }
            };
            let group = groups.entry(key).or_insert_with(|| Group {
                rows: Vec::new(),
                document,
                ids: Vec::new(),
            });
            if group.rows.len().is_multiple_of(LINES) {
                group.ids.push(self.random());
            }
            group.rows.push(place);
        }
        Forwarding(Arc::new(groups.into_values().collect()))
    }
}

impl Forwarding {
    /// Writes what goes on to the outbox, in the act that takes the batch in.
    pub(super) fn write(
        &self,
        writing: &mut dyn Writing,
        rows: &[Row],
        places: &PlaceTable,
        now: Timestamp,
    ) -> Result<u32, ActError> {
        let asked: Vec<DocumentHash> = self.0.iter().filter_map(|group| group.document).collect();
        let enrolled = if asked.is_empty() {
            Vec::new()
        } else {
            writing.numbers(&asked)?
        };
        let mut enrolled = enrolled.into_iter();
        let mut written = 0;
        for group in &*self.0 {
            let known_here = group
                .document
                .is_some_and(|_| enrolled.next().flatten().is_some());
            let going: Vec<&Row> = group
                .rows
                .iter()
                .filter_map(|place| rows.get(*place))
                .filter(|row| !known_here || weighs(row.record()))
                .collect();
            for (part, id) in going.chunks(LINES).zip(&group.ids) {
                let lines: Vec<String> = part
                    .iter()
                    .map(|row| line_of_row(row, row.named(), places))
                    .collect();
                let to = part.first().and_then(|row| match row.named() {
                    Named::Code(code) => Some(code.issuer()),
                    Named::Document(_) => None,
                });
                let evidence = Evidence {
                    to,
                    about: group.document,
                    lines: &lines,
                    id: *id,
                };
                put_evidence(writing, &evidence, now)?;
                written += 1;
            }
        }
        Ok(written)
    }
}

/// Whether a record may raise a level or end one.
const fn weighs(record: &Record) -> bool {
    match record {
        Record::Correction(_) => true,
        Record::Link(_) => false,
        Record::Evidence(evidence) => match evidence.fact().event {
            Event::Test { result, .. } => !matches!(result, TestResult::Negative),
            Event::Case(_)
            | Event::Contact(_)
            | Event::Quarantine(_)
            | Event::Release(_)
            | Event::Symptoms
            | Event::Exposure(_) => true,
            Event::Declaration { .. }
            | Event::Vaccination { .. }
            | Event::Stay { .. }
            | Event::Arrival(_)
            | Event::Temperature(_) => false,
        },
    }
}
