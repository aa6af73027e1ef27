//! What another rule pack would make of people, without changing anything.

use std::collections::BTreeSet;

use hc_code::day_index::SubjectNumber;
use hc_code::{DivisionCode, Level, Timestamp};

use super::ActError;
use super::profile::read_document;
use crate::document::IdentityNumber;
use crate::rulebook::Rulebook;
use crate::store::{DocumentHash, Reading, dossiers};

/// What one person's level is and would be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tried {
    /// The prefecture in which the identity number was given; none for other documents.
    pub division: Option<DivisionCode>,
    /// The level now, where one is known.
    pub from: Option<Level>,
    /// The level by the other rules.
    pub to: Level,
}

/// Decides these subjects for now by a rulebook that is not in force.
///
/// # Errors
/// [`ActError::Store`]; [`ActError::Profile`].
pub fn try_rules(
    store: &mut dyn Reading,
    trial: &mut Rulebook,
    numbers: &[SubjectNumber],
    now: Timestamp,
) -> Result<Vec<Tried>, ActError> {
    let mut documents: Vec<DocumentHash> = Vec::with_capacity(numbers.len());
    for number in numbers {
        documents.extend(store.hashes(*number)?.first());
    }
    // Whom a link unites with somebody else is counted with their own number.
    let mut left: BTreeSet<SubjectNumber> = numbers.iter().copied().collect();
    let mut all = Vec::with_capacity(numbers.len());
    for person in dossiers(store, &documents, now, trial.places())? {
        let (standing, _) = trial.decide(&person.story(now), now);
        let to = standing
            .at(now)
            .map_or(Level::Unknown, |(step, _)| step.level);
        for (number, old) in person.subjects() {
            if !left.remove(&number) {
                continue;
            }
            let kept = store.documents(number)?;
            let first = kept.first().map(|row| read_document(&row.content, now));
            let division = first.transpose()?.and_then(|document| {
                let number = document.identity_number();
                number.and_then(IdentityNumber::division)
            });
            all.push(Tried {
                division: division.map(DivisionCode::prefecture),
                from: old.and_then(|old| old.at(now)).map(|(step, _)| step.level),
                to,
            });
        }
    }
    Ok(all)
}
