//! The three algorithms in Rust alone: everything that is signed in a browser or must be the same each
//! time it is signed, and the reference that the other backends are compared with.

use ed25519_dalek::Signer as _;
#[cfg(test)]
use ed25519_dalek::Verifier as _;
use sm2::elliptic_curve::sec1::ToSec1Point as _;

#[cfg(test)]
use super::PublicKeyError;
use super::{Algorithm, SecretKeyError, Signature, SigningError};

/// The identity that goes into every SM2 signature (GB/T 35276: the default where none is agreed).
pub(super) const SM2_SIGNER_ID: &str = "1234567812345678";

/// A parsed public key.
#[cfg(test)]
#[derive(Clone)]
pub(super) enum VerifyingKey {
    Ed25519(ed25519_dalek::VerifyingKey),
    Es256(p256::ecdsa::VerifyingKey),
    Sm2(sm2::dsa::VerifyingKey),
}

#[cfg(test)]
impl VerifyingKey {
    /// Reads canonical key bytes, of which [`super::PublicKey`] has checked length and form.
    pub(super) fn parse(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, PublicKeyError> {
        let no_point = |_| PublicKeyError::NotOnCurve(algorithm);
        Ok(match algorithm {
            Algorithm::Ed25519 => {
                let bytes = bytes
                    .try_into()
                    .map_err(|_| PublicKeyError::Length(algorithm, bytes.len()))?;
                Self::Ed25519(ed25519_dalek::VerifyingKey::from_bytes(bytes).map_err(no_point)?)
            }
            Algorithm::Es256 => Self::Es256(
                p256::ecdsa::VerifyingKey::from_sec1_bytes(bytes)
                    .map_err(|_| PublicKeyError::NotOnCurve(algorithm))?,
            ),
            Algorithm::Sm2 => Self::Sm2(
                sm2::dsa::VerifyingKey::from_sec1_bytes(SM2_SIGNER_ID, bytes)
                    .map_err(|_| PublicKeyError::NotOnCurve(algorithm))?,
            ),
        })
    }

    /// Whether the signature is of this key over the message. A signature of another algorithm is
    /// of no key of this one.
    pub(super) fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        match (self, signature.algorithm()) {
            (Self::Ed25519(key), Algorithm::Ed25519) => {
                let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
                key.verify(message, &signature).is_ok()
            }
            (Self::Es256(key), Algorithm::Es256) => {
                p256::ecdsa::Signature::from_slice(signature.as_bytes())
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            (Self::Sm2(key), Algorithm::Sm2) => {
                sm2::dsa::Signature::from_slice(signature.as_bytes())
                    .is_ok_and(|signature| key.verify(message, &signature).is_ok())
            }
            _ => false,
        }
    }
}

/// A secret key. Signatures are deterministic (RFC 8032; RFC 6979 for ES256 and SM2).
#[derive(Clone)]
pub(super) enum SecretKey {
    Ed25519(Box<ed25519_dalek::SigningKey>),
    Es256(Box<p256::ecdsa::SigningKey>),
    Sm2(Box<sm2::dsa::SigningKey>),
}

impl SecretKey {
    pub(super) fn parse(algorithm: Algorithm, secret: &[u8; 32]) -> Result<Self, SecretKeyError> {
        let out_of_range = |_| SecretKeyError::OutOfRange(algorithm);
        Ok(match algorithm {
            Algorithm::Ed25519 => {
                Self::Ed25519(Box::new(ed25519_dalek::SigningKey::from_bytes(secret)))
            }
            Algorithm::Es256 => Self::Es256(Box::new(
                p256::ecdsa::SigningKey::from_slice(secret).map_err(out_of_range)?,
            )),
            Algorithm::Sm2 => Self::Sm2(Box::new(
                sm2::dsa::SigningKey::from_slice(SM2_SIGNER_ID, secret).map_err(out_of_range)?,
            )),
        })
    }

    /// The canonical bytes of the public key.
    pub(super) fn public_bytes(&self) -> Vec<u8> {
        match self {
            Self::Ed25519(key) => key.verifying_key().to_bytes().to_vec(),
            Self::Es256(key) => key.verifying_key().to_sec1_point(true).as_bytes().to_vec(),
            Self::Sm2(key) => key.verifying_key().to_sec1_point(true).as_bytes().to_vec(),
        }
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        match self {
            Self::Ed25519(key) => {
                let signature = key.try_sign(message).map_err(|_| SigningError::Failed)?;
                Signature::parse(Algorithm::Ed25519, &signature.to_bytes())
            }
            Self::Es256(key) => {
                let signature: p256::ecdsa::Signature =
                    key.try_sign(message).map_err(|_| SigningError::Failed)?;
                Signature::lowering_s(&signature.to_bytes())
            }
            Self::Sm2(key) => {
                let signature: sm2::dsa::Signature =
                    key.try_sign(message).map_err(|_| SigningError::Failed)?;
                Signature::parse(Algorithm::Sm2, &signature.to_bytes())
            }
        }
        .map_err(SigningError::Unusable)
    }
}
