//! The history of the federation: every entry in an append-only Merkle log whose heads are signed.
//!
//! Files: `entries/00000000.json` and so on, `tile/…` as C2SP tlog-tiles names them, `checkpoint`.
//! The new `checkpoint` is what makes an entry count: whatever lies there beyond it was cut short
//! and is written over.

use std::io;
use std::path::{Path, PathBuf};

use hc_tlog::checkpoint::{Checkpoint, OpenError, SignError, SignedCheckpoint};
use hc_tlog::note::Signer;
use hc_tlog::tile::TileId;
use hc_tlog::{AppendError, Frontier};

use crate::act::{Entry, EntryError};
use crate::files;

/// All entries, in memory and in files.
#[derive(Debug)]
pub struct History {
    folder: PathBuf,
    signer: Signer,
    frontier: Frontier,
    entries: Vec<Entry>,
    head: Option<SignedCheckpoint>,
}

/// Why the history cannot be read or go on.
#[derive(Debug, thiserror::Error)]
pub enum HistoryError {
    /// A file.
    #[error("{}: {source}", .path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The signed head is none, or not of this log's key.
    #[error("the signed head is not to be believed: {0}")]
    Head(#[from] OpenError),
    /// An entry that the head counts is not there.
    #[error("entry {0} is missing")]
    Missing(u64),
    /// An entry that is none.
    #[error("entry {index}: {error}")]
    Entry {
        /// Which.
        index: u64,
        /// Why.
        error: EntryError,
    },
    /// The entries are not those that were signed for.
    #[error("the entries are not those that the head was signed for: somebody changed the history")]
    Changed,
    /// Nothing can be signed.
    #[error(transparent)]
    Sign(#[from] SignError),
    /// Nothing can be added.
    #[error(transparent)]
    Append(#[from] AppendError),
}

/// More bytes than an entry or a head has.
const MOST: u64 = 1 << 20;
const CHECKPOINT: &str = "checkpoint";

impl History {
    /// Reads a history and checks it whole; begins one where there is none.
    ///
    /// # Errors
    /// [`HistoryError`].
    pub fn open(folder: &Path, signer: Signer) -> Result<Self, HistoryError> {
        let mut history = Self {
            folder: folder.to_owned(),
            signer,
            frontier: Frontier::empty(),
            entries: Vec::new(),
            head: None,
        };
        let Some(head) = history.read(CHECKPOINT)? else {
            return Ok(history);
        };
        let head = SignedCheckpoint::open(&head, &[history.signer.verifier_key().clone()])?;
        let size = head.checkpoint().size();
        for index in 0..size {
            let bytes = history
                .entry_bytes(index)?
                .ok_or(HistoryError::Missing(index))?;
            let entry = Entry::parse(&bytes);
            let entry = entry.map_err(|error| HistoryError::Entry { index, error })?;
            let appended = history.frontier.append(&[Entry::commitment(&bytes)])?;
            history.frontier = appended.frontier;
            history.entries.push(entry);
        }
        if history.frontier.root() != *head.checkpoint().root() {
            return Err(HistoryError::Changed);
        }
        history.head = Some(head);
        Ok(history)
    }

    /// Adds an entry: it counts once this returns, and not at all otherwise.
    ///
    /// # Errors
    /// [`HistoryError`]; the history is then as it was.
    pub fn append(&mut self, entry: Entry) -> Result<(), HistoryError> {
        let index = self.frontier.size();
        let bytes = entry.to_bytes();
        let bytes = bytes.map_err(|error| HistoryError::Entry { index, error })?;
        let appended = self.frontier.append(&[Entry::commitment(&bytes)])?;
        let head = Checkpoint::of(self.origin().clone(), &appended.frontier);
        let head = SignedCheckpoint::sign(head, &self.signer)?;
        self.put(&name(index), &bytes)?;
        for tile in &appended.tiles {
            self.put(&tile.id().to_string(), &tile.to_bytes())?;
        }
        self.put(CHECKPOINT, &head.to_bytes())?;
        self.frontier = appended.frontier;
        self.entries.push(entry);
        self.head = Some(head);
        Ok(())
    }

    /// Every entry, oldest first.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The newest signed head; none before the first entry.
    pub const fn head(&self) -> Option<&SignedCheckpoint> {
        self.head.as_ref()
    }

    /// The key of the log.
    pub const fn key(&self) -> &hc_tlog::note::VerifierKey {
        self.signer.verifier_key()
    }

    /// An entry as it is served; nothing past the head.
    ///
    /// # Errors
    /// [`HistoryError::File`].
    pub fn entry(&self, index: u64) -> Result<Option<Vec<u8>>, HistoryError> {
        if index < self.frontier.size() {
            self.entry_bytes(index)
        } else {
            Ok(None)
        }
    }

    /// A tile under the head, as it is served.
    ///
    /// # Errors
    /// [`HistoryError::File`].
    pub fn tile(&self, tile: TileId) -> Result<Option<Vec<u8>>, HistoryError> {
        let size = self.frontier.size();
        let widest = TileId::in_tree(tile.level(), tile.index(), size);
        if widest.is_none_or(|widest| widest.width() < tile.width()) {
            return Ok(None);
        }
        self.read(&tile.to_string())
    }

    fn origin(&self) -> &hc_tlog::note::KeyName {
        self.signer.verifier_key().name()
    }

    fn entry_bytes(&self, index: u64) -> Result<Option<Vec<u8>>, HistoryError> {
        self.read(&name(index))
    }

    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, HistoryError> {
        let path = self.folder.join(name);
        files::read(&path, MOST).map_err(|source| HistoryError::File { path, source })
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), HistoryError> {
        let path = self.folder.join(name);
        files::put(&path, bytes).map_err(|source| HistoryError::File { path, source })
    }
}

fn name(index: u64) -> String {
    format!("entries/{index:08}.json")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::act::Act;
    use hc_testkit::regions::NOON;
    use hc_tlog::tree::Tree;
    use std::fs;

    fn signer(secret: u8) -> Signer {
        Signer::from_secret("hub.example/history".parse().unwrap(), &[secret; 32]).unwrap()
    }

    fn entry(version: u32) -> Entry {
        let list = crate::digest::Digest::of(&version.to_be_bytes());
        Entry {
            at: NOON,
            act: Act::Listed { version, list },
        }
    }

    #[test]
    fn entries_are_there_after_a_restart_and_proved_by_tiles_and_head() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = History::open(folder.path(), signer(1)).unwrap();
        for version in 0..300 {
            history.append(entry(version)).unwrap();
        }
        let again = History::open(folder.path(), signer(1)).unwrap();
        assert_eq!(again.entries(), history.entries());
        assert_eq!(again.head(), history.head());
        let tiles = |tile| again.tile(tile);
        let tree = Tree::new(300, &tiles).unwrap();
        let root = *again.head().unwrap().checkpoint().root();
        assert_eq!(tree.root().unwrap(), root);
        let bytes = again.entry(7).unwrap().unwrap();
        let leaf = Entry::commitment(&bytes).leaf_hash();
        tree.prove_inclusion(7)
            .unwrap()
            .verify(&leaf, &root)
            .unwrap();
        assert_eq!(again.entry(300).unwrap(), None);
    }

    #[test]
    fn an_entry_that_was_cut_short_does_not_count_and_is_written_over() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = History::open(folder.path(), signer(1)).unwrap();
        history.append(entry(1)).unwrap();
        let half = folder.path().join("entries/00000001.json");
        fs::write(&half, b"{\"at\":").unwrap();
        let mut again = History::open(folder.path(), signer(1)).unwrap();
        assert_eq!(again.entries().len(), 1);
        assert_eq!(again.entry(1).unwrap(), None);
        again.append(entry(2)).unwrap();
        assert_eq!(fs::read(&half).unwrap(), entry(2).to_bytes().unwrap());
    }

    #[test]
    fn a_changed_history_and_a_foreign_head_are_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let mut history = History::open(folder.path(), signer(1)).unwrap();
        for version in 0..3 {
            history.append(entry(version)).unwrap();
        }
        assert!(matches!(
            History::open(folder.path(), signer(2)),
            Err(HistoryError::Head(_))
        ));
        let second = folder.path().join("entries/00000001.json");
        let before = fs::read(&second).unwrap();
        fs::write(&second, entry(9).to_bytes().unwrap()).unwrap();
        assert!(matches!(
            History::open(folder.path(), signer(1)),
            Err(HistoryError::Changed)
        ));
        fs::write(&second, b"nonsense").unwrap();
        assert!(matches!(
            History::open(folder.path(), signer(1)),
            Err(HistoryError::Entry { index: 1, .. })
        ));
        fs::remove_file(&second).unwrap();
        assert!(matches!(
            History::open(folder.path(), signer(1)),
            Err(HistoryError::Missing(1))
        ));
        fs::write(&second, before).unwrap();
        assert!(History::open(folder.path(), signer(1)).is_ok());
    }
}
