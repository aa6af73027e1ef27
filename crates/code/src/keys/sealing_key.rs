//! A key that things are sealed to, as a key list names it.

use core::fmt;

use sha2::{Digest, Sha256};

use crate::{Span, Timestamp};

/// A region's public key for sealing, X25519 (RFC 7748), good from a time to a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SealingKey {
    key: SealingPublicKey,
    from: Timestamp,
    until: Timestamp,
}

/// The 32 bytes of an X25519 public key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealingPublicKey([u8; 32]);

/// The name of a sealing key: the first eight bytes of SHA-256 over `x25519`, a zero byte and the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealingKeyId([u8; 8]);

/// Why a key cannot be listed so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealingKeyError {
    /// Another length than 32 bytes.
    #[error("an X25519 key has 32 bytes, not {0}")]
    Length(usize),
    /// It ends before it begins, or begins before 1970.
    #[error("the sealing key's validity is empty or lies before 1970")]
    Empty,
    /// Longer than such a key may live.
    #[error("a sealing key is good for at most {limit}", limit = SealingKey::LONGEST_LIFE)]
    TooLong,
}

impl SealingKey {
    /// So long a sealing key lives at most: what was sealed to it cannot be opened by anybody after.
    pub const LONGEST_LIFE: Span = Span::hours(48);

    /// A key that is good in `from..until`.
    ///
    /// # Errors
    /// [`SealingKeyError`] where that is empty or too long.
    pub fn new(
        key: SealingPublicKey,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Self, SealingKeyError> {
        if until <= from || from.unix() < 0 {
            Err(SealingKeyError::Empty)
        } else if until.since(from) > Self::LONGEST_LIFE {
            Err(SealingKeyError::TooLong)
        } else {
            Ok(Self { key, from, until })
        }
    }

    /// The key.
    pub const fn key(&self) -> &SealingPublicKey {
        &self.key
    }

    /// From when on it may be sealed to.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// From when on nothing is sealed to it any more.
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether it may be sealed to at a time.
    pub fn holds_at(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

impl SealingPublicKey {
    /// Takes the bytes of a public key. Points of small order, to which anybody could open a seal, are
    /// refused when sealing.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Takes the bytes of a public key as they came.
    ///
    /// # Errors
    /// [`SealingKeyError::Length`].
    pub fn parse(bytes: &[u8]) -> Result<Self, SealingKeyError> {
        let bytes = bytes
            .try_into()
            .map_err(|_| SealingKeyError::Length(bytes.len()))?;
        Ok(Self(bytes))
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The name.
    pub fn id(&self) -> SealingKeyId {
        let digest = Sha256::new()
            .chain_update(b"x25519\0")
            .chain_update(self.0)
            .finalize();
        let mut id = [0; 8];
        for (to, from) in id.iter_mut().zip(digest) {
            *to = from;
        }
        SealingKeyId(id)
    }
}

impl SealingKeyId {
    /// A name that was carried somewhere.
    pub const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self(bytes)
    }

    /// The eight bytes.
    pub const fn as_bytes(&self) -> &[u8; 8] {
        &self.0
    }
}

impl fmt::Display for SealingKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for SealingKeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKeyId({self})")
    }
}

impl fmt::Debug for SealingPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingPublicKey({})", self.id())
    }
}
