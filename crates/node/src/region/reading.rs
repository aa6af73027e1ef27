//! What is only read: codes and verdicts from memory, reasons and log entries from the store.

use std::sync::Arc;

use hc_code::signing::{PublicKey, Signer};
use hc_core::act::{self, Why};
use hc_core::store::{LogRow, Store};

use super::{Region, RegionError, held};
use crate::carry::{CarriedCode, carry};
use crate::show::{ShowError, Shown, show};
use crate::verify::{OnlineVerdict, OwnGate};

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Codes for whoever holds a token, and the token given anew where it is due. Memory alone: no
    /// store is asked.
    ///
    /// # Errors
    /// [`ShowError`].
    pub fn show(&self, token: &str, count: u8) -> Result<(Shown, Option<String>), ShowError> {
        let now = self.clock.now();
        let token = self.tokens.open(token, now)?;
        let mut shown = show(
            &self.standings,
            &self.keys.current(),
            token.number,
            count,
            now,
        )?;
        if shown.as_of.plus(self.terms().staleness_limit) <= now {
            shown = shown.stale();
        }
        Ok((shown, self.tokens.renewed(&token, now)))
    }

    /// Codes to carry for whoever holds a token, bound to the holder's ES256 key. Memory alone.
    ///
    /// # Errors
    /// [`ShowError`].
    pub fn carry(&self, token: &str, holder: &PublicKey) -> Result<Vec<CarriedCode>, ShowError> {
        let now = self.clock.now();
        let token = self.tokens.open(token, now)?;
        let keys = self.keys.current();
        carry(&self.standings, &keys, token.number, holder, now)
    }

    /// The verdict on a text that is not by document. Memory alone.
    pub fn verify(&self, text: &str) -> OnlineVerdict {
        let now = self.clock.now();
        let keys = self.keys.current();
        let book = self.book.load();
        let gate = OwnGate {
            standings: &self.standings,
            keys: &keys,
            terms: self.keys.terms(),
            book: &book,
            papers: &self.papers,
            policy: &self.policy,
        };
        gate.verify(text, now)
    }

    /// Why the level of whoever holds a token is so.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn why(&self, token: &str) -> Result<Why, RegionError> {
        let (number, now) = self.holder(token)?;
        let rulebook = Arc::clone(&self.rulebook);
        self.store
            .read(move |reading| {
                act::why(reading, &mut held(&rulebook), number, now).map_err(RegionError::Act)
            })
            .await
    }

    /// The log entries about whoever holds a token, the latest first.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn log_of(&self, token: &str, limit: u32) -> Result<Vec<LogRow>, RegionError> {
        let (number, _) = self.holder(token)?;
        self.store
            .read(move |reading| reading.log_of(number, limit).map_err(RegionError::from))
            .await
    }
}
