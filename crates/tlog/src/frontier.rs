//! The right edge of the tree: all that an append needs, and what it writes.

mod bytes;

use crate::tile::{FULL, HEIGHT, LEVELS, MAX_SIZE, Tile, TileId};
use crate::{Commitment, NodeHash};
pub use bytes::FrontierBytesError;

/// The right edge of a tree: its size, the unfinished tile of each level, and the peaks, that is
/// the roots of the perfect subtrees that the tree falls into, largest first.
///
/// A store keeps one beside its tiles and replaces it in the transaction of the append.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frontier {
    size: u64,
    peaks: Vec<NodeHash>,
    /// For each level of tiles the hashes after its last full tile, at most 255; as many levels
    /// as the size has bytes.
    edges: Vec<Vec<NodeHash>>,
}

/// What one append makes. All of it is written in one transaction, with the act that it records, or
/// none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Appended {
    /// The edge of the tree afterwards.
    pub frontier: Frontier,
    /// Every tile that is new or wider than before, in its state afterwards, each place at most
    /// once, by level and place.
    pub tiles: Vec<Tile>,
    /// The index of the first new leaf: the size before.
    pub first_index: u64,
    /// The root afterwards.
    pub root: NodeHash,
}

/// Why nothing can be appended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AppendError {
    /// The tree would be larger than any that we can name.
    #[error("a log of {size} entries has no room for {more} more")]
    Full {
        /// The size before.
        size: u64,
        /// How many should be appended.
        more: usize,
    },
}

impl Default for Frontier {
    fn default() -> Self {
        Self::empty()
    }
}

impl Frontier {
    /// The edge of the tree without leaves.
    pub const fn empty() -> Self {
        Self {
            size: 0,
            peaks: Vec::new(),
            edges: Vec::new(),
        }
    }

    /// Leaves of the tree.
    pub const fn size(&self) -> u64 {
        self.size
    }

    /// The root of the tree.
    pub fn root(&self) -> NodeHash {
        let mut peaks = self.peaks.iter().rev().copied();
        let smallest = peaks.next();
        smallest.map_or_else(NodeHash::of_empty_tree, |smallest| {
            peaks.fold(smallest, |right, left| NodeHash::of_node(&left, &right))
        })
    }

    /// The unfinished tiles as they are now, lowest level first: those that an append will widen.
    pub fn unfinished_tiles(&self) -> impl Iterator<Item = Tile> {
        (0..)
            .zip(&self.edges)
            .filter_map(|(level, edge)| Tile::of(level, self.tile_index(level), edge))
    }

    /// Appends leaves, in their order. This edge stays as it is, so that a transaction that fails
    /// leaves nothing behind.
    ///
    /// # Errors
    /// [`AppendError`] where the tree would grow past [`MAX_SIZE`].
    pub fn append(&self, leaves: &[Commitment]) -> Result<Appended, AppendError> {
        let full = AppendError::Full {
            size: self.size,
            more: leaves.len(),
        };
        let more = u64::try_from(leaves.len()).map_err(|_| full)?;
        let size = self.size.checked_add(more).ok_or(full)?;
        if size > MAX_SIZE {
            return Err(full);
        }
        let mut frontier = self.clone();
        let mut tiles = Vec::new();
        for leaf in leaves {
            frontier.push(leaf.leaf_hash(), &mut tiles);
        }
        let changed = frontier.unfinished_tiles().filter(|tile| {
            let before = self.edge(tile.id().level());
            tile.id().index() != self.tile_index(tile.id().level()) || tile.hashes() != before
        });
        tiles.extend(changed);
        tiles.sort_by_key(Tile::id);
        Ok(Appended {
            root: frontier.root(),
            frontier,
            tiles,
            first_index: self.size,
        })
    }

    /// Puts one leaf at the end; tiles that it finishes go to `finished`.
    pub(crate) fn push(&mut self, leaf: NodeHash, finished: &mut Vec<Tile>) {
        let mut hash = leaf;
        let mut height = 0;
        self.put(0, hash, finished);
        // The trailing ones of the size are the subtrees that this leaf completes to larger ones.
        while (self.size >> height) & 1 == 1 {
            if let Some(left) = self.peaks.pop() {
                hash = NodeHash::of_node(&left, &hash);
            }
            height += 1;
            if height % HEIGHT == 0 {
                self.put(height / HEIGHT, hash, finished);
            }
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// Puts a hash at the end of a level.
    fn put(&mut self, level: u32, hash: NodeHash, finished: &mut Vec<Tile>) {
        let (Ok(level), Ok(place)) = (u8::try_from(level), usize::try_from(level)) else {
            return;
        };
        let index = self.tile_index(level);
        if self.edges.len() <= place {
            self.edges.resize(place + 1, Vec::new());
        }
        let Some(edge) = self.edges.get_mut(place) else {
            return;
        };
        edge.push(hash);
        if edge.len() as u64 == FULL {
            finished.extend(Tile::of(level, index, edge));
            edge.clear();
        }
    }

    /// The place of the unfinished tile of a level: the full tiles before it.
    fn tile_index(&self, level: u8) -> u64 {
        let below = HEIGHT * (u32::from(level) + 1);
        self.size.checked_shr(below).unwrap_or(0)
    }

    fn edge(&self, level: u8) -> &[NodeHash] {
        self.edges
            .get(usize::from(level))
            .map_or(&[], Vec::as_slice)
    }

    /// The unfinished tiles that a tree of this size has.
    fn unfinished_of(size: u64) -> impl Iterator<Item = TileId> {
        (0..LEVELS).filter_map(move |level| {
            let hashes = size >> (HEIGHT * u32::from(level));
            TileId::in_tree(level, hashes / FULL, size)
        })
    }

    /// Builds the edge of a tree from its unfinished tiles, lowest level first, exactly those of
    /// [`Self::unfinished_of`].
    fn from_unfinished(size: u64, tiles: &[Tile]) -> Self {
        let mut levels = 0;
        while size.checked_shr(HEIGHT * levels).unwrap_or(0) > 0 {
            levels += 1;
        }
        let mut edges = vec![Vec::new(); usize::try_from(levels).unwrap_or(0)];
        let mut peaks = Vec::new();
        for tile in tiles.iter().rev() {
            peaks.extend(peaks_of(tile.hashes()));
            if let Some(edge) = edges.get_mut(usize::from(tile.id().level())) {
                edge.extend_from_slice(tile.hashes());
            }
        }
        Self { size, peaks, edges }
    }
}

/// The roots of the perfect subtrees over some hashes of one level, largest first.
pub(crate) fn peaks_of(hashes: &[NodeHash]) -> Vec<NodeHash> {
    let mut peaks = Vec::new();
    let mut rest = hashes;
    while !rest.is_empty() {
        let largest = 1 << rest.len().ilog2();
        let (first, after) = rest.split_at(largest);
        peaks.extend(perfect_root(first));
        rest = after;
    }
    peaks
}

/// The root over hashes whose number is a power of two.
pub(crate) fn perfect_root(hashes: &[NodeHash]) -> Option<NodeHash> {
    let mut level = hashes.to_vec();
    while level.len() > 1 {
        level = level
            .as_chunks()
            .0
            .iter()
            .map(|[left, right]| NodeHash::of_node(left, right))
            .collect();
    }
    level.first().copied()
}
