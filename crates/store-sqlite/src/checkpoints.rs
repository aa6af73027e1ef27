//! The thread that brings the journal into the file beside the acts.
//!
//! Where the writer does it itself, all acts wait for a file's worth of scattered pages to reach the disk.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};

use rusqlite::{Connection, OpenFlags};

/// Pages of the journal that are not in the file yet, from which on it is worth a pass: 64 MiB.
const WORTH: i64 = 16_384;
/// Changed rows after which the journal is looked at.
const LOOKED_AT: u64 = 1024;

/// Tells the thread that there is something in the journal.
pub(crate) struct Checkpoints {
    wake: SyncSender<()>,
    /// How many rows had been changed when it was told last.
    told: u64,
}

impl Checkpoints {
    /// What tells the thread, and what the thread hears.
    pub(crate) fn new() -> (Self, Receiver<()>) {
        let (wake, woken) = sync_channel(1);
        (Self { wake, told: 0 }, woken)
    }

    /// Notes how many rows have been changed since the store was opened.
    pub(crate) fn note(&mut self, changed: u64) {
        if changed.saturating_sub(self.told) >= LOOKED_AT {
            self.told = changed;
            // One that waits already is as good.
            _ = self.wake.try_send(());
        }
    }
}

/// A connection that brings the journal into the file.
pub(crate) fn connection(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    // The file is on the disk before the journal is written over.
    connection.pragma_update(None, "synchronous", 2)?;
    connection.pragma_update(None, "trusted_schema", 0)?;
    Ok(connection)
}

/// Serves until the writer is gone. Whatever fails here the writer does, or hears, itself.
pub(crate) fn serve(connection: &Connection, woken: &Receiver<()>) {
    while woken.recv().is_ok() {
        let waiting = connection.query_row("PRAGMA wal_checkpoint(NOOP)", [], |row| {
            let (pages, done): (i64, i64) = (row.get(1)?, row.get(2)?);
            Ok(pages - done)
        });
        if waiting.is_ok_and(|pages| pages >= WORTH) {
            let passed: rusqlite::Result<i64> =
                connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |row| row.get(0));
            drop(passed);
        }
    }
}
