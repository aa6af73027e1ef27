//! Overrides: refused on every path, and every attempt is logged.

use hc_code::signing::Signer;
use hc_core::act::ActError;
use hc_core::store::Store;
use hc_tlog::entry::{Detail, Kind, Role};

use super::Region;
use crate::party::PartyId;
use crate::trace::{label, log};

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Logs that an officer asked for an override. There is none: it would take two officers, a reason
    /// code, evidence and an expiry, and nothing of that exists.
    ///
    /// # Errors
    /// [`ActError`].
    pub async fn refuse_override(&self, by: PartyId) -> Result<(), ActError> {
        let now = self.clock.now();
        self.store
            .write(move |writing| {
                let details = [Detail::Reason(label("no-such-path")?)];
                let by = (Role::Officer, by.as_str());
                log(writing, Kind::OverrideRefused, now, by, details)?;
                Ok(())
            })
            .await
    }
}
