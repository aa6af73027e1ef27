//! Opening a store: the lock, the settings, the schema, the key, the threads.

use core::num::NonZeroU32;
use std::ffi::OsString;
use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::sync_channel;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use hc_core::store::{ColumnCipher, ColumnSuite, StoreError, UnsealError};
use rand_core::CryptoRng;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, OptionalExtension};

use crate::checkpoints::{self, Checkpoints};
use crate::durable;
use crate::ledger::{self, Ledger};
use crate::migration::{self, APPLICATION, MigrationError};
use crate::options::Options;
use crate::transaction::content;
use crate::writer::Writer;
use crate::{SqliteStore, reader};

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process, or another part of this one, has the store open.
    #[error("{} is in use: somebody holds {}", .path.display(), .lock.display())]
    InUse {
        /// The store.
        path: PathBuf,
        /// The file whose lock is held.
        lock: PathBuf,
    },
    /// A file cannot be made, opened or written.
    #[error("{} cannot be opened", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file is an SQLite database of something else, or no SQLite database.
    #[error("{} is not a store of healthcode", .0.display())]
    Foreign(PathBuf),
    /// The file was written by a newer program. Schemas only go forward.
    #[error("{} was written by a newer program: {what}", .path.display())]
    Newer {
        /// The store.
        path: PathBuf,
        /// By how much.
        what: String,
    },
    /// The key is not the one that the file was made with.
    #[error("{} was sealed with another key", .0.display())]
    OtherKey(PathBuf),
    /// The key is for another cipher than the one that the file was made with.
    #[error("{} is sealed with {made}, and the key is for {key}", .path.display())]
    OtherSuite {
        /// The store.
        path: PathBuf,
        /// What it was made with.
        made: ColumnSuite,
        /// What the key is for.
        key: ColumnSuite,
    },
    /// SQLite cannot work on this file system: it has no shared memory or no locks.
    #[error("{} cannot be used with a write-ahead log: SQLite uses {mode}", .path.display())]
    Journal {
        /// The store.
        path: PathBuf,
        /// What it uses instead.
        mode: String,
    },
    /// SQLite.
    #[error("{} cannot be opened", .path.display())]
    Sqlite {
        /// The store.
        path: PathBuf,
        /// Why.
        #[source]
        source: rusqlite::Error,
    },
    /// Something in the store is not as it was written.
    #[error("{} cannot be opened", .path.display())]
    Store {
        /// The store.
        path: PathBuf,
        /// Why.
        #[source]
        source: StoreError,
    },
}

/// What everybody may know who has the key.
const PROOF: &[u8] = b"healthcode store";
const KEY_PROOF: &str = "key_proof";
/// How long the writer waits for readings when it empties the journal.
const PATIENCE: Duration = Duration::from_millis(100);
/// The most pages that SQLite can count.
const MOST_PAGES: u32 = u32::MAX - 1;
/// Statements that a connection keeps ready: more than there are.
const STATEMENTS: usize = 160;

pub(crate) fn open(
    path: &Path,
    cipher: ColumnCipher,
    random: Box<dyn CryptoRng + Send>,
    options: &Options,
) -> Result<SqliteStore, OpenError> {
    let lock = lock(path)?;
    let sqlite = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let stored = |source| OpenError::Store {
        path: path.to_owned(),
        source,
    };
    let connection = writing(path, &cipher, options)?;
    let frontier = ledger::frontier(&connection).map_err(stored)?;

    let mut threads = Vec::new();
    let mut spawn = |name: String, run: Box<dyn FnOnce() + Send>| {
        let spawned = thread::Builder::new().name(name).spawn(run);
        spawned
            .map(|thread| threads.push(thread))
            .map_err(|source| OpenError::File {
                path: path.to_owned(),
                source,
            })
    };
    let (questions, asked) = sync_channel(options.waiting.get());
    let asked = Arc::new(Mutex::new(asked));
    for place in 0..options.readers.get() {
        let connection = reading(path).map_err(sqlite)?;
        let readers = i64::try_from(options.readers.get()).unwrap_or(i64::MAX);
        let share = i64::from(options.cache.get()).saturating_mul(1024) / readers / 2;
        connection
            .pragma_update(None, "cache_size", -share.max(1024))
            .map_err(sqlite)?;
        let (asked, cipher) = (Arc::clone(&asked), cipher.clone());
        let serve = move || reader::serve(&connection, &cipher, &asked);
        spawn(format!("store reader {place}"), Box::new(serve))?;
    }
    let (acts, waiting) = sync_channel(options.waiting.get());
    let ledger = Ledger::new(frontier, random);
    let (checkpoints, woken) = Checkpoints::new();
    let journal = checkpoints::connection(path).map_err(sqlite)?;
    let most = options.group.get();
    let (durable, syncing) = durable::durable(path);
    spawn(
        "store durable".to_owned(),
        Box::new(move || syncing.serve()),
    )?;
    let parts = (ledger, checkpoints, durable);
    let writer = Writer::new(connection, cipher.clone(), parts, most);
    let serve = move || writer.serve(&waiting);
    spawn("store writer".to_owned(), Box::new(serve))?;
    let serve = move || checkpoints::serve(&journal, &woken);
    spawn("store journal".to_owned(), Box::new(serve))?;
    Ok(SqliteStore {
        path: path.to_owned(),
        cipher,
        writer: Some(acts),
        readers: Some(questions),
        threads,
        lock,
    })
}

/// Takes the lock that says who has the store: the system lets go of it when the process ends, however
/// it ends.
fn lock(path: &Path) -> Result<File, OpenError> {
    let mut name = OsString::from(path);
    name.push("-lock");
    let name = PathBuf::from(name);
    let failed = |source| OpenError::File {
        path: name.clone(),
        source,
    };
    let file = private().truncate(false).open(&name).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse {
            path: path.to_owned(),
            lock: name,
        }),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// Makes files that only their owner reads.
fn private() -> OpenOptions {
    let mut options = File::options();
    options.read(true).write(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options
}

fn writing(path: &Path, cipher: &ColumnCipher, options: &Options) -> Result<Connection, OpenError> {
    let sqlite = |source: rusqlite::Error| {
        if source.sqlite_error_code() == Some(rusqlite::ErrorCode::NotADatabase) {
            OpenError::Foreign(path.to_owned())
        } else {
            OpenError::Sqlite {
                path: path.to_owned(),
                source,
            }
        }
    };
    let made = private().truncate(false).open(path);
    drop(made.map_err(|source| OpenError::File {
        path: path.to_owned(),
        source,
    })?);
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags).map_err(sqlite)?;
    // Before anything is written to it: whose is it?
    let application: i32 = connection
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(sqlite)?;
    let tables: i64 = connection
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(sqlite)?;
    if application != APPLICATION && (application != 0 || tables != 0) {
        return Err(OpenError::Foreign(path.to_owned()));
    }
    connection
        .execute_batch("PRAGMA secure_delete = ON")
        .map_err(sqlite)?;
    planned_once(&connection).map_err(sqlite)?;
    let mode: String = connection
        .pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))
        .map_err(sqlite)?;
    if mode != "wal" {
        return Err(OpenError::Journal {
            path: path.to_owned(),
            mode,
        });
    }
    let cache = i64::from(options.cache.get()).saturating_mul(1024);
    let pages = options.most_pages.map_or(MOST_PAGES, NonZeroU32::get);
    for (name, value) in [
        // NORMAL: a commit does not wait for the disk; `durable` does, before anything is said of it.
        ("synchronous", 1),
        ("foreign_keys", 1),
        ("cache_size", -cache),
        ("temp_store", 2), // in memory
        // The journal's own thread comes before: 512 MiB, so that it cannot fall behind for ever.
        ("wal_autocheckpoint", 131_072),
        ("trusted_schema", 0),
    ] {
        connection
            .pragma_update(None, name, value)
            .map_err(sqlite)?;
    }
    connection
        .query_row(&format!("PRAGMA max_page_count = {pages}"), [], |_| Ok(()))
        .map_err(sqlite)?;
    let limit: rusqlite::Result<i64> =
        connection.query_row("PRAGMA journal_size_limit = 134217728", [], |row| {
            row.get(0)
        });
    limit.map_err(sqlite)?;
    connection.busy_timeout(PATIENCE).map_err(sqlite)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    migration::migrate(&mut connection).map_err(|error| match error {
        MigrationError::Sqlite(source) => sqlite(source),
        MigrationError::Newer { .. } | MigrationError::Other { .. } => OpenError::Newer {
            path: path.to_owned(),
            what: error.to_string(),
        },
    })?;
    prove(&connection, path, cipher)?;
    Ok(connection)
}

/// Sees whether the key is that of the file; a new file takes the key that it is opened with.
fn prove(connection: &Connection, path: &Path, cipher: &ColumnCipher) -> Result<(), OpenError> {
    let sqlite = |source| OpenError::Sqlite {
        path: path.to_owned(),
        source,
    };
    let kept: Option<Vec<u8>> = connection
        .query_row("SELECT content FROM key_proof", [], |row| row.get(0))
        .optional()
        .map_err(sqlite)?;
    let other = || OpenError::OtherKey(path.to_owned());
    if let Some(kept) = kept {
        let opened = cipher.unseal(&kept, content(KEY_PROOF, &[]));
        return match opened {
            Ok(opened) if opened.as_slice() == PROOF => Ok(()),
            Err(UnsealError::Suite(made)) => Err(OpenError::OtherSuite {
                path: path.to_owned(),
                made,
                key: cipher.suite(),
            }),
            _ => Err(other()),
        };
    }
    let sealed = cipher
        .seal(PROOF, content(KEY_PROOF, &[]))
        .map_err(|_| other())?;
    let sql = "INSERT INTO key_proof (id, content) VALUES (1, ?1)";
    connection.execute(sql, [sealed]).map_err(sqlite)?;
    Ok(())
}

/// Whether the key is that of the file.
pub(crate) fn proves(connection: &Connection, cipher: &ColumnCipher) -> rusqlite::Result<bool> {
    let kept: Vec<u8> =
        connection.query_row("SELECT content FROM key_proof", [], |row| row.get(0))?;
    let opened = cipher.unseal(&kept, content(KEY_PROOF, &[]));
    Ok(opened.is_ok_and(|opened| opened.as_slice() == PROOF))
}

/// A connection that only reads.
pub(crate) fn reading(path: &Path) -> rusqlite::Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.pragma_update(None, "query_only", 1)?;
    connection.pragma_update(None, "temp_store", 2)?;
    connection.pragma_update(None, "trusted_schema", 0)?;
    planned_once(&connection)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// Has each statement planned once: without this, SQLite plans anew for every value that might have
/// another plan, which took a sixth of the time of an enrolment. No table here has such values.
fn planned_once(connection: &Connection) -> rusqlite::Result<()> {
    let stable = DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG;
    connection.set_db_config(stable, true).map(|_| ())
}
