//! What all registered parties have: an id, a name, a key, a beginning and an end.

use core::fmt;

use base64ct::{Base64, Encoding};
use hc_code::Timestamp;
use hc_code::signing::{Algorithm, PublicKey, PublicKeyError};
use hc_core::store::{PartyKind, PartyRow};
use serde::{Deserialize, Serialize};

use crate::applications::ApplicationTerms;
use crate::gates::GateTerms;
use crate::officers::OfficerTerms;
use crate::sources::SourceTerms;

/// The id that a party signs as, 1 to 64 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PartyId(String);

/// Terms that cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TermsError {
    /// The id.
    #[error(
        "an id has 1 to 64 visible ASCII characters, none of them a quotation mark or a backslash"
    )]
    Id,
    /// The name.
    #[error("a name has 1 to 64 characters, none of them a control character")]
    Name,
    /// A source of the person's own word.
    #[error("nobody is registered to speak as the person: declarations are made by people")]
    Person,
    /// Nothing may be sent.
    #[error("a source is registered for at least one kind of line")]
    NoLines,
    /// Nowhere.
    #[error("a source is registered for at least one division")]
    NoDivisions,
    /// No volume.
    #[error("a source may send at least one row a batch, and no fewer a day than a batch")]
    Volume,
    /// A share above the whole.
    #[error("a share is at most 1000 per mille")]
    Share,
    /// No duty.
    #[error("an officer is registered for at least one duty")]
    NoDuties,
    /// An auditor who acts.
    #[error("an auditor has no other duty: nobody audits what they do themselves")]
    Audits,
    /// The venue.
    #[error("a venue has 1 to 64 characters, none of them a control character")]
    Venue,
    /// Nobody stands at the gate.
    #[error("a gate that nobody attends looks nobody up: it is registered for no purpose")]
    Unattended,
    /// The quota.
    #[error(
        "a gate that looks people up may do so at least once an hour and no more an hour than a day, at most {0} a day"
    )]
    Quota(u32),
    /// No function.
    #[error("an application is registered for at least one function")]
    NoFunctions,
    /// Queries without a purpose.
    #[error("an application that queries is registered for at least one purpose")]
    NoPurposes,
    /// The calls of a minute or the queries of a day.
    #[error(
        "an application may call at least once a minute; it may query at most {0} people a day, and only where it is registered for that"
    )]
    Calls(u32),
    /// The registration ends before it begins.
    #[error("a registration ends after it begins")]
    Ends,
    /// The key.
    #[error(transparent)]
    Key(#[from] PublicKeyError),
    /// What the store has is not the terms of a party.
    #[error("what is kept about the party cannot be read: {0}")]
    Kept(&'static str),
}

impl PartyId {
    /// Takes an id.
    ///
    /// # Errors
    /// [`TermsError::Id`].
    pub fn parse(text: &str) -> Result<Self, TermsError> {
        let fits = (1..=64).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\'));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(TermsError::Id)
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PartyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// A short text for people.
pub(crate) fn is_short(text: &str) -> bool {
    (1..=64).contains(&text.chars().count()) && !text.chars().any(char::is_control)
}

/// From when until when a registration holds.
pub(crate) fn holds((from, until): (Timestamp, Timestamp), now: Timestamp) -> bool {
    from <= now && now < until
}

/// A public key as it is kept.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct KeptKey {
    algorithm: String,
    key: String,
}

impl KeptKey {
    pub(crate) fn of(key: &PublicKey) -> Self {
        Self {
            algorithm: key.algorithm().name().to_owned(),
            key: Base64::encode_string(key.as_bytes()),
        }
    }

    pub(crate) fn read(&self) -> Result<PublicKey, TermsError> {
        let algorithm =
            Algorithm::from_name(&self.algorithm).ok_or(TermsError::Kept("the algorithm"))?;
        let key = Base64::decode_vec(&self.key).map_err(|_| TermsError::Kept("the key"))?;
        Ok(PublicKey::parse(algorithm, &key)?)
    }
}

/// The terms of a party of whatever kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Terms {
    /// A source's.
    Source(SourceTerms),
    /// A gate's.
    Gate(GateTerms),
    /// An officer's.
    Officer(OfficerTerms),
    /// An application's.
    Application(ApplicationTerms),
}

impl Terms {
    /// Reads what is kept.
    ///
    /// # Errors
    /// [`TermsError`].
    pub fn from_row(row: &PartyRow) -> Result<Self, TermsError> {
        Ok(match row.kind {
            PartyKind::Source => Self::Source(SourceTerms::from_row(row)?),
            PartyKind::Gate => Self::Gate(GateTerms::from_row(row)?),
            PartyKind::Officer => Self::Officer(OfficerTerms::from_row(row)?),
            PartyKind::Application => Self::Application(ApplicationTerms::from_row(row)?),
        })
    }

    /// The row for the store.
    pub fn to_row(&self) -> PartyRow {
        match self {
            Self::Source(terms) => terms.to_row(),
            Self::Gate(terms) => terms.to_row(),
            Self::Officer(terms) => terms.to_row(),
            Self::Application(terms) => terms.to_row(),
        }
    }

    /// The kind.
    pub const fn kind(&self) -> PartyKind {
        match self {
            Self::Source(_) => PartyKind::Source,
            Self::Gate(_) => PartyKind::Gate,
            Self::Officer(_) => PartyKind::Officer,
            Self::Application(_) => PartyKind::Application,
        }
    }

    /// The id.
    pub const fn id(&self) -> &PartyId {
        match self {
            Self::Source(terms) => terms.id(),
            Self::Gate(terms) => terms.id(),
            Self::Officer(terms) => terms.id(),
            Self::Application(terms) => terms.id(),
        }
    }

    /// The key that it signs with.
    pub const fn key(&self) -> &PublicKey {
        match self {
            Self::Source(terms) => terms.key(),
            Self::Gate(terms) => terms.key(),
            Self::Officer(terms) => terms.key(),
            Self::Application(terms) => terms.key(),
        }
    }

    /// Whether the registration holds at an instant.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        match self {
            Self::Source(terms) => terms.holds_at(now),
            Self::Gate(terms) => terms.holds_at(now),
            Self::Officer(terms) => terms.holds_at(now),
            Self::Application(terms) => terms.holds_at(now),
        }
    }
}
