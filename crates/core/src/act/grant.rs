//! Grants: who may show and declare for whom. Made by both sides, for a time, ended by either.

use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_tlog::entry::{Detail, Kind};

use super::trace::{Actor, label, log, seconds};
use super::{ActError, active};
use crate::store::{GrantRow, Reading, Writing};

/// The most people for whom one person acts at once: a household and the parents of both.
pub const MOST_WARDS: usize = 8;
/// The most people who act for one person at once.
pub const MOST_GUARDIANS: usize = 4;
/// The longest that a grant is given for.
pub const LONGEST_GRANT: Span = Span::days(366);

/// Why no grant is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// Guardian and ward are one.
    #[error("nobody is their own guardian")]
    Oneself,
    /// The offer was taken up before, or a later one was.
    #[error("the offer was taken up already")]
    Used,
    /// Too many wards.
    #[error("one person acts for at most {MOST_WARDS} others")]
    Wards,
    /// Too many guardians.
    #[error("at most {MOST_GUARDIANS} others act for one person")]
    Guardians,
}

/// Makes the grant that a ward offered at an instant. Taking the same offer up again changes nothing;
/// an offer that was ended is not taken up again, nor one that is older than a grant to anybody else.
///
/// # Errors
/// [`ActError::Grant`]; [`ActError::NotEnrolled`]; [`ActError::Store`].
pub fn grant(
    store: &mut dyn Writing,
    (guardian, ward): (SubjectNumber, SubjectNumber),
    (offered, until): (Timestamp, Timestamp),
    now: Timestamp,
) -> Result<GrantRow, ActError> {
    if guardian == ward {
        return Err(GrantError::Oneself.into());
    }
    active(store, guardian)?;
    active(store, ward)?;
    let of_ward = store.grants(ward)?;
    let own = of_ward.iter().filter(|row| row.ward == ward);
    if let Some(row) = own.clone().find(|row| row.at >= offered) {
        let same = row.guardian == guardian && row.at == offered && row.until > now;
        return if same {
            Ok(row.clone())
        } else {
            Err(GrantError::Used.into())
        };
    }
    let others = own.filter(|row| row.until > now && row.guardian != guardian);
    if others.count() >= MOST_GUARDIANS {
        return Err(GrantError::Guardians.into());
    }
    let wards = store.grants(guardian)?.into_iter();
    let wards = wards.filter(|row| row.guardian == guardian && row.until > now && row.ward != ward);
    if wards.count() >= MOST_WARDS {
        return Err(GrantError::Wards.into());
    }
    let row = GrantRow {
        guardian,
        ward,
        at: offered,
        until: until.min(offered.plus(LONGEST_GRANT)),
    };
    store.set_grant(&row)?;
    for (number, act, who) in [(ward, "gives", "guardian"), (guardian, "takes", "self")] {
        let details = [Detail::Act(label(act)?), Detail::Ends(seconds(row.until))];
        log(
            store,
            Kind::GrantMade,
            now,
            Some(number),
            &person(who),
            details,
        )?;
    }
    Ok(row)
}

/// Ends a grant at once, by one of its two sides. Ending it again changes nothing.
///
/// # Errors
/// [`ActError::NoGrant`]; [`ActError::Store`].
pub fn end_grant(
    store: &mut dyn Writing,
    (guardian, ward): (SubjectNumber, SubjectNumber),
    by: SubjectNumber,
    now: Timestamp,
) -> Result<GrantRow, ActError> {
    active(store, by)?;
    let found = store.grants(ward)?.into_iter();
    let mut found = found.filter(|row| row.guardian == guardian && row.ward == ward);
    let mut row = found.next().ok_or(ActError::NoGrant)?;
    if row.until <= now {
        return Ok(row);
    }
    row.until = now;
    store.set_grant(&row)?;
    let by = if by == ward { "ward" } else { "guardian" };
    for (number, act, side) in [(ward, "gives", "ward"), (guardian, "takes", "guardian")] {
        let who = if by == side { "self" } else { by };
        let details = [Detail::Act(label(act)?), Detail::Reason(label(by)?)];
        log(
            store,
            Kind::GrantEnded,
            now,
            Some(number),
            &person(who),
            details,
        )?;
    }
    Ok(row)
}

/// Logs in a ward's log that a guardian acted: `show`, `carry`, `paper`, `declare` or `why`.
///
/// # Errors
/// [`ActError`].
pub fn acted_for(
    store: &mut dyn Writing,
    ward: SubjectNumber,
    act: &str,
    now: Timestamp,
) -> Result<(), ActError> {
    let details = [Detail::Act(label(act)?)];
    log(
        store,
        Kind::ActedFor,
        now,
        Some(ward),
        &person("guardian"),
        details,
    )
}

/// Whether a grant holds, as the store knows it.
///
/// # Errors
/// [`ActError::NoGrant`]; [`ActError::Store`].
pub fn granted(
    store: &mut dyn Reading,
    (guardian, ward): (SubjectNumber, SubjectNumber),
    now: Timestamp,
) -> Result<(), ActError> {
    let holds = store
        .grants(ward)?
        .iter()
        .any(|row| (row.guardian, row.ward) == (guardian, ward) && row.until > now);
    holds.then_some(()).ok_or(ActError::NoGrant)
}

fn person(id: &str) -> Actor {
    Actor {
        id: id.to_owned(),
        ..Actor::subject()
    }
}
