//! One transaction: what an act or a reading works with.

mod appeals;
mod desk;
mod evidence;
mod log;
mod outgoing;
mod people;
mod person;
mod purge;
mod reading;
mod registers;
mod subject;
mod writing;

use hc_core::store::{ColumnCipher, SealedAt, StoreError};
use rusqlite::{Connection, Params};

use crate::cells::Cells;
use crate::failure;
use crate::ledger::Ledger;

/// A transaction that has begun on a connection. Its verbs are the store's; how it ends is the
/// business of who began it.
pub(crate) struct Transaction<'c> {
    connection: &'c Connection,
    cipher: &'c ColumnCipher,
    /// Where entries of the log go; none in a reading.
    ledger: Option<&'c mut Ledger>,
    failure: Option<StoreError>,
    changed: bool,
    forgot: bool,
    then: Vec<Then>,
}

/// What is to be done when an act is durable.
pub(crate) type Then = Box<dyn FnOnce() + Send>;

impl<'c> Transaction<'c> {
    pub(crate) const fn reading(connection: &'c Connection, cipher: &'c ColumnCipher) -> Self {
        Self {
            connection,
            cipher,
            ledger: None,
            failure: None,
            changed: false,
            forgot: false,
            then: Vec::new(),
        }
    }

    pub(crate) const fn writing(
        connection: &'c Connection,
        cipher: &'c ColumnCipher,
        ledger: &'c mut Ledger,
    ) -> Self {
        Self {
            connection,
            cipher,
            ledger: Some(ledger),
            failure: None,
            changed: false,
            forgot: false,
            then: Vec::new(),
        }
    }

    /// The first change that the engine could not make. The act fails then, whatever its closure
    /// made of it: half a change may stand.
    pub(crate) const fn failure(&self) -> Option<&StoreError> {
        self.failure.as_ref()
    }

    /// Whether a change was made, or tried.
    pub(crate) const fn changed(&self) -> bool {
        self.changed
    }

    /// Whether something was erased that must not linger in the journal.
    pub(crate) const fn forgot(&self) -> bool {
        self.forgot
    }

    /// What the act wants done when it is durable.
    pub(crate) fn into_then(self) -> Vec<Then> {
        self.then
    }

    /// All rows of a question.
    fn all<T>(
        &self,
        table: &'static str,
        sql: &str,
        params: impl Params,
        mut read: impl FnMut(&Cells<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, StoreError> {
        let mut found = Vec::new();
        self.each(table, sql, params, |cells| {
            found.push(read(cells)?);
            Ok(())
        })?;
        Ok(found)
    }

    /// The only row of a question, or none.
    fn one<T>(
        &self,
        table: &'static str,
        sql: &str,
        params: impl Params,
        read: impl FnOnce(&Cells<'_>) -> Result<T, StoreError>,
    ) -> Result<Option<T>, StoreError> {
        let failed = |error| failure::of(table, &error);
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query(params).map_err(failed)?;
        let row = rows.next().map_err(failed)?;
        row.map(|row| read(&Cells::new(table, row))).transpose()
    }

    /// Every row of a question, one at a time.
    fn each(
        &self,
        table: &'static str,
        sql: &str,
        params: impl Params,
        mut then: impl FnMut(&Cells<'_>) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let failed = |error| failure::of(table, &error);
        let mut statement = self.connection.prepare_cached(sql).map_err(failed)?;
        let mut rows = statement.query(params).map_err(failed)?;
        while let Some(row) = rows.next().map_err(failed)? {
            then(&Cells::new(table, row))?;
        }
        Ok(())
    }

    /// Changes rows; gives how many.
    fn change(
        &mut self,
        table: &'static str,
        sql: &str,
        params: impl Params,
    ) -> Result<usize, StoreError> {
        self.changed = true;
        let changed = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut statement| statement.execute(params));
        changed.map_err(|error| self.fail(failure::of(table, &error)))
    }

    /// Notes that the engine failed in the middle of something.
    fn fail(&mut self, error: StoreError) -> StoreError {
        self.failure.get_or_insert_with(|| error.clone());
        error
    }

    fn seal(
        &mut self,
        table: &'static str,
        row: &[u8],
        value: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        let sealed = self.cipher.seal(value, content(table, row));
        sealed.map_err(|error| self.fail(failure::refused(error.to_string())))
    }

    fn open(&self, table: &'static str, row: &[u8], sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let opened = self.cipher.unseal(sealed, content(table, row));
        let mut opened = opened.map_err(|error| failure::damaged(table, &error))?;
        Ok(core::mem::take(&mut *opened))
    }
}

/// Where sealed values stand.
pub(crate) const fn content<'a>(table: &'static str, row: &'a [u8]) -> SealedAt<'a> {
    SealedAt {
        table,
        column: "content",
        row,
    }
}

/// The bytes of a key of two texts: no two keys have the same.
fn key_of(first: &str, second: &str) -> Vec<u8> {
    let length = (first.len() as u64).to_be_bytes();
    [&length[..], first.as_bytes(), second.as_bytes()].concat()
}
