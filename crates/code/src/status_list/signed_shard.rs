//! A shard as an IETF Token Status List in a CWT, signed.

use super::edition::{EditionFault, ListIssuer, number, time};
use super::packed::{self, PackedError, StatusBits};
use super::{Edition, InflateError, Shard};
use crate::HttpsUri;
use crate::cbor::{CborError, Reader, Writer};
use crate::cose::{self, CoseError, Header, Sign1};
use crate::signing::{Signer, SigningError};

/// Type of a Status List Token in CWT form (draft-ietf-oauth-status-list §5.2).
const CONTENT_TYPE: &str = "application/statuslist+cwt";

/// CWT claims (RFC 8392): subject, which here is the list's own address; expiry; issued-at.
const SUBJECT: i64 = 2;
pub(super) const EXPIRES_AT: i64 = 4;
pub(super) const ISSUED_AT: i64 = 6;
/// The status list itself (draft-ietf-oauth-status-list §5.2).
const STATUS_LIST: i64 = 65_533;
/// Our private claim (RFC 8392 §9.1: below −65536): which edition of which list.
pub(super) const EDITION: i64 = -70_101;

fn shard_address(base: &HttpsUri, edition: &Edition, shard: u32) -> String {
    format!("{base}{}", suffix(edition, shard))
}

fn suffix(edition: &Edition, shard: u32) -> String {
    let name = edition.name();
    format!("/{}/{}/{shard}", name.day, name.epoch)
}

/// Why bytes are no signed shard of this issuer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// Form, key or signature.
    #[error(transparent)]
    Cose(#[from] CoseError),
    /// The payload is not in the fixed form.
    #[error("not the claims of a status list: {0}")]
    Encoding(#[from] CborError),
    /// The claims name no edition of this issuer.
    #[error(transparent)]
    Edition(#[from] EditionFault),
    /// The list's own map is wrong.
    #[error(transparent)]
    List(#[from] PackedError),
    /// Our lists have two bits.
    #[error("values of {0} bits, not 2")]
    Bits(u8),
    /// The address is not that of this shard.
    #[error("the address {0:?} is not that of this shard")]
    Address(String),
    /// The domain has fewer shards.
    #[error("shard {0} lies outside the domain")]
    Outside(u32),
}

impl From<InflateError> for ShardError {
    fn from(error: InflateError) -> Self {
        Self::List(error.into())
    }
}

/// One shard of one edition whose signature has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedShard {
    edition: Edition,
    number: u32,
    shard: Shard,
}

impl SignedShard {
    /// How many shards a list has.
    pub const fn count(edition: &Edition) -> u32 {
        1 << (edition.name().domain.bits() as u32 - Shard::BITS)
    }

    /// Signs a shard.
    ///
    /// # Errors
    /// [`SigningError`] where the signer gives no signature.
    pub fn sign<S: Signer + ?Sized>(
        edition: &Edition,
        number: u32,
        shard: &Shard,
        address: &HttpsUri,
        signer: &S,
    ) -> Result<Vec<u8>, SigningError> {
        let stream = shard.compress();
        let mut claims = Writer::with_capacity(stream.len() + 160);
        claims
            .map(5)
            .int(SUBJECT)
            .text(&shard_address(address, edition, number))
            .int(EXPIRES_AT)
            .int(edition.expires_at().unix())
            .int(ISSUED_AT)
            .int(edition.issued_at().unix())
            .int(STATUS_LIST);
        packed::write_map(&mut claims, StatusBits::Two, &stream);
        claims.int(EDITION).array(7);
        edition.write(&mut claims);
        claims.uint(u64::from(number));
        let header = Header::of(signer.public_key()).with_type(CONTENT_TYPE);
        cose::sign(signer, &header, &[], claims.as_bytes())
    }

    /// Checks the signature, reads, and expands; nothing is expanded that is not signed.
    ///
    /// # Errors
    /// [`ShardError`], by what is wrong first.
    pub fn open(bytes: &[u8], issuer: &ListIssuer<'_>) -> Result<Self, ShardError> {
        let header = Header::of(issuer.key).with_type(CONTENT_TYPE);
        let claims = Sign1::parse(bytes)?.verify(issuer.key, &header, &[])?;
        let mut reader = Reader::new(claims);
        reader.map_of(5)?;
        reader.key(SUBJECT)?;
        let address = reader.text()?;
        reader.key(EXPIRES_AT)?;
        let expires_at = time(&mut reader)?;
        reader.key(ISSUED_AT)?;
        let issued_at = time(&mut reader)?;
        reader.key(STATUS_LIST)?;
        let (bits, stream) = packed::read_map(&mut reader)?;
        reader.key(EDITION)?;
        reader.array_of(7)?;
        let edition = Edition::read(&mut reader, issued_at, expires_at, issuer)?;
        let number = number(&mut reader, "shard")?;
        reader.end()?;
        if bits != StatusBits::Two {
            return Err(ShardError::Bits(bits as u8));
        }
        if number >= Self::count(&edition) {
            return Err(ShardError::Outside(number));
        }
        let base = address.strip_suffix(&suffix(&edition, number));
        if base.is_none_or(|base| HttpsUri::parse(base).is_err()) {
            return Err(ShardError::Address(address.to_owned()));
        }
        let shard = Shard::expand(stream)?;
        Ok(Self {
            edition,
            number,
            shard,
        })
    }

    /// Which edition it belongs to.
    pub const fn edition(&self) -> &Edition {
        &self.edition
    }

    /// Which shard of its list it is, from 0.
    pub const fn number(&self) -> u32 {
        self.number
    }

    /// The values.
    pub const fn shard(&self) -> &Shard {
        &self.shard
    }

    /// The values, for keeping.
    pub(super) fn into_shard(self) -> Shard {
        self.shard
    }
}

#[cfg(test)]
mod tests;
