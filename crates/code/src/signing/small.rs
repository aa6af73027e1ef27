//! The backend of WebAssembly, where every byte is fetched before the first code is read.

use ed25519_dalek::Verifier as _;

use super::weierstrass::Key;
use super::{Algorithm, PublicKeyError, Signature};

/// A parsed public key.
#[derive(Clone)]
pub(super) enum VerifyingKey {
    Ed25519(Box<ed25519_dalek::VerifyingKey>),
    Weierstrass(Key),
}

impl VerifyingKey {
    /// Reads canonical key bytes, of which [`super::PublicKey`] has checked length and form.
    pub(super) fn parse(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, PublicKeyError> {
        if algorithm != Algorithm::Ed25519 {
            return Ok(Self::Weierstrass(Key::parse(algorithm, bytes)?));
        }
        let bytes = bytes
            .try_into()
            .map_err(|_| PublicKeyError::Length(algorithm, bytes.len()))?;
        let key = ed25519_dalek::VerifyingKey::from_bytes(bytes)
            .map_err(|_| PublicKeyError::NotOnCurve(algorithm))?;
        Ok(Self::Ed25519(Box::new(key)))
    }

    /// Whether the signature is of this key, and of its algorithm, over the message.
    pub(super) fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        match self {
            Self::Ed25519(key) => {
                let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
                key.verify(message, &signature).is_ok()
            }
            Self::Weierstrass(key) => key.verifies(message, signature),
        }
    }
}
