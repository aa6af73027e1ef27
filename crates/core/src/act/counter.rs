//! Enrolment at a counter: an officer has seen the document, and the person leaves with a sheet.

use hc_code::Timestamp;
use hc_tlog::entry::{Detail, Kind};

use super::trace::{label, log};
use super::{ActError, Actor, Enrolled, Enrolment, enrol, issue_paper};
use crate::rulebook::Rulebook;
use crate::store::{DocumentHasher, PaperRow, Writing};

/// What came of an enrolment at a counter.
#[derive(Clone, Debug)]
pub struct AtCounter {
    /// Who was enrolled.
    pub enrolled: Enrolled,
    /// The sheet.
    pub paper: PaperRow,
}

/// Enrols a person who showed the document to an officer, gives them a sheet, and logs with the
/// person who did it. `pointer` was drawn at random for the sheet.
///
/// # Errors
/// [`ActError::NoConsent`]; [`ActError::NoPaper`] where the pointer is another sheet's;
/// [`ActError::Log`], [`ActError::Store`]. Nothing is done then.
pub fn enrol_at_counter(
    store: &mut dyn Writing,
    rulebook: &mut Rulebook,
    hasher: &DocumentHasher,
    enrolment: &Enrolment,
    (officer, pointer): (&Actor, [u8; 16]),
    now: Timestamp,
) -> Result<AtCounter, ActError> {
    let enrolled = enrol(store, rulebook, hasher, enrolment, officer, now)?;
    let number = enrolled.number;
    let outcome = if enrolled.new { "new" } else { "known" };
    let details = [Detail::Outcome(label(outcome)?)];
    log(
        store,
        Kind::CounterEnrolment,
        now,
        Some(number),
        officer,
        details,
    )?;
    let paper = issue_paper(store, number, pointer, now)?;
    Ok(AtCounter { enrolled, paper })
}
