//! Whether a device token is in use, before anything else is done with a request.

use hc_code::signing::Signer;
use hc_core::store::Store;

use super::Region;
use crate::show::ShowError;
use crate::standings::Seen;
use crate::token::DeviceToken;

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Opens a token whose number is in use as far as memory knows. Memory alone: no store is asked.
    ///
    /// # Errors
    /// [`ShowError::Token`]; [`ShowError::Withdrawn`]. A number that memory does not know may have
    /// been given by another node a moment ago: that is for the act itself to say.
    pub fn holding(&self, token: &str) -> Result<DeviceToken, ShowError> {
        let now = self.clock.now();
        let token = self.tokens.open(token, now)?;
        match self.standings.at(token.number, now) {
            Seen::Gone => Err(ShowError::Withdrawn),
            Seen::Nobody | Seen::Active(_) => Ok(token),
        }
    }
}
