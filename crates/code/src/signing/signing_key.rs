//! Secret keys and who signs with them.

use core::fmt;

#[cfg(not(target_family = "wasm"))]
use super::native;
use super::{Algorithm, PublicKey, Signature, SignatureFault, portable};

/// Whoever can sign with one key: a key in memory, or a device that never gives its key away.
pub trait Signer {
    /// The public half.
    fn public_key(&self) -> &PublicKey;

    /// Signs a message.
    ///
    /// # Errors
    /// [`SigningError`] where the signer fails or gives something that verifiers would refuse.
    fn sign(&self, message: &[u8]) -> Result<Signature, SigningError>;
}

/// Why a signer gave no signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SigningError {
    /// The signer itself failed.
    #[error("the signer failed")]
    Failed,
    /// The signer answered with something that no verifier accepts.
    #[error("the signer gave an unusable signature: {0}")]
    Unusable(#[source] SignatureFault),
}

/// Why 32 bytes are no secret key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretKeyError {
    /// The number is zero or too large for the curve (GB/T 32918.1 also excludes n - 1).
    #[error("the secret is out of range for {0}")]
    OutOfRange(Algorithm),
}

/// A secret key in memory.
pub struct SigningKey {
    public: PublicKey,
    backend: Backend,
}

enum Backend {
    Portable(portable::SecretKey),
    #[cfg(not(target_family = "wasm"))]
    Native(native::SecretKey),
}

impl SigningKey {
    /// Takes the 32 secret bytes (Ed25519: the seed of RFC 8032; else the number d, big-endian).
    /// Uses the fastest backend of the platform; ES256 and SM2 signatures then differ from call to call.
    ///
    /// # Errors
    /// [`SecretKeyError`] where the number is not a key of the algorithm.
    pub fn from_secret(algorithm: Algorithm, secret: &[u8; 32]) -> Result<Self, SecretKeyError> {
        let key = Self::deterministic(algorithm, secret)?;
        #[cfg(not(target_family = "wasm"))]
        let key = {
            let native = native::SecretKey::parse(algorithm, secret, key.public.as_bytes())?;
            Self {
                backend: Backend::Native(native),
                ..key
            }
        };
        Ok(key)
    }

    /// The same key with a backend that gives the same signature for the same message on every
    /// platform: for vectors, and where a signature may be made twice.
    ///
    /// # Errors
    /// As [`Self::from_secret`].
    pub fn deterministic(algorithm: Algorithm, secret: &[u8; 32]) -> Result<Self, SecretKeyError> {
        let out_of_range = SecretKeyError::OutOfRange(algorithm);
        let key = portable::SecretKey::parse(algorithm, secret)?;
        let public = PublicKey::parse(algorithm, &key.public_bytes()).map_err(|_| out_of_range)?;
        // SM2 divides by 1 + d, which is zero for d = n - 1: such a key can never sign.
        if algorithm == Algorithm::Sm2 {
            key.sign(&[]).map_err(|_| out_of_range)?;
        }
        Ok(Self {
            public,
            backend: Backend::Portable(key),
        })
    }
}

impl Signer for SigningKey {
    fn public_key(&self) -> &PublicKey {
        &self.public
    }

    fn sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        match &self.backend {
            Backend::Portable(key) => key.sign(message),
            #[cfg(not(target_family = "wasm"))]
            Backend::Native(key) => key.sign(message),
        }
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({:?}, secret)", self.public)
    }
}
