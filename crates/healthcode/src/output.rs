//! Files that commands write: whole or not at all, and never over something that is there.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};

/// Who may read a new file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Readers {
    /// Whoever the user's mask lets.
    Anybody,
    /// Nobody but the user (permissions 0600).
    User,
}

/// Writes a new file. If that fails half-way, nothing is left of it.
pub(crate) fn create(path: &Path, bytes: &[u8], readers: Readers) -> Result<()> {
    let mut file = match options(readers).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!(
                "{} is there already and is not written over",
                path.display()
            )
        }
        Err(error) => {
            return Err(error).with_context(|| format!("cannot write {}", path.display()));
        }
    };
    if let Err(error) = fill(&mut file, bytes) {
        drop(file);
        // What cannot be removed either is named by the error below.
        drop(fs::remove_file(path));
        return Err(error).with_context(|| format!("cannot write {}", path.display()));
    }
    Ok(())
}

/// Writes a file anew, in place of the one that may be there: readers see the old or the new one.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let beside = beside(path, ".new");
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            return Err(error).with_context(|| format!("cannot remove {}", beside.display()));
        }
        _ => create(&beside, bytes, Readers::User)?,
    }
    fs::rename(&beside, path).with_context(|| format!("cannot write {}", path.display()))
}

/// The turn of one run with files that are read and then written anew; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Turn(#[expect(dead_code, reason = "held open, since closing unlocks")] Vec<File>);

impl Turn {
    /// Waits until no other run works with any of the files: what one run adds, another that read
    /// before it would write away. The lock is a file of its own beside each, since the file itself
    /// is replaced.
    pub(crate) fn wait<'a>(paths: impl IntoIterator<Item = &'a Path>) -> Result<Self> {
        let mut absolute = Vec::new();
        for path in paths {
            let whole = std::path::absolute(path)
                .with_context(|| format!("{} is no path", path.display()))?;
            ensure!(
                !absolute.contains(&whole),
                "{} cannot be two memories at once",
                path.display()
            );
            absolute.push(whole);
        }
        // In one order for everybody, so that no two runs wait for each other.
        absolute.sort_unstable();
        let mut files = Vec::new();
        for path in absolute {
            let beside = beside(&path, ".lock");
            let file = options_of_lock().open(&beside);
            let file = file.and_then(|file| file.lock().map(|()| file));
            files.push(file.with_context(|| format!("cannot lock {}", beside.display()))?);
        }
        Ok(Self(files))
    }
}

fn options_of_lock() -> OpenOptions {
    let mut options = options(Readers::User);
    options.create_new(false).create(true).truncate(false);
    options
}

/// The name with something added at its end.
pub(crate) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

fn fill(file: &mut File, bytes: &[u8]) -> std::io::Result<()> {
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(unix)]
fn options(readers: Readers) -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt;
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    if readers == Readers::User {
        options.mode(0o600);
    }
    options
}

#[cfg(not(unix))]
fn options(_: Readers) -> OpenOptions {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    options
}
