//! Reading the cells of a row, each as what it must be.

use core::fmt::Display;
use core::str::FromStr;

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::store::StoreError;
use rusqlite::Row;
use rusqlite::types::FromSql;

use crate::failure;

/// One row of a table. Cells are counted from 0, in the order of the question.
pub(crate) struct Cells<'r> {
    table: &'static str,
    row: &'r Row<'r>,
}

impl<'r> Cells<'r> {
    pub(crate) const fn new(table: &'static str, row: &'r Row<'r>) -> Self {
        Self { table, row }
    }

    /// A cell as SQLite gives it.
    pub(crate) fn get<T: FromSql>(&self, cell: usize) -> Result<T, StoreError> {
        self.row
            .get(cell)
            .map_err(|error| failure::of(self.table, &error))
    }

    /// A whole number that fits a type.
    pub(crate) fn whole<T: TryFrom<i64, Error: Display>>(
        &self,
        cell: usize,
    ) -> Result<T, StoreError> {
        T::try_from(self.get(cell)?).map_err(|error| self.damaged(&error))
    }

    pub(crate) fn number(&self, cell: usize) -> Result<SubjectNumber, StoreError> {
        self.whole(cell).map(SubjectNumber::new)
    }

    pub(crate) fn time(&self, cell: usize) -> Result<Timestamp, StoreError> {
        self.timed(self.get(cell)?)
    }

    pub(crate) fn perhaps_time(&self, cell: usize) -> Result<Option<Timestamp>, StoreError> {
        let seconds: Option<i64> = self.get(cell)?;
        seconds.map(|seconds| self.timed(seconds)).transpose()
    }

    /// Bytes, as long as the row is there.
    pub(crate) fn bytes(&self, cell: usize) -> Result<&'r [u8], StoreError> {
        let bytes = self.row.get_ref(cell);
        let bytes = bytes.map_err(|error| failure::of(self.table, &error))?;
        bytes.as_blob().map_err(|error| self.damaged(&error))
    }

    /// Bytes where there are any, as long as the row is there.
    pub(crate) fn perhaps_bytes(&self, cell: usize) -> Result<Option<&'r [u8]>, StoreError> {
        let bytes = self.row.get_ref(cell);
        let bytes = bytes.map_err(|error| failure::of(self.table, &error))?;
        bytes
            .as_blob_or_null()
            .map_err(|error| self.damaged(&error))
    }

    /// Bytes of one length.
    pub(crate) fn array<const N: usize>(&self, cell: usize) -> Result<[u8; N], StoreError> {
        let bytes = self.bytes(cell)?.try_into();
        bytes.map_err(|error| self.damaged(&error))
    }

    /// A word of a vocabulary.
    pub(crate) fn word<T: FromStr<Err: Display>>(&self, cell: usize) -> Result<T, StoreError> {
        let word: String = self.get(cell)?;
        word.parse().map_err(|error| self.damaged(&error))
    }

    pub(crate) fn damaged(&self, what: &(impl ToString + ?Sized)) -> StoreError {
        failure::damaged(self.table, what)
    }

    fn timed(&self, seconds: i64) -> Result<Timestamp, StoreError> {
        let time = Timestamp::from_unix(seconds);
        if time.unix() == seconds {
            Ok(time)
        } else {
            Err(self.damaged(&format_args!("{seconds} is no instant")))
        }
    }
}
