//! Requests for certificates (PKCS #10, RFC 2986): a name and a key, signed by that key.

use der::asn1::{BitString, SetOfVec};
use der::{Decode, Encode};
use hc_code::signing::{PublicKey, Signer, SigningError};
use x509_cert::name::Name;
use x509_cert::request::{CertReq, CertReqInfo, Version};

use crate::oid;
use crate::public_key::{self, KeyFormError};
use crate::signature_value::{self, SignatureValueError};

/// A request whose signature holds: whoever made it has the key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    bytes: Vec<u8>,
    subject: Name,
    key: PublicKey,
}

/// Why bytes are no request that is taken, or none was made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// More bytes than any that is taken.
    #[error("a request has at most {most} bytes, not {0}", most = Request::LONGEST)]
    Length(usize),
    /// No DER of a request, or not in its one encoding.
    #[error("the bytes are not the DER of a request for a certificate")]
    Encoding,
    /// Signed in another way than SM2 with SM3.
    #[error("the request is not signed by SM2 with SM3")]
    Algorithm,
    /// Without a name.
    #[error("the request has no name")]
    Name,
    /// A key that is not SM2's.
    #[error(transparent)]
    Key(#[from] KeyFormError),
    /// A signature that cannot be one.
    #[error(transparent)]
    Signature(#[from] SignatureValueError),
    /// A signature of another key or over something else.
    #[error("the request was not signed by the key that it names")]
    NotItsKey,
    /// The signer.
    #[error(transparent)]
    Signing(#[from] SigningError),
}

impl Request {
    /// The most bytes that are read.
    pub const LONGEST: usize = 16 * 1024;

    /// Makes a request.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn new(subject: Name, key: &impl Signer) -> Result<Self, RequestError> {
        let info = CertReqInfo {
            version: Version::V1,
            subject,
            public_key: public_key::write(key.public_key())?,
            attributes: SetOfVec::new(),
        };
        let signed = info.to_der().map_err(|_| RequestError::Encoding)?;
        let signature = signature_value::to_der(&key.sign(&signed)?)?;
        let whole = CertReq {
            info,
            algorithm: oid::plain(oid::SM2_WITH_SM3),
            signature: BitString::from_bytes(&signature).map_err(|_| RequestError::Encoding)?,
        };
        Self::from_der(&whole.to_der().map_err(|_| RequestError::Encoding)?)
    }

    /// Reads a request. What it asks for besides the name is passed over: the authority decides.
    ///
    /// # Errors
    /// [`RequestError`].
    pub fn from_der(bytes: &[u8]) -> Result<Self, RequestError> {
        if bytes.len() > Self::LONGEST {
            return Err(RequestError::Length(bytes.len()));
        }
        let read = CertReq::from_der(bytes).map_err(|_| RequestError::Encoding)?;
        if read.to_der().ok().as_deref() != Some(bytes) {
            return Err(RequestError::Encoding);
        }
        if !oid::is(&read.algorithm, oid::SM2_WITH_SM3) {
            return Err(RequestError::Algorithm);
        }
        if read.info.subject.is_empty() {
            return Err(RequestError::Name);
        }
        let key = public_key::read(&read.info.public_key)?;
        let value = read.signature.as_bytes();
        let signature = signature_value::from_der(value.ok_or(SignatureValueError::Encoding)?)?;
        let signed = read.info.to_der().map_err(|_| RequestError::Encoding)?;
        if !key.verifies(&signed, &signature) {
            return Err(RequestError::NotItsKey);
        }
        Ok(Self {
            bytes: bytes.to_vec(),
            subject: read.info.subject,
            key,
        })
    }

    /// The DER.
    pub fn as_der(&self) -> &[u8] {
        &self.bytes
    }

    /// Who asks.
    pub const fn subject(&self) -> &Name {
        &self.subject
    }

    /// For which key.
    pub const fn key(&self) -> &PublicKey {
        &self.key
    }
}
