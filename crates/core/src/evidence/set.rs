//! All that is known about one person.

use std::collections::{BTreeMap, BTreeSet};

use hc_code::Timestamp;

use super::{Correction, Evidence, EvidenceId, Fact, Facts, Statement};

/// The evidence about one person, whatever documents it came under: a set, so that order and
/// repetition cannot matter.
#[derive(Clone, Debug, Default)]
pub struct EvidenceSet {
    by_id: BTreeMap<EvidenceId, Evidence>,
    corrections: BTreeMap<Statement, Timestamp>,
}

/// The facts of an [`EvidenceSet`], in order and once each, with the evidence behind them.
#[derive(Clone, Debug, Default)]
pub struct Story {
    facts: Vec<Fact>,
    evidence: Vec<Vec<EvidenceId>>,
}

impl EvidenceSet {
    /// Adds a piece of evidence. The same piece received twice counts from its first receipt.
    pub fn add(&mut self, evidence: Evidence) {
        match self.by_id.get_mut(&evidence.id) {
            Some(held) => held.fact.known = held.fact.known.min(evidence.fact.known),
            None => {
                self.by_id.insert(evidence.id, evidence);
            }
        }
    }

    /// Adds a correction: what its source stated under that number never held. It works from the
    /// instant it is known, on evidence received before and after it.
    pub fn correct(&mut self, correction: Correction) {
        self.corrections
            .entry(correction.of)
            .and_modify(|known| *known = correction.known.min(*known))
            .or_insert(correction.known);
    }

    /// Takes in all that another set holds: a second document of the same person.
    pub fn unite(&mut self, other: Self) {
        if self.is_empty() && self.corrections.is_empty() {
            *self = other;
            return;
        }
        other
            .by_id
            .into_values()
            .for_each(|evidence| self.add(evidence));
        other
            .corrections
            .into_iter()
            .for_each(|(of, known)| self.correct(Correction { of, known }));
    }

    /// A piece of evidence by its id.
    pub fn get(&self, id: EvidenceId) -> Option<&Evidence> {
        self.by_id.get(&id)
    }

    /// All evidence by id, corrected pieces too.
    pub fn iter(&self) -> impl Iterator<Item = &Evidence> {
        self.by_id.values()
    }

    /// The same without some pieces of evidence, as it was before they came. What was taken back stays so.
    #[must_use]
    pub fn without(&self, ids: &BTreeSet<EvidenceId>) -> Self {
        let kept = self.by_id.iter().filter(|(id, _)| !ids.contains(id));
        Self {
            by_id: kept.map(|(id, evidence)| (*id, evidence.clone())).collect(),
            corrections: self.corrections.clone(),
        }
    }

    /// How many pieces of evidence there are.
    pub fn len(&self) -> usize {
        self.by_id.len()
    }

    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.by_id.is_empty()
    }

    /// The facts without those that their sources have taken back by `now`; those that become known
    /// later are there too, so that a decision can say when it will change.
    ///
    /// What was taken back never held, so nothing may rest on it any more, neither a level nor the end
    /// of one; a correction that becomes known later is new evidence and needs a new story.
    pub fn story(&self, now: Timestamp) -> Story {
        let mut by_fact: BTreeMap<Fact, BTreeSet<EvidenceId>> = BTreeMap::new();
        for evidence in self.by_id.values() {
            let taken_back = self
                .corrections
                .get(&evidence.statement)
                .is_some_and(|known| *known <= now);
            if !taken_back {
                by_fact
                    .entry(evidence.fact)
                    .or_default()
                    .insert(evidence.id);
            }
        }
        let mut story = Story::default();
        for (fact, ids) in by_fact {
            story.facts.push(fact);
            story.evidence.push(ids.into_iter().collect());
        }
        story
    }
}

impl Story {
    /// The facts, sorted.
    pub fn facts(&self) -> Facts<'_> {
        Facts::of_story(&self.facts)
    }

    /// The evidence behind a fact, by the fact's place in [`Self::facts`].
    pub fn evidence(&self, fact: u32) -> &[EvidenceId] {
        self.evidence.get(fact as usize).map_or(&[], Vec::as_slice)
    }
}
