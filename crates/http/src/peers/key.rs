//! The bare public key that a node proves itself with in TLS (RFC 7250), always Ed25519.
//!
//! Signatures are checked by `hc-code`, whose refusals are stricter than a TLS library's.

use std::fmt;
use std::sync::Arc;

use hc_code::signing::{Algorithm, PublicKey, Signature, Signer as _, SigningKey};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::pki_types::{CertificateDer, SubjectPublicKeyInfoDer};
use rustls::sign::{CertifiedKey, Signer, SigningKey as TlsKey};
use rustls::{
    CertificateError, DigitallySignedStruct, Error, PeerIncompatible, SignatureAlgorithm,
    SignatureScheme,
};

/// What stands before the 32 bytes of an Ed25519 key as `SubjectPublicKeyInfo` (RFC 8410 §4).
const PREFIX: [u8; 12] = [
    0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
];

/// The key as it goes over the wire.
fn written(key: &PublicKey) -> Vec<u8> {
    [&PREFIX, key.as_bytes()].concat()
}

/// The key that a peer sent: in its one form, and a good one.
pub(super) fn read(sent: &CertificateDer<'_>) -> Result<PublicKey, Error> {
    let bytes = sent.strip_prefix(&PREFIX[..]);
    let bytes = bytes.ok_or(Error::InvalidCertificate(CertificateError::BadEncoding))?;
    PublicKey::parse(Algorithm::Ed25519, bytes)
        .map_err(|_| Error::InvalidCertificate(CertificateError::BadEncoding))
}

/// Checks the signature of a handshake.
pub(super) fn verify(
    message: &[u8],
    sent: &CertificateDer<'_>,
    signed: &DigitallySignedStruct,
) -> Result<HandshakeSignatureValid, Error> {
    let key = read(sent)?;
    if signed.scheme != SignatureScheme::ED25519 {
        return Err(PeerIncompatible::NoSignatureSchemesInCommon.into());
    }
    let bad = || Error::InvalidCertificate(CertificateError::BadSignature);
    let signature = Signature::parse(Algorithm::Ed25519, signed.signature()).map_err(|_| bad())?;
    if key.verifies(message, &signature) {
        Ok(HandshakeSignatureValid::assertion())
    } else {
        Err(bad())
    }
}

/// The one scheme that is spoken.
pub(super) fn schemes() -> Vec<SignatureScheme> {
    vec![SignatureScheme::ED25519]
}

/// What TLS needs of a node's own key.
pub(super) fn certified(key: &Arc<SigningKey>) -> Arc<CertifiedKey> {
    let sent = CertificateDer::from(written(key.public_key()));
    Arc::new(CertifiedKey::new(
        vec![sent],
        Arc::new(OwnKey(Arc::clone(key))),
    ))
}

/// A node's key as a signer of handshakes.
#[derive(Clone)]
struct OwnKey(Arc<SigningKey>);

impl TlsKey for OwnKey {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let spoken = offered.contains(&SignatureScheme::ED25519);
        spoken.then(|| Box::new(self.clone()) as Box<dyn Signer>)
    }

    fn public_key(&self) -> Option<SubjectPublicKeyInfoDer<'_>> {
        Some(written(self.0.public_key()).into())
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        SignatureAlgorithm::ED25519
    }
}

impl Signer for OwnKey {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        let signature = hc_code::signing::Signer::sign(&*self.0, message);
        let signature = signature.map_err(|error| Error::General(error.to_string()))?;
        Ok(signature.as_bytes().to_vec())
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::ED25519
    }
}

impl fmt::Debug for OwnKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OwnKey({})", self.0.public_key().id())
    }
}
