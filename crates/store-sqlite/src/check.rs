//! Whether everything in the store is as it was written.

use std::path::{Path, PathBuf};
use std::thread;

use futures_channel::oneshot;
use hc_core::store::{ColumnCipher, StoreError};
use hc_tlog::{Commitment, Frontier, NodeHash, Opening};
use rusqlite::Connection;

use crate::failure;
use crate::ledger;
use crate::open::reading;
use crate::transaction::Transaction;

/// What was read and found good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Entries of the log.
    pub entries: u64,
    /// Entries whose contents are not erased; each opens its commitment.
    pub opened: u64,
    /// The root of the log's tree.
    pub root: NodeHash,
}

/// What is wrong with a store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckError {
    /// It cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// SQLite finds its own file broken.
    #[error("the file is damaged: {0}")]
    File(String),
    /// A row names another one that is not there.
    #[error("table {table} names a row of {parent} that is not there")]
    Reference {
        /// The table.
        table: String,
        /// The table that it names a row of.
        parent: String,
    },
    /// Sequences begin at 0 and leave none out.
    #[error("entry {0} of the log is missing")]
    Gap(u64),
    /// A content that opens another commitment.
    #[error("entry {0} of the log is not what was committed to")]
    Content(u64),
    /// The tiles have another root than the commitments.
    #[error("the log's tiles are not the tree of its commitments")]
    Tree,
    /// The checking broke off.
    #[error("the checking broke off")]
    BrokenOff,
}

pub(crate) async fn check(path: PathBuf, cipher: ColumnCipher) -> Result<Checked, CheckError> {
    let (done, answer) = oneshot::channel();
    let checking = move || drop(done.send(all(&path, &cipher)));
    let spawned = thread::Builder::new()
        .name("store check".to_owned())
        .spawn(checking);
    spawned.map_err(|_| CheckError::BrokenOff)?;
    answer.await.unwrap_or(Err(CheckError::BrokenOff))
}

fn all(path: &Path, cipher: &ColumnCipher) -> Result<Checked, CheckError> {
    let failed = |error| CheckError::Store(failure::of("the file", &error));
    let connection = reading(path).map_err(failed)?;
    connection.execute_batch("BEGIN").map_err(failed)?;
    let found: String = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))
        .map_err(failed)?;
    if found != "ok" {
        return Err(CheckError::File(found));
    }
    let mut references = connection
        .prepare("PRAGMA foreign_key_check")
        .map_err(failed)?;
    let mut rows = references.query([]).map_err(failed)?;
    if let Some(row) = rows.next().map_err(failed)? {
        return Err(CheckError::Reference {
            table: row.get(0).map_err(failed)?,
            parent: row.get(2).map_err(failed)?,
        });
    }
    log(&connection, cipher)
}

/// Entries that are read at once.
const ENTRIES: u32 = 4096;

fn log(connection: &Connection, cipher: &ColumnCipher) -> Result<Checked, CheckError> {
    let kept = ledger::frontier(connection)?;
    let transaction = Transaction::reading(connection, cipher);
    let mut grown = Frontier::empty();
    let mut opened = 0;
    loop {
        let next = grown.size();
        let rows = transaction.entries_from(next, ENTRIES)?;
        if rows.is_empty() {
            break;
        }
        let mut leaves: Vec<Commitment> = Vec::with_capacity(rows.len());
        for (expected, row) in (next..).zip(rows) {
            if row.sequence != expected {
                return Err(CheckError::Gap(expected));
            }
            if let Some((salt, entry)) = row.opened {
                let opening = Opening::new(salt, entry.content());
                if opening.commitment() != row.commitment {
                    return Err(CheckError::Content(expected));
                }
                opened += 1;
            }
            leaves.push(row.commitment);
        }
        let appended = grown.append(&leaves);
        // Every tile that these leaves made must lie there, not only those at the edge.
        let appended = appended.map_err(|_| CheckError::Tree)?;
        for tile in &appended.tiles {
            let bytes = ledger::tile(connection, tile.id())?;
            if bytes.is_none_or(|bytes| !bytes.starts_with(&tile.to_bytes())) {
                return Err(CheckError::Tree);
            }
        }
        grown = appended.frontier;
    }
    if kept != grown {
        return Err(CheckError::Tree);
    }
    Ok(Checked {
        entries: grown.size(),
        opened,
        root: grown.root(),
    })
}
