//! Deciding people anew after something about them has changed.

use std::collections::BTreeSet;

use hc_code::day_index::SubjectNumber;
use hc_code::{Level, Span, Timestamp};

use super::{ActError, trace};
use crate::evidence::{EvidenceId, EvidenceSet};
use crate::rulebook::Rulebook;
use crate::standing::Standing;
use crate::store::{DocumentHash, Dossier, Reading, Writing, dossiers};

/// A subject whose standing is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Whose.
    pub number: SubjectNumber,
    /// The level until then, where one was known.
    pub before: Option<Level>,
    /// What the read path is to know from now on.
    pub standing: Standing,
}

/// How far ahead of its receipt a source may date a line: so long a raise may hide.
const AHEAD: Span = Span::seconds(600);

impl Changed {
    /// Whether the change is one from low, unknown or nothing to a level above low, now or as soon as
    /// evidence that is dated ahead begins to count.
    pub fn is_raised(&self, now: Timestamp) -> bool {
        is_above_low_soon(&self.standing, now) && !self.before.is_some_and(Level::is_above_low)
    }
}

/// Whether somebody is above low now, or as soon as evidence that is dated ahead begins to count.
fn is_above_low_soon(standing: &Standing, now: Timestamp) -> bool {
    let after = standing.at(now).map(|(step, _)| step.level);
    let mut soon = standing.steps().iter();
    let soon =
        soon.any(|step| (now..=now.plus(AHEAD)).contains(&step.from) && step.level.is_above_low());
    soon || after.is_some_and(Level::is_above_low)
}

/// Decides the people of these documents, writes the standings that say something else than before, and
/// logs every decision that is
/// not plainly low, or that ends one that was not.
///
/// Documents of nobody who is enrolled cost one question; what is kept under them waits.
///
/// # Errors
/// [`ActError`].
pub fn redecide(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    documents: &[DocumentHash],
    now: Timestamp,
) -> Result<Vec<Changed>, ActError> {
    let mut people = people_of(store, rulebook, documents, now)?;
    people.retain(is_enrolled);
    decide_all(store, rulebook, &people, now)
}

/// The same after some pieces of evidence came, and how many people are above low by them who are not
/// enrolled: they are so from the moment at which they enrol.
pub(super) fn redecide_after(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    documents: &[DocumentHash],
    ids: &BTreeSet<EvidenceId>,
    now: Timestamp,
) -> Result<(Vec<Changed>, usize), ActError> {
    let people = people_of(store, rulebook, documents, now)?;
    let (people, strangers): (Vec<Dossier>, Vec<Dossier>) =
        people.into_iter().partition(is_enrolled);
    let mut above = |evidence: &EvidenceSet| {
        let (standing, _) = rulebook.decide(&evidence.story(now), now);
        is_above_low_soon(&standing, now)
    };
    let raised = strangers
        .iter()
        .filter(|person| above(person.evidence()) && !above(&person.evidence().without(ids)));
    let raised = raised.count();
    Ok((decide_all(store, rulebook, &people, now)?, raised))
}

fn decide_all(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    people: &[Dossier],
    now: Timestamp,
) -> Result<Vec<Changed>, ActError> {
    let mut changed = Vec::new();
    for person in people {
        let story = person.story(now);
        let (standing, decision) = rulebook.decide(&story, now);
        for (number, old) in person.subjects() {
            let turn = turn(old, &standing, now);
            if turn == Turn::Logged {
                trace::log_decision(store, number, rulebook.pack(), &decision, &story, now)?;
            }
            // What says the same from now on need not be written: most of a region, after most changes.
            if turn != Turn::None {
                let before = old.and_then(|old| old.at(now));
                changed.push(Changed {
                    number,
                    before: before.map(|(step, _)| step.level),
                    standing: standing.clone(),
                });
            }
        }
    }
    write(store, &changed)?;
    Ok(changed)
}

/// Writes the standings of people, in the order of their numbers, in which they lie side by side.
pub(super) fn write(store: &mut dyn Writing, changed: &[Changed]) -> Result<(), ActError> {
    let mut rows: Vec<(SubjectNumber, Standing)> = changed
        .iter()
        .map(|changed| (changed.number, changed.standing.clone()))
        .collect();
    rows.sort_by_key(|(number, _)| *number);
    Ok(store.set_standings(&rows)?)
}

/// Of the people of these documents, whom [`redecide`] would give another standing, each with a document.
///
/// Only reads: a region is looked through beside all that goes on, and only who turns takes its turn
/// among the acts.
///
/// # Errors
/// [`ActError`].
pub fn turning(
    store: &mut dyn Reading,
    rulebook: &mut Rulebook,
    documents: &[DocumentHash],
    now: Timestamp,
) -> Result<Vec<(SubjectNumber, DocumentHash)>, ActError> {
    let mut found = Vec::new();
    let mut people = people_of(store, rulebook, documents, now)?;
    people.retain(is_enrolled);
    for person in &people {
        let (standing, _) = rulebook.decide(&person.story(now), now);
        let mut turned = person
            .subjects()
            .filter(|(_, old)| turn(*old, &standing, now) != Turn::None)
            .map(|(number, _)| number);
        // Deciding one of them anew decides all.
        if let (Some(number), Some(document)) = (turned.next(), person.documents().next()) {
            found.push((number, document));
        }
    }
    Ok(found)
}

/// The dossiers of these documents.
fn people_of(
    store: &mut dyn Reading,
    rulebook: &mut Rulebook,
    documents: &[DocumentHash],
    now: Timestamp,
) -> Result<Vec<Dossier>, ActError> {
    let asked: BTreeSet<DocumentHash> = documents.iter().copied().collect();
    let asked: Vec<DocumentHash> = asked.into_iter().collect();
    Ok(dossiers(store, &asked, now, rulebook.places())?)
}

fn is_enrolled(person: &Dossier) -> bool {
    person.subjects().next().is_some()
}

/// What a new standing asks for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    /// Nothing.
    None,
    /// To be written.
    Written,
    /// To be written and logged.
    Logged,
}

fn turn(old: Option<&Standing>, new: &Standing, now: Timestamp) -> Turn {
    let plain = |standing: &Standing| standing.plainly_low_until().is_some();
    if old.is_some_and(|old| says_the_same(old, new, now)) {
        Turn::None
    } else if plain(new) && old.is_none_or(plain) {
        Turn::Written
    } else {
        Turn::Logged
    }
}

/// Whether two standings tell the same from now on. Levels that have reasons have them from one version of
/// the rules; who is plainly low has none, and a new version need not be written into each.
fn says_the_same(old: &Standing, new: &Standing, now: Timestamp) -> bool {
    let ahead = |standing: &Standing| {
        let next = standing.steps().iter().filter(|step| step.from > now);
        let next: Vec<_> = next.copied().collect();
        (
            standing.at(now).map(|(step, _)| (step.level, step.class)),
            next,
        )
    };
    let plain = |standing: &Standing| standing.plainly_low_until().is_some();
    (old.pack == new.pack || (plain(old) && plain(new)))
        && old.horizon == new.horizon
        && old.last_test == new.last_test
        && ahead(old) == ahead(new)
}

#[cfg(test)]
mod tests {
    use hc_code::ReasonClass;

    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_656_734_400);

    /// Low from now on, and another level some seconds later.
    fn turning(before: Level, after: Level, seconds: u32) -> Changed {
        let mut bytes = vec![1];
        bytes.extend(7_u32.to_be_bytes());
        bytes.extend(NOW.unix().to_be_bytes());
        bytes.extend(Timestamp::MAX.unix().to_be_bytes());
        bytes.extend([0; 5]);
        let later = NOW.plus(Span::seconds(seconds));
        for (from, level, class) in [
            (NOW, Level::Low, ReasonClass::None),
            (later, after, ReasonClass::Test),
        ] {
            bytes.extend(from.unix().to_be_bytes());
            bytes.extend([level as u8, class.number()]);
        }
        Changed {
            number: SubjectNumber::new(1),
            before: Some(before),
            standing: Standing::from_bytes(&bytes).unwrap(),
        }
    }

    #[test]
    fn a_raise_that_is_dated_ahead_counts_at_once() {
        assert!(turning(Level::Low, Level::High, 60).is_raised(NOW));
        assert!(turning(Level::Unknown, Level::Medium, 600).is_raised(NOW));
        assert!(!turning(Level::Low, Level::High, 601).is_raised(NOW));
        assert!(!turning(Level::Low, Level::Unknown, 60).is_raised(NOW));
        assert!(!turning(Level::High, Level::High, 60).is_raised(NOW));
    }
}
