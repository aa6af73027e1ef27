//! What is known about everybody, under whatever documents it came.

use std::collections::{BTreeMap, BTreeSet};

use hc_code::Timestamp;

use super::intake::{Named, Record, Row};
use super::{EvidenceSet, Statement, Story};
use crate::document::DocumentKey;

/// All evidence by document, with the links between documents of one person.
///
/// Nobody has to be enrolled: evidence waits under its document and counts from the first decision
/// on. What is known does not depend on the order or repetition of rows.
///
/// Links are kept one by one and followed when somebody asks, instead of being melted into one set:
/// so a wrong link can be taken back like any other line, and a decision for an earlier instant
/// sees only the links that were known then.
#[derive(Clone, Debug, Default)]
pub struct Register {
    evidence: BTreeMap<DocumentKey, EvidenceSet>,
    /// In both directions.
    links: BTreeMap<DocumentKey, BTreeMap<DocumentKey, Linked>>,
    /// Corrections by document, for the links; those of evidence are in its set too.
    taken_back: BTreeMap<(DocumentKey, Statement), Timestamp>,
}

/// Who says that two documents are one person's, each with the instant from which it is known.
type Linked = BTreeMap<Statement, Timestamp>;

/// One person, as far as the links known at an instant tell.
#[derive(Clone, Debug)]
pub struct Person {
    keys: BTreeSet<DocumentKey>,
    evidence: EvidenceSet,
}

impl Register {
    /// Nothing is known.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a row. Adding it again changes nothing, except that the earliest receipt counts. A row that
    /// names its person by a code is passed over: only a region can tell whose code it was, and nothing
    /// that is read for a register takes such rows.
    pub fn add(&mut self, row: Row) {
        let (statement, known, named, record) = row.into_parts();
        let Named::Document(document) = named else {
            return;
        };
        let key = document.key();
        match record {
            Record::Evidence(evidence) => self.evidence.entry(key).or_default().add(evidence),
            Record::Correction(correction) => {
                earliest(
                    &mut self.taken_back,
                    (key.clone(), correction.of.clone()),
                    known,
                );
                self.evidence.entry(key).or_default().correct(correction);
            }
            Record::Link(other) => {
                let other = other.key();
                self.evidence.entry(key.clone()).or_default();
                self.evidence.entry(other.clone()).or_default();
                for (from, to) in [(&key, &other), (&other, &key)] {
                    let links = self.links.entry(from.clone()).or_default();
                    let linked = links.entry(to.clone()).or_default();
                    earliest(linked, statement.clone(), known);
                }
            }
        }
    }

    /// What is known about the person of a document, under all documents that are linked to it by
    /// `now`. Nothing for a document of which nothing is known.
    pub fn story(&self, document: &DocumentKey, now: Timestamp) -> Story {
        match self.evidence.get(document) {
            None => Story::default(),
            Some(evidence) if !self.links.contains_key(document) => evidence.story(now),
            Some(_) => self.person(document, now).story(now),
        }
    }

    /// The person of a document; somebody of whom nothing is known where no row ever named it.
    pub fn person(&self, document: &DocumentKey, now: Timestamp) -> Person {
        let mut person = Person {
            keys: BTreeSet::new(),
            evidence: EvidenceSet::default(),
        };
        let mut ahead = BTreeSet::from([document]);
        while let Some(key) = ahead.pop_first() {
            if !person.keys.insert(key.clone()) {
                continue;
            }
            if let Some(evidence) = self.evidence.get(key) {
                person.evidence.unite(evidence.clone());
            }
            ahead.extend(
                self.linked(key, now)
                    .filter(|other| !person.keys.contains(*other)),
            );
        }
        person
    }

    /// Everybody, each once, by the smallest key of their documents.
    pub fn iter(&self, now: Timestamp) -> impl Iterator<Item = Person> {
        let mut met = BTreeSet::new();
        self.evidence.keys().filter_map(move |key| {
            if met.remove(key) {
                return None;
            }
            let person = self.person(key, now);
            // Keys come in order, so the others of this person are still ahead.
            met.extend(person.keys.iter().filter(|other| *other != key).cloned());
            Some(person)
        })
    }

    /// How many documents any row has named.
    pub fn documents(&self) -> usize {
        self.evidence.len()
    }

    /// How many people these documents belong to, by the links known at `now`.
    pub fn people(&self, now: Timestamp) -> usize {
        self.iter(now).count()
    }

    /// How many pieces of evidence there are, corrected ones too.
    pub fn len(&self) -> usize {
        self.evidence.values().map(EvidenceSet::len).sum()
    }

    /// Whether there is no evidence at all.
    pub fn is_empty(&self) -> bool {
        self.evidence.values().all(EvidenceSet::is_empty)
    }

    /// The documents that are linked to this one by `now`, each by a link that was not taken back.
    fn linked<'a>(
        &'a self,
        key: &'a DocumentKey,
        now: Timestamp,
    ) -> impl Iterator<Item = &'a DocumentKey> {
        let holds = move |other: &DocumentKey, (statement, known): (&Statement, &Timestamp)| {
            *known <= now
                && ![key, other].into_iter().any(|named| {
                    self.taken_back
                        .get(&(named.clone(), statement.clone()))
                        .is_some_and(|known| *known <= now)
                })
        };
        self.links
            .get(key)
            .into_iter()
            .flatten()
            .filter(move |(other, linked)| linked.iter().any(|link| holds(other, link)))
            .map(|(other, _)| other)
    }
}

impl Person {
    /// The keys of all their documents, in order.
    pub fn keys(&self) -> impl Iterator<Item = &DocumentKey> {
        self.keys.iter()
    }

    /// What is known about them.
    pub const fn evidence(&self) -> &EvidenceSet {
        &self.evidence
    }

    /// What a decision reads at `now`.
    pub fn story(&self, now: Timestamp) -> Story {
        self.evidence.story(now)
    }
}

/// Notes from when on something is known, the earliest if it is noted more than once.
fn earliest<K: Ord>(map: &mut BTreeMap<K, Timestamp>, key: K, known: Timestamp) {
    map.entry(key)
        .and_modify(|held| *held = known.min(*held))
        .or_insert(known);
}

#[cfg(test)]
mod tests;
