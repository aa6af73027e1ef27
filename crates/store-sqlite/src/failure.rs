//! What SQLite's errors mean to whoever uses the store.

use hc_core::store::StoreError;
use rusqlite::{Error, ErrorCode, ffi};

/// The error of a question or change to a table. Values are never part of it.
pub(crate) fn of(table: &'static str, error: &Error) -> StoreError {
    let what = error.to_string();
    let Some(found) = error.sqlite_error() else {
        // A value of another type than every act writes.
        return StoreError::Damaged { table, what };
    };
    match found.code {
        ErrorCode::DiskFull | ErrorCode::ReadOnly => StoreError::ReadOnly(what),
        ErrorCode::SystemIoFailure if is_of_writing(found.extended_code) => {
            StoreError::ReadOnly(what)
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged { table, what },
        ErrorCode::ConstraintViolation => StoreError::Refused(what),
        _ => StoreError::Unavailable(what),
    }
}

/// Whether a failure of input or output was one of output.
const fn is_of_writing(extended: i32) -> bool {
    matches!(
        extended,
        ffi::SQLITE_IOERR_WRITE
            | ffi::SQLITE_IOERR_FSYNC
            | ffi::SQLITE_IOERR_DIR_FSYNC
            | ffi::SQLITE_IOERR_TRUNCATE
            | ffi::SQLITE_IOERR_SHMSIZE
            | ffi::SQLITE_IOERR_COMMIT_ATOMIC
    )
}

/// Something stands in a table that no act writes.
pub(crate) fn damaged(table: &'static str, what: &(impl ToString + ?Sized)) -> StoreError {
    StoreError::Damaged {
        table,
        what: what.to_string(),
    }
}

/// An act that the rules of the engine forbid.
pub(crate) fn refused(what: impl Into<String>) -> StoreError {
    StoreError::Refused(what.into())
}
