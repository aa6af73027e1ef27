//! All that is known about one person, from everything that is kept under their documents.

use std::collections::{BTreeMap, BTreeSet};

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;

use smallvec::SmallVec;

use super::{DocumentHash, Named, Reading, StoreError};
use crate::evidence::{EvidenceSet, KeptRecord, KeptRow, Statement, Story};
use crate::place::PlaceTable;
use crate::standing::Standing;

/// The evidence about one person under all documents that are known to be theirs.
#[derive(Clone, Debug, Default)]
pub struct Dossier {
    documents: BTreeSet<DocumentHash>,
    subjects: SmallVec<[(SubjectNumber, Option<Standing>); 1]>,
    evidence: EvidenceSet,
}

impl Dossier {
    /// The documents: those of the subject and those that are linked to them.
    pub fn documents(&self) -> impl Iterator<Item = DocumentHash> {
        self.documents.iter().copied()
    }

    /// The enrolled subjects that these documents name, with what the read path knows of each. More
    /// than one where a link unites people who enrolled twice: what is known counts for both numbers.
    pub fn subjects(&self) -> impl Iterator<Item = (SubjectNumber, Option<&Standing>)> {
        let subjects = self.subjects.iter();
        subjects.map(|(number, standing)| (*number, standing.as_ref()))
    }

    /// The evidence.
    pub const fn evidence(&self) -> &EvidenceSet {
        &self.evidence
    }

    /// What a decision reads at an instant.
    pub fn story(&self, now: Timestamp) -> Story {
        self.evidence.story(now)
    }

    fn add(&mut self, document: DocumentHash, node: Node) {
        self.documents.insert(document);
        if let Some(named) = node.named {
            let mut known = self.subjects.iter().map(|(number, _)| *number);
            if known.all(|number| number != named.number) {
                self.subjects.push((named.number, named.standing));
            }
        }
        self.evidence.unite(node.evidence);
    }
}

/// The dossier of the person of a document.
///
/// # Errors
/// [`StoreError`], also where something is kept that no record is.
pub fn dossier(
    store: &mut dyn Reading,
    document: DocumentHash,
    now: Timestamp,
    places: &mut PlaceTable,
) -> Result<Dossier, StoreError> {
    let found = dossiers(store, &[document], now, places)?;
    Ok(found.into_iter().next().unwrap_or_default())
}

/// The dossiers of the people of these documents, each person once.
///
/// Reads in rounds: everything under the documents, then under those that links and enrolments add,
/// until nothing is added, so that a thousand people cost few questions more than one.
///
/// # Errors
/// As [`dossier`].
pub fn dossiers(
    store: &mut dyn Reading,
    documents: &[DocumentHash],
    now: Timestamp,
    places: &mut PlaceTable,
) -> Result<Vec<Dossier>, StoreError> {
    let mut alone: BTreeMap<DocumentHash, Node> = BTreeMap::new();
    let mut met = Met::default();
    let mut ahead: BTreeSet<DocumentHash> = documents.iter().copied().collect();
    while !ahead.is_empty() {
        let round: Vec<DocumentHash> = std::mem::take(&mut ahead).into_iter().collect();
        let named = store.named(&round)?;
        let kept = store.evidence(&round)?;
        for ((hash, named), rows) in round.iter().zip(named).zip(kept) {
            let mut node = Node {
                named,
                ..Node::default()
            };
            node.read(rows, places)?;
            let kind = if node.is_alone(*hash) {
                &mut alone
            } else {
                &mut met.nodes
            };
            kind.insert(*hash, node);
        }
        for hash in met.links_holding(now) {
            if let Some(node) = alone.remove(&hash) {
                // Who was linked to it was erased: nothing of the link is left on its side.
                met.nodes.insert(hash, node);
            } else if !met.nodes.contains_key(&hash) {
                ahead.insert(hash);
            }
        }
    }
    let mut people = met.people(documents, now);
    people.extend(alone.into_iter().map(|(hash, node)| {
        let mut person = Dossier::default();
        person.add(hash, node);
        person
    }));
    Ok(people)
}

/// What is kept under one document.
#[derive(Default)]
struct Node {
    named: Option<Named>,
    evidence: EvidenceSet,
    links: Vec<(Statement, DocumentHash, Timestamp)>,
    taken_back: BTreeMap<Statement, Timestamp>,
}

#[derive(Default)]
struct Met {
    nodes: BTreeMap<DocumentHash, Node>,
}

impl Node {
    /// Whether it tells of no other document of the same person, as nearly all do.
    fn is_alone(&self, own: DocumentHash) -> bool {
        let mut documents = self.documents();
        self.links.is_empty() && documents.all(|document| document == own)
    }

    /// All documents of the enrolled subject.
    fn documents(&self) -> impl Iterator<Item = DocumentHash> {
        let named = self.named.iter();
        named.flat_map(|named| named.documents.iter().copied())
    }

    fn read(&mut self, rows: Vec<KeptRow>, places: &mut PlaceTable) -> Result<(), StoreError> {
        for row in rows {
            let record = row.record(places).map_err(|error| StoreError::Damaged {
                table: "evidence",
                what: error.to_string(),
            })?;
            match record {
                KeptRecord::Evidence(evidence) => self.evidence.add(evidence),
                KeptRecord::Correction(correction) => {
                    self.taken_back
                        .entry(correction.of.clone())
                        .and_modify(|known| *known = correction.known.min(*known))
                        .or_insert(correction.known);
                    self.evidence.correct(correction);
                }
                KeptRecord::Link {
                    statement,
                    other,
                    known,
                } => self.links.push((statement, other, known)),
            }
        }
        Ok(())
    }
}

impl Met {
    /// Whether a link counts: it is known and neither side has taken it back.
    fn holds(
        &self,
        (own, other): (DocumentHash, DocumentHash),
        (statement, known): (&Statement, Timestamp),
        now: Timestamp,
    ) -> bool {
        known <= now
            && ![own, other].into_iter().any(|named| {
                self.nodes
                    .get(&named)
                    .and_then(|node| node.taken_back.get(statement))
                    .is_some_and(|known| *known <= now)
            })
    }

    /// The documents that any met one leads to.
    fn links_holding(&self, now: Timestamp) -> BTreeSet<DocumentHash> {
        self.nodes
            .keys()
            .flat_map(|hash| self.near(*hash, now))
            .collect()
    }

    fn near(&self, hash: DocumentHash, now: Timestamp) -> BTreeSet<DocumentHash> {
        let Some(node) = self.nodes.get(&hash) else {
            return BTreeSet::new();
        };
        let linked = node
            .links
            .iter()
            .filter(|(by, other, known)| self.holds((hash, *other), (by, *known), now))
            .map(|(_, other, _)| *other);
        node.documents().chain(linked).collect()
    }

    fn people(mut self, documents: &[DocumentHash], now: Timestamp) -> Vec<Dossier> {
        let near: BTreeMap<DocumentHash, BTreeSet<DocumentHash>> = self
            .nodes
            .keys()
            .map(|hash| (*hash, self.near(*hash, now)))
            .collect();
        let mut people = Vec::new();
        for document in documents {
            let mut person = Dossier::default();
            let mut ahead = BTreeSet::from([*document]);
            while let Some(hash) = ahead.pop_first() {
                let Some(node) = self.nodes.remove(&hash) else {
                    continue;
                };
                person.add(hash, node);
                ahead.extend(near.get(&hash).into_iter().flatten());
            }
            if !person.documents.is_empty() {
                people.push(person);
            }
        }
        people
    }
}
