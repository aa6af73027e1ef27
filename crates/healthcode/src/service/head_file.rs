//! The last signed head of the decision log, remembered in a file beside the database: a database that is
//! put back from a copy does not take it along.

use std::fs::{self, File};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use hc_node::heads::HeadMemory;

use crate::output;

/// The file.
#[derive(Clone, Debug)]
pub(crate) struct HeadFile(PathBuf);

/// More bytes than a head with every cosignature has.
const MAX_BYTES: u64 = 1 << 20;

impl HeadFile {
    /// That of a database: `region.db-head` beside `region.db`.
    pub(crate) fn of(database: &Path) -> Self {
        Self(output::beside(database, "-head"))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl HeadMemory for HeadFile {
    fn last(&self) -> io::Result<Option<Vec<u8>>> {
        let length = match fs::metadata(&self.0) {
            Ok(found) => found.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        if length > MAX_BYTES {
            return Err(io::Error::other(format!(
                "{} has {length} bytes, too many for a head of a log",
                self.0.display()
            )));
        }
        fs::read(&self.0).map(Some)
    }

    fn keep(&self, head: &[u8]) -> io::Result<()> {
        output::replace(&self.0, head).map_err(io::Error::other)?;
        // The new name is durable only with its folder.
        match self
            .0
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
        {
            Some(folder) => File::open(folder)?.sync_all(),
            None => File::open(".")?.sync_all(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_head_is_remembered_and_a_file_that_is_none_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = HeadFile::of(&folder.path().join("region.db"));
        assert_eq!(file.last().unwrap(), None);
        file.keep(b"one").unwrap();
        file.keep(b"two").unwrap();
        assert_eq!(file.last().unwrap(), Some(b"two".to_vec()));
        let path = folder.path().join("region.db-head");
        File::options()
            .write(true)
            .open(path)
            .unwrap()
            .set_len(2 << 20)
            .unwrap();
        assert!(file.last().is_err());
    }
}
