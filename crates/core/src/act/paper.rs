//! Paper codes: for people without a phone, and for everybody's pocket.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_code::paper::Paper;

use super::{ActError, active};
use crate::store::{PaperRow, Writing};

/// Notes a new sheet. `pointer` was drawn at random for it. A sheet that was noted with the same
/// pointer before stays whose it is.
///
/// # Errors
/// [`ActError::NotEnrolled`]; [`ActError::NoPaper`] where the pointer is another sheet's.
pub fn issue_paper(
    store: &mut dyn Writing,
    number: SubjectNumber,
    pointer: [u8; 16],
    now: Timestamp,
) -> Result<PaperRow, ActError> {
    active(store, number)?;
    if store.paper(&pointer)?.is_some() {
        return Err(ActError::NoPaper);
    }
    let row = PaperRow {
        pointer,
        number,
        at: now,
        until: now.plus(Paper::LIFETIME),
        withdrawn: None,
    };
    store.set_paper(&row)?;
    Ok(row)
}

/// Withdraws a sheet that was lost. Doing it again changes nothing.
///
/// # Errors
/// [`ActError::NoPaper`] for a sheet that is not this subject's.
pub fn withdraw_paper(
    store: &mut dyn Writing,
    number: SubjectNumber,
    pointer: &[u8; 16],
    now: Timestamp,
) -> Result<PaperRow, ActError> {
    active(store, number)?;
    let found = store.paper(pointer)?.filter(|row| row.number == number);
    let mut row = found.ok_or(ActError::NoPaper)?;
    if row.withdrawn.is_none() {
        row.withdrawn = Some(now);
        store.set_paper(&row)?;
    }
    Ok(row)
}
