//! A look into a store that another process may have open: one reading from one state.

use std::path::Path;

use hc_core::store::{ColumnCipher, Reading, StoreError};

use crate::failure;
use crate::open::{proves, reading};
use crate::transaction::Transaction;

/// Why a question could not be asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InspectError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key is not the one that the file was made with.
    #[error("the store was sealed with another key")]
    OtherKey,
}

/// Asks a question of the store in a file. Nothing is written, and whoever has the store open goes on.
///
/// # Errors
/// [`InspectError`], or what the question gives.
pub(crate) fn inspect<T, E: From<InspectError>>(
    path: &Path,
    cipher: &ColumnCipher,
    question: impl FnOnce(&mut dyn Reading) -> Result<T, E>,
) -> Result<T, E> {
    let failed = |error| E::from(InspectError::Store(failure::of("the file", &error)));
    let connection = reading(path).map_err(failed)?;
    connection.execute_batch("BEGIN").map_err(failed)?;
    if !proves(&connection, cipher).map_err(failed)? {
        return Err(InspectError::OtherKey.into());
    }
    question(&mut Transaction::reading(&connection, cipher))
}
