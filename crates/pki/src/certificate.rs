//! SM2 certificates (GB/T 20518, RFC 5280): read strictly, made in one form.

pub(crate) mod issue;
#[cfg(test)]
mod limits;
pub(crate) mod name_space;
#[cfg(test)]
pub(crate) mod tests;

use core::fmt;

use der::asn1::ObjectIdentifier;
use der::oid::AssociatedOid;
use der::{Decode, Encode};
use hc_code::Timestamp;
use hc_code::signing::{PublicKey, Signature};
use x509_cert::ext::Extensions;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{
    AuthorityKeyIdentifier, BasicConstraints, ExtendedKeyUsage, KeyUsage, NameConstraints,
    SubjectAltName, SubjectKeyIdentifier,
};
use x509_cert::name::Name;
use x509_cert::time::Time;

pub(crate) use issue::written;
pub use issue::{IssueError, NewCertificate, Serial};
use name_space::{NameSpace, Path};

use crate::oid;
use crate::public_key::{self, KeyFormError};
use crate::signature_value::{self, SignatureValueError};

/// What a key may sign, by the usages of its certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Other certificates; below it stand at most so many more authorities.
    Authority {
        /// How many, where that is limited.
        below: Option<u8>,
    },
    /// Messages and lists: what applications and issuers do.
    Signing,
    /// Neither: a certificate for encryption, as dual certificates have.
    Other,
}

/// A certificate of an SM2 key, signed with SM2 and SM3. Whether it is to be believed is the question of
/// [`crate::Anchors::verify`].
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    bytes: Vec<u8>,
    signed: Vec<u8>,
    signature: Signature,
    serial: Serial,
    subject: Name,
    issuer: Name,
    key: PublicKey,
    from: Timestamp,
    until: Timestamp,
    purpose: Purpose,
    issuer_key: Option<Vec<u8>>,
    own_key: Option<Vec<u8>>,
    signs_revocations: bool,
    for_messages: bool,
    names: Vec<Path>,
    name_space: Option<NameSpace>,
}

/// Why bytes are no certificate that is taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateError {
    /// More bytes than any that is taken.
    #[error("a certificate has at most {most} bytes, not {0}", most = Certificate::LONGEST)]
    Length(usize),
    /// No DER of a certificate, or not in its one encoding.
    #[error("the bytes are not the DER of a certificate")]
    Encoding,
    /// Not of version 3.
    #[error("the certificate is not of version 3")]
    Version,
    /// Signed in another way than SM2 with SM3, or said so twice differently.
    #[error("the certificate is not signed by SM2 with SM3")]
    Algorithm,
    /// A signature that cannot be one.
    #[error(transparent)]
    Signature(#[from] SignatureValueError),
    /// A key that is not SM2's.
    #[error(transparent)]
    Key(#[from] KeyFormError),
    /// No serial number, or one that is not above zero.
    #[error("the serial number is not above zero")]
    Serial,
    /// Without a name.
    #[error("subject or issuer has no name")]
    Name,
    /// Ends before it begins.
    #[error("the certificate ends before it begins")]
    Validity,
    /// Numbers of issuer or subject beside their names, which nobody uses.
    #[error("the certificate has unique identifiers, which are not used")]
    UniqueIdentifiers,
    /// An extension twice.
    #[error("extension {0} stands twice")]
    Twice(ObjectIdentifier),
    /// An extension that must be understood and is not.
    #[error("extension {0} is critical and not known")]
    Critical(ObjectIdentifier),
    /// An extension of another form.
    #[error("extension {0} is not of its form")]
    Extension(ObjectIdentifier),
    /// Says that it is an authority and may not sign certificates, or the other way round.
    #[error("basic constraints and key usage contradict each other")]
    Contradiction,
}

impl Certificate {
    /// The most bytes that are read.
    pub const LONGEST: usize = 16 * 1024;

    /// Reads a certificate.
    ///
    /// # Errors
    /// [`CertificateError`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, CertificateError> {
        if bytes.len() > Self::LONGEST {
            return Err(CertificateError::Length(bytes.len()));
        }
        let read =
            x509_cert::Certificate::from_der(bytes).map_err(|_| CertificateError::Encoding)?;
        Self::checked(bytes, &read)
    }

    pub(crate) fn checked(
        bytes: &[u8],
        read: &x509_cert::Certificate,
    ) -> Result<Self, CertificateError> {
        if read.to_der().ok().as_deref() != Some(bytes) {
            return Err(CertificateError::Encoding);
        }
        let inner = read.tbs_certificate();
        if inner.version() != x509_cert::Version::V3 {
            return Err(CertificateError::Version);
        }
        let stated = [inner.signature(), read.signature_algorithm()];
        if stated[0] != stated[1] || !oid::is(stated[0], oid::SM2_WITH_SM3) {
            return Err(CertificateError::Algorithm);
        }
        let value = read.signature().as_bytes();
        let signature = signature_value::from_der(value.ok_or(SignatureValueError::Encoding)?)?;
        let serial = Serial::from_bytes(inner.serial_number().as_bytes());
        if inner.subject().is_empty() || inner.issuer().is_empty() {
            return Err(CertificateError::Name);
        }
        let validity = inner.validity();
        let (from, until) = (time(validity.not_before), time(validity.not_after));
        if until < from {
            return Err(CertificateError::Validity);
        }
        if inner.issuer_unique_id().is_some() || inner.subject_unique_id().is_some() {
            return Err(CertificateError::UniqueIdentifiers);
        }
        let extensions = inner.extensions().cloned().unwrap_or_default();
        known_once(&extensions)?;
        let issuer_key: Option<AuthorityKeyIdentifier> = extension(&extensions)?;
        let own_key: Option<SubjectKeyIdentifier> = extension(&extensions)?;
        Ok(Self {
            bytes: bytes.to_vec(),
            signed: inner.to_der().map_err(|_| CertificateError::Encoding)?,
            signature,
            serial: serial.ok_or(CertificateError::Serial)?,
            subject: inner.subject().clone(),
            issuer: inner.issuer().clone(),
            key: public_key::read(inner.subject_public_key_info())?,
            from,
            until,
            purpose: purpose(&extensions)?,
            signs_revocations: signs_revocations(&extensions)?,
            for_messages: for_messages(&extensions)?,
            names: names(inner.subject(), &extensions)?,
            name_space: name_space(&extensions)?,
            issuer_key: issuer_key
                .and_then(|issuer| issuer.key_identifier)
                .map(|key| key.as_bytes().to_vec()),
            own_key: own_key.map(|key| key.0.as_bytes().to_vec()),
        })
    }

    /// The DER.
    pub fn as_der(&self) -> &[u8] {
        &self.bytes
    }

    /// The number that its issuer gave it.
    pub const fn serial(&self) -> &Serial {
        &self.serial
    }

    /// Whose key it is.
    pub const fn subject(&self) -> &Name {
        &self.subject
    }

    /// Who says so.
    pub const fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// The key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }

    /// From when it is good, that second included.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// Until when it is good, that second included.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// What the key may sign.
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Whether the key may sign lists of revoked certificates.
    pub const fn signs_revocations(&self) -> bool {
        self.signs_revocations
    }

    /// Whether its extended usages, where it says any, have one under which messages and documents are signed.
    pub const fn is_for_messages(&self) -> bool {
        self.for_messages
    }

    /// Whether an authority's constraints on names admit every name of this certificate.
    pub(crate) fn is_named_as(&self, authority: &Self) -> bool {
        let space = authority.name_space.as_ref();
        space.is_none_or(|space| self.names.iter().all(|name| space.admits(name)))
    }

    /// Whether the key is called so, where both are named.
    pub(crate) fn is_key(&self, named: Option<&[u8]>) -> bool {
        match (named, &self.own_key) {
            (Some(named), Some(own)) => named == own.as_slice(),
            _ => true,
        }
    }

    /// Whether another certificate's key signed this one, and the names say so too.
    pub fn is_signed_by(&self, issuer: &Self) -> bool {
        issuer.is_key(self.issuer_key.as_deref())
            && self.issuer == issuer.subject
            && issuer.key.verifies(&self.signed, &self.signature)
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, {:?})", self.subject, self.key)
    }
}

pub(crate) fn time(time: Time) -> Timestamp {
    let seconds = time.to_unix_duration().as_secs();
    Timestamp::from_unix(i64::try_from(seconds).unwrap_or(i64::MAX))
}

const KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.15");
const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
const SUBJECT_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.14");
const AUTHORITY_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");
const OTHER_NAMES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const NAME_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.30");
const EXTENDED_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
/// Those that are read.
const KNOWN: [ObjectIdentifier; 7] = [
    KEY_USAGE,
    BASIC_CONSTRAINTS,
    SUBJECT_KEY,
    AUTHORITY_KEY,
    OTHER_NAMES,
    NAME_CONSTRAINTS,
    EXTENDED_USAGE,
];

/// The extended usages under which messages and documents are signed: any, those of clients, of mail, of documents
/// (RFC 5280 §4.2.1.12, RFC 9336).
const MESSAGES: [ObjectIdentifier; 4] = [
    ObjectIdentifier::new_unwrap("2.5.29.37.0"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.2"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.4"),
    ObjectIdentifier::new_unwrap("1.3.6.1.5.5.7.3.36"),
];

fn known_once(extensions: &Extensions) -> Result<(), CertificateError> {
    for (at, extension) in extensions.iter().enumerate() {
        let id = extension.extn_id;
        if extensions
            .iter()
            .skip(at + 1)
            .any(|other| other.extn_id == id)
        {
            return Err(CertificateError::Twice(id));
        }
        // Others may say what they like: names, policies, where revocations are found. One that is
        // critical limits what the key is for, which nothing here would heed.
        if extension.critical && !KNOWN.contains(&id) {
            return Err(CertificateError::Critical(id));
        }
    }
    Ok(())
}

fn extension<T: for<'a> Decode<'a> + AssociatedOid>(
    extensions: &Extensions,
) -> Result<Option<T>, CertificateError> {
    let found = extensions.iter().find(|other| other.extn_id == T::OID);
    found
        .map(|found| T::from_der(found.extn_value.as_bytes()))
        .transpose()
        .map_err(|_| CertificateError::Extension(T::OID))
}

fn purpose(extensions: &Extensions) -> Result<Purpose, CertificateError> {
    let basic: Option<BasicConstraints> = extension(extensions)?;
    let usage: Option<KeyUsage> = extension(extensions)?;
    let authority = basic.as_ref().is_some_and(|basic| basic.ca);
    let below = basic.and_then(|basic| basic.path_len_constraint);
    if below.is_some() && !authority {
        return Err(CertificateError::Contradiction);
    }
    // GB/T 20518 §5.2.4.2.3: the usage is to be there; without it nothing is allowed.
    let signs_certificates = usage.as_ref().is_some_and(KeyUsage::key_cert_sign);
    if authority != signs_certificates {
        return Err(CertificateError::Contradiction);
    }
    Ok(if authority {
        Purpose::Authority { below }
    } else if usage.is_some_and(|usage| usage.digital_signature()) {
        Purpose::Signing
    } else {
        Purpose::Other
    })
}

fn signs_revocations(extensions: &Extensions) -> Result<bool, CertificateError> {
    let usage: Option<KeyUsage> = extension(extensions)?;
    Ok(usage.is_some_and(|usage| usage.crl_sign()))
}

fn for_messages(extensions: &Extensions) -> Result<bool, CertificateError> {
    let usages: Option<ExtendedKeyUsage> = extension(extensions)?;
    Ok(usages.is_none_or(|usages| usages.0.iter().any(|usage| MESSAGES.contains(usage))))
}

/// The subject's name, and those beside it that are names of directories.
fn names(subject: &Name, extensions: &Extensions) -> Result<Vec<Path>, CertificateError> {
    let others: Option<SubjectAltName> = extension(extensions)?;
    let others = others.map(|others| others.0).unwrap_or_default();
    let others = others.iter().filter_map(|other| match other {
        GeneralName::DirectoryName(name) => Some(name),
        _ => None,
    });
    let all = core::iter::once(subject)
        .chain(others)
        .map(name_space::path);
    all.collect::<Option<_>>().ok_or(CertificateError::Name)
}

fn name_space(extensions: &Extensions) -> Result<Option<NameSpace>, CertificateError> {
    let constraints: Option<NameConstraints> = extension(extensions)?;
    let Some(constraints) = constraints else {
        return Ok(None);
    };
    // Only an authority has names to give.
    if !matches!(purpose(extensions)?, Purpose::Authority { .. }) {
        return Err(CertificateError::Contradiction);
    }
    let read = NameSpace::read(&constraints);
    read.map(Some)
        .ok_or(CertificateError::Extension(NAME_CONSTRAINTS))
}
