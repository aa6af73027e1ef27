//! What an audit can find.

use core::error::Error;

use crate::NodeHash;
use crate::checkpoint::OpenError;
use crate::entry::ContentError;
use crate::note::KeyName;
use crate::tile::TileId;
use crate::tree::TreeError;

/// The first fault of a log, with its place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuditFault<E: Error> {
    /// An entry could not be read.
    #[error("entry {index} cannot be read")]
    Unreadable {
        /// The index of the entry.
        index: u64,
        /// Why.
        #[source]
        source: E,
    },
    /// What is kept is not what the leaf commits to: content, salt or leaf was changed.
    #[error("entry {index}: the content that is kept is not the one that was committed to")]
    OtherContent {
        /// The index of the entry.
        index: u64,
    },
    /// What is kept was committed to, and is no entry.
    #[error("entry {index}: {error}")]
    NoEntry {
        /// The index of the entry.
        index: u64,
        /// Why it is none.
        #[source]
        error: ContentError,
    },
    /// An entry speaks of one that came later.
    #[error("entry {index} speaks of entry {named}, which was not there yet")]
    Ahead {
        /// The index of the entry.
        index: u64,
        /// The index that it names.
        named: u64,
    },
    /// A tile is not the one that follows from the entries.
    #[error("tile {tile}: {error}")]
    Tile {
        /// The tile.
        tile: TileId,
        /// What is wrong with it.
        #[source]
        error: TileFault<E>,
    },
    /// A checkpoint is not the head of this log.
    #[error("the checkpoint after {reached} entries: {error}")]
    Checkpoint {
        /// Entries that had been checked.
        reached: u64,
        /// What is wrong with it.
        #[source]
        error: CheckpointFault,
    },
}

/// What is wrong with a tile.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileFault<E: Error> {
    /// It is missing, broken or cannot be read.
    #[error(transparent)]
    NotThere(Box<TreeError<E>>),
    /// A hash is another than follows from the entries.
    #[error("hash {place} is kept as {kept}, and follows from the entries as {computed}")]
    OtherHash {
        /// The place in the tile, from 0. In level 0 the entry is 256 × the tile's index + this.
        place: usize,
        /// The hash that is kept.
        kept: NodeHash,
        /// The hash that follows from the entries.
        computed: NodeHash,
    },
}

/// What is wrong with a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointFault {
    /// It is none, or not signed by a key of its log.
    #[error(transparent)]
    NotBelieved(#[from] OpenError),
    /// It is of another log.
    #[error("it is of the log {0}")]
    OtherLog(KeyName),
    /// It is for a smaller tree than has been checked, or for one that is larger than the log.
    #[error("it is for a tree of {size}; checkpoints come by size, and the log reaches them all")]
    OutOfOrder {
        /// The size that it names.
        size: u64,
    },
    /// It was signed for other entries than there are now: the log was changed, or forked.
    #[error("it was signed for root {signed}, and the entries lead to {computed}")]
    OtherRoot {
        /// The root that was signed.
        signed: NodeHash,
        /// The root that follows from the entries.
        computed: NodeHash,
    },
}
