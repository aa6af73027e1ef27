//! Registering sources, gates and officers, and ending registrations: each in the act that it is part of.
//!
//! An id names one party of its kind for ever, since the log speaks of parties by id. No two parties have
//! the same key, or one key could be two credentials.

use hc_code::{Span, Timestamp};
use hc_core::act::ActError;
use hc_core::party::Duty;
use hc_core::store::{PartyKind, Reading, StoreError, Writing};
use hc_core::word::Word as _;
use hc_tlog::entry::{Detail, Kind, Role};
use sha2::{Digest, Sha256};

use crate::officers::OfficerTerms;
use crate::party::{PartyId, Terms, TermsError};
use crate::trace::{label, log, seconds};

/// Why nobody was registered, or no registration ended.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The id.
    #[error("the id names another {0}, or named one: an id is never given again")]
    IdTaken(PartyKind),
    /// The key.
    #[error("the key is the {kind} {id}'s: no two parties have the same")]
    KeyTaken {
        /// What the other party does.
        kind: PartyKind,
        /// Its id.
        id: PartyId,
    },
    /// The name of a source.
    #[error("another source of this kind has this name, and takes back what it stated by it")]
    NameTaken,
    /// The name of an officer.
    #[error(
        "an officer of this name is registered: one person has one registration; where they are two people, the name must tell them apart"
    )]
    PersonTaken,
    /// Nobody has the id.
    #[error("no {0} is registered under this id")]
    NotRegistered(PartyKind),
    /// Nobody would be left to approve anything.
    #[error("fewer than two operators would be left, and nothing could be approved any more")]
    LastOperators,
    /// The registration would end before it begins.
    #[error(transparent)]
    Terms(#[from] TermsError),
}

impl From<StoreError> for RegistrationError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

/// Who registers or ends, as the log names them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct By {
    role: Role,
    id: String,
    second: Option<String>,
    about: Option<u64>,
}

impl By {
    /// Somebody with the region's secrets, while the service stands still: how the first officers come
    /// about, and the way out where no two are left.
    pub fn command_line() -> Self {
        Self {
            role: Role::Service,
            id: "command-line".to_owned(),
            second: None,
            about: None,
        }
    }

    /// Two officers: who proposed, in which entry of the log, and who approved.
    pub fn two(first: &str, second: &str, about: u64) -> Self {
        Self {
            role: Role::Officer,
            id: first.to_owned(),
            second: Some(second.to_owned()),
            about: Some(about),
        }
    }

    pub(crate) fn actor(&self) -> (Role, &str) {
        (self.role, &self.id)
    }

    pub(crate) fn details(&self) -> Result<Vec<Detail>, ActError> {
        let mut details = Vec::new();
        if let Some(second) = &self.second {
            details.push(Detail::SecondOfficer(label(second)?));
        }
        details.extend(self.about.map(Detail::About));
        Ok(details)
    }
}

/// Registers a party from now on.
///
/// # Errors
/// [`RegistrationError`].
pub fn register(
    writing: &mut dyn Writing,
    terms: &Terms,
    by: &By,
    now: Timestamp,
) -> Result<(), RegistrationError> {
    check(writing, terms, now)?;
    let mut row = terms.to_row();
    row.at = now;
    let terms = Terms::from_row(&row)?;
    writing.set_party(&row)?;
    let mut details = by.details()?;
    details.extend([
        Detail::PartyKind(label(terms.kind().word())?),
        Detail::Party(label(terms.id().as_str())?),
        Detail::Ends(seconds(row.until)),
        Detail::Digest(Sha256::digest(&row.content).into()),
    ]);
    log(writing, Kind::PartyRegistered, now, by.actor(), details)?;
    Ok(())
}

/// Whether a party could be registered now.
///
/// # Errors
/// [`RegistrationError`].
pub fn check(
    reading: &mut dyn Reading,
    terms: &Terms,
    now: Timestamp,
) -> Result<(), RegistrationError> {
    if terms.to_row().until <= now {
        return Err(TermsError::Ends.into());
    }
    for kind in PartyKind::ALL {
        for row in reading.parties(*kind)? {
            let other = Terms::from_row(&row)?;
            if other.kind() == terms.kind() && other.id() == terms.id() {
                return Err(RegistrationError::IdTaken(*kind));
            }
            if other.key() == terms.key() {
                let id = other.id().clone();
                return Err(RegistrationError::KeyTaken { kind: *kind, id });
            }
            match (&other, terms) {
                (Terms::Source(other), Terms::Source(terms)) => {
                    if (other.kind(), other.name()) == (terms.kind(), terms.name()) {
                        return Err(RegistrationError::NameTaken);
                    }
                }
                (Terms::Officer(other), Terms::Officer(terms)) => {
                    if other.holds_at(now) && other.is_the_same_as(terms) {
                        return Err(RegistrationError::PersonTaken);
                    }
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// Ends a registration now. Ending what has ended changes nothing.
///
/// # Errors
/// [`RegistrationError::NotRegistered`]; [`RegistrationError::LastOperators`] where two officers do it, who
/// could not be replaced by two others; [`RegistrationError::Act`].
pub fn end(
    writing: &mut dyn Writing,
    (kind, id): (PartyKind, &PartyId),
    reason: &str,
    by: &By,
    now: Timestamp,
) -> Result<(), RegistrationError> {
    check_end(writing, (kind, id), by.second.is_some(), now)?;
    let row = writing.party(kind, id.as_str())?;
    let mut row = row.ok_or(RegistrationError::NotRegistered(kind))?;
    if row.until <= now {
        return Ok(());
    }
    // A registration has at least the second in which it began.
    row.until = now.max(row.at.plus(Span::seconds(1)));
    writing.set_party(&row)?;
    let mut details = by.details()?;
    details.extend([
        Detail::PartyKind(label(kind.word())?),
        Detail::Party(label(id.as_str())?),
        Detail::Reason(label(reason)?),
    ]);
    log(writing, Kind::PartyEnded, now, by.actor(), details)?;
    Ok(())
}

/// Whether a registration could be ended now, and by two officers if `by_two`.
///
/// # Errors
/// As [`end`].
pub fn check_end(
    reading: &mut dyn Reading,
    (kind, id): (PartyKind, &PartyId),
    by_two: bool,
    now: Timestamp,
) -> Result<(), RegistrationError> {
    if reading.party(kind, id.as_str())?.is_none() {
        return Err(RegistrationError::NotRegistered(kind));
    }
    if kind == PartyKind::Officer && by_two {
        let mut left = 0;
        for row in reading.parties(kind)? {
            let terms = OfficerTerms::from_row(&row)?;
            let operates = terms.duties().contains(Duty::Operator) && terms.holds_at(now);
            left += u32::from(operates && terms.id() != id);
        }
        if left < 2 {
            return Err(RegistrationError::LastOperators);
        }
    }
    Ok(())
}
