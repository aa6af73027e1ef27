//! A store in memory that keeps what an append says must be kept, and nothing else.

use std::collections::BTreeMap;
use std::convert::Infallible;

use hc_tlog::tile::TileId;
use hc_tlog::tree::TileReader;
use hc_tlog::{Commitment, Frontier};

pub(crate) struct Store {
    pub(crate) frontier: Frontier,
    /// By level and place; wider states replace narrower ones.
    pub(crate) tiles: BTreeMap<(u8, u64), Vec<u8>>,
}

impl Store {
    /// A log of these leaves, appended in parts of these lengths and the rest in one more.
    pub(crate) fn filled(leaves: &[Commitment], parts: &[usize]) -> Self {
        let mut store = Self {
            frontier: Frontier::empty(),
            tiles: BTreeMap::new(),
        };
        let mut rest = leaves;
        for &part in parts.iter().chain([&leaves.len()]) {
            let (now, later) = rest.split_at(part.min(rest.len()));
            store.append(now);
            rest = later;
        }
        store
    }

    pub(crate) fn append(&mut self, leaves: &[Commitment]) {
        let appended = self.frontier.append(leaves).expect("room");
        assert_eq!(appended.first_index, self.frontier.size());
        assert_eq!(appended.root, appended.frontier.root());
        for tile in appended.tiles {
            let key = (tile.id().level(), tile.id().index());
            let before = self.tiles.insert(key, tile.to_bytes());
            // Tiles only grow, and only those come that have.
            let before = before.unwrap_or_default();
            assert!(tile.to_bytes().len() > before.len());
            assert!(tile.to_bytes().starts_with(&before));
        }
        self.frontier = appended.frontier;
    }
}

impl TileReader for Store {
    type Error = Infallible;

    fn read_tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.tiles.get(&(tile.level(), tile.index())).cloned())
    }
}
