//! Proofs, and their verification with nothing but roots.

mod consistency;
mod inclusion;
mod receipt;

pub use consistency::ConsistencyProof;
pub use inclusion::InclusionProof;
pub use receipt::{Receipt, ReceiptError, ReceiptTextError};

use crate::NodeHash;

/// Most hashes of a proof in a tree of at most 2^63 − 1 leaves: one for each level, and in a proof
/// of consistency one more to start from.
pub const MAX_HASHES: usize = 64;

/// Why a proof shows nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// A tree of that size has no such leaf.
    #[error("a tree of {size} leaves has none with index {index}")]
    NoLeaf {
        /// The index of the leaf.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// The tree that should be earlier is larger.
    #[error("a tree of {size} leaves does not begin with one of {earlier}")]
    NotEarlier {
        /// Leaves of the tree that should be earlier.
        earlier: u64,
        /// Leaves of the other.
        size: u64,
    },
    /// Fewer hashes than the way to the root has levels.
    #[error("the proof ends before the root: {0} hashes are too few")]
    TooShort(usize),
    /// More hashes than the way to the root has levels.
    #[error("the proof goes on past the root: {0} hashes are too many")]
    TooLong(usize),
    /// The hashes lead to another root.
    #[error("the proof leads to root {reached}, not {expected}")]
    OtherRoot {
        /// The root that the hashes lead to.
        reached: NodeHash,
        /// The root that was given.
        expected: NodeHash,
    },
    /// The hashes lead to another root of the earlier tree.
    #[error("the proof leads to root {reached} of the earlier tree, not {expected}")]
    OtherEarlierRoot {
        /// The root that the hashes lead to.
        reached: NodeHash,
        /// The root that was given.
        expected: NodeHash,
    },
}
