//! What an audit that found no fault can say.

use std::collections::BTreeMap;

use super::IndexRanges;
use crate::NodeHash;
use crate::entry::{Entry, Kind};

/// What is in a log without fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AuditReport {
    /// Entries.
    pub size: u64,
    /// The root of the tree.
    pub root: NodeHash,
    /// Entries under the last checkpoint; none where there is no checkpoint. What comes after it
    /// is recorded, and not yet signed for.
    pub signed_size: Option<u64>,
    /// Checkpoints that were verified.
    pub checkpoints: u64,
    /// Tiles that were compared.
    pub tiles: u64,
    /// Entries whose content is there, by kind.
    pub kinds: BTreeMap<Kind, u64>,
    /// Entries whose content is not there any more.
    pub erased: IndexRanges,
    /// Those of them that no erasure in the log names: erased by nobody who says so.
    pub unexplained: IndexRanges,
    /// Entries with an earlier time than one before them: a clock was set back, or a node was
    /// slow.
    pub earlier_times: u64,
    /// The latest time of an entry so far.
    latest: u64,
}

impl Default for AuditReport {
    fn default() -> Self {
        Self {
            size: 0,
            root: NodeHash::of_empty_tree(),
            signed_size: None,
            checkpoints: 0,
            tiles: 0,
            kinds: BTreeMap::new(),
            erased: IndexRanges::default(),
            unexplained: IndexRanges::default(),
            earlier_times: 0,
            latest: 0,
        }
    }
}

impl AuditReport {
    /// Whether every entry is under a checkpoint, and every erasure is in the log.
    pub fn is_clean(&self) -> bool {
        self.signed_size == Some(self.size) && self.unexplained.is_empty()
    }

    pub(super) fn count(&mut self, entry: &Entry) {
        *self.kinds.entry(entry.kind()).or_default() += 1;
        if entry.at() < self.latest {
            self.earlier_times += 1;
        }
        self.latest = self.latest.max(entry.at());
    }
}
