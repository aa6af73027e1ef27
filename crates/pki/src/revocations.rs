//! Lists of revoked certificates (GB/T 20518 §5.3, RFC 5280 §5): read strictly, made in one form.
//!
//! A list is whole (no deltas, no parts of one), of one authority about its own certificates, and says when the next one
//! comes. What a critical extension would change about that is refused by its name.

mod issue;
#[cfg(test)]
mod tests;

use core::fmt;

use der::asn1::ObjectIdentifier;
use der::{Decode, Encode};
use hc_code::Timestamp;
use hc_code::signing::Signature;
use x509_cert::crl::CertificateList;
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::AuthorityKeyIdentifier;
use x509_cert::name::Name;

pub use issue::NewRevocations;

use crate::certificate::{Certificate, Serial, time};
use crate::oid;
use crate::signature_value::{self, SignatureValueError};

/// The certificates that an authority took back, signed by its SM2 key. Whether it is that authority's is the question of
/// [`Self::is_signed_by`].
#[derive(Clone, PartialEq, Eq)]
pub struct Revocations {
    bytes: Vec<u8>,
    signed: Vec<u8>,
    signature: Signature,
    issuer: Name,
    issuer_key: Option<Vec<u8>>,
    from: Timestamp,
    until: Timestamp,
    revoked: Vec<(Serial, Timestamp)>,
}

/// Why bytes are no list that is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RevocationsError {
    /// More bytes than any that is taken.
    #[error("a list of revoked certificates has at most {most} bytes, not {0}", most = Revocations::LONGEST)]
    Length(usize),
    /// No DER of a list, or not in its one encoding.
    #[error("the bytes are not the DER of a list of revoked certificates")]
    Encoding,
    /// Not of version 2.
    #[error("the list is not of version 2")]
    Version,
    /// Signed in another way than SM2 with SM3, or said so twice differently.
    #[error("the list is not signed by SM2 with SM3")]
    Algorithm,
    /// A signature that cannot be one.
    #[error(transparent)]
    Signature(#[from] SignatureValueError),
    /// Without the issuer's name.
    #[error("the issuer of the list has no name")]
    Name,
    /// Does not say when the next one comes, or that it came before this one.
    #[error("the list does not say until when it is good")]
    Validity,
    /// A serial number that is not above zero.
    #[error("the list names a serial number that is not above zero")]
    Serial,
    /// A certificate twice.
    #[error("the list names certificate {0} twice")]
    Twice(Serial),
    /// An extension that must be understood and is not: a part of a list, a change to one, another's certificates.
    #[error("extension {0} is critical and not known")]
    Critical(ObjectIdentifier),
    /// An extension of another form.
    #[error("extension {0} is not of its form, or stands twice")]
    Extension(ObjectIdentifier),
}

const AUTHORITY_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");

impl Revocations {
    /// The most bytes that are read: some hundred thousand certificates.
    pub const LONGEST: usize = 8 << 20;

    /// Reads a list.
    ///
    /// # Errors
    /// [`RevocationsError`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, RevocationsError> {
        if bytes.len() > Self::LONGEST {
            return Err(RevocationsError::Length(bytes.len()));
        }
        let read = CertificateList::<x509_cert::certificate::Rfc5280>::from_der(bytes);
        let read = read.map_err(|_| RevocationsError::Encoding)?;
        if read.to_der().ok().as_deref() != Some(bytes) {
            return Err(RevocationsError::Encoding);
        }
        let inner = &read.tbs_cert_list;
        if inner.version != x509_cert::Version::V2 {
            return Err(RevocationsError::Version);
        }
        let stated = [&inner.signature, &read.signature_algorithm];
        if stated[0] != stated[1] || !oid::is(stated[0], oid::SM2_WITH_SM3) {
            return Err(RevocationsError::Algorithm);
        }
        let value = read.signature.as_bytes();
        let signature = signature_value::from_der(value.ok_or(SignatureValueError::Encoding)?)?;
        if inner.issuer.is_empty() {
            return Err(RevocationsError::Name);
        }
        let from = time(inner.this_update);
        let until = inner.next_update.map(time).filter(|until| *until >= from);
        let until = until.ok_or(RevocationsError::Validity)?;
        let extensions = inner.crl_extensions.clone().unwrap_or_default();
        heeded(&extensions)?;
        let mut revoked = Vec::new();
        for one in inner.revoked_certificates.iter().flatten() {
            heeded(one.crl_entry_extensions.as_deref().unwrap_or_default())?;
            let serial = Serial::from_bytes(one.serial_number.as_bytes());
            let serial = serial.ok_or(RevocationsError::Serial)?;
            revoked.push((serial, time(one.revocation_date)));
        }
        revoked.sort();
        if let Some(twice) = revoked
            .windows(2)
            .find(|two| matches!(two, [(one, _), (other, _)] if one == other))
        {
            let twice = twice.first().map(|(serial, _)| serial.clone());
            return Err(twice.map_or(RevocationsError::Serial, RevocationsError::Twice));
        }
        Ok(Self {
            bytes: bytes.to_vec(),
            signed: inner.to_der().map_err(|_| RevocationsError::Encoding)?,
            signature,
            issuer: inner.issuer.clone(),
            issuer_key: issuer_key(&extensions)?,
            from,
            until,
            revoked,
        })
    }

    /// The DER.
    pub fn as_der(&self) -> &[u8] {
        &self.bytes
    }

    /// Whose list it says it is.
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// When it was made.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// Until when it is good: when the next one was to come.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// The certificates and since when they are revoked, by their numbers.
    pub fn revoked(&self) -> &[(Serial, Timestamp)] {
        &self.revoked
    }

    /// Since when a certificate of this issuer is revoked.
    pub fn revoked_since(&self, serial: &Serial) -> Option<Timestamp> {
        let found = self.revoked.binary_search_by(|(one, _)| one.cmp(serial));
        let found = found.ok().and_then(|place| self.revoked.get(place));
        found.map(|(_, since)| *since)
    }

    /// Whether an authority's key, which may sign lists, signed this one, and the names say so too.
    pub fn is_signed_by(&self, issuer: &Certificate) -> bool {
        issuer.signs_revocations()
            && issuer.is_key(self.issuer_key.as_deref())
            && self.issuer == *issuer.subject()
            && issuer.key().verifies(&self.signed, &self.signature)
    }
}

impl fmt::Debug for Revocations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.revoked.len();
        write!(f, "Revocations({}, {count})", self.issuer)
    }
}

/// That nothing must be understood which is not, and nothing stands twice.
fn heeded(extensions: &[x509_cert::ext::Extension]) -> Result<(), RevocationsError> {
    for (at, extension) in extensions.iter().enumerate() {
        let id = extension.extn_id;
        if extension.critical && id != AUTHORITY_KEY {
            return Err(RevocationsError::Critical(id));
        }
        if extensions
            .iter()
            .skip(at + 1)
            .any(|other| other.extn_id == id)
        {
            return Err(RevocationsError::Extension(id));
        }
    }
    Ok(())
}

fn issuer_key(extensions: &Extensions) -> Result<Option<Vec<u8>>, RevocationsError> {
    let found = extensions.iter().find(|one| one.extn_id == AUTHORITY_KEY);
    let read = found.map(|one| AuthorityKeyIdentifier::from_der(one.extn_value.as_bytes()));
    let read = read
        .transpose()
        .map_err(|_| RevocationsError::Extension(AUTHORITY_KEY))?;
    Ok(read
        .and_then(|key| key.key_identifier)
        .map(|key| key.as_bytes().to_vec()))
}
