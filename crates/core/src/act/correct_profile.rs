//! Correcting who one is: name, telephone number, address. By the person, at once, logged.

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_tlog::entry::{Detail, Kind};

use super::trace::{Actor, label, log};
use super::{ActError, Profile, active};
use crate::personal::{Address, PersonName, Phone};
use crate::store::Writing;

/// What is to be another; what is none stays.
#[derive(Clone, Debug, Default)]
#[expect(
    clippy::option_option,
    reason = "what stays, what is another, and what is none any more are three things"
)]
pub struct ProfileChange {
    /// Another name.
    pub name: Option<PersonName>,
    /// Another telephone number, or none any more.
    pub phone: Option<Option<Phone>>,
    /// Another address, or none any more.
    pub address: Option<Option<Address>>,
}

/// Changes what is kept. The log says which parts, never what they were or are.
///
/// # Errors
/// [`ActError`].
pub fn correct_profile(
    store: &mut dyn Writing,
    number: SubjectNumber,
    change: &ProfileChange,
    actor: &Actor,
    now: Timestamp,
) -> Result<Profile, ActError> {
    let row = active(store, number)?;
    let before = Profile::from_bytes(&row.content)?;
    let mut profile = before.clone();
    let mut parts = Vec::new();
    if let Some(name) = &change.name {
        profile.name = name.clone();
        parts.push("name");
    }
    if let Some(phone) = &change.phone {
        profile.phone.clone_from(phone);
        parts.push("phone");
    }
    if let Some(address) = &change.address {
        profile.address.clone_from(address);
        parts.push("address");
    }
    if profile == before {
        return Ok(profile);
    }
    store.set_subject(number, &profile.expose_bytes())?;
    let details = [
        Detail::Reason(label(&parts.join("+"))?),
        Detail::Records(parts.len() as u64),
    ];
    log(
        store,
        Kind::ProfileChanged,
        now,
        Some(number),
        actor,
        details,
    )?;
    Ok(profile)
}
