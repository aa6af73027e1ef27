//! What is known about a person, of one kind.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;

use super::{ActError, active};
use crate::evidence::{EventKind, Evidence};
use crate::rulebook::Rulebook;
use crate::store::{Reading, dossier};

/// The evidence of a kind that is known and was not taken back, the latest first.
///
/// # Errors
/// [`ActError::NotEnrolled`]; [`ActError::Store`].
pub fn known(
    store: &mut dyn Reading,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    kind: EventKind,
    now: Timestamp,
) -> Result<Vec<Evidence>, ActError> {
    active(store, number)?;
    let documents = store.hashes(number)?;
    let document = *documents.first().ok_or(ActError::NotEnrolled)?;
    let person = dossier(store, document, now, rulebook.places())?;
    let story = person.story(now);
    let mut found: Vec<Evidence> = (0..)
        .zip(story.facts().as_slice())
        .filter(|(_, fact)| fact.event.kind() == kind && fact.known <= now)
        .flat_map(|(place, _)| story.evidence(place))
        .filter_map(|id| person.evidence().get(*id).cloned())
        .collect();
    found.sort_by_key(|evidence| (core::cmp::Reverse(evidence.fact().at), evidence.id()));
    Ok(found)
}
