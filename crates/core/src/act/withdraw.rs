//! Withdrawal: a lost phone, a lost paper.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_tlog::entry::{Detail, Kind};

use super::application_consent::end_all_application_consents;
use super::trace::{label, log};
use super::{ActError, Actor, Changed, active, redecide};
use crate::rulebook::Rulebook;
use crate::store::Writing;

/// Retires a subject's number and gives a new one. Every code, token and paper of the old number
/// ends, and so does what applications may do by them; evidence, declarations, other consents and grants are the
/// person's and go on.
///
/// # Errors
/// [`ActError::NotEnrolled`]; [`ActError::Store`].
pub fn withdraw(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    number: SubjectNumber,
    actor: &Actor,
    reason: &str,
    now: Timestamp,
) -> Result<(SubjectNumber, Vec<Changed>), ActError> {
    active(store, number)?;
    let details = [Detail::Reason(label(reason)?)];
    log(store, Kind::Withdrawal, now, Some(number), actor, details)?;
    end_all_application_consents(store, number, now)?;
    let successor = store.replace_subject(number, now)?;
    let hashes = store.hashes(successor)?;
    let mut changed = redecide(store, rulebook, &hashes, now)?;
    if changed.iter().all(|changed| changed.number != successor) {
        // The standing went over with the rest; the read path does not know it by this number yet.
        let kept = store.standings(&[successor])?.into_iter().flatten();
        changed.extend(kept.map(|standing| Changed {
            number: successor,
            before: None,
            standing,
        }));
    }
    Ok((successor, changed))
}
