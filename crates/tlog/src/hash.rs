//! Hashes of the tree: RFC 6962 §2.1, the same as RFC 9162 §2.1.1, with SHA-256.

use core::fmt;

use base64ct::{Base64, Encoding as _};
use sha2::{Digest as _, Sha256};

/// What goes before the data of a leaf, so that no leaf is ever taken for a node.
const LEAF: u8 = 0x00;
/// What goes before the two children of a node.
const NODE: u8 = 0x01;

/// The hash of a leaf, of a node or of a whole tree: 32 bytes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeHash([u8; Self::LEN]);

/// Why a text is no hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HashTextError {
    /// Not Base64 with padding, or not as one would write it.
    #[error("a hash is written in canonical Base64 with padding")]
    NotBase64,
    /// Another number of bytes.
    #[error("a hash has 32 bytes, not {0}")]
    Length(usize),
}

impl NodeHash {
    /// Bytes of a hash.
    pub const LEN: usize = 32;

    /// The root of the tree without leaves: the hash of nothing.
    pub fn of_empty_tree() -> Self {
        Self(Sha256::digest([]).into())
    }

    /// The hash of a leaf with this data.
    pub fn of_leaf(data: &[u8]) -> Self {
        let hasher = Sha256::new_with_prefix([LEAF]).chain_update(data);
        Self(hasher.finalize().into())
    }

    /// The hash of the node above two others, left and right.
    pub fn of_node(left: &Self, right: &Self) -> Self {
        let mut data = [NODE; 1 + 2 * Self::LEN];
        let (_, children) = data.split_at_mut(1);
        let (first, second) = children.split_at_mut(Self::LEN);
        first.copy_from_slice(&left.0);
        second.copy_from_slice(&right.0);
        Self(Sha256::digest(data).into())
    }

    /// Takes 32 bytes for a hash.
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }

    /// Reads the one Base64 text of a hash: 44 characters.
    ///
    /// # Errors
    /// [`HashTextError`] for every other text.
    pub fn parse_base64(text: &str) -> Result<Self, HashTextError> {
        let bytes = Base64::decode_vec(text).map_err(|_| HashTextError::NotBase64)?;
        let bytes = bytes
            .as_slice()
            .try_into()
            .map_err(|_| HashTextError::Length(bytes.len()))?;
        Ok(Self(bytes))
    }

    /// The Base64 text, with padding (RFC 4648 §4).
    pub fn to_base64(self) -> String {
        Base64::encode_string(&self.0)
    }
}

impl fmt::Display for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_base64())
    }
}

impl fmt::Debug for NodeHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeHash({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn leaf_and_node_are_never_the_same() {
        let (left, right) = (NodeHash::of_leaf(b"a"), NodeHash::of_leaf(b"b"));
        let together = [*left.as_bytes(), *right.as_bytes()].concat();
        assert_ne!(
            NodeHash::of_leaf(&together),
            NodeHash::of_node(&left, &right)
        );
    }

    #[test]
    fn a_hash_has_one_text() {
        let hash = NodeHash::of_empty_tree();
        let text = hash.to_base64();
        assert_eq!(text, "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
        assert_eq!(NodeHash::parse_base64(&text), Ok(hash));
        for other in [
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFV=",
            "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU=",
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
            "",
        ] {
            assert!(NodeHash::parse_base64(other).is_err(), "{other:?}");
        }
        assert_eq!(
            NodeHash::parse_base64("AAAA"),
            Err(HashTextError::Length(3))
        );
    }
}
