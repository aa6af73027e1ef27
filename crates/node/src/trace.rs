//! What the region's own work leaves in the log.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::act::ActError;
use hc_core::store::Writing;
use hc_tlog::entry::{Actor, Detail, Entry, Kind, Label, Role, SubjectRef};

/// A text of the log.
pub(crate) fn label(text: &str) -> Result<Label, ActError> {
    text.parse()
        .map_err(|error: hc_tlog::entry::LabelError| ActError::Log(error.to_string()))
}

/// Unix seconds; times before 1970 are 0.
pub(crate) fn seconds(at: Timestamp) -> u64 {
    u64::try_from(at.unix()).unwrap_or(0)
}

/// Appends an entry about nobody; gives its index.
pub(crate) fn log(
    writing: &mut dyn Writing,
    kind: Kind,
    at: Timestamp,
    by: (Role, &str),
    details: impl IntoIterator<Item = Detail>,
) -> Result<u64, ActError> {
    log_about(writing, (kind, None), at, by, details)
}

/// Appends an entry about somebody or nobody; gives its index.
pub(crate) fn log_about(
    writing: &mut dyn Writing,
    (kind, number): (Kind, Option<SubjectNumber>),
    at: Timestamp,
    (role, id): (Role, &str),
    details: impl IntoIterator<Item = Detail>,
) -> Result<u64, ActError> {
    let actor = Actor::new(role, label(id)?);
    let subject = number.map(|number| SubjectRef::from_number(number.expose_number().into()));
    let entry = Entry::new(kind, seconds(at), subject, actor, details)
        .map_err(|error| ActError::Log(error.to_string()))?;
    Ok(writing.log(&entry)?)
}
