//! The log of one group of acts, until the group is durable.

use hc_core::store::StoreError;
use hc_tlog::entry::Entry;
use hc_tlog::tile::TileId;
use hc_tlog::{Appended, Commitment, Frontier, Opening, Salt};
use rand_core::CryptoRng;
use rusqlite::{Connection, OptionalExtension, params};

use crate::failure;

/// The edge of the tree as it is durable, and the leaves that the group's acts want to add.
pub(crate) struct Ledger {
    frontier: Frontier,
    leaves: Vec<Commitment>,
    random: Box<dyn CryptoRng + Send>,
}

impl Ledger {
    /// Goes on where a log ends.
    pub(crate) fn new(frontier: Frontier, random: Box<dyn CryptoRng + Send>) -> Self {
        Self {
            frontier,
            leaves: Vec::new(),
            random,
        }
    }

    /// Draws a salt for an entry; gives its sequence, its commitment and what opens it.
    pub(crate) fn add(&mut self, entry: &Entry) -> (u64, Commitment, Opening) {
        let mut salt = [0; Salt::LEN];
        self.random.fill_bytes(&mut salt);
        let opening = entry.seal(Salt::from_bytes(salt));
        let commitment = opening.commitment();
        let sequence = self
            .frontier
            .size()
            .saturating_add(self.leaves.len() as u64);
        self.leaves.push(commitment);
        (sequence, commitment, opening)
    }

    /// How many leaves wait: what [`Self::rewind`] takes.
    pub(crate) const fn mark(&self) -> usize {
        self.leaves.len()
    }

    /// Takes back the leaves of an act that failed.
    pub(crate) fn rewind(&mut self, mark: usize) {
        self.leaves.truncate(mark);
    }

    /// The tree with the leaves that wait.
    pub(crate) fn ahead(&self) -> Result<Appended, StoreError> {
        let appended = self.frontier.append(&self.leaves);
        appended.map_err(|error| failure::refused(error.to_string()))
    }

    /// Writes the tiles of the leaves that wait, in the transaction of their acts.
    pub(crate) fn write(&self, connection: &Connection) -> Result<Frontier, StoreError> {
        let appended = self.ahead()?;
        let failed = |error| failure::of(TILES, &error);
        let mut put = connection
            .prepare_cached(
                "INSERT INTO log_tile (level, position, hashes) VALUES (?1, ?2, ?3)
                 ON CONFLICT DO UPDATE SET hashes = excluded.hashes",
            )
            .map_err(failed)?;
        for tile in appended.tiles {
            let id = tile.id();
            put.execute(params![id.level(), signed(id.index()), tile.to_bytes()])
                .map_err(failed)?;
        }
        Ok(appended.frontier)
    }

    /// The group is durable, and this is the edge now.
    pub(crate) fn settle(&mut self, frontier: Frontier) {
        self.frontier = frontier;
        self.leaves.clear();
    }
}

const TILES: &str = "log_tile";

/// Sequences and places are below 2^63 by the form of the log.
pub(crate) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// A tile as it is kept, where it is as wide as asked for.
pub(crate) fn tile(connection: &Connection, tile: TileId) -> Result<Option<Vec<u8>>, StoreError> {
    let found: rusqlite::Result<Option<Vec<u8>>> = connection
        .prepare_cached("SELECT hashes FROM log_tile WHERE level = ?1 AND position = ?2")
        .and_then(|mut statement| {
            let place = params![tile.level(), signed(tile.index())];
            statement.query_row(place, |row| row.get(0)).optional()
        });
    let found = found.map_err(|error| failure::of(TILES, &error))?;
    Ok(found.filter(|hashes| hashes.len() >= tile.byte_len()))
}

/// The edge of the tree over all entries that are kept.
pub(crate) fn frontier(connection: &Connection) -> Result<Frontier, StoreError> {
    let last: rusqlite::Result<Option<i64>> = connection
        .prepare_cached("SELECT max(sequence) FROM log_entry")
        .and_then(|mut statement| statement.query_row([], |row| row.get(0)));
    let last = last.map_err(|error| failure::of("log_entry", &error))?;
    let size = last.map_or(Some(0), |last| u64::try_from(last).ok()?.checked_add(1));
    let size = size.ok_or_else(|| failure::damaged("log_entry", "a sequence below 0"))?;
    let read = |id| tile(connection, id);
    Frontier::from_tiles(size, &read).map_err(|error| match error {
        hc_tlog::tree::TreeError::Unreadable { source, .. } => source,
        other => failure::damaged(TILES, &other),
    })
}
