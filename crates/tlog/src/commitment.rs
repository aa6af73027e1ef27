//! What stands in the tree for an entry: a salted commitment that outlives the content.

use core::fmt;

use sha2::{Digest as _, Sha256};

use crate::NodeHash;
use crate::entry::Content;

/// What goes before salt and content, so that no other hash of ours can be taken for a commitment.
const DOMAIN: &[u8] = b"healthcode/decision-log/entry/v1\0";

/// The random number of one entry, 32 bytes, kept and erased together with its content.
///
/// Without it nobody can try contents until one fits: contents are short and often guessable.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt([u8; Self::LEN]);

impl Salt {
    /// Bytes of a salt.
    pub const LEN: usize = 32;

    /// Takes 32 bytes that were drawn at random for this one entry.
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the store that keeps them beside the content.
    pub const fn expose_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt(..)")
    }
}

/// The data of one leaf: SHA-256 over domain, salt and content. It tells nothing without the salt,
/// and may be published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commitment([u8; Self::LEN]);

impl Commitment {
    /// Bytes of a commitment.
    pub const LEN: usize = 32;

    /// Commits to a content.
    pub fn of(salt: &Salt, content: &Content) -> Self {
        let hasher = Sha256::new_with_prefix(DOMAIN)
            .chain_update(salt.0)
            .chain_update(content.expose_bytes());
        Self(hasher.finalize().into())
    }

    /// Takes 32 bytes for a commitment.
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// The hash of the leaf whose data this is.
    pub fn leaf_hash(&self) -> NodeHash {
        NodeHash::of_leaf(&self.0)
    }
}

/// What opens a commitment: salt and content. Whoever has it can show what was logged; once it is
/// erased everywhere, nobody can.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    salt: Salt,
    content: Content,
}

impl Opening {
    /// A content with the salt that was drawn for it.
    pub const fn new(salt: Salt, content: Content) -> Self {
        Self { salt, content }
    }

    /// The salt.
    pub const fn salt(&self) -> &Salt {
        &self.salt
    }

    /// The content.
    pub const fn content(&self) -> &Content {
        &self.content
    }

    /// The commitment that this opens.
    pub fn commitment(&self) -> Commitment {
        Commitment::of(&self.salt, &self.content)
    }

    /// The salt and after it the content, for a receipt.
    pub fn expose_bytes(&self) -> Vec<u8> {
        [&self.salt.0[..], self.content.expose_bytes()].concat()
    }

    /// Reads the bytes of [`Self::expose_bytes`]; none where they are too few for a salt.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (salt, content) = bytes.split_first_chunk()?;
        Some(Self::new(
            Salt::from_bytes(*salt),
            Content::from_bytes(content.into()),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_commitment_is_of_one_salt_and_one_content() {
        let content = |bytes: &[u8]| Content::from_bytes(bytes.into());
        let salt = Salt::from_bytes([1; 32]);
        let commitment = Commitment::of(&salt, &content(b"ab"));
        assert_eq!(commitment, Commitment::of(&salt, &content(b"ab")));
        assert_ne!(commitment, Commitment::of(&salt, &content(b"ac")));
        let other = Salt::from_bytes([2; 32]);
        assert_ne!(commitment, Commitment::of(&other, &content(b"ab")));
    }

    #[test]
    fn a_salt_is_not_shown() {
        let salt = Salt::from_bytes([0xab; 32]);
        assert_eq!(format!("{salt:?}"), "Salt(..)");
    }

    /// The formula itself, spelled out: what `spec/decision-log.md` says.
    #[test]
    fn a_commitment_is_the_hash_of_domain_salt_and_content() {
        let mut all = b"healthcode/decision-log/entry/v1\0".to_vec();
        all.extend([7; 32]);
        all.extend(b"content");
        let content = Content::from_bytes(b"content".as_slice().into());
        let expected: [u8; 32] = Sha256::digest(&all).into();
        let commitment = Commitment::of(&Salt::from_bytes([7; 32]), &content);
        assert_eq!(commitment.as_bytes(), &expected);
    }
}
