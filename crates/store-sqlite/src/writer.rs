//! The one thread that writes: all acts that wait are made durable together.

use std::sync::mpsc::{Receiver, RecvTimeoutError};
use std::time::Duration;

use hc_core::store::{ColumnCipher, StoreError};
use rusqlite::Connection;

use crate::act::Act;
use crate::failure;
use crate::ledger::Ledger;
use crate::transaction::Transaction;

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

    /// One transaction over some acts: begin, each act, the log, commit.
    fn together(&mut self, acts: &mut [Box<dyn Act>]) -> Result<(), StoreError> {
        let mut forgot = false;
        let done = self.transaction(acts, &mut forgot);
        if done.is_err() {
            self.ledger.rewind(0);
            if !self.connection.is_autocommit() {
                // Nothing can be done if this fails: the next begin will say so.
                drop(self.connection.execute_batch("ROLLBACK"));
            }
            return done;
        }
        if forgot {
            self.owes_truncation = true;
        }
        if self.owes_truncation {
            self.truncate();
        }
        done
    }

    fn transaction(
        &mut self,
        acts: &mut [Box<dyn Act>],
        forgot: &mut bool,
    ) -> Result<(), StoreError> {
        self.execute("BEGIN IMMEDIATE")?;
        for act in acts {
            *forgot |= self.one(act.as_mut())?;
        }
        let frontier = self.ledger.write(&self.connection)?;
        self.execute("COMMIT")?;
        self.ledger.settle(frontier);
        Ok(())
    }

    /// Runs one act; gives whether it erased something.
    fn one(&mut self, act: &mut dyn Act) -> Result<bool, StoreError> {
        self.execute("SAVEPOINT act")?;
        let mark = self.ledger.mark();
        let mut transaction =
            Transaction::writing(&self.connection, &self.cipher, &mut self.ledger);
        let kept = act.run(&mut transaction);
        let forgot = kept && transaction.forgot();
        let failure = transaction.failure().cloned();
        if self.connection.is_autocommit() {
            // A disk that is full, for one, may end the whole transaction.
            return Err(failure.unwrap_or_else(|| {
                StoreError::Unavailable("the transaction was ended by the engine".to_owned())
            }));
        }
        if !kept {
            self.ledger.rewind(mark);
            self.execute("ROLLBACK TO act")?;
        }
        self.execute("RELEASE act")?;
        Ok(forgot)
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
