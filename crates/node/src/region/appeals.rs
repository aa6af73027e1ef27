//! Appeals and corrections: what a person says is wrong, what an officer answers, what the clock does.

use std::sync::Arc;

use hc_code::Timestamp;
use hc_code::signing::Signer;
use hc_core::act::{self, Actor, Appeal, AppealText, Appealed, Profile, ProfileChange};
use hc_core::evidence::Evidence;
use hc_core::store::{AppealRow, Store, dossier};
use hc_tlog::entry::Role;

use super::{Region, RegionError, apply, held};

/// An appeal as an officer sees it: what is said and about which evidence, not by whom.
#[derive(Clone, Debug)]
pub struct Waiting {
    /// The appeal.
    pub row: AppealRow,
    /// What it says.
    pub appeal: Appeal,
    /// The evidence; none where it is kept no more.
    pub evidence: Option<Evidence>,
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Makes an appeal of whoever holds a token.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn appeal(&self, token: &str, appeal: Appeal) -> Result<AppealRow, RegionError> {
        let (number, now) = self.holder(token)?;
        let standings = Arc::clone(&self.standings);
        self.write(move |writing, rulebook| {
            let Appealed { row, changed } = act::appeal(writing, rulebook, number, &appeal, now)?;
            apply(writing, &standings, &changed);
            Ok(row)
        })
        .await
    }

    /// The appeals of whoever holds a token, the latest first.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn appeals(&self, token: &str) -> Result<Vec<AppealRow>, RegionError> {
        let (number, _) = self.holder(token)?;
        self.store
            .read(move |reading| {
                super::in_use(reading, number)?;
                Ok(reading.appeals(number)?)
            })
            .await
    }

    /// The appeals that wait, the most urgent first.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn waiting_appeals(&self, limit: u32) -> Result<Vec<Waiting>, RegionError> {
        let now = self.clock.now();
        let rulebook = Arc::clone(&self.rulebook);
        self.store
            .read(move |reading| {
                let mut all = Vec::new();
                for row in reading.open_appeals(Timestamp::MAX, limit)? {
                    let appeal = Appeal::from_bytes(&row.content)?;
                    let first = reading.documents(row.number)?.into_iter().next();
                    let mut rulebook = held(&rulebook);
                    let person = first
                        .map(|first| dossier(reading, first.hash, now, rulebook.places()))
                        .transpose()?;
                    let evidence =
                        person.and_then(|person| person.evidence().get(appeal.evidence).cloned());
                    all.push(Waiting {
                        row,
                        appeal,
                        evidence,
                    });
                }
                Ok::<_, RegionError>(all)
            })
            .await
    }

    /// Answers an appeal, on the word of an officer.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn answer_appeal(
        &self,
        id: u64,
        accepted: bool,
        reason: AppealText,
        officer: String,
    ) -> Result<AppealRow, RegionError> {
        let now = self.clock.now();
        let standings = Arc::clone(&self.standings);
        let actor = Actor {
            role: Role::Officer,
            id: officer,
        };
        self.write(move |writing, rulebook| {
            let answer = (accepted, &reason);
            let Appealed { row, changed } =
                act::answer_appeal(writing, rulebook, id, answer, &actor, now)?;
            apply(writing, &standings, &changed);
            Ok(row)
        })
        .await
    }

    /// Lets appeals lapse or escalates them whose clock has run out. Gives how many.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn lapse_appeals(&self, limit: u32) -> Result<usize, RegionError> {
        let now = self.clock.now();
        // Most seconds nothing is due, and a question holds nobody up.
        let due = self
            .store
            .read(move |reading| Ok::<_, RegionError>(reading.open_appeals(now, 1)?))
            .await?;
        if due.is_empty() {
            return Ok(0);
        }
        let standings = Arc::clone(&self.standings);
        self.write(move |writing, rulebook| {
            let done = act::lapse_appeals(writing, rulebook, limit, now)?;
            for one in &done {
                apply(writing, &standings, &one.changed);
            }
            Ok(done.len())
        })
        .await
    }

    /// Changes who whoever holds a token is.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn correct_profile(
        &self,
        token: &str,
        change: ProfileChange,
    ) -> Result<Profile, RegionError> {
        let (number, now) = self.holder(token)?;
        self.write(move |writing, _| {
            act::correct_profile(writing, number, &change, &Actor::subject(), now)
        })
        .await
    }
}
