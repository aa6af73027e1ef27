//! Tiles: up to 256 hashes of one level side by side, the form in which the tree is kept and read
//! (C2SP tlog-tiles, "Merkle Tree").

mod path;

use core::fmt;

use crate::NodeHash;
pub(crate) use path::decimal;
pub use path::{TilePathError, entries_path};

/// Levels of the binary tree that one tile spans.
pub(crate) const HEIGHT: u32 = 8;
/// Hashes of a full tile.
pub(crate) const FULL: u64 = 1 << HEIGHT;
/// Levels of tiles that a tree of 64-bit size can have.
pub(crate) const LEVELS: u8 = 8;
/// Most leaves of a tree: the numbers of every engine hold it.
pub const MAX_SIZE: u64 = i64::MAX as u64;

/// Which tile: its level, its place in the level, and how many hashes it has.
///
/// Hash `i` of tile `n` of level `l` is the root of the 256^`l` leaves from
/// (256·`n` + `i`)·256^`l` on. Order is by level, then place, then width.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TileId {
    level: u8,
    index: u64,
    width: u16,
}

/// Why numbers name no tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileIdError {
    /// No tree of ours is that high.
    #[error("tiles have levels 0 to 7, not {0}")]
    Level(u8),
    /// The tile would lie past the last leaf that a tree can have.
    #[error("tile {index} of level {level} lies past the largest tree")]
    Index {
        /// The level.
        level: u8,
        /// The place in it.
        index: u64,
    },
    /// A tile has 1 to 256 hashes.
    #[error("a tile has 1 to 256 hashes, not {0}")]
    Width(u16),
}

impl TileId {
    /// Names a tile: level 0 to 7, its place in the level, its width of 1 to 256 hashes.
    ///
    /// # Errors
    /// [`TileIdError`] where no tree of [`MAX_SIZE`] leaves or fewer has such a tile.
    pub fn new(level: u8, index: u64, width: u16) -> Result<Self, TileIdError> {
        if level >= LEVELS {
            return Err(TileIdError::Level(level));
        }
        if width == 0 || u64::from(width) > FULL {
            return Err(TileIdError::Width(width));
        }
        let last = index
            .checked_mul(FULL)
            .and_then(|first| first.checked_add(u64::from(width)));
        let limit = MAX_SIZE >> (HEIGHT * u32::from(level));
        if last.is_none_or(|last| last > limit) {
            return Err(TileIdError::Index { level, index });
        }
        Ok(Self {
            level,
            index,
            width,
        })
    }

    /// The tile as it is in a tree of `size` leaves; none, where that tree has no hash in it.
    pub fn in_tree(level: u8, index: u64, size: u64) -> Option<Self> {
        let hashes = size.checked_shr(HEIGHT * u32::from(level))?;
        let before = index.checked_mul(FULL)?;
        let width = hashes.checked_sub(before)?.min(FULL);
        Self::new(level, index, u16::try_from(width).ok()?).ok()
    }

    /// 0 for leaf hashes, 1 for the roots of full tiles of level 0, and so on.
    pub const fn level(self) -> u8 {
        self.level
    }

    /// The place in the level, from 0.
    pub const fn index(self) -> u64 {
        self.index
    }

    /// Hashes in the tile, 1 to 256.
    pub const fn width(self) -> u16 {
        self.width
    }

    /// Whether the tile has all of its 256 hashes and never changes again.
    pub const fn is_full(self) -> bool {
        self.width as u64 == FULL
    }

    /// Bytes of the tile: 32 for each hash.
    pub fn byte_len(self) -> usize {
        usize::from(self.width) * NodeHash::LEN
    }
}

impl fmt::Display for TileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path())
    }
}

/// A tile with its hashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    id: TileId,
    hashes: Vec<NodeHash>,
}

/// Why bytes are not the tile that they should be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// Too few bytes, too many for any tile, or a part of a hash.
    #[error("tile {tile} needs {need} bytes, or more whole hashes up to 256, not {got} bytes", need = .tile.byte_len())]
    Length {
        /// The tile.
        tile: TileId,
        /// The bytes that there are.
        got: usize,
    },
}

impl Tile {
    /// Reads the bytes of a tile. A wider state of the same tile will do: tiles only grow, so its
    /// beginning is the tile.
    ///
    /// # Errors
    /// [`TileError`] where there are too few bytes or a broken hash.
    pub fn parse(id: TileId, bytes: &[u8]) -> Result<Self, TileError> {
        let fits = bytes.len() >= id.byte_len()
            && bytes.len().is_multiple_of(NodeHash::LEN)
            && bytes.len() / NodeHash::LEN <= 1 << HEIGHT;
        if !fits {
            let got = bytes.len();
            return Err(TileError::Length { tile: id, got });
        }
        let (hashes, _) = bytes.as_chunks();
        let hashes = hashes.iter().take(usize::from(id.width));
        Ok(Self {
            id,
            hashes: hashes.copied().map(NodeHash::from_bytes).collect(),
        })
    }

    /// A tile of one to 256 hashes; none for any other number.
    pub(crate) fn of(level: u8, index: u64, hashes: &[NodeHash]) -> Option<Self> {
        let width = u16::try_from(hashes.len()).ok()?;
        Some(Self {
            id: TileId::new(level, index, width).ok()?,
            hashes: hashes.to_vec(),
        })
    }

    /// Which tile.
    pub const fn id(&self) -> TileId {
        self.id
    }

    /// Its hashes, as many as its width.
    pub fn hashes(&self) -> &[NodeHash] {
        &self.hashes
    }

    /// Its bytes: the hashes one after the other.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.hashes
            .iter()
            .flat_map(NodeHash::as_bytes)
            .copied()
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_has_the_tiles_of_the_published_example() {
        let width = |level, index| TileId::in_tree(level, index, 70_000).map(TileId::width);
        assert_eq!(width(0, 272), Some(256));
        assert_eq!(width(0, 273), Some(112));
        assert_eq!(width(0, 274), None);
        assert_eq!(width(1, 0), Some(256));
        assert_eq!(width(1, 1), Some(17));
        assert_eq!(width(2, 0), Some(1));
        assert_eq!(width(3, 0), None);
    }

    #[test]
    fn a_tile_past_the_largest_tree_is_refused() {
        assert_eq!(TileId::new(8, 0, 1), Err(TileIdError::Level(8)));
        assert_eq!(TileId::new(0, 0, 0), Err(TileIdError::Width(0)));
        assert_eq!(TileId::new(0, 0, 257), Err(TileIdError::Width(257)));
        assert!(TileId::new(0, (1 << 55) - 1, 255).is_ok());
        assert!(TileId::new(0, (1 << 55) - 1, 256).is_err());
        assert!(TileId::new(0, u64::MAX, 1).is_err());
        assert!(TileId::new(7, 0, 127).is_ok());
        assert!(TileId::new(7, 0, 128).is_err());
    }

    #[test]
    fn a_wider_state_of_a_tile_will_do_and_a_narrower_not() {
        let hashes: Vec<_> = (0..4).map(|n| NodeHash::of_leaf(&[n])).collect();
        let tile = Tile::of(0, 0, &hashes).unwrap();
        let bytes = tile.to_bytes();
        assert_eq!(Tile::parse(tile.id(), &bytes), Ok(tile));
        let narrow = TileId::new(0, 0, 3).unwrap();
        assert_eq!(Tile::parse(narrow, &bytes).unwrap().hashes(), &hashes[..3]);
        for bad in [&bytes[..127], &bytes[..64], &[0; 257 * 32], &[]] {
            assert!(Tile::parse(narrow, bad).is_err());
        }
    }
}
