//! Registered sources, gates and officers.

use hc_code::signing::Signer;
use hc_core::store::{PartyKind, Store, StoreError};

use super::Region;
use crate::party::{PartyId, Terms, TermsError};

/// Why a party is not found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PartyError {
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nobody of this kind is registered under this id, or no longer, or not yet.
    #[error("no {0} is registered under this id")]
    NotRegistered(PartyKind),
    /// What is kept.
    #[error(transparent)]
    Terms(#[from] TermsError),
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// The terms of a party of a kind that is registered now.
    ///
    /// # Errors
    /// [`PartyError`].
    pub async fn party(&self, kind: PartyKind, id: PartyId) -> Result<Terms, PartyError> {
        let now = self.clock.now();
        self.store
            .read(move |reading| {
                let row = reading.party(kind, id.as_str())?;
                let terms = row.map(|row| Terms::from_row(&row)).transpose()?;
                let held = terms.filter(|terms| terms.holds_at(now));
                held.ok_or(PartyError::NotRegistered(kind))
            })
            .await
    }

    /// Everybody of a kind who is or was registered, by id.
    ///
    /// # Errors
    /// [`PartyError`].
    pub async fn parties(&self, kind: PartyKind) -> Result<Vec<Terms>, PartyError> {
        self.store
            .read(move |reading| {
                let rows = reading.parties(kind)?;
                let terms = rows.iter().map(Terms::from_row);
                Ok(terms.collect::<Result<_, _>>()?)
            })
            .await
    }
}
