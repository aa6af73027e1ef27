//! A tree that lies in tiles: its roots, and proofs about them.

use core::cell::RefCell;
use core::error::Error;
use core::fmt::Debug;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

use crate::NodeHash;
use crate::frontier::{peaks_of, perfect_root};
use crate::proof::{ConsistencyProof, InclusionProof};
use crate::tile::{FULL, HEIGHT, MAX_SIZE, Tile, TileError, TileId};

/// Where tiles come from: a table, a folder, a neighbour.
pub trait TileReader {
    /// Why a tile could not be read.
    type Error: Error;

    /// The bytes of a tile, or of a wider state of it; none where there is no such tile.
    ///
    /// # Errors
    /// What went wrong on the way; that there is no tile is no error.
    fn read_tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, Self::Error>;
}

impl<F, E> TileReader for F
where
    F: Fn(TileId) -> Result<Option<Vec<u8>>, E>,
    E: Error,
{
    type Error = E;

    fn read_tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, E> {
        self(tile)
    }
}

/// Why a tree does not give what was asked of it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError<E: Error> {
    /// No tree has that many leaves.
    #[error("{0} is more than the largest tree has")]
    Size(u64),
    /// The tree has no such leaf.
    #[error("a tree of {size} leaves has none with index {index}")]
    NoLeaf {
        /// The index that was asked for.
        index: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// A tree does not contain a larger one.
    #[error("a tree of {size} leaves does not begin with one of {earlier}")]
    NotEarlier {
        /// Leaves of the tree that should be earlier.
        earlier: u64,
        /// Leaves of the tree.
        size: u64,
    },
    /// A tile that a tree of this size has is not there.
    #[error("there is no tile {0}")]
    Missing(TileId),
    /// A tile is not a tile.
    #[error(transparent)]
    Broken(#[from] TileError),
    /// A tile could not be read.
    #[error("tile {tile} cannot be read")]
    Unreadable {
        /// The tile.
        tile: TileId,
        /// Why.
        #[source]
        source: E,
    },
}

/// A tree of a given size whose hashes lie in tiles. Each tile is read at most once.
///
/// The tiles are believed: whoever does not trust them compares [`Self::root`] with a checkpoint,
/// or verifies the proof.
#[derive(Debug)]
pub struct Tree<'a, R> {
    size: u64,
    tiles: &'a R,
    known: RefCell<BTreeMap<TileId, Tile>>,
}

impl<'a, R: TileReader> Tree<'a, R> {
    /// A tree of `size` leaves in these tiles.
    ///
    /// # Errors
    /// [`TreeError::Size`] past [`MAX_SIZE`].
    pub fn new(size: u64, tiles: &'a R) -> Result<Self, TreeError<R::Error>> {
        if size > MAX_SIZE {
            return Err(TreeError::Size(size));
        }
        Ok(Self {
            size,
            tiles,
            known: RefCell::default(),
        })
    }

    /// Leaves of the tree.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    ///
    /// # Errors
    /// [`TreeError`] where a tile is missing, broken or cannot be read.
    pub fn root(&self) -> Result<NodeHash, TreeError<R::Error>> {
        self.range(0, self.size)
    }

    /// The hash of a leaf.
    ///
    /// # Errors
    /// [`TreeError`] where there is no such leaf, or a tile is missing, broken or cannot be read.
    pub fn leaf(&self, index: u64) -> Result<NodeHash, TreeError<R::Error>> {
        let size = self.size;
        if index >= size {
            return Err(TreeError::NoLeaf { index, size });
        }
        self.range(index, index + 1)
    }

    /// Proves that the leaf with this index is in the tree (RFC 9162 §2.1.3.1).
    ///
    /// # Errors
    /// [`TreeError`] where there is no such leaf, or a tile is missing, broken or cannot be read.
    pub fn prove_inclusion(&self, index: u64) -> Result<InclusionProof, TreeError<R::Error>> {
        let size = self.size;
        if index >= size {
            return Err(TreeError::NoLeaf { index, size });
        }
        let mut siblings = Vec::new();
        let (mut start, mut end) = (0, size);
        while end - start > 1 {
            let middle = start + left_part(end - start);
            if index < middle {
                siblings.push(self.range(middle, end)?);
                end = middle;
            } else {
                siblings.push(self.range(start, middle)?);
                start = middle;
            }
        }
        siblings.reverse();
        Ok(InclusionProof::of(index, size, siblings))
    }

    /// Proves that the tree begins with the one of `earlier` leaves (RFC 9162 §2.1.4.1). Nothing
    /// needs to be said for the empty tree and for the tree itself.
    ///
    /// # Errors
    /// [`TreeError`] where that one is larger, or a tile is missing, broken or cannot be read.
    pub fn prove_consistency(&self, earlier: u64) -> Result<ConsistencyProof, TreeError<R::Error>> {
        let size = self.size;
        if earlier > size {
            return Err(TreeError::NotEarlier { earlier, size });
        }
        let mut hashes = Vec::new();
        if earlier > 0 && earlier < size {
            let (mut start, mut end) = (0, size);
            // Goes down to the subtree that ends where the earlier tree ended.
            while earlier < end {
                let middle = start + left_part(end - start);
                if earlier <= middle {
                    hashes.push(self.range(middle, end)?);
                    end = middle;
                } else {
                    hashes.push(self.range(start, middle)?);
                    start = middle;
                }
            }
            // The subtree from the first leaf on is the earlier tree itself, whose root is known.
            if start > 0 {
                hashes.push(self.range(start, end)?);
            }
            hashes.reverse();
        }
        Ok(ConsistencyProof::of(earlier, size, hashes))
    }

    /// The root of the leaves from `start` up to, not including, `end`. `start` is a multiple of
    /// the smallest power of two that is no less than their number.
    fn range(&self, start: u64, end: u64) -> Result<NodeHash, TreeError<R::Error>> {
        let mut peaks = Vec::new();
        let mut at = start;
        while at < end {
            let height = (end - at).ilog2();
            // One tile holds several of the remaining peaks; it is asked for all of them at once.
            let level = height / HEIGHT;
            let width = (end - at) >> (level * HEIGHT);
            peaks.extend(self.hashes(level, at >> (level * HEIGHT), width)?);
            at += width << (level * HEIGHT);
        }
        let mut peaks = peaks.into_iter().rev();
        let smallest = peaks.next().unwrap_or_else(NodeHash::of_empty_tree);
        Ok(peaks.fold(smallest, |right, left| NodeHash::of_node(&left, &right)))
    }

    /// The peaks over `count` hashes of a level of tiles from `first` on. They lie in one tile,
    /// since there are at most 256 and they are aligned.
    fn hashes(
        &self,
        level: u32,
        first: u64,
        count: u64,
    ) -> Result<Vec<NodeHash>, TreeError<R::Error>> {
        let index = first / FULL;
        let place = u8::try_from(level)
            .ok()
            .and_then(|level| TileId::in_tree(level, index, self.size));
        let id = place.ok_or(TreeError::Size(self.size))?;
        let mut known = self.known.borrow_mut();
        let tile = match known.entry(id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(unknown) => unknown.insert(read(self.tiles, id)?),
        };
        let from = usize::try_from(first % FULL).unwrap_or(usize::MAX);
        let count = usize::try_from(count).unwrap_or(usize::MAX);
        let hashes = tile
            .hashes()
            .get(from..from.saturating_add(count))
            .ok_or(TreeError::Missing(id))?;
        Ok(match perfect_root(hashes) {
            Some(root) if hashes.len().is_power_of_two() => vec![root],
            _ => peaks_of(hashes),
        })
    }
}

/// Leaves of the left subtree of a tree with two leaves or more: the largest power of two below
/// their number (RFC 9162 §2.1.1).
pub(crate) fn left_part(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// Reads one tile.
pub(crate) fn read<R: TileReader>(tiles: &R, id: TileId) -> Result<Tile, TreeError<R::Error>> {
    let bytes = tiles
        .read_tile(id)
        .map_err(|source| TreeError::Unreadable { tile: id, source })?;
    let bytes = bytes.ok_or(TreeError::Missing(id))?;
    Ok(Tile::parse(id, &bytes)?)
}
