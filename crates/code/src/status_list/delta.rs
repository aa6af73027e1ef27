//! What changed between two editions, signed; also a whole list in the same compact form.

use super::edition::{EditionFault, ListIssuer, number, time};
use super::signed_shard::{EDITION, EXPIRES_AT, ISSUED_AT};
use super::{Changes, ChangesError, Edition};
use crate::cbor::{CborError, Reader, Writer};
use crate::cose::{self, CoseError, Header, Sign1};
use crate::signing::{Signer, SigningError};
use crate::verify::Listed;

/// Type of a delta (RFC 9596).
const CONTENT_TYPE: &str = "application/healthcode-delta+cwt";

/// What a delta starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeltaBase {
    /// From a list in which every position is low: the delta holds the whole list.
    AllLow,
    /// From that edition of the same list.
    Sequence(u32),
}

/// One step of a list from a base to an edition, whose signature has been checked or is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delta {
    edition: Edition,
    base: DeltaBase,
    changes: Changes,
}

/// Why something is no delta of this issuer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeltaError {
    /// Form, key or signature.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The payload is not in the fixed form.
    #[error("not the claims of a delta: {0}")]
    Encoding(#[from] CborError),
    /// The claims name no edition of this issuer.
    #[error(transparent)]
    Edition(#[from] EditionFault),
    /// The coded positions are wrong.
    #[error(transparent)]
    Changes(#[from] ChangesError),
    /// A delta leads forward.
    #[error("a delta from edition {base} to {to} does not lead forward")]
    Backward {
        /// Where it starts.
        base: u32,
        /// Where it leads.
        to: u32,
    },
    /// The changes lie in another domain than the edition's.
    #[error("the changes are for another domain than the list")]
    OtherDomain,
    /// From a list in which all are low, low is no change.
    #[error("position {0} is given as low in a list that starts all low")]
    NoChange(u32),
}

impl Delta {
    /// Puts a delta together.
    ///
    /// # Errors
    /// [`DeltaError::Backward`], [`DeltaError::OtherDomain`], [`DeltaError::NoChange`].
    pub fn new(edition: Edition, base: DeltaBase, changes: Changes) -> Result<Self, DeltaError> {
        if changes.domain() != edition.name().domain {
            return Err(DeltaError::OtherDomain);
        }
        match base {
            DeltaBase::Sequence(base) if base >= edition.sequence() => {
                return Err(DeltaError::Backward {
                    base,
                    to: edition.sequence(),
                });
            }
            DeltaBase::Sequence(_) => {}
            DeltaBase::AllLow => {
                let idle = changes
                    .entries()
                    .iter()
                    .find(|(_, value)| *value == Listed::Low);
                if let Some((index, _)) = idle {
                    return Err(DeltaError::NoChange(index.position()));
                }
            }
        }
        Ok(Self {
            edition,
            base,
            changes,
        })
    }

    /// Signs the delta.
    ///
    /// # Errors
    /// [`SigningError`] where the signer gives no signature.
    pub fn sign<S: Signer + ?Sized>(&self, signer: &S) -> Result<Vec<u8>, SigningError> {
        let coded = self.changes.encode();
        let mut claims = Writer::with_capacity(coded.len() + 80);
        claims
            .map(3)
            .int(EXPIRES_AT)
            .int(self.edition.expires_at().unix())
            .int(ISSUED_AT)
            .int(self.edition.issued_at().unix())
            .int(EDITION)
            .array(9);
        self.edition.write(&mut claims);
        match self.base {
            DeltaBase::AllLow => claims.null(),
            DeltaBase::Sequence(sequence) => claims.uint(u64::from(sequence)),
        };
        claims.uint(self.changes.count()).bytes(&coded);
        let header = Header::of(signer.public_key()).with_type(CONTENT_TYPE);
        cose::sign(signer, &header, &[], claims.as_bytes())
    }

    /// Checks the signature and reads.
    ///
    /// # Errors
    /// [`DeltaError`], by what is wrong first.
    pub fn open(bytes: &[u8], issuer: &ListIssuer<'_>) -> Result<Self, DeltaError> {
        let header = Header::of(issuer.key).with_type(CONTENT_TYPE);
        let claims = Sign1::parse(bytes)?.verify(issuer.key, &header, &[])?;
        let mut reader = Reader::new(claims);
        reader.map_of(3)?;
        reader.key(EXPIRES_AT)?;
        let expires_at = time(&mut reader)?;
        reader.key(ISSUED_AT)?;
        let issued_at = time(&mut reader)?;
        reader.key(EDITION)?;
        reader.array_of(9)?;
        let edition = Edition::read(&mut reader, issued_at, expires_at, issuer)?;
        let base = if reader.take_null() {
            DeltaBase::AllLow
        } else {
            DeltaBase::Sequence(number(&mut reader, "base")?)
        };
        let count = reader.uint()?;
        let coded = reader.bytes()?;
        reader.end()?;
        let changes = Changes::decode(edition.name().domain, count, coded)?;
        Self::new(edition, base, changes)
    }

    /// Where it leads.
    pub const fn edition(&self) -> &Edition {
        &self.edition
    }

    /// Where it starts.
    pub const fn base(&self) -> DeltaBase {
        self.base
    }

    /// What changes.
    pub const fn changes(&self) -> &Changes {
        &self.changes
    }
}

#[cfg(test)]
mod tests;
