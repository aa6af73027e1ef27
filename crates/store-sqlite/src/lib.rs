//! The embedded engine: all that a region keeps, in one SQLite file that its operators can inspect,
//! copy and trust. One machine with this engine runs a region.
//!
//! * One thread writes. It takes all acts that wait, runs each, adds their entries to the log's tree, and
//!   makes the group durable with one `fsync` (`journal_mode=WAL`, `synchronous=FULL`); only then is
//!   anybody answered. An act that fails, or panics, takes nothing else with it.
//! * One thread brings what is durable from the journal into the file beside that, so that acts wait for the
//!   journal alone, which is written in one go.
//! * A few threads read, each from one state; they never wait for the writer nor it for them.
//! * Personal columns are sealed ([`hc_core::store::ColumnCipher`]) before SQLite sees them. What each
//!   column tells and how long it is kept stands in `columns.tsv`, the whole schema in `schema.sql`;
//!   tests hold both to the live schema.
//! * One process has the file at a time; others may read it with SQLite's own tools.
//!
//! Of a disk that is full or cannot be written the acts learn ([`StoreError::ReadOnly`]); reading
//! goes on.

mod act;
mod backup;
mod brief;
mod cells;
mod check;
mod checkpoints;
mod durable;
mod failure;
mod inspect;
mod ledger;
mod migration;
mod near;
mod open;
mod options;
mod reader;
mod transaction;
mod writer;

use core::fmt;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, TrySendError};
use std::thread::JoinHandle;

use hc_core::store::{ColumnCipher, DocumentHash, Reading, Store, StoreError, Writing};
use rand_core::CryptoRng;

pub use backup::BackupError;
pub use check::{CheckError, Checked};
pub use inspect::InspectError;
pub use open::OpenError;
pub use options::Options;

use act::{Act, Asked, stopped};
use transaction::Transaction;

/// An open store. Dropping it waits for what was begun and closes the file.
pub struct SqliteStore {
    path: PathBuf,
    cipher: ColumnCipher,
    writer: Option<SyncSender<Box<dyn Act>>>,
    readers: Option<SyncSender<Box<dyn Act>>>,
    /// The readers, then the writer, then who brings its journal into the file.
    threads: Vec<JoinHandle<()>>,
    /// Held as long as the store is open.
    lock: std::fs::File,
}

impl SqliteStore {
    /// Opens the store in a file, or makes a new one, and brings its schema up to date. Beside
    /// `region.db` lie `region.db-wal`, `region.db-shm` and `region.db-lock`.
    ///
    /// `random` draws the salts of the log.
    ///
    /// # Errors
    /// [`OpenError`]; the file is as it was then.
    pub fn open(
        path: &Path,
        cipher: ColumnCipher,
        random: impl CryptoRng + Send + 'static,
        options: &Options,
    ) -> Result<Self, OpenError> {
        open::open(path, cipher, Box::new(random), options)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// As [`Self::backup`], of a store that another process may have open.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn backup_of(
        path: &Path,
        to: &Path,
    ) -> impl Future<Output = Result<(), BackupError>> + Send + use<> {
        backup::backup(path.to_owned(), to.to_owned())
    }

    /// As [`Self::check`], of a store that another process may have open.
    ///
    /// # Errors
    /// [`CheckError`].
    pub fn check_of(
        path: &Path,
        cipher: ColumnCipher,
    ) -> impl Future<Output = Result<Checked, CheckError>> + Send + use<> {
        check::check(path.to_owned(), cipher)
    }

    /// Asks a question of a store that another process may have open.
    ///
    /// # Errors
    /// [`InspectError`], or what the question gives.
    pub fn inspect<T, E: From<InspectError>>(
        path: &Path,
        cipher: &ColumnCipher,
        question: impl FnOnce(&mut dyn Reading) -> Result<T, E>,
    ) -> Result<T, E> {
        inspect::inspect(path, cipher, question)
    }

    /// Copies the store as it stands into a new file, which opens as a store with the same key, while
    /// acts and readings go on. The copy appears under its name when it is whole.
    ///
    /// # Errors
    /// [`BackupError`]; there is no file of that name then.
    pub fn backup(
        &self,
        to: &Path,
    ) -> impl Future<Output = Result<(), BackupError>> + Send + use<> {
        backup::backup(self.path.clone(), to.to_owned())
    }

    /// Reads everything and compares: pages, indexes and references, and the log, whose tree must be
    /// that of its commitments and whose contents must open them.
    ///
    /// # Errors
    /// [`CheckError`] with all that was found.
    pub fn check(&self) -> impl Future<Output = Result<Checked, CheckError>> + Send + use<> {
        check::check(self.path.clone(), self.cipher.clone())
    }
}

impl Store for SqliteStore {
    /// An act whose future is dropped before its turn has come is not begun.
    async fn write<T, E>(
        &self,
        mut act: impl FnMut(&mut dyn Writing) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (act, answer) = Asked::by(move |transaction: &mut Transaction<'_>| act(transaction));
        send(self.writer.as_ref(), act, "acts")?;
        answer.await.unwrap_or_else(|_| Err(stopped().into()))
    }

    async fn read<T, E>(
        &self,
        mut query: impl FnMut(&mut dyn Reading) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (query, answer) =
            Asked::by(move |transaction: &mut Transaction<'_>| query(transaction));
        self.ask(query)?;
        answer.await.unwrap_or_else(|_| Err(stopped().into()))
    }

    async fn bring_near(&self, documents: &[DocumentHash]) {
        near::bring(self, documents).await;
    }
}

impl SqliteStore {
    /// Has a question wait for a reader.
    fn ask(&self, question: Box<dyn Act>) -> Result<(), StoreError> {
        send(self.readers.as_ref(), question, "questions")
    }
}

fn send(
    queue: Option<&SyncSender<Box<dyn Act>>>,
    act: Box<dyn Act>,
    what: &str,
) -> Result<(), StoreError> {
    let queue = queue.ok_or_else(stopped)?;
    queue.try_send(act).map_err(|error| match error {
        TrySendError::Full(_) => StoreError::Unavailable(format!("too many {what} wait")),
        TrySendError::Disconnected(_) => stopped(),
    })
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        // The readers first: whoever closes last brings the journal into the file.
        let journal = self.threads.pop();
        let writer = self.threads.pop();
        let durable = self.threads.pop();
        self.readers = None;
        self.threads.drain(..).for_each(wait);
        self.writer = None;
        // These end one after the other; none of them waits for itself, nor for one that waits for it.
        let last = [writer, durable, journal];
        if !last.iter().flatten().any(is_own) {
            last.into_iter().flatten().for_each(wait);
        }
        // Closing the file lets go of it too; this is sooner.
        drop(self.lock.unlock());
    }
}

/// Waits for a thread; not for the own one, where an act holds the last reference to its own store.
fn wait(thread: JoinHandle<()>) {
    if !is_own(&thread) {
        drop(thread.join());
    }
}

fn is_own(thread: &JoinHandle<()>) -> bool {
    thread.thread().id() == std::thread::current().id()
}

impl fmt::Debug for SqliteStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SqliteStore")
            .field("path", &self.path)
            .finish_non_exhaustive()
    }
}
