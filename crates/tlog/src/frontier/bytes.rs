//! The edge of the tree as bytes, and read back from tiles.

use super::Frontier;
use crate::NodeHash;
use crate::tile::{MAX_SIZE, Tile, TileId};
use crate::tree::{TileReader, TreeError, read};

/// The first byte: the form of what follows.
const FORM: u8 = 1;
/// Bytes of form and size.
const HEAD: usize = 9;

/// Why bytes are no edge of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FrontierBytesError {
    /// No form and no size at the beginning.
    #[error("the edge of a tree begins with its form and its size, 9 bytes; there are {0}")]
    Short(usize),
    /// A form that this program does not know.
    #[error("the edge of a tree has form 1, not {0}")]
    Form(u8),
    /// A size past every tree.
    #[error("{0} is more than the largest tree has")]
    Size(u64),
    /// Another number of bytes than the unfinished tiles of that size have.
    #[error("the edge of a tree of {size} leaves has {need} bytes, not {got}")]
    Length {
        /// Leaves of the tree.
        size: u64,
        /// Bytes that it needs.
        need: usize,
        /// Bytes that there are.
        got: usize,
    },
}

impl Frontier {
    /// The bytes: form 1, the size in eight bytes big-endian, the unfinished tiles, lowest level
    /// first. At most 8,160 bytes for each level, that is 24 KB for a log of some millions.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORM];
        bytes.extend(self.size.to_be_bytes());
        for tile in self.unfinished_tiles() {
            bytes.extend(tile.to_bytes());
        }
        bytes
    }

    /// Reads the bytes of [`Self::to_bytes`], and nothing else. Whether the hashes are the right
    /// ones is seen by comparing [`Self::root`] with a checkpoint.
    ///
    /// # Errors
    /// [`FrontierBytesError`] for every other bytes.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrontierBytesError> {
        let short = FrontierBytesError::Short(bytes.len());
        let (form, rest) = bytes.split_first().ok_or(short)?;
        let (size, mut rest) = rest.split_first_chunk().ok_or(short)?;
        if *form != FORM {
            return Err(FrontierBytesError::Form(*form));
        }
        let size = u64::from_be_bytes(*size);
        if size > MAX_SIZE {
            return Err(FrontierBytesError::Size(size));
        }
        let ids: Vec<TileId> = Self::unfinished_of(size).collect();
        let wrong = FrontierBytesError::Length {
            size,
            need: HEAD + ids.iter().map(|id| id.byte_len()).sum::<usize>(),
            got: bytes.len(),
        };
        let mut tiles = Vec::new();
        for id in ids {
            let (tile, after) = rest.split_at_checked(id.byte_len()).ok_or(wrong)?;
            tiles.push(Tile::parse(id, tile).map_err(|_| wrong)?);
            rest = after;
        }
        if !rest.is_empty() {
            return Err(wrong);
        }
        Ok(Self::from_unfinished(size, &tiles))
    }

    /// Reads the edge of a tree of `size` leaves from its tiles: at most one tile for each level.
    ///
    /// # Errors
    /// [`TreeError`] where a tile is missing, broken or cannot be read.
    pub fn from_tiles<R: TileReader>(size: u64, tiles: &R) -> Result<Self, TreeError<R::Error>> {
        if size > MAX_SIZE {
            return Err(TreeError::Size(size));
        }
        let tiles = Self::unfinished_of(size).map(|id| read(tiles, id));
        let tiles = tiles.collect::<Result<Vec<_>, _>>()?;
        Ok(Self::from_unfinished(size, &tiles))
    }

    /// Whether this is the edge of the tree of that size with that root.
    pub fn is_of(&self, size: u64, root: &NodeHash) -> bool {
        self.size == size && self.root() == *root
    }
}
