//! Public keys in their one encoding.

use core::fmt;

use sm2::elliptic_curve::sec1::ToSec1Point as _;

#[cfg(not(target_family = "wasm"))]
use super::native as backend;
use super::signature::{PointFault, check_ed25519_point};
#[cfg(target_family = "wasm")]
use super::small as backend;
use super::{Algorithm, KeyId, Signature};

/// A public key that is on its curve, of full order as far as that can be told, and canonically
/// written: 32 bytes for Ed25519, the 33 of a compressed point for ES256 and SM2.
#[derive(Clone)]
pub struct PublicKey {
    algorithm: Algorithm,
    bytes: Box<[u8]>,
    id: KeyId,
    backend: backend::VerifyingKey,
}

/// Why bytes are no public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublicKeyError {
    /// Another number of bytes than the algorithm's keys have.
    #[error("a public key of {0} has {len} bytes, not {1}", len = .0.public_key_len())]
    Length(Algorithm, usize),
    /// A compressed point starts with 02 or 03.
    #[error("a public key of {0} is a compressed point and starts with 02 or 03, not {1:02x}")]
    Prefix(Algorithm, u8),
    /// The coordinate is not below the field prime, or no point has it.
    #[error("the bytes are no point on the curve of {0}")]
    NotOnCurve(Algorithm),
    /// An Ed25519 key is written with a coordinate that is not below the field prime.
    #[error("the Ed25519 key is not written canonically")]
    NonCanonical,
    /// An Ed25519 key of small order: one signature would fit many messages.
    #[error("the Ed25519 key has small order")]
    SmallOrder,
}

impl PublicKey {
    /// Reads the canonical bytes of a key.
    ///
    /// # Errors
    /// [`PublicKeyError`] for every other encoding, and for keys that are not to be trusted
    /// whatever they sign.
    pub fn parse(algorithm: Algorithm, bytes: &[u8]) -> Result<Self, PublicKeyError> {
        if bytes.len() != algorithm.public_key_len() {
            return Err(PublicKeyError::Length(algorithm, bytes.len()));
        }
        match algorithm {
            Algorithm::Ed25519 => {
                let point = bytes
                    .try_into()
                    .map_err(|_| PublicKeyError::Length(algorithm, bytes.len()))?;
                check_ed25519_point(point).map_err(|fault| match fault {
                    PointFault::NonCanonical => PublicKeyError::NonCanonical,
                    PointFault::SmallOrder => PublicKeyError::SmallOrder,
                })?;
            }
            Algorithm::Es256 | Algorithm::Sm2 => {
                let first = bytes.first().copied().unwrap_or_default();
                if !matches!(first, 2 | 3) {
                    return Err(PublicKeyError::Prefix(algorithm, first));
                }
            }
        }
        Ok(Self {
            algorithm,
            bytes: bytes.into(),
            id: KeyId::of(algorithm, bytes),
            backend: backend::VerifyingKey::parse(algorithm, bytes)?,
        })
    }

    /// Reads the two coordinates of an ES256 or SM2 key, 32 bytes each, big-endian.
    ///
    /// # Errors
    /// [`PublicKeyError`] where the point is not on the curve, or for Ed25519, which has no such
    /// form.
    pub fn from_coordinates(
        algorithm: Algorithm,
        x: &[u8; 32],
        y: &[u8; 32],
    ) -> Result<Self, PublicKeyError> {
        let sign = y.last().map_or(2, |last| 2 + (last & 1));
        let mut compressed = vec![sign];
        compressed.extend_from_slice(x);
        let mut whole = vec![4];
        whole.extend_from_slice(x);
        whole.extend_from_slice(y);
        let on_curve = match algorithm {
            Algorithm::Ed25519 => false,
            Algorithm::Es256 => p256::PublicKey::from_sec1_bytes(&whole).is_ok(),
            Algorithm::Sm2 => sm2::PublicKey::from_sec1_bytes(&whole).is_ok(),
        };
        if on_curve {
            Self::parse(algorithm, &compressed)
        } else {
            Err(PublicKeyError::NotOnCurve(algorithm))
        }
    }

    /// The two coordinates of an ES256 or SM2 key, as [`Self::from_coordinates`] takes them; `None` for
    /// Ed25519.
    pub fn coordinates(&self) -> Option<([u8; 32], [u8; 32])> {
        let point = match self.algorithm {
            Algorithm::Ed25519 => return None,
            Algorithm::Es256 => p256::PublicKey::from_sec1_bytes(&self.bytes)
                .ok()?
                .to_sec1_point(false)
                .to_bytes(),
            Algorithm::Sm2 => sm2::PublicKey::from_sec1_bytes(&self.bytes)
                .ok()?
                .to_sec1_point(false)
                .to_bytes(),
        };
        let (_, coordinates) = point.split_first()?;
        let (x, y) = coordinates.split_at_checked(32)?;
        Some((x.try_into().ok()?, y.try_into().ok()?))
    }

    /// The algorithm that the key is for.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The canonical bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The name of the key.
    pub const fn id(&self) -> KeyId {
        self.id
    }

    /// Whether the signature is this key's over the message; never, where it was checked for
    /// another algorithm.
    pub fn verifies(&self, message: &[u8], signature: &Signature) -> bool {
        signature.algorithm() == self.algorithm && self.backend.verifies(message, signature)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.bytes == other.bytes
    }
}

impl Eq for PublicKey {}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, {})", self.algorithm, self.id)
    }
}
