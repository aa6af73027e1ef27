//! Erasure at the person's wish.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_tlog::entry::{Detail, IndexRange, Kind, Role};

use super::trace::{label, log};
use super::{ActError, Actor, active};
use crate::store::Writing;

/// The most ranges of sequences that one entry names.
const RANGES: usize = 200;

/// Forgets a subject: who they are, what they declared, what is kept under their documents. That an
/// erasure happened stays in the log, with the sequences of the entries whose contents went; the entry names
/// the number, which then means nothing.
///
/// Nobody erases themselves while they are above low: whoever enrolled again under the same document
/// would be low at once, and an infection ended by a wish.
///
/// # Errors
/// [`ActError::NotEnrolled`]; [`ActError::AboveLow`]; [`ActError::Store`].
pub fn erase(
    store: &mut dyn Writing,
    number: SubjectNumber,
    actor: &Actor,
    reason: &str,
    now: Timestamp,
) -> Result<(), ActError> {
    active(store, number)?;
    if actor.role == Role::Subject
        && let Some(until) = above_low_until(store, number, now)?
    {
        return Err(ActError::AboveLow { until });
    }
    let own = store.log_of(number, u32::MAX)?.into_iter();
    let mut going: Vec<u64> = own
        .filter(|row| {
            let opened = row.opened.as_ref();
            opened.is_some_and(|(_, entry)| entry.kind() != Kind::Erasure)
        })
        .map(|row| row.sequence)
        .collect();
    going.sort_unstable();
    let runs: Vec<IndexRange> = going
        .chunk_by(|one, next| one + 1 == *next)
        .filter_map(|run| IndexRange::new(*run.first()?, *run.last()? + 1).ok())
        .collect();
    // One entry in any case, and more where there is not room for all.
    let some = runs.chunks(RANGES).map(<[IndexRange]>::to_vec);
    let parts: Vec<Vec<IndexRange>> = if runs.is_empty() {
        vec![Vec::new()]
    } else {
        some.collect()
    };
    for part in parts {
        let mut details = vec![Detail::Reason(label(reason)?)];
        details.extend(part.into_iter().map(Detail::Erased));
        log(store, Kind::Erasure, now, Some(number), actor, details)?;
    }
    store.erase_subject(number, now)?;
    Ok(())
}

/// When a level above low ends, where there is one now.
fn above_low_until(
    store: &mut dyn Writing,
    number: SubjectNumber,
    now: Timestamp,
) -> Result<Option<Timestamp>, ActError> {
    let standing = store.standings(&[number])?.pop().flatten();
    Ok(standing.and_then(|standing| {
        let (step, _) = standing.at(now)?;
        if !step.level.is_above_low() {
            return None;
        }
        let mut ahead = standing.steps().iter().filter(|step| step.from > now);
        let end = ahead.find(|step| !step.level.is_above_low());
        Some(end.map_or(standing.horizon, |step| step.from))
    }))
}
