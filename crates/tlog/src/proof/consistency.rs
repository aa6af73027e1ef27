//! That a tree begins with an earlier one.

use super::ProofError;
use crate::NodeHash;

/// The hashes that lead to the roots of two trees of which one is the beginning of the other
/// (RFC 9162 §2.1.4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsistencyProof {
    earlier: u64,
    size: u64,
    hashes: Vec<NodeHash>,
}

impl ConsistencyProof {
    pub(crate) const fn of(earlier: u64, size: u64, hashes: Vec<NodeHash>) -> Self {
        Self {
            earlier,
            size,
            hashes,
        }
    }

    /// Takes the parts of a proof: the sizes of two trees, and hashes in the order of RFC 9162.
    ///
    /// # Errors
    /// [`ProofError`] where the earlier tree is larger, or hashes are given where none are needed.
    pub fn new(earlier: u64, size: u64, hashes: Vec<NodeHash>) -> Result<Self, ProofError> {
        if earlier > size {
            return Err(ProofError::NotEarlier { earlier, size });
        }
        if (earlier == 0 || earlier == size) && !hashes.is_empty() {
            return Err(ProofError::TooLong(hashes.len()));
        }
        Ok(Self::of(earlier, size, hashes))
    }

    /// Leaves of the earlier tree.
    pub const fn earlier(&self) -> u64 {
        self.earlier
    }

    /// Leaves of the later tree.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The hashes. None where the trees are the same or the earlier is empty.
    pub fn hashes(&self) -> &[NodeHash] {
        &self.hashes
    }

    /// Whether the later tree with its root begins with the earlier one with its root (RFC 9162
    /// §2.1.4.2; the empty tree is the beginning of every tree).
    ///
    /// # Errors
    /// [`ProofError`] where it is not shown to.
    pub fn verify(&self, earlier_root: &NodeHash, root: &NodeHash) -> Result<(), ProofError> {
        let (first, second) = self.roots(earlier_root, root)?;
        if first != *earlier_root {
            Err(ProofError::OtherEarlierRoot {
                reached: first,
                expected: *earlier_root,
            })
        } else if second != *root {
            Err(ProofError::OtherRoot {
                reached: second,
                expected: *root,
            })
        } else {
            Ok(())
        }
    }

    /// The two roots that the hashes lead to.
    fn roots(
        &self,
        earlier_root: &NodeHash,
        root: &NodeHash,
    ) -> Result<(NodeHash, NodeHash), ProofError> {
        let Self {
            earlier,
            size,
            ref hashes,
        } = *self;
        let given = hashes.len();
        if earlier == 0 || earlier == size {
            let first = if earlier == 0 {
                NodeHash::of_empty_tree()
            } else {
                *earlier_root
            };
            let second = match (earlier, size) {
                (_, 0) => NodeHash::of_empty_tree(),
                (0, _) => *root,
                _ => first,
            };
            return if given == 0 {
                Ok((first, second))
            } else {
                Err(ProofError::TooLong(given))
            };
        }
        let last = |size: u64| size.checked_sub(1);
        let (Some(mut at), Some(mut end)) = (last(earlier), last(size)) else {
            return Err(ProofError::NotEarlier { earlier, size });
        };
        while at & 1 == 1 {
            at >>= 1;
            end >>= 1;
        }
        let mut rest = hashes.iter();
        // An earlier tree that is one perfect subtree is where the way starts.
        let start = if earlier.is_power_of_two() {
            *earlier_root
        } else {
            *rest.next().ok_or(ProofError::TooShort(given))?
        };
        let (mut first, mut second) = (start, start);
        for hash in rest {
            if end == 0 {
                return Err(ProofError::TooLong(given));
            }
            if at & 1 == 1 || at == end {
                first = NodeHash::of_node(hash, &first);
                second = NodeHash::of_node(hash, &second);
                while at & 1 == 0 && at != 0 {
                    at >>= 1;
                    end >>= 1;
                }
            } else {
                second = NodeHash::of_node(&second, hash);
            }
            at >>= 1;
            end >>= 1;
        }
        if end == 0 {
            Ok((first, second))
        } else {
            Err(ProofError::TooShort(given))
        }
    }
}
