//! The threads that read: each answers one question at a time from one state.

use std::sync::mpsc::Receiver;
use std::sync::{Mutex, PoisonError};

use hc_core::store::{ColumnCipher, StoreError};
use rusqlite::Connection;

use crate::act::Act;
use crate::failure;
use crate::transaction::Transaction;

/// Serves until every sender is gone.
pub(crate) fn serve(
    connection: &Connection,
    cipher: &ColumnCipher,
    queue: &Mutex<Receiver<Box<dyn Act>>>,
) {
    loop {
        // Only waiting happens under the lock, so nothing is left half done by a panic.
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(mut question) = next else {
            break;
        };
        if question.is_abandoned() {
            continue;
        }
        let fate = one(connection, cipher, question.as_mut());
        question.answer(fate);
    }
}

fn one(
    connection: &Connection,
    cipher: &ColumnCipher,
    question: &mut dyn Act,
) -> Result<(), StoreError> {
    execute(connection, "BEGIN")?;
    question.run(&mut Transaction::reading(connection, cipher));
    execute(connection, "ROLLBACK")
}

fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    let done = connection
        .prepare_cached(sql)
        .and_then(|mut statement| statement.execute([]));
    done.map_err(|error| failure::of("the journal", &error))?;
    Ok(())
}
