//! Deciding people anew after something about them has changed.

use std::collections::BTreeSet;

use hc_code::day_index::SubjectNumber;
use hc_code::{Level, Span, Timestamp};

use super::{ActError, trace};
use crate::rulebook::Rulebook;
use crate::standing::Standing;
use crate::store::{DocumentHash, Writing, dossiers};

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
        let above = |level: Level| level.is_above_low();
        let after = self.standing.at(now).map(|(step, _)| step.level);
        let mut soon = self.standing.steps().iter();
        let soon = soon
            .any(|step| (now..=now.plus(AHEAD)).contains(&step.from) && step.level.is_above_low());
        (soon || after.is_some_and(above)) && !self.before.is_some_and(above)
    }
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
    let mut changed = Vec::new();
    for person in &people {
        if person.subjects().next().is_none() {
            continue;
        }
        let story = person.story(now);
        let (standing, decision) = rulebook.decide(&story, now);
        let plain = standing.plainly_low_until().is_some();
        for (number, old) in person.subjects() {
            let same = old.is_some_and(|old| says_the_same(old, &standing, now));
            let was_plain = old.is_none_or(|old| old.plainly_low_until().is_some());
            let nothing_to_say = same || (plain && was_plain);
            if !nothing_to_say {
                trace::log_decision(store, number, rulebook.pack(), &decision, &story, now)?;
            }
            // What says the same from now on need not be written: most of a region, after most changes.
            if !same {
                let before = old.and_then(|old| old.at(now));
                changed.push(Changed {
                    number,
                    before: before.map(|(step, _)| step.level),
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
