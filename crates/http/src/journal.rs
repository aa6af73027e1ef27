//! What the operators can read of what happened. Nothing in it can be about a person: a record has
//! names of our own, numbers, and reasons of errors that carry no personal value. There is no place
//! for a path, a token, a header or a body.
//!
//! Requests never wait for whoever writes the journal: what does not fit is dropped and counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};

use crate::problem::ProblemType;

/// How much somebody should look at a record; the lesser is the graver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Something of ours failed.
    Error,
    /// Something is about to fail, or was refused for lack of means.
    Warn,
    /// The service's own life: begun, ended, renewed, published.
    Info,
    /// Every request.
    Debug,
}

impl Level {
    /// Its word in the journal.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

/// One record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Record {
    /// Something that the service did or could not do.
    Event {
        /// How grave it is.
        level: Level,
        /// What, in words of ours.
        what: &'static str,
        /// Why, where there is a reason: the words of an error. Errors carry no personal value.
        why: Option<String>,
    },
    /// A request that was answered.
    Request {
        /// How grave it is.
        level: Level,
        /// Its number, which the answer names too where something failed.
        id: u64,
        /// The operation, which stands for the route; never the path that was asked for.
        operation: &'static str,
        /// The status of the answer.
        status: u16,
        /// How long it took, in microseconds.
        micros: u64,
        /// The problem, where there was one.
        problem: Option<ProblemType>,
    },
}

impl Record {
    /// How grave it is.
    pub const fn level(&self) -> Level {
        match self {
            Self::Event { level, .. } | Self::Request { level, .. } => *level,
        }
    }
}

/// Where records are handed in. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Journal(Option<Arc<Shared>>);

#[derive(Debug)]
struct Shared {
    most: Level,
    sender: SyncSender<Record>,
    dropped: AtomicU64,
}

impl Journal {
    /// A journal that takes records up to a level, and the end where they are read; `room` wait in
    /// between. The default journal takes nothing.
    pub fn new(most: Level, room: usize) -> (Self, Receiver<Record>) {
        let (sender, receiver) = sync_channel(room);
        let shared = Shared {
            most,
            sender,
            dropped: AtomicU64::new(0),
        };
        (Self(Some(Arc::new(shared))), receiver)
    }

    /// Whether records of a level are taken.
    pub fn takes(&self, level: Level) -> bool {
        self.0.as_ref().is_some_and(|shared| level <= shared.most)
    }

    /// Hands a record in.
    pub fn record(&self, record: Record) {
        let Some(shared) = &self.0 else { return };
        if record.level() > shared.most {
            return;
        }
        if let Err(TrySendError::Full(_)) = shared.sender.try_send(record) {
            shared.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Hands in that something happened.
    pub fn event(&self, level: Level, what: &'static str) {
        let why = None;
        self.record(Record::Event { level, what, why });
    }

    /// Hands in that something happened for a reason.
    pub fn because(&self, level: Level, what: &'static str, why: impl Into<String>) {
        let why = Some(why.into());
        self.record(Record::Event { level, what, why });
    }

    /// How many records were dropped because nobody read them in time.
    pub fn dropped(&self) -> u64 {
        let shared = self.0.as_ref();
        shared.map_or(0, |shared| shared.dropped.load(Ordering::Relaxed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_wanted_or_does_not_fit_is_not_kept_and_nobody_waits() {
        let (journal, read) = Journal::new(Level::Warn, 1);
        journal.event(Level::Info, "begun");
        assert!(!journal.takes(Level::Info));
        journal.because(Level::Error, "purge", "the store is away");
        journal.event(Level::Warn, "purge");
        assert_eq!(journal.dropped(), 1);
        let first = read.try_recv().unwrap();
        assert_eq!(first.level(), Level::Error);
        assert!(read.try_recv().is_err());
        Journal::default().event(Level::Error, "nothing");
    }
}
