//! What is only read: codes and verdicts from memory, reasons and log entries from the store.

use std::sync::Arc;

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_code::signing::{PublicKey, Signer};
use hc_core::act::{self, Why};
use hc_core::store::{LogRow, Store};

use super::{Region, RegionError, held};
use crate::carry::{CarriedCode, carry};
use crate::show::{ShowError, Shown, show};
use crate::standings::Seen;
use crate::verify::{OnlineVerdict, OwnGate};

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Codes for whoever holds a token, and the token given anew where it is due. Memory alone: no
    /// store is asked.
    ///
    /// # Errors
    /// [`ShowError`].
    pub fn show(&self, token: &str, count: u8) -> Result<(Shown, Option<String>), ShowError> {
        self.show_for(token, None, count)
    }

    /// The same for the ward whom the holder calls so: the ward's codes, and the holder's own token.
    ///
    /// # Errors
    /// [`ShowError`]; [`ShowError::NoGrant`].
    pub fn show_for(
        &self,
        token: &str,
        ward: Option<u32>,
        count: u8,
    ) -> Result<(Shown, Option<String>), ShowError> {
        let now = self.clock.now();
        let token = self.tokens.open(token, now)?;
        let number = self.shown_number(token.number, ward, now)?;
        let mut shown = show(&self.standings, &self.keys.current(), number, count, now)?;
        if number != token.number {
            self.grants.used(token.number, number, "show", now);
        }
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
        self.carry_for(token, None, holder)
    }

    /// The same for the ward whom the holder calls so.
    ///
    /// # Errors
    /// [`ShowError`]; [`ShowError::NoGrant`].
    pub fn carry_for(
        &self,
        token: &str,
        ward: Option<u32>,
        holder: &PublicKey,
    ) -> Result<Vec<CarriedCode>, ShowError> {
        let now = self.clock.now();
        let token = self.tokens.open(token, now)?;
        let number = self.shown_number(token.number, ward, now)?;
        let keys = self.keys.current();
        let codes = carry(&self.standings, &keys, number, holder, now)?;
        if number != token.number {
            self.grants.used(token.number, number, "carry", now);
        }
        Ok(codes)
    }

    /// Whose codes are asked for; a holder whose own number is gone acts for nobody.
    pub(super) fn shown_number(
        &self,
        holder: SubjectNumber,
        ward: Option<u32>,
        now: Timestamp,
    ) -> Result<SubjectNumber, ShowError> {
        let Some(called) = ward else {
            return Ok(holder);
        };
        if self.standings.at(holder, now) == Seen::Gone {
            return Err(ShowError::Withdrawn);
        }
        let mut wards = self.grants.wards(holder, now).into_iter();
        wards
            .find(|ward| self.hasher.grant(holder, *ward) == called)
            .ok_or(ShowError::NoGrant)
    }

    /// The verdict on a text that is not by document. Memory alone.
    pub fn verify(&self, text: &str) -> OnlineVerdict {
        let now = self.clock.now();
        let keys = self.keys.current();
        let book = self.book.load();
        let policy = self.policy();
        let gate = OwnGate {
            standings: &self.standings,
            keys: &keys,
            terms: self.keys.terms(),
            book: &book,
            papers: &self.papers,
            policy: &policy,
            foreign: &self.foreign,
        };
        gate.verify(text, now)
    }

    /// Why the level of whoever holds a token is so.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn why(&self, token: &str) -> Result<Why, RegionError> {
        self.why_for(token, None).await
    }

    /// The same for the ward whom the holder calls so; that it was asked is logged.
    ///
    /// # Errors
    /// [`RegionError`], also where no grant holds.
    pub async fn why_for(&self, token: &str, ward: Option<u32>) -> Result<Why, RegionError> {
        let acting = self.acting(token, ward)?;
        let (number, now) = (acting.number, acting.now);
        if acting.guardian.is_some() {
            return self
                .write(move |writing, rulebook| {
                    acting.logged(writing, "why")?;
                    act::why(writing, rulebook, number, now)
                })
                .await;
        }
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
