//! The one thread that writes: all acts that wait are committed together, and made durable beside it.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use hc_core::store::{ColumnCipher, StoreError};
use rusqlite::Connection;

use crate::act::Act;
use crate::checkpoints::Checkpoints;
use crate::durable::{Committed, Durable};
use crate::failure;
use crate::ledger::Ledger;
use crate::transaction::{Then, Transaction};

/// How long erased rows may stand in the journal after a reading that was in the way.
const RETRY: Duration = Duration::from_secs(1);

/// How often the writer lets others run before it begins with what they brought.
const YIELDS: usize = 4;

/// The connection that writes, with the log.
pub(crate) struct Writer {
    connection: Connection,
    cipher: ColumnCipher,
    ledger: Ledger,
    checkpoints: Checkpoints,
    durable: Durable,
    /// The most acts that are made durable at once.
    most: usize,
    /// Whether the journal still holds what was erased.
    owes_truncation: bool,
}

/// What the acts of a group leave to be done.
#[derive(Default)]
struct Wishes {
    /// When they are durable.
    then: Vec<Then>,
    /// Whether something was erased that must not linger in the journal.
    forgot: bool,
}

/// How acts of one transaction are kept apart.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Care {
    /// Not at all: as long as none fails after it has changed something.
    None,
    /// Each has a savepoint.
    Savepoints,
}

/// Why a transaction ends before its time.
enum Broken {
    /// An act failed after it had changed something.
    Spoiled,
    /// The engine failed.
    Engine(StoreError),
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Self {
        Self::Engine(error)
    }
}

impl From<Broken> for StoreError {
    fn from(broken: Broken) -> Self {
        match broken {
            // With savepoints nothing is spoiled.
            Broken::Spoiled => crate::act::stopped(),
            Broken::Engine(error) => error,
        }
    }
}

impl Writer {
    pub(crate) fn new(
        connection: Connection,
        cipher: ColumnCipher,
        (ledger, checkpoints, durable): (Ledger, Checkpoints, Durable),
        most: usize,
    ) -> Self {
        Self {
            connection,
            cipher,
            ledger,
            checkpoints,
            durable,
            most,
            owes_truncation: false,
        }
    }

    /// Serves until every sender is gone.
    pub(crate) fn serve(mut self, queue: &Receiver<Box<dyn Act>>) {
        loop {
            let first = if self.owes_truncation {
                queue.recv_timeout(RETRY)
            } else {
                queue.recv().map_err(RecvTimeoutError::from)
            };
            match first {
                Ok(first) => {
                    let acts = self.gather(first, queue);
                    self.group(acts);
                }
                Err(RecvTimeoutError::Timeout) => self.truncate(),
                Err(RecvTimeoutError::Disconnected) => break,
            }
        }
        if self.owes_truncation {
            self.truncate();
        }
    }

    /// What waits, and what whoever shares the core with the writer brings before it runs again.
    ///
    /// Where all cores are busy the writer wakes when few acts wait, because what brings them waited for the core
    /// too; and a group of few costs nearly as much as one of many. Where a core is free, yielding takes no time.
    fn gather(&self, first: Box<dyn Act>, queue: &Receiver<Box<dyn Act>>) -> Vec<Box<dyn Act>> {
        let mut acts = vec![first];
        for _ in 0..YIELDS {
            thread::yield_now();
            let had = acts.len();
            acts.extend(queue.try_iter().take(self.most.saturating_sub(had)));
            if acts.len() == had {
                break;
            }
        }
        acts.retain(|act| !act.is_abandoned());
        acts
    }

    /// Commits acts together and has them made durable and answered. Where they fail together, each is tried alone,
    /// so that one that needs more room than there is does not take its neighbours with it.
    fn group(&mut self, mut acts: Vec<Box<dyn Act>>) {
        if let Some(error) = self.durable.broken().cloned() {
            for act in acts {
                act.answer(Err(error.clone()));
            }
            return;
        }
        match self.together(&mut acts) {
            Ok(then) => self.durable.settle(Committed { acts, then }),
            Err(error) if acts.len() == 1 => {
                for act in acts {
                    act.answer(Err(error.clone()));
                }
            }
            Err(_) => {
                for act in acts {
                    self.group(vec![act]);
                }
            }
        }
    }

    /// One transaction over some acts; gives what they want done when they are durable.
    ///
    /// Hardly any act fails after it has changed something, and a savepoint costs a copy of every page
    /// that is touched after it. So none has one, and where an act does fail so, all are run again,
    /// each in its own.
    fn together(&mut self, acts: &mut [Box<dyn Act>]) -> Result<Vec<Then>, StoreError> {
        let mut wishes = Wishes::default();
        let mut ended = self.transaction(acts, Care::None, &mut wishes);
        if matches!(ended, Err(Broken::Spoiled)) {
            self.roll_back();
            wishes = Wishes::default();
            ended = if acts.len() == 1 {
                // Nothing of it remains, and it has its own answer.
                Ok(())
            } else {
                self.transaction(acts, Care::Savepoints, &mut wishes)
            };
        }
        if let Err(broken) = ended {
            self.roll_back();
            return Err(broken.into());
        }
        self.owes_truncation |= wishes.forgot;
        if self.owes_truncation {
            self.truncate();
        }
        Ok(wishes.then)
    }

    fn roll_back(&mut self) {
        self.ledger.rewind(0);
        if !self.connection.is_autocommit() {
            // Nothing can be done if this fails: the next begin will say so.
            drop(self.connection.execute_batch("ROLLBACK"));
        }
    }

    /// Begin, each act, the log, commit.
    fn transaction(
        &mut self,
        acts: &mut [Box<dyn Act>],
        care: Care,
        wishes: &mut Wishes,
    ) -> Result<(), Broken> {
        self.execute("BEGIN IMMEDIATE")?;
        for act in acts {
            self.one(act.as_mut(), care, wishes)?;
        }
        let frontier = self.ledger.write(&self.connection)?;
        self.execute("COMMIT")?;
        self.ledger.settle(frontier);
        self.checkpoints.note(self.connection.total_changes());
        Ok(())
    }

    /// Runs one act; where it is to stay, so are its wishes.
    fn one(&mut self, act: &mut dyn Act, care: Care, wishes: &mut Wishes) -> Result<(), Broken> {
        if care == Care::Savepoints {
            self.execute("SAVEPOINT act")?;
        }
        let mark = self.ledger.mark();
        let mut transaction =
            Transaction::writing(&self.connection, &self.cipher, &mut self.ledger);
        let kept = act.run(&mut transaction);
        let changed = transaction.changed();
        if self.connection.is_autocommit() {
            // A disk that is full, for one, may end the whole transaction.
            let failure = transaction.failure().cloned().unwrap_or_else(|| {
                StoreError::Unavailable("the transaction was ended by the engine".to_owned())
            });
            return Err(failure.into());
        }
        if kept {
            wishes.forgot |= transaction.forgot();
            wishes.then.extend(transaction.into_then());
        } else if care == Care::Savepoints {
            self.ledger.rewind(mark);
            self.execute("ROLLBACK TO act")?;
        } else if changed {
            return Err(Broken::Spoiled);
        }
        if care == Care::Savepoints {
            self.execute("RELEASE act")?;
        }
        Ok(())
    }

    /// Brings the journal into the file and empties it, unless a reading is in the way.
    fn truncate(&mut self) {
        let busy = self
            .connection
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0));
        self.owes_truncation = busy != Ok(0);
    }

    fn execute(&self, sql: &str) -> Result<(), StoreError> {
        let done = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute([]));
        done.map_err(|error| failure::of("the journal", &error))?;
        Ok(())
    }
}
