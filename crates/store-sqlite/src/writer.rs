//! The one thread that writes: all acts that wait are made durable together.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use hc_core::store::{ColumnCipher, StoreError};
use rusqlite::Connection;

use crate::act::Act;
use crate::failure;
use crate::ledger::Ledger;
use crate::transaction::{Then, Transaction};

/// How long erased rows may stand in the journal after a reading that was in the way.
const RETRY: Duration = Duration::from_secs(1);

/// The connection that writes, with the log.
pub(crate) struct Writer {
    connection: Connection,
    cipher: ColumnCipher,
    ledger: Ledger,
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

impl Writer {
    pub(crate) const fn new(
        connection: Connection,
        cipher: ColumnCipher,
        ledger: Ledger,
        most: usize,
    ) -> Self {
        Self {
            connection,
            cipher,
            ledger,
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
                    let mut acts = vec![first];
                    acts.extend(queue.try_iter().take(self.most.saturating_sub(1)));
                    acts.retain(|act| !act.is_abandoned());
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

    /// Makes acts durable together and answers each. Where they fail together, each is tried alone,
    /// so that one that needs more room than there is does not take its neighbours with it.
    fn group(&mut self, mut acts: Vec<Box<dyn Act>>) {
        let fate = self.together(&mut acts);
        if fate.is_err() && acts.len() > 1 {
            for mut act in acts {
                let fate = self.together(core::slice::from_mut(&mut act));
                act.answer(fate);
            }
        } else {
            for act in acts {
                act.answer(fate.clone());
            }
        }
    }

    /// One transaction over some acts; afterwards what they want done when they are durable.
    fn together(&mut self, acts: &mut [Box<dyn Act>]) -> Result<(), StoreError> {
        let mut wishes = Wishes::default();
        if let Err(error) = self.transaction(acts, &mut wishes) {
            self.ledger.rewind(0);
            if !self.connection.is_autocommit() {
                // Nothing can be done if this fails: the next begin will say so.
                drop(self.connection.execute_batch("ROLLBACK"));
            }
            return Err(error);
        }
        for then in wishes.then {
            // What panics here has done no harm to what is durable.
            drop(catch_unwind(AssertUnwindSafe(then)));
        }
        self.owes_truncation |= wishes.forgot;
        if self.owes_truncation {
            self.truncate();
        }
        Ok(())
    }

    /// Begin, each act, the log, commit.
    fn transaction(
        &mut self,
        acts: &mut [Box<dyn Act>],
        wishes: &mut Wishes,
    ) -> Result<(), StoreError> {
        self.execute("BEGIN IMMEDIATE")?;
        for act in acts {
            self.one(act.as_mut(), wishes)?;
        }
        let frontier = self.ledger.write(&self.connection)?;
        self.execute("COMMIT")?;
        self.ledger.settle(frontier);
        Ok(())
    }

    /// Runs one act; where it is to stay, so are its wishes.
    fn one(&mut self, act: &mut dyn Act, wishes: &mut Wishes) -> Result<(), StoreError> {
        self.execute("SAVEPOINT act")?;
        let mark = self.ledger.mark();
        let mut transaction =
            Transaction::writing(&self.connection, &self.cipher, &mut self.ledger);
        let kept = act.run(&mut transaction);
        if self.connection.is_autocommit() {
            // A disk that is full, for one, may end the whole transaction.
            return Err(transaction.failure().cloned().unwrap_or_else(|| {
                StoreError::Unavailable("the transaction was ended by the engine".to_owned())
            }));
        }
        if kept {
            wishes.forgot |= transaction.forgot();
            wishes.then.extend(transaction.into_then());
        } else {
            self.ledger.rewind(mark);
            self.execute("ROLLBACK TO act")?;
        }
        self.execute("RELEASE act")
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
