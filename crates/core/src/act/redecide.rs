//! Deciding people anew after something about them has changed.

use std::collections::BTreeSet;

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;

use super::{ActError, trace};
use crate::rulebook::Rulebook;
use crate::standing::Standing;
use crate::store::{DocumentHash, Dossier, Writing, dossiers};

/// A subject whose standing is another one now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Whose.
    pub number: SubjectNumber,
    /// What the read path is to know from now on.
    pub standing: Standing,
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
    let asked: BTreeSet<DocumentHash> = documents.iter().copied().collect();
    let asked: Vec<DocumentHash> = asked.into_iter().collect();
    let people = dossiers(store, &asked, now, rulebook.places())?;
    let numbers: Vec<SubjectNumber> = people.iter().flat_map(Dossier::subjects).collect();
    let before = store.standings(&numbers)?;
    let mut before = numbers.iter().copied().zip(before);
    let mut changed = Vec::new();
    for person in &people {
        if person.subjects().next().is_none() {
            continue;
        }
        let story = person.story(now);
        let (standing, decision) = rulebook.decide(&story, now);
        let plain = standing.plainly_low_until().is_some();
        for (number, old) in before.by_ref().take(person.subjects().count()) {
            let same = old
                .as_ref()
                .is_some_and(|old| says_the_same(old, &standing, now));
            let was_plain = old
                .as_ref()
                .is_none_or(|old| old.plainly_low_until().is_some());
            let nothing_to_say = same || (plain && was_plain);
            if !nothing_to_say {
                trace::log_decision(store, number, rulebook.pack(), &decision, &story, now)?;
            }
            // What says the same from now on need not be written: most of a region, after most changes.
            if !same {
                changed.push(Changed {
                    number,
                    standing: standing.clone(),
                });
            }
        }
    }
    let rows: Vec<(SubjectNumber, Standing)> = changed
        .iter()
        .map(|changed| (changed.number, changed.standing.clone()))
        .collect();
    store.set_standings(&rows)?;
    Ok(changed)
}

/// Whether two standings tell the same from now on, by the same rules.
fn says_the_same(old: &Standing, new: &Standing, now: Timestamp) -> bool {
    let ahead = |standing: &Standing| {
        let next = standing.steps().iter().filter(|step| step.from > now);
        let next: Vec<_> = next.copied().collect();
        (
            standing.at(now).map(|(step, _)| (step.level, step.class)),
            next,
        )
    };
    old.pack == new.pack
        && old.horizon == new.horizon
        && old.last_test == new.last_test
        && ahead(old) == ahead(new)
}
