//! Many people at once: their facts in one piece of memory, and what a rule pack makes of them.

use hc_code::{Level, Timestamp};

use crate::area::AreaIndex;
use crate::decide::{Decision, decide};
use crate::evidence::{Fact, Facts};
use crate::place::Grain;
use crate::rules::RulePack;

/// The facts of many people, one after the other.
///
/// A person costs four bytes and their facts; whom the facts are about is the caller's knowledge, by
/// the person's place.
#[derive(Clone, Debug, Default)]
pub struct Population {
    facts: Vec<Fact>,
    /// Where each person's facts end.
    ends: Vec<u32>,
}

/// A population cannot hold more than 2³² facts; divide it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a population holds at most 4,294,967,295 facts; divide it into several")]
pub struct PopulationFull;

impl Population {
    /// Nobody, with room for so many people and facts.
    pub fn with_capacity(people: usize, facts: usize) -> Self {
        Self {
            facts: Vec::with_capacity(facts),
            ends: Vec::with_capacity(people),
        }
    }

    /// Adds a person.
    ///
    /// # Errors
    /// [`PopulationFull`]; the population is as it was.
    pub fn add(&mut self, facts: Facts<'_>) -> Result<(), PopulationFull> {
        let end = self.facts.len().checked_add(facts.as_slice().len());
        let end = end
            .and_then(|end| u32::try_from(end).ok())
            .ok_or(PopulationFull)?;
        self.facts.extend_from_slice(facts.as_slice());
        self.ends.push(end);
        Ok(())
    }

    /// How many people there are.
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is nobody.
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// How many facts there are.
    pub fn facts(&self) -> usize {
        self.facts.len()
    }

    /// The memory that people and facts take, in bytes.
    pub fn bytes(&self) -> usize {
        self.facts.capacity() * size_of::<Fact>() + self.ends.capacity() * size_of::<u32>()
    }

    /// The facts of each person from `first` to before `end`, by place.
    pub fn range(&self, first: usize, end: usize) -> impl Iterator<Item = Facts<'_>> {
        let end = end.min(self.len());
        let begin_of = |person: usize| match person.checked_sub(1) {
            Some(before) => self.ends.get(before).map_or(0, |end| *end as usize),
            None => 0,
        };
        (first..end).map(move |person| {
            let slice = self.facts.get(begin_of(person)..begin_of(person + 1));
            Facts::of_story(slice.unwrap_or(&[]))
        })
    }
}

/// How many people a pack turns which level, by which rule, and how finely their stays were known.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Tally {
    /// People by level, in the order of [`Level::ALL`].
    levels: [u64; 4],
    /// People by rule, level of the rule's stage and grain of the stay (none, place, township,
    /// county); a person with two rules counts in both.
    reasons: Vec<[[u64; 4]; 3]>,
}

impl Tally {
    /// Counts one decision.
    pub fn add(&mut self, decision: &Decision) {
        if let Some(count) = self.levels.get_mut(decision.level as usize) {
            *count += 1;
        }
        for reason in &decision.reasons {
            let rule = usize::from(reason.rule);
            if self.reasons.len() <= rule {
                self.reasons.resize(rule + 1, [[0; 4]; 3]);
            }
            let severity = reason.level.severity().map(usize::from);
            let grain = reason.grain.map_or(0, |grain| grain as usize + 1);
            let count =
                self.reasons
                    .get_mut(rule)
                    .zip(severity)
                    .and_then(|(by_level, severity)| {
                        by_level
                            .get_mut(severity)
                            .and_then(|by_grain| by_grain.get_mut(grain))
                    });
            if let Some(count) = count {
                *count += 1;
            }
        }
    }

    /// Adds what another tally counted under the same pack.
    pub fn merge(&mut self, other: &Self) {
        for (to, from) in self.levels.iter_mut().zip(other.levels) {
            *to += from;
        }
        if self.reasons.len() < other.reasons.len() {
            self.reasons.resize(other.reasons.len(), [[0; 4]; 3]);
        }
        let from = other.reasons.iter().flatten().flatten();
        for (to, from) in self.reasons.iter_mut().flatten().flatten().zip(from) {
            *to += from;
        }
    }

    /// People at a level.
    pub fn people(&self, level: Level) -> u64 {
        self.levels.get(level as usize).copied().unwrap_or(0)
    }

    /// People whom a rule holds at a level with a stay known at a grain (`None`: no stay).
    pub fn held(&self, rule: u16, level: Level, grain: Option<Grain>) -> u64 {
        let grain = grain.map_or(0, |grain| grain as usize + 1);
        self.reasons
            .get(usize::from(rule))
            .zip(level.severity())
            .and_then(|(by_level, severity)| {
                by_level.get(usize::from(severity))?.get(grain).copied()
            })
            .unwrap_or(0)
    }
}

/// Decides for the people from `first` to before `end` and hands each decision on with the place.
pub fn decide_range(
    pack: &RulePack,
    population: &Population,
    (first, end): (usize, usize),
    areas: &AreaIndex,
    now: Timestamp,
    mut then: impl FnMut(usize, Decision),
) {
    for (person, facts) in (first..).zip(population.range(first, end)) {
        then(person, decide(pack, facts, areas, now));
    }
}
