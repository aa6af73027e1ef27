//! Signed data (GB/T 35275 §8, the PKCS #7 of SM2): a content, whoever signed it, and their certificates.

mod form;
#[cfg(test)]
mod tests;

use der::asn1::{Any, ObjectIdentifier, OctetString, SetOfVec};
use der::{Decode, Encode};
use hc_code::Timestamp;
use hc_code::signing::{PublicKey, Signature, Signer, SigningError};
use sm3::{Digest as _, Sm3};
use x509_cert::attr::Attributes;
use x509_cert::name::Name;
use x509_cert::serial_number::SerialNumber;

use crate::certificate::{Certificate, CertificateError, Serial};
use crate::chain::{Anchors, ChainError};
use crate::oid;
use crate::signature_value::{self, SignatureValueError};
use form::{Content, IssuerAndSerial, Message, SignerInfo};

/// Signed data that is well formed. What it carries is handed out by [`Self::open`] only, after every
/// signature was checked and every signer is believed.
#[derive(Clone, Debug)]
pub struct SignedData {
    content: Option<Vec<u8>>,
    certificates: Vec<Certificate>,
    signers: Vec<SignedBy>,
}

/// One signature.
#[derive(Clone, Debug)]
struct SignedBy {
    issuer: Name,
    serial: Serial,
    signature: Signature,
    /// What was signed instead of the content: the set of attributes in DER, and the digest in it.
    attributes: Option<(Vec<u8>, [u8; 32])>,
}

/// A content with those who signed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The content.
    pub content: Vec<u8>,
    /// Who signed it; not empty.
    pub signers: Vec<Certificate>,
}

impl Opened {
    /// Whether somebody with this key signed it. An anchor vouches for everybody below it: who must have
    /// signed is to be asked beside it.
    pub fn is_by(&self, key: &PublicKey) -> bool {
        self.signers.iter().any(|signer| signer.key() == key)
    }
}

/// Why signed data was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignDataError {
    /// The key is not the certificate's.
    #[error("the key that signs is not that of the certificate")]
    OtherKey,
    /// Too much content.
    #[error(
        "the content has {0} bytes, and at most {most} are signed",
        most = SignedData::LONGEST
    )]
    Length(usize),
    /// The signer.
    #[error(transparent)]
    Signing(#[from] SigningError),
    /// The signer's algorithm.
    #[error(transparent)]
    Signature(#[from] SignatureValueError),
    /// The form cannot say it.
    #[error("the signed data cannot be written")]
    Encoding,
}

/// Why signed data is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignedDataError {
    /// More bytes than any that is taken.
    #[error("signed data has at most {most} bytes here, not {0}", most = SignedData::LONGEST)]
    Length(usize),
    /// No DER of signed data, or not in its one encoding.
    #[error("the bytes are not the DER of signed data")]
    Encoding,
    /// Another type of message.
    #[error("the message is {0}, not the signed data of GB/T 35275")]
    Type(ObjectIdentifier),
    /// A content that is not plain data.
    #[error("the content is {0}, not data")]
    ContentType(ObjectIdentifier),
    /// A content in another form.
    #[error("the content is not an octet string")]
    Content,
    /// Another version.
    #[error("signed data and its signers are of version 1")]
    Version,
    /// Another algorithm.
    #[error("only SM2 with SM3 is taken")]
    Algorithm,
    /// A digest of the message by none of its signers, or the other way round.
    #[error("the digest algorithms of message and signers differ")]
    DigestAlgorithms,
    /// Lists of revoked certificates, which are not read and would be passed over.
    #[error("the message carries lists of revoked certificates, which are not read here")]
    RevocationLists,
    /// Nobody signed, or too many did.
    #[error("the message has {0} signers, not 1 to {most}", most = SignedData::MOST_SIGNERS)]
    Signers(usize),
    /// Too many certificates.
    #[error(
        "the message has {0} certificates, and at most {most} are read",
        most = SignedData::MOST_CERTIFICATES
    )]
    Certificates(usize),
    /// A certificate.
    #[error(transparent)]
    Certificate(#[from] CertificateError),
    /// A signature that cannot be one.
    #[error(transparent)]
    Signature(#[from] SignatureValueError),
    /// A signer's number that is none.
    #[error("a signer's serial number is not above zero")]
    Serial,
    /// Attributes that are not read, or not as they must be.
    #[error(
        "the signed attributes must be content type, digest and at most the signing time, each once"
    )]
    Attributes,
    /// Attributes that nobody signed.
    #[error("the message has attributes that are not signed")]
    Unsigned,
    /// The signer's certificate is not there.
    #[error("the certificate of signer {0} is not in the message")]
    NoCertificate(Serial),
    /// The content is neither there nor given.
    #[error("the content is not in the message and was not given")]
    NoContent,
    /// The content is there and given, and they differ.
    #[error("the content in the message is not the one that was given")]
    OtherContent,
    /// The signature is of another key or over something else.
    #[error("the signature of {0} does not hold")]
    Broken(String),
    /// A signer is not believed.
    #[error(transparent)]
    Chain(#[from] ChainError),
}

impl SignedData {
    /// The most bytes, of message and content.
    pub const LONGEST: usize = 64 << 20;
    /// The most signers.
    pub const MOST_SIGNERS: usize = 8;
    /// The most certificates.
    pub const MOST_CERTIFICATES: usize = 16;

    /// Signs a content by one key. `enclosed` says whether the content stands in the message; `others`
    /// are certificates on the way from the signer's to an anchor. Gives the DER.
    ///
    /// # Errors
    /// [`SignDataError`].
    pub fn sign(
        content: &[u8],
        enclosed: bool,
        key: &impl Signer,
        certificate: &Certificate,
        others: &[Certificate],
    ) -> Result<Vec<u8>, SignDataError> {
        if key.public_key() != certificate.key() {
            return Err(SignDataError::OtherKey);
        }
        if content.len() > Self::LONGEST {
            return Err(SignDataError::Length(content.len()));
        }
        let encoding = |_| SignDataError::Encoding;
        let signature = signature_value::to_der(&key.sign(content)?)?;
        let sm3 = || oid::plain(oid::SM3);
        let signer = SignerInfo {
            version: 1,
            issuer_and_serial: IssuerAndSerial {
                issuer: certificate.issuer().clone(),
                serial: SerialNumber::new(certificate.serial().as_bytes()).map_err(encoding)?,
            },
            digest_algorithm: sm3(),
            attributes: None,
            signature_algorithm: oid::plain(oid::SM2_SIGN),
            signature: OctetString::new(signature).map_err(encoding)?,
            unsigned: None,
        };
        let mut certificates = SetOfVec::new();
        for certificate in core::iter::once(certificate).chain(others) {
            let certificate = x509_cert::Certificate::from_der(certificate.as_der());
            certificates
                .insert(certificate.map_err(encoding)?)
                .map_err(encoding)?;
        }
        let data = enclosed
            .then(|| Any::encode_from(&OctetString::new(content)?))
            .transpose()
            .map_err(encoding)?;
        let message = form::SignedData {
            version: 1,
            digest_algorithms: SetOfVec::from_iter([sm3()]).map_err(encoding)?,
            content: Content {
                content_type: oid::DATA,
                content: data,
            },
            certificates: Some(certificates),
            revocation_lists: None,
            signers: SetOfVec::from_iter([signer]).map_err(encoding)?,
        };
        let whole = Message {
            content_type: oid::SIGNED_DATA,
            content: message,
        };
        whole.to_der().map_err(encoding)
    }

    /// Reads the DER of a message.
    ///
    /// # Errors
    /// [`SignedDataError`]; nothing of signatures and trust is asked yet.
    pub fn from_der(bytes: &[u8]) -> Result<Self, SignedDataError> {
        if bytes.len() > Self::LONGEST + 16 * Certificate::LONGEST {
            return Err(SignedDataError::Length(bytes.len()));
        }
        let outer = Content::from_der(bytes).map_err(|_| SignedDataError::Encoding)?;
        if outer.content_type != oid::SIGNED_DATA {
            return Err(SignedDataError::Type(outer.content_type));
        }
        let read = Message::from_der(bytes).map_err(|_| SignedDataError::Encoding)?;
        if read.to_der().ok().as_deref() != Some(bytes) {
            return Err(SignedDataError::Encoding);
        }
        let message = read.content;
        if message.version != 1 {
            return Err(SignedDataError::Version);
        }
        if message.content.content_type != oid::DATA {
            return Err(SignedDataError::ContentType(message.content.content_type));
        }
        if message.revocation_lists.is_some() {
            return Err(SignedDataError::RevocationLists);
        }
        let digests = &message.digest_algorithms;
        if digests.len() != 1 || !digests.iter().all(|digest| oid::is(digest, oid::SM3)) {
            return Err(SignedDataError::Algorithm);
        }
        let count = message.signers.len();
        if !(1..=Self::MOST_SIGNERS).contains(&count) {
            return Err(SignedDataError::Signers(count));
        }
        let content = message.content.content.map(|content| {
            let content: Result<OctetString, _> = content.decode_as();
            content.map(OctetString::into_bytes)
        });
        let content = content.transpose().map_err(|_| SignedDataError::Content)?;
        let carried = message.certificates.unwrap_or_default();
        if carried.len() > Self::MOST_CERTIFICATES {
            return Err(SignedDataError::Certificates(carried.len()));
        }
        let mut certificates = Vec::new();
        for certificate in carried.iter() {
            let bytes = certificate.to_der();
            let bytes = bytes.map_err(|_| SignedDataError::Encoding)?;
            certificates.push(Certificate::checked(&bytes, certificate)?);
        }
        let signers = message.signers.iter().map(SignedBy::read);
        Ok(Self {
            content: content.map(Vec::from),
            certificates,
            signers: signers.collect::<Result<_, _>>()?,
        })
    }

    /// Checks every signature and every signer at a time, and hands the content out. `beside` is the
    /// content where it is not in the message.
    ///
    /// # Errors
    /// [`SignedDataError`].
    pub fn open(
        &self,
        beside: Option<&[u8]>,
        anchors: &Anchors,
        at: Timestamp,
    ) -> Result<Opened, SignedDataError> {
        let content = match (self.content.as_deref(), beside) {
            (Some(content), None) | (None, Some(content)) => content,
            (Some(content), Some(beside)) if content == beside => content,
            (Some(_), Some(_)) => return Err(SignedDataError::OtherContent),
            (None, None) => return Err(SignedDataError::NoContent),
        };
        let mut signers = Vec::new();
        for signer in &self.signers {
            let certificate = self.certificates.iter().find(|certificate| {
                *certificate.issuer() == signer.issuer && *certificate.serial() == signer.serial
            });
            let certificate =
                certificate.ok_or_else(|| SignedDataError::NoCertificate(signer.serial.clone()))?;
            if !signer.holds(certificate.key(), content) {
                return Err(SignedDataError::Broken(certificate.subject().to_string()));
            }
            anchors.verify(certificate, &self.certificates, at)?;
            signers.push(certificate.clone());
        }
        Ok(Opened {
            content: content.to_vec(),
            signers,
        })
    }

    /// Whether a key signed this content, whatever certificates go along: for whoever knows the signer's key by other
    /// means. A content in the message must be the same one.
    pub fn is_by(&self, key: &PublicKey, content: &[u8]) -> bool {
        let same = self.content.as_deref().is_none_or(|own| own == content);
        same && self.signers.iter().any(|signer| signer.holds(key, content))
    }

    /// Whether the content stands in the message.
    pub const fn is_enclosed(&self) -> bool {
        self.content.is_some()
    }
}

impl SignedBy {
    fn read(info: &SignerInfo) -> Result<Self, SignedDataError> {
        if info.version != 1 {
            return Err(SignedDataError::Version);
        }
        if !oid::is(&info.digest_algorithm, oid::SM3) {
            return Err(SignedDataError::DigestAlgorithms);
        }
        let signature = &info.signature_algorithm;
        if !oid::is(signature, oid::SM2_SIGN) && !oid::is(signature, oid::SM2_WITH_SM3) {
            return Err(SignedDataError::Algorithm);
        }
        if info.unsigned.is_some() {
            return Err(SignedDataError::Unsigned);
        }
        let serial = Serial::from_bytes(info.issuer_and_serial.serial.as_bytes());
        Ok(Self {
            issuer: info.issuer_and_serial.issuer.clone(),
            serial: serial.ok_or(SignedDataError::Serial)?,
            signature: signature_value::from_der(info.signature.as_bytes())?,
            attributes: info.attributes.as_ref().map(attributes).transpose()?,
        })
    }

    fn holds(&self, key: &PublicKey, content: &[u8]) -> bool {
        match &self.attributes {
            // A signature over attributes must not become one over a content that is those attributes.
            None => !are_attributes(content) && key.verifies(content, &self.signature),
            Some((signed, digest)) => {
                let is: [u8; 32] = Sm3::digest(content).into();
                is == *digest && key.verifies(signed, &self.signature)
            }
        }
    }
}

/// Whether a content is what somebody may have signed as the attributes of another one.
fn are_attributes(content: &[u8]) -> bool {
    Attributes::from_der(content).is_ok_and(|read| {
        let mut types = read.iter().map(|attribute| attribute.oid);
        types.any(|found| found == oid::MESSAGE_DIGEST)
    })
}

/// The attributes as they were signed, and the digest of the content among them.
fn attributes(read: &Attributes) -> Result<(Vec<u8>, [u8; 32]), SignedDataError> {
    let fault = SignedDataError::Attributes;
    let (mut typed, mut digest, mut timed) = (false, None, false);
    for attribute in read.iter() {
        let [value] = attribute.values.as_slice() else {
            return Err(fault);
        };
        let first = match attribute.oid {
            oid::CONTENT_TYPE => {
                let data = value.decode_as::<ObjectIdentifier>() == Ok(oid::DATA);
                data && !core::mem::replace(&mut typed, true)
            }
            oid::MESSAGE_DIGEST => {
                let bytes: Option<OctetString> = value.decode_as().ok();
                let bytes = bytes.and_then(|bytes| <[u8; 32]>::try_from(bytes.as_bytes()).ok());
                bytes.is_some() && core::mem::replace(&mut digest, bytes).is_none()
            }
            oid::SIGNING_TIME => {
                let time = value.decode_as::<x509_cert::time::Time>();
                time.is_ok() && !core::mem::replace(&mut timed, true)
            }
            _ => false,
        };
        if !first {
            return Err(fault);
        }
    }
    match digest {
        // What is signed is the set by itself, not under its tag in the message (§9.2 of RFC 2315).
        Some(digest) if typed => Ok((read.to_der().map_err(|_| fault)?, digest)),
        _ => Err(fault),
    }
}
