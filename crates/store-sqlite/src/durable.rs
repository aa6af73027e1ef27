//! The thread that makes groups of acts durable, and answers them, while the writer runs the next group.
//!
//! The writer commits into the journal without waiting for the disk; here the journal is synced, and only then is
//! anything done or said about the acts. The journal is written in order: whatever survives a loss of power has all
//! before it.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, OnceLock};

use hc_core::store::StoreError;

use crate::act::Act;
use crate::transaction::Then;

/// Acts that are in the journal, and what they want done when they are durable.
pub(crate) struct Committed {
    pub(crate) acts: Vec<Box<dyn Act>>,
    pub(crate) then: Vec<Then>,
}

/// Where the writer hands over what it has committed.
pub(crate) struct Durable {
    groups: SyncSender<Committed>,
    broken: Arc<OnceLock<StoreError>>,
}

/// What the thread works with.
pub(crate) struct Syncing {
    groups: Receiver<Committed>,
    broken: Arc<OnceLock<StoreError>>,
    /// The store's file.
    path: PathBuf,
}

/// Both ends. At most one group is synced while the writer is at the next: that one gathers what comes meanwhile.
pub(crate) fn durable(path: &Path) -> (Durable, Syncing) {
    let (to, from) = sync_channel(0);
    let broken = Arc::new(OnceLock::new());
    let durable = Durable {
        groups: to,
        broken: Arc::clone(&broken),
    };
    let syncing = Syncing {
        groups: from,
        broken,
        path: path.to_owned(),
    };
    (durable, syncing)
}

impl Durable {
    /// Why nothing is durable any more, once a sync has failed: what of it reached the disk nobody knows, and a
    /// second sync would not say.
    pub(crate) fn broken(&self) -> Option<&StoreError> {
        self.broken.get()
    }

    /// Hands a group over; waits while the one before is synced.
    pub(crate) fn settle(&self, group: Committed) {
        if let Err(lost) = self.groups.send(group) {
            for act in lost.0.acts {
                act.answer(Err(crate::act::stopped()));
            }
        }
    }
}

impl Syncing {
    /// Serves until the writer is gone.
    pub(crate) fn serve(self) {
        let mut journal = None;
        while let Ok(group) = self.groups.recv() {
            let fate = match self.broken.get() {
                Some(error) => Err(error.clone()),
                None => sync(&self.path, &mut journal).map_err(|error| {
                    let error = failed(&error);
                    self.broken.get_or_init(|| error).clone()
                }),
            };
            if fate.is_ok() {
                for then in group.then {
                    // What panics here has done no harm to what is durable.
                    drop(catch_unwind(AssertUnwindSafe(then)));
                }
            }
            for act in group.acts {
                act.answer(fate.clone());
            }
        }
    }
}

/// Syncs the journal; the first time with the folder that it is in, whose entry may be new.
fn sync(path: &Path, journal: &mut Option<File>) -> io::Result<()> {
    if let Some(file) = journal {
        return file.sync_data();
    }
    let mut name = OsString::from(path);
    name.push("-wal");
    let file = File::options().read(true).write(true).open(name)?;
    file.sync_all()?;
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    File::open(folder.unwrap_or_else(|| Path::new(".")))?.sync_all()?;
    *journal = Some(file);
    Ok(())
}

fn failed(error: &io::Error) -> StoreError {
    let what = format!(
        "the journal cannot be made durable ({error}); open the store again when that is mended"
    );
    match error.kind() {
        io::ErrorKind::StorageFull
        | io::ErrorKind::QuotaExceeded
        | io::ErrorKind::ReadOnlyFilesystem => StoreError::ReadOnly(what),
        _ => StoreError::Unavailable(what),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::Sender;
    use std::thread;

    use super::*;
    use crate::transaction::Transaction;

    /// Says what becomes of it.
    struct Telling(Sender<&'static str>);

    impl Act for Telling {
        fn is_abandoned(&self) -> bool {
            false
        }

        fn run(&mut self, _: &mut Transaction<'_>) -> bool {
            true
        }

        fn answer(self: Box<Self>, fate: Result<(), StoreError>) {
            let told = match fate {
                Ok(()) => "durable",
                Err(StoreError::Unavailable(_)) => "unavailable",
                Err(_) => "something else",
            };
            self.0.send(told).unwrap();
        }
    }

    fn group(to: &Sender<&'static str>) -> Committed {
        let (act, then) = (Telling(to.clone()), to.clone());
        Committed {
            acts: vec![Box::new(act)],
            then: vec![Box::new(move || then.send("done").unwrap())],
        }
    }

    #[test]
    fn what_is_wanted_then_is_done_before_the_answer() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("region.db");
        File::create(folder.path().join("region.db-wal")).unwrap();
        let (durable, syncing) = durable(&path);
        let (to, told) = std::sync::mpsc::channel();
        let thread = thread::spawn(move || syncing.serve());
        durable.settle(group(&to));
        assert_eq!([told.recv(), told.recv()], [Ok("done"), Ok("durable")]);
        assert!(durable.broken().is_none());
        drop(durable);
        thread.join().unwrap();
    }

    #[test]
    fn after_a_sync_that_failed_nothing_is_durable_any_more() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("region.db");
        let (durable, syncing) = durable(&path);
        let (to, told) = std::sync::mpsc::channel();
        let thread = thread::spawn(move || syncing.serve());
        durable.settle(group(&to));
        assert_eq!(told.recv(), Ok("unavailable"));
        assert!(durable.broken().is_some());
        // It does not help that the journal is there now: what was lost nobody knows.
        File::create(folder.path().join("region.db-wal")).unwrap();
        durable.settle(group(&to));
        assert_eq!(told.recv(), Ok("unavailable"));
        drop((durable, to));
        thread.join().unwrap();
        assert!(told.recv().is_err());
    }
}
