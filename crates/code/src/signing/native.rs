//! The fast backend on servers: AWS-LC for Ed25519 and ES256, own code for SM2.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P256_SHA256_FIXED_SIGNING, ED25519, EcdsaKeyPair,
    Ed25519KeyPair, ParsedPublicKey,
};
use p256::elliptic_curve::sec1::ToSec1Point as _;

use super::{Algorithm, PublicKeyError, SecretKeyError, Signature, SigningError, sm2_native};

/// A parsed public key.
#[derive(Clone)]
pub(super) enum VerifyingKey {
    Fast(ParsedPublicKey),
    Sm2(Box<sm2_native::VerifyingKey>),
}

impl VerifyingKey {
    pub(super) fn parse(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, PublicKeyError> {
        let rejected = |_| PublicKeyError::NotOnCurve(algorithm);
        Ok(match algorithm {
            Algorithm::Ed25519 => {
                // AWS-LC takes any 32 bytes and finds out when it verifies.
                let point = bytes.try_into();
                let point = point.map_err(|_| PublicKeyError::Length(algorithm, bytes.len()))?;
                ed25519_dalek::VerifyingKey::from_bytes(point)
                    .map_err(|_| PublicKeyError::NotOnCurve(algorithm))?;
                Self::Fast(ParsedPublicKey::new(&ED25519, bytes).map_err(rejected)?)
            }
            Algorithm::Es256 => {
                // The square root of a compressed point is several times faster here than in
                // AWS-LC, and every showing brings a holder's key.
                let point = uncompressed(bytes).ok_or(PublicKeyError::NotOnCurve(algorithm))?;
                let key = ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point.as_bytes());
                Self::Fast(key.map_err(rejected)?)
            }
            Algorithm::Sm2 => Self::Sm2(Box::new(sm2_native::VerifyingKey::parse(bytes)?)),
        })
    }

    pub(super) fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        match self {
            Self::Fast(key) => key.verify_sig(message, signature.as_bytes()).is_ok(),
            Self::Sm2(key) => key.verifies(message, signature),
        }
    }
}

fn uncompressed(bytes: &[u8]) -> Option<p256::Sec1Point> {
    let key = p256::PublicKey::from_sec1_bytes(bytes).ok()?;
    Some(key.to_sec1_point(false))
}

/// A secret key. ES256 and SM2 draw their nonces from AWS-LC's own generator; the portable backend is
/// the one to take where the bytes of a signature must be reproducible.
pub(super) enum SecretKey {
    Ed25519(Ed25519KeyPair),
    Es256(EcdsaKeyPair),
    Sm2(Box<sm2_native::SecretKey>),
}

impl SecretKey {
    /// Takes a secret with its public key.
    pub(super) fn parse(
        algorithm: Algorithm,
        secret: &[u8; 32],
        public: &[u8],
    ) -> Result<Self, SecretKeyError> {
        let rejected = |_| SecretKeyError::OutOfRange(algorithm);
        Ok(match algorithm {
            Algorithm::Ed25519 => Self::Ed25519(
                Ed25519KeyPair::from_seed_and_public_key(secret, public).map_err(rejected)?,
            ),
            Algorithm::Es256 => {
                let point = uncompressed(public).ok_or(SecretKeyError::OutOfRange(algorithm))?;
                let key = EcdsaKeyPair::from_private_key_and_public_key(
                    &ECDSA_P256_SHA256_FIXED_SIGNING,
                    secret,
                    point.as_bytes(),
                );
                Self::Es256(key.map_err(rejected)?)
            }
            Algorithm::Sm2 => Self::Sm2(Box::new(sm2_native::SecretKey::parse(secret, public)?)),
        })
    }

    pub(super) fn sign(&self, message: &[u8]) -> Result<Signature, SigningError> {
        match self {
            Self::Ed25519(key) => {
                let signature = key.try_sign(message).map_err(|_| SigningError::Failed)?;
                Signature::parse(Algorithm::Ed25519, signature.as_ref())
            }
            Self::Es256(key) => {
                let signature = key
                    .sign(&SystemRandom::new(), message)
                    .map_err(|_| SigningError::Failed)?;
                Signature::lowering_s(signature.as_ref())
            }
            Self::Sm2(key) => return key.sign(message),
        }
        .map_err(SigningError::Unusable)
    }
}
