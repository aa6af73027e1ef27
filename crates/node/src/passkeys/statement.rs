//! A passkey's signature as the decision log keeps it, so that an auditor can verify it years later without the desk.

use hc_code::cbor::{CborError, Reader, Writer};
use hc_code::signing::{Algorithm, PublicKey};
use hc_tlog::entry::{Part, PartError};

use super::{Asserted, AuthenticatorError, Challenge, RelyingParty};

/// What was signed, by which key, and what the authenticator gave.
///
/// Deterministic CBOR: a map of 1 the random part of the challenge (32 bytes), 2 the digest of the act (32 bytes), 3 the name of
/// the algorithm, 4 the public key, 5 client data, 6 authenticator data, 7 the signature (Web Authentication Level 2 §7.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Statement {
    fresh: [u8; 32],
    act: [u8; 32],
    key: PublicKey,
    asserted: Asserted,
}

/// What is kept is no statement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StatementError {
    /// Its form.
    #[error("it is not of the form of a signed statement")]
    Form,
    /// The key.
    #[error("its key is none")]
    Key,
    /// The parts of it in the log.
    #[error(transparent)]
    Parts(#[from] PartError),
    /// What the authenticator said.
    #[error(transparent)]
    Authenticator(#[from] AuthenticatorError),
}

impl From<CborError> for StatementError {
    fn from(_: CborError) -> Self {
        Self::Form
    }
}

impl Statement {
    /// What a passkey with a key said over an act, with the random part of its challenge.
    pub const fn new(
        (fresh, act): ([u8; 32], [u8; 32]),
        key: PublicKey,
        asserted: Asserted,
    ) -> Self {
        Self {
            fresh,
            act,
            key,
            asserted,
        }
    }

    /// The digest of the act that was signed for.
    pub const fn act(&self) -> &[u8; 32] {
        &self.act
    }

    /// The key that signed.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// The challenge that the authenticator was given: made from the act, so the signature is over the act.
    pub fn challenge(&self) -> Challenge {
        Challenge::of(&self.fresh, &self.act)
    }

    /// Whether the signature is the key's, over this act, by a person who was verified, on the desk's own page.
    ///
    /// # Errors
    /// [`AuthenticatorError`] by what does not hold.
    pub fn verify(&self, desk: &RelyingParty) -> Result<(), AuthenticatorError> {
        let asked = (desk, self.challenge());
        self.asserted.verify(asked, &self.key).map(drop)
    }

    /// The bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut writer = Writer::new();
        writer.map(7);
        writer.int(1).bytes(&self.fresh);
        writer.int(2).bytes(&self.act);
        writer.int(3).text(self.key.algorithm().name());
        writer.int(4).bytes(self.key.as_bytes());
        writer.int(5).bytes(&self.asserted.client_data);
        writer.int(6).bytes(&self.asserted.data);
        writer.int(7).bytes(&self.asserted.signature);
        writer.into_bytes()
    }

    /// Reads what [`Self::to_bytes`] wrote. The id of the credential is not in it: its digest stands beside it.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn read(bytes: &[u8]) -> Result<Self, StatementError> {
        let mut reader = Reader::new(bytes);
        reader.map_of(7)?;
        let mut next = |key| -> Result<&[u8], StatementError> {
            reader.key(key)?;
            if key == 3 {
                return Ok(reader.text()?.as_bytes());
            }
            Ok(reader.bytes()?)
        };
        let digest = |bytes: &[u8]| bytes.try_into().map_err(|_| StatementError::Form);
        let (fresh, act) = (digest(next(1)?)?, digest(next(2)?)?);
        let name = core::str::from_utf8(next(3)?).map_err(|_| StatementError::Form)?;
        let algorithm = Algorithm::from_name(name).ok_or(StatementError::Key)?;
        let key = PublicKey::parse(algorithm, next(4)?).map_err(|_| StatementError::Key)?;
        let asserted = Asserted {
            credential: Vec::new(),
            client_data: next(5)?.to_vec(),
            data: next(6)?.to_vec(),
            signature: next(7)?.to_vec(),
        };
        reader.end()?;
        Ok(Self {
            fresh,
            act,
            key,
            asserted,
        })
    }

    /// In the parts that an entry of the log has room for.
    ///
    /// # Errors
    /// [`PartError`] for one that is too long; no authenticator's is.
    pub fn to_parts(&self) -> Result<Vec<Part>, PartError> {
        Part::split(&self.to_bytes())
    }

    /// From the parts of an entry, in whatever order.
    ///
    /// # Errors
    /// [`StatementError`].
    pub fn from_parts<'a>(
        parts: impl IntoIterator<Item = &'a Part>,
    ) -> Result<Self, StatementError> {
        Self::read(&Part::join(parts)?)
    }
}
