//! Why a level is so.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;

use super::{ActError, active};
use crate::evidence::Evidence;
use crate::explanation::Explanation;
use crate::rulebook::Rulebook;
use crate::store::{Reading, dossier};

/// A decision in words, with the evidence that it stands on.
#[derive(Clone, Debug)]
pub struct Why {
    /// The decision.
    pub explanation: Explanation,
    /// The evidence that any reason names, by id.
    pub evidence: Vec<Evidence>,
}

/// Decides anew from what is kept and explains it.
///
/// # Errors
/// [`ActError::NotEnrolled`]; [`ActError::Store`].
pub fn why(
    store: &mut dyn Reading,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    now: Timestamp,
) -> Result<Why, ActError> {
    active(store, number)?;
    let documents = store.hashes(number)?;
    let document = *documents.first().ok_or(ActError::NotEnrolled)?;
    let person = dossier(store, document, now, rulebook.places())?;
    let story = person.story(now);
    let (_, decision) = rulebook.decide(&story, now);
    let explanation = rulebook.explain(&decision, &story, now);
    let mut ids: Vec<_> = explanation
        .reasons
        .iter()
        .flat_map(|reason| reason.evidence.iter().copied())
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let evidence = ids
        .into_iter()
        .filter_map(|id| person.evidence().get(id).cloned())
        .collect();
    Ok(Why {
        explanation,
        evidence,
    })
}
