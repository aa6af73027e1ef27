//! What a person's page asks for beside the code: the level alone, what is known of a kind, paper codes.

use std::sync::Arc;

use hc_code::Level;
use hc_code::day_index::SubjectNumber;
use hc_code::signing::Signer;
use hc_core::act;
use hc_core::evidence::{EventKind, Evidence};
use hc_core::store::{PaperRow, Store};

use super::{Region, RegionError, held};
use crate::show::ShowError;
use crate::standings::Seen;

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// The level that a code would say now, without signing one. Memory alone.
    ///
    /// # Errors
    /// [`ShowError`]; [`ShowError::NoGrant`].
    pub fn level_for(&self, token: &str, ward: Option<u32>) -> Result<Level, ShowError> {
        let now = self.clock.now();
        let token = self.tokens.open(token, now)?;
        self.level_of(self.shown_number(token.number, ward, now)?)
    }

    /// The level that a code of a number would say now. Memory alone.
    ///
    /// # Errors
    /// [`ShowError::Withdrawn`]; [`ShowError::Nobody`].
    pub fn level_of(&self, number: SubjectNumber) -> Result<Level, ShowError> {
        let now = self.clock.now();
        let as_of = self.standings.as_of().min(now);
        match self.standings.at(number, now) {
            Seen::Active(_) if as_of.plus(self.terms().staleness_limit) <= now => {
                Ok(Level::Unknown)
            }
            Seen::Active(found) => Ok(found.level),
            Seen::Gone => Err(ShowError::Withdrawn),
            Seen::Nobody => Err(ShowError::Nobody),
        }
    }

    /// The evidence of a kind about whoever holds a token, or the ward whom they call so, the latest first. What a
    /// guardian reads is logged in the ward's log.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn known_for(
        &self,
        token: &str,
        ward: Option<u32>,
        kind: EventKind,
    ) -> Result<Vec<Evidence>, RegionError> {
        let acting = self.acting(token, ward)?;
        let (number, now) = (acting.number, acting.now);
        if acting.guardian.is_some() {
            return self
                .write(move |writing, rulebook| {
                    acting.logged(writing, "why")?;
                    act::known(writing, rulebook, number, kind, now)
                })
                .await;
        }
        let rulebook = Arc::clone(&self.rulebook);
        self.store
            .read(move |reading| {
                act::known(reading, &mut held(&rulebook), number, kind, now)
                    .map_err(RegionError::Act)
            })
            .await
    }

    /// The paper codes of whoever holds a token, the latest first.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn papers_of(&self, token: &str) -> Result<Vec<PaperRow>, RegionError> {
        let (number, _) = self.holder(token)?;
        self.store
            .read(move |reading| reading.papers(number).map_err(RegionError::from))
            .await
    }
}
