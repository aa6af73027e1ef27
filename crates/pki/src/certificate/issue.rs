//! Making certificates.

use core::fmt;

use core::time::Duration;

use der::asn1::{BitString, OctetString};
use der::oid::AssociatedOid;
use der::{DateTime, Encode, Sequence};
use hc_code::Timestamp;
use hc_code::signing::{PublicKey, Signer, SigningError};
use x509_cert::certificate::{Rfc5280, Version};
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, KeyUsage, KeyUsages, SubjectKeyIdentifier,
};
use x509_cert::ext::{Extension, Extensions};
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;
use x509_cert::spki::{AlgorithmIdentifierOwned, SubjectPublicKeyInfoOwned};
use x509_cert::time::{Time, Validity};

use super::{Certificate, CertificateError, Purpose};
use crate::oid;
use crate::public_key::{self, KeyFormError};
use crate::revocations::RevocationsError;
use crate::signature_value::{self, SignatureValueError};

/// The number of a certificate: 1 to 20 bytes, above zero, big-endian, without zeros in front.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Serial(Vec<u8>);

impl Serial {
    /// Takes a number by its bytes; 16 random ones make one that nobody can guess (CA/Browser Forum
    /// asks for 64 bits). `None` for zero, and for more than 20 bytes.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let start = bytes.iter().position(|byte| *byte != 0)?;
        let digits = bytes.get(start..)?;
        // A first bit would need a byte more, and 20 is the most (RFC 5280 §4.1.2.2).
        let longest = if digits.first().is_some_and(|first| *first >= 0x80) {
            19
        } else {
            20
        };
        (digits.len() <= longest).then(|| Self(digits.to_vec()))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Serial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Serial({self})")
    }
}

/// What a certificate is to say.
#[derive(Clone, Debug)]
pub struct NewCertificate {
    /// Whose key it is.
    pub subject: Name,
    /// The key.
    pub key: PublicKey,
    /// What it may sign.
    pub purpose: Purpose,
    /// From when it is good.
    pub from: Timestamp,
    /// Until when, that second included.
    pub until: Timestamp,
    /// Its number: unique for its issuer.
    pub serial: Serial,
}

/// Why no certificate was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueError {
    /// The issuer's certificate does not let it.
    #[error("the issuer's certificate is not that of an authority, or of one with nothing below")]
    NotAuthority,
    /// The key that signs is not the certificate's.
    #[error("the issuer's key is not that of its certificate")]
    OtherKey,
    /// Good before or after its issuer.
    #[error("the certificate would be good at times at which its issuer's is not")]
    Outlives,
    /// A time that certificates cannot say: before 1970.
    #[error("certificates begin in 1970 or later")]
    Time,
    /// Only SM2 keys have and make SM2 certificates.
    #[error(transparent)]
    Key(#[from] KeyFormError),
    /// The signer.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The signer's algorithm.
    #[error(transparent)]
    Signature(#[from] SignatureValueError),
    /// What would come out is none that is taken.
    #[error("no certificate can say this: {0}")]
    Refused(#[from] CertificateError),
    /// What would come out is no list that is taken.
    #[error("no list of revoked certificates can say this: {0}")]
    List(#[from] RevocationsError),
}

#[derive(Sequence)]
struct Inner {
    #[asn1(context_specific = "0", tag_mode = "EXPLICIT")]
    version: Version,
    serial_number: SerialNumber,
    signature: AlgorithmIdentifierOwned,
    issuer: Name,
    validity: Validity<Rfc5280>,
    subject: Name,
    subject_public_key_info: SubjectPublicKeyInfoOwned,
    #[asn1(context_specific = "3", tag_mode = "EXPLICIT")]
    extensions: Extensions,
}

#[derive(Sequence)]
struct Whole {
    inner: Inner,
    signature_algorithm: AlgorithmIdentifierOwned,
    signature: BitString,
}

impl NewCertificate {
    /// Has the certificate signed by the key that it is about: the top of a tree.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn self_signed(self, key: &impl Signer) -> Result<Certificate, IssueError> {
        if *key.public_key() != self.key {
            return Err(IssueError::OtherKey);
        }
        let issuer = (self.subject.clone(), self.key.clone());
        self.signed(issuer, key, Vec::new())
    }

    /// Has the certificate signed by an authority.
    ///
    /// # Errors
    /// [`IssueError`].
    pub fn issued(
        self,
        authority: &Certificate,
        key: &impl Signer,
    ) -> Result<Certificate, IssueError> {
        if key.public_key() != authority.key() {
            return Err(IssueError::OtherKey);
        }
        match (authority.purpose(), self.purpose) {
            (Purpose::Authority { below: Some(0) }, Purpose::Authority { .. })
            | (Purpose::Signing | Purpose::Other, _) => return Err(IssueError::NotAuthority),
            (Purpose::Authority { .. }, _) => {}
        }
        if self.from < authority.from() || self.until > authority.until() {
            return Err(IssueError::Outlives);
        }
        let issuer = (authority.subject().clone(), authority.key().clone());
        self.signed(issuer, key, Vec::new())
    }

    /// Has it signed with more extensions, whatever they say.
    #[cfg(test)]
    pub(crate) fn issued_with(
        self,
        authority: &Certificate,
        key: &impl Signer,
        more: Vec<Extension>,
    ) -> Result<Certificate, IssueError> {
        let issuer = (authority.subject().clone(), authority.key().clone());
        self.signed(issuer, key, more)
    }

    fn signed(
        self,
        (issuer, issuer_key): (Name, PublicKey),
        key: &impl Signer,
        more: Vec<Extension>,
    ) -> Result<Certificate, IssueError> {
        let mut extensions = extensions(self.purpose, &self.key, &issuer_key)?;
        extensions.extend(more);
        let encoding = |_| IssueError::Refused(CertificateError::Encoding);
        let inner = Inner {
            version: Version::V3,
            serial_number: SerialNumber::new(self.serial.as_bytes()).map_err(encoding)?,
            signature: oid::plain(oid::SM2_WITH_SM3),
            issuer,
            validity: Validity::new(written(self.from)?, written(self.until)?),
            subject: self.subject,
            subject_public_key_info: public_key::write(&self.key)?,
            extensions,
        };
        let signature = key.sign(&inner.to_der().map_err(encoding)?)?;
        let signature = signature_value::to_der(&signature)?;
        let whole = Whole {
            inner,
            signature_algorithm: oid::plain(oid::SM2_WITH_SM3),
            signature: BitString::from_bytes(&signature).map_err(encoding)?,
        };
        // Read back: nothing leaves here that would be refused elsewhere.
        Ok(Certificate::from_der(&whole.to_der().map_err(encoding)?)?)
    }
}

pub(crate) fn written(time: Timestamp) -> Result<Time, IssueError> {
    let seconds = u64::try_from(time.unix()).map_err(|_| IssueError::Time)?;
    let time = DateTime::from_unix_duration(Duration::from_secs(seconds));
    Ok(Time::from(time.map_err(|_| IssueError::Time)?))
}

fn extensions(
    purpose: Purpose,
    key: &PublicKey,
    issuer: &PublicKey,
) -> Result<Extensions, IssueError> {
    let (basic, usage) = match purpose {
        Purpose::Authority { below } => (
            BasicConstraints {
                ca: true,
                path_len_constraint: below,
            },
            KeyUsages::KeyCertSign | KeyUsages::CRLSign,
        ),
        Purpose::Signing => (
            BasicConstraints {
                ca: false,
                path_len_constraint: None,
            },
            KeyUsages::DigitalSignature | KeyUsages::NonRepudiation,
        ),
        // Keys that encrypt are made and kept by others.
        Purpose::Other => return Err(IssueError::Refused(CertificateError::Contradiction)),
    };
    let name = |key| -> Result<OctetString, IssueError> {
        OctetString::new(public_key::identifier(key)?)
            .map_err(|_| IssueError::Refused(CertificateError::Encoding))
    };
    Ok(vec![
        extension(&basic, true)?,
        extension(&KeyUsage(usage), true)?,
        extension(&SubjectKeyIdentifier(name(key)?), false)?,
        extension(
            &AuthorityKeyIdentifier {
                key_identifier: Some(name(issuer)?),
                ..AuthorityKeyIdentifier::default()
            },
            false,
        )?,
    ])
}

pub(crate) fn extension<T: Encode + AssociatedOid>(
    value: &T,
    critical: bool,
) -> Result<Extension, IssueError> {
    let encoding = |_| IssueError::Refused(CertificateError::Encoding);
    Ok(Extension {
        extn_id: T::OID,
        critical,
        extn_value: OctetString::new(value.to_der().map_err(encoding)?).map_err(encoding)?,
    })
}
