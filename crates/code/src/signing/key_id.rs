//! The name of a key.

use core::fmt;
use core::str::FromStr;

use sha2::{Digest, Sha256};

use super::Algorithm;

/// The name of a public key: the first eight bytes of SHA-256 over the algorithm's name, a zero
/// byte and the key's canonical bytes. It always goes with an issuer: two issuers' keys are never
/// mixed up, even where their ids are made to collide.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyId([u8; 8]);

impl KeyId {
    /// Bytes of a key id.
    pub const LEN: usize = 8;

    /// The id of a key given by its canonical bytes.
    pub(super) fn of(algorithm: Algorithm, key: &[u8]) -> Self {
        let digest = Sha256::new()
            .chain_update(algorithm.name())
            .chain_update([0])
            .chain_update(key)
            .finalize();
        let mut id = [0; Self::LEN];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = from;
        }
        Self(id)
    }

    /// A key id that was carried somewhere.
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The eight bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyId({self})")
    }
}

/// A text that is not a key id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a key id: sixteen lower-case hexadecimal digits")]
pub struct KeyIdError(pub String);

impl FromStr for KeyId {
    type Err = KeyIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || KeyIdError(text.to_owned());
        let well_formed = text.len() == 2 * Self::LEN
            && text
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !well_formed {
            return Err(error());
        }
        let number = u64::from_str_radix(text, 16).map_err(|_| error())?;
        Ok(Self(number.to_be_bytes()))
    }
}
