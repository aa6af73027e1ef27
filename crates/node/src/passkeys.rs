//! Passkeys of officers: what an authenticator says (Web Authentication Level 2, W3C 2021), held to what was
//! asked of it.
//!
//! * [`RelyingParty`]: for which pages passkeys are; [`Challenge`]: what is to be signed once.
//! * [`Created`]: a new passkey; [`Asserted`]: a use of one. Both hold only with user presence *and* user
//!   verification, for this relying party and this challenge.
//! * [`Statement`]: a use for one act, as the decision log keeps it.
//! * Attestation is not asked for: who adds a passkey has shown a ticket that the officer's key signed for.

mod authenticator;
mod client;
mod relying;
mod statement;

use core::fmt;

use hc_code::Timestamp;
use hc_code::signing::PublicKey;
use hc_core::store::PasskeyRow;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use authenticator::{Asserted, Created};
pub use relying::{OriginError, RelyingParty};
pub use statement::{Statement, StatementError};

use crate::party::{KeptKey, PartyId, is_short};

/// The most passkeys that one officer has at a time.
pub const MOST_PASSKEYS: usize = 8;

/// Thirty-two bytes to be signed by one passkey once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Challenge([u8; 32]);

impl Challenge {
    /// A challenge that stands for an act: who signs it has signed for that act and no other. `fresh` is
    /// drawn at random, `act` is the digest of what is to be done.
    pub fn of(fresh: &[u8; 32], act: &[u8; 32]) -> Self {
        let mut hasher = Sha256::new();
        hasher.update(b"healthcode desk challenge 1\n");
        hasher.update(fresh);
        hasher.update(act);
        Self(hasher.finalize().into())
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Why a passkey was not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthenticatorError {
    /// Client data that are none, or of another ceremony.
    #[error("the client data cannot be read, or are of another ceremony")]
    ClientData,
    /// Another challenge.
    #[error("the challenge is another one, or was used")]
    Challenge,
    /// Another page.
    #[error("the passkey was used on another page")]
    Origin,
    /// Authenticator data that are none.
    #[error("the authenticator data cannot be read")]
    Data,
    /// Another relying party.
    #[error("the passkey is for another site")]
    RelyingParty,
    /// Nobody was there, or was not verified.
    #[error("the authenticator did not verify the person: a PIN, finger or face is needed")]
    NotVerified,
    /// A key of another form.
    #[error("the passkey's key is neither ES256 nor Ed25519")]
    Key,
    /// The signature.
    #[error("the signature does not hold")]
    Signature,
    /// The counter.
    #[error("the passkey's counter went back: it may have been copied")]
    Counter,
}

/// A passkey of an officer.
#[derive(Clone, PartialEq, Eq)]
pub struct Passkey {
    credential: Vec<u8>,
    officer: PartyId,
    label: String,
    key: PublicKey,
    counter: u32,
    added: Timestamp,
    until: Timestamp,
    used: Option<Timestamp>,
}

/// What is kept is no passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is kept about a passkey cannot be read: {0}")]
pub struct KeptPasskeyError(&'static str);

/// A label that cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a passkey's name has 1 to 64 characters, none of them a control character")]
pub struct LabelError;

/// Whether a text can be a passkey's name: to be asked before an authenticator makes one that nobody could add.
///
/// # Errors
/// [`LabelError`].
pub fn check_label(label: &str) -> Result<(), LabelError> {
    if is_short(label) {
        Ok(())
    } else {
        Err(LabelError)
    }
}

impl fmt::Debug for Passkey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passkey")
            .field("officer", &self.officer)
            .field("until", &self.until)
            .finish_non_exhaustive()
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    label: String,
    key: KeptKey,
    counter: u32,
    used: Option<i64>,
}

impl Passkey {
    /// The passkey of an officer from what an authenticator made, until their registration ends.
    ///
    /// # Errors
    /// [`LabelError`].
    pub fn new(
        created: Created,
        officer: PartyId,
        label: &str,
        (added, until): (Timestamp, Timestamp),
    ) -> Result<Self, LabelError> {
        check_label(label)?;
        let (credential, key, counter) = created.into_parts();
        Ok(Self {
            credential,
            officer,
            label: label.to_owned(),
            key,
            counter,
            added,
            until,
            used: None,
        })
    }

    /// The id by which its authenticator knows it.
    pub fn credential(&self) -> &[u8] {
        &self.credential
    }

    /// Whose it is.
    pub const fn officer(&self) -> &PartyId {
        &self.officer
    }

    /// What the officer calls it.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// When it was added.
    pub const fn added(&self) -> Timestamp {
        self.added
    }

    /// When it ends.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// When it was last used, if it was.
    pub const fn used(&self) -> Option<Timestamp> {
        self.used
    }

    /// Whether it holds at an instant.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.added <= now && now < self.until
    }

    /// The name of it in the log and in interfaces: SHA-256 of the credential id.
    pub fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.credential).into()
    }

    /// The key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The passkey after a use of it.
    ///
    /// # Errors
    /// [`AuthenticatorError`].
    pub fn asserting(
        mut self,
        asserted: &Asserted,
        asked: (&RelyingParty, Challenge),
        now: Timestamp,
    ) -> Result<Self, AuthenticatorError> {
        let counter = asserted.verify(asked, &self.key)?;
        // Passkeys that live on several devices do not count.
        if (counter != 0 || self.counter != 0) && counter <= self.counter {
            return Err(AuthenticatorError::Counter);
        }
        self.counter = counter;
        self.used = Some(now);
        Ok(self)
    }

    /// The passkey ended.
    #[must_use]
    pub fn ended(mut self, now: Timestamp) -> Self {
        self.until = self.until.min(now);
        self
    }

    /// The row for the store.
    pub fn to_row(&self) -> PasskeyRow {
        let kept = Kept {
            label: self.label.clone(),
            key: KeptKey::of(&self.key),
            counter: self.counter,
            used: self.used.map(Timestamp::unix),
        };
        PasskeyRow {
            credential: self.credential.clone(),
            officer: self.officer.as_str().to_owned(),
            at: self.added,
            until: self.until,
            // Texts and numbers always have a JSON form.
            content: serde_json::to_vec(&kept).unwrap_or_default(),
        }
    }

    /// Reads what [`Self::to_row`] gave.
    ///
    /// # Errors
    /// [`KeptPasskeyError`] for anything else.
    pub fn from_row(row: &PasskeyRow) -> Result<Self, KeptPasskeyError> {
        let kept: Kept =
            serde_json::from_slice(&row.content).map_err(|_| KeptPasskeyError("its form"))?;
        Ok(Self {
            credential: row.credential.clone(),
            officer: PartyId::parse(&row.officer).map_err(|_| KeptPasskeyError("whose it is"))?,
            label: kept.label,
            key: kept.key.read().map_err(|_| KeptPasskeyError("the key"))?,
            counter: kept.counter,
            added: row.at,
            until: row.until,
            used: kept.used.map(Timestamp::from_unix),
        })
    }
}

#[cfg(test)]
mod tests;
