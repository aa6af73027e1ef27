//! That a leaf is in a tree.

use core::cmp::Ordering;

use super::ProofError;
use crate::NodeHash;

/// The hashes beside the way from one leaf up to the root (RFC 9162 §2.1.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InclusionProof {
    index: u64,
    size: u64,
    hashes: Vec<NodeHash>,
}

impl InclusionProof {
    pub(crate) const fn of(index: u64, size: u64, hashes: Vec<NodeHash>) -> Self {
        Self {
            index,
            size,
            hashes,
        }
    }

    /// Takes the parts of a proof: the index of a leaf, the size of a tree, and hashes from the
    /// leaf's sibling up.
    ///
    /// # Errors
    /// [`ProofError`] where there is no such leaf, or the hashes are too few or too many.
    pub fn new(index: u64, size: u64, hashes: Vec<NodeHash>) -> Result<Self, ProofError> {
        if index >= size {
            return Err(ProofError::NoLeaf { index, size });
        }
        let need = levels(index, size);
        let got = hashes.len();
        match got.cmp(&need) {
            Ordering::Less => Err(ProofError::TooShort(got)),
            Ordering::Greater => Err(ProofError::TooLong(got)),
            Ordering::Equal => Ok(Self::of(index, size, hashes)),
        }
    }

    /// The index of the leaf.
    pub const fn index(&self) -> u64 {
        self.index
    }

    /// Leaves of the tree.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes, from the leaf's sibling up.
    pub fn hashes(&self) -> &[NodeHash] {
        &self.hashes
    }

    /// The root that the hashes lead to from a leaf (RFC 9162 §2.1.3.2).
    ///
    /// # Errors
    /// [`ProofError`] where there is no such leaf, or the hashes are too few or too many.
    pub fn root(&self, leaf: &NodeHash) -> Result<NodeHash, ProofError> {
        let Self {
            index,
            size,
            ref hashes,
        } = *self;
        let no_leaf = ProofError::NoLeaf { index, size };
        let mut at = index;
        let mut last = size.checked_sub(1).ok_or(no_leaf)?;
        if at > last {
            return Err(no_leaf);
        }
        let mut root = *leaf;
        for sibling in hashes {
            if last == 0 {
                return Err(ProofError::TooLong(hashes.len()));
            }
            if at & 1 == 1 || at == last {
                root = NodeHash::of_node(sibling, &root);
                // A node at the right edge without sibling is its own parent.
                while at & 1 == 0 && at != 0 {
                    at >>= 1;
                    last >>= 1;
                }
            } else {
                root = NodeHash::of_node(&root, sibling);
            }
            at >>= 1;
            last >>= 1;
        }
        if last == 0 {
            Ok(root)
        } else {
            Err(ProofError::TooShort(hashes.len()))
        }
    }

    /// Whether the leaf is in the tree with this root.
    ///
    /// # Errors
    /// [`ProofError`] where it is not shown to be.
    pub fn verify(&self, leaf: &NodeHash, root: &NodeHash) -> Result<(), ProofError> {
        let reached = self.root(leaf)?;
        let expected = *root;
        if reached == expected {
            Ok(())
        } else {
            Err(ProofError::OtherRoot { reached, expected })
        }
    }
}

/// Siblings on the way from a leaf to the root.
fn levels(index: u64, size: u64) -> usize {
    // Below the level where the way meets the right edge every node has a sibling; above it,
    // only where the way comes from the right.
    let last = size - 1;
    let inner = u64::BITS - (index ^ last).leading_zeros();
    let border = index.checked_shr(inner).unwrap_or(0).count_ones();
    usize::try_from(inner + border).unwrap_or(usize::MAX)
}
