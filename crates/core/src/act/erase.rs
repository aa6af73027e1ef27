//! Erasure at the person's wish.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_tlog::entry::{Detail, Kind};

use super::trace::{label, log};
use super::{ActError, Actor, active};
use crate::store::Writing;

/// Forgets a subject: who they are, what they declared, what is kept under their documents. That an
/// erasure happened stays in the log; the entry names the number, which then means nothing.
///
/// # Errors
/// [`ActError::NotEnrolled`]; [`ActError::Store`].
pub fn erase(
    store: &mut dyn Writing,
    number: SubjectNumber,
    actor: &Actor,
    reason: &str,
    now: Timestamp,
) -> Result<(), ActError> {
    active(store, number)?;
    let details = [Detail::Reason(label(reason)?)];
    log(store, Kind::Erasure, now, Some(number), actor, details)?;
    store.erase_subject(number, now)?;
    Ok(())
}
