//! A copy of the store while it is in use.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;

use futures_channel::oneshot;
use rusqlite::backup::{Backup, StepResult};
use rusqlite::{Connection, MAIN_DB};

use crate::open::reading;

/// Why there is no copy.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Something of that name is there; nothing is overwritten.
    #[error("{} is there already", .0.display())]
    Exists(PathBuf),
    /// The copy cannot be written.
    #[error("{} cannot be written", .path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// SQLite could not read the store or write the copy.
    #[error("the store could not be copied")]
    Sqlite(#[from] rusqlite::Error),
    /// The copying broke off.
    #[error("the copying broke off")]
    BrokenOff,
}

pub(crate) async fn backup(from: PathBuf, to: PathBuf) -> Result<(), BackupError> {
    let (done, answer) = oneshot::channel();
    let copying = move || drop(done.send(copy(&from, &to)));
    let spawned = thread::Builder::new()
        .name("store backup".to_owned())
        .spawn(copying);
    spawned.map_err(|_| BackupError::BrokenOff)?;
    answer.await.unwrap_or(Err(BackupError::BrokenOff))
}

/// Copies all pages from one state, then gives the file its name. The writer goes on meanwhile; its
/// journal grows by what it writes.
fn copy(from: &Path, to: &Path) -> Result<(), BackupError> {
    if to.exists() {
        return Err(BackupError::Exists(to.to_owned()));
    }
    let mut partial = to.as_os_str().to_owned();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    let failed = |source| BackupError::File {
        path: partial.clone(),
        source,
    };
    let mut options = File::options();
    options.read(true).write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&partial).map_err(failed)?;
    let source = reading(from)?;
    let mut target = Connection::open(&partial)?;
    let backup = Backup::new_with_names(&source, MAIN_DB, &mut target, MAIN_DB)?;
    let step = backup.step(-1)?;
    drop(backup);
    drop(target);
    if step != StepResult::Done {
        return Err(BackupError::BrokenOff);
    }
    file.sync_all().map_err(failed)?;
    fs::hard_link(&partial, to).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(to.to_owned()),
        _ => BackupError::File {
            path: to.to_owned(),
            source,
        },
    })?;
    fs::remove_file(&partial).map_err(failed)?;
    if let Some(folder) = to.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        File::open(folder)
            .and_then(|folder| folder.sync_all())
            .map_err(failed)?;
    }
    Ok(())
}
