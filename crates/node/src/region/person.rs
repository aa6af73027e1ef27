//! What a person does: enrol, declare, take their data, withdraw, leave.

use std::sync::Arc;

use hc_code::signing::Signer;
use hc_core::act::{self, Actor, Enrolled, Enrolment, Export, HealthDeclaration};
use hc_core::store::Store;

use super::directory::{self, Tell};
use super::family::moved;
use super::scrubbed::scrub;
use super::{Region, RegionError, apply, gone};

/// A person who has a code from now on.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// What was enrolled.
    pub enrolled: Enrolled,
    /// The device's token.
    pub token: String,
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Enrols a person and gives the device a token.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn enrol(&self, enrolment: Enrolment) -> Result<SignedIn, RegionError> {
        let now = self.clock.now();
        let hasher = self.hasher.clone();
        let standings = Arc::clone(&self.standings);
        let documents = core::slice::from_ref(&enrolment.document);
        let telling = self.telling(documents, Tell::Enter, now);
        let enrolled = self
            .write(move |writing, rulebook| {
                let enrolled = act::enrol(
                    writing,
                    rulebook,
                    &hasher,
                    &enrolment,
                    &Actor::subject(),
                    now,
                )?;
                apply(writing, &standings, &enrolled.changed);
                if enrolled.new {
                    directory::write(writing, &telling)?;
                }
                Ok(enrolled)
            })
            .await?;
        let token = self.token(enrolled.number, now);
        Ok(SignedIn { enrolled, token })
    }

    /// Enrols many people in one act: a register that is brought over, a seeded population. All of
    /// them, or nobody.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn enrol_all(
        &self,
        enrolments: Vec<Enrolment>,
    ) -> Result<Vec<Enrolled>, RegionError> {
        let now = self.clock.now();
        let hasher = self.hasher.clone();
        let standings = Arc::clone(&self.standings);
        self.write(move |writing, rulebook| {
            let mut all = Vec::with_capacity(enrolments.len());
            for enrolment in &enrolments {
                let enrolled = act::enrol(
                    writing,
                    rulebook,
                    &hasher,
                    enrolment,
                    &Actor::subject(),
                    now,
                )?;
                apply(writing, &standings, &enrolled.changed);
                all.push(enrolled);
            }
            Ok(all)
        })
        .await
    }

    /// Keeps a declaration.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn declare(
        &self,
        token: &str,
        declaration: HealthDeclaration,
    ) -> Result<(), RegionError> {
        self.declare_for(token, None, declaration).await
    }

    /// The same for the ward whom the holder calls so; logged in the ward's log.
    ///
    /// # Errors
    /// [`RegionError`], also where no grant holds.
    pub async fn declare_for(
        &self,
        token: &str,
        ward: Option<u32>,
        declaration: HealthDeclaration,
    ) -> Result<(), RegionError> {
        let acting = self.acting(token, ward)?;
        let (number, now) = (acting.number, acting.now);
        let standings = Arc::clone(&self.standings);
        self.write(move |writing, rulebook| {
            acting.logged(writing, "declare")?;
            let declared = act::declare(writing, rulebook, number, &declaration, now)?;
            apply(writing, &standings, &declared.changed);
            Ok(())
        })
        .await
    }

    /// Everything that is kept about whoever holds a token.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn export(&self, token: &str) -> Result<Export, RegionError> {
        let (number, now) = self.holder(token)?;
        self.write(move |writing, rulebook| {
            act::export(writing, rulebook, number, &Actor::subject(), now)
        })
        .await
    }

    /// Retires the number of whoever holds a token; the same person goes on under a new one.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn withdraw(&self, token: &str, reason: String) -> Result<String, RegionError> {
        let (number, now) = self.holder(token)?;
        let (standings, grants) = (Arc::clone(&self.standings), Arc::clone(&self.grants));
        let successor = self
            .write(move |writing, rulebook| {
                let actor = Actor::subject();
                let (successor, changed) =
                    act::withdraw(writing, rulebook, number, &actor, &reason, now)?;
                apply(writing, &standings, &changed);
                gone(writing, &standings, number);
                moved(writing, &grants, (number, Some(successor)), now)?;
                Ok(successor)
            })
            .await?;
        Ok(self.token(successor, now))
    }

    /// Forgets whoever holds a token.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn erase(&self, token: &str) -> Result<(), RegionError> {
        let (number, now) = self.holder(token)?;
        let (standings, grants) = (Arc::clone(&self.standings), Arc::clone(&self.grants));
        let hasher = self.hasher.clone();
        let documents = self
            .store
            .read(move |reading| act::documents(reading, number, now))
            .await
            .map_err(RegionError::Act)?;
        let telling = self.telling(&documents, Tell::Withdraw, now);
        self.write(move |writing, rulebook| {
            let documents = act::documents(writing, number, now)?;
            scrub(writing, rulebook, &hasher, &documents)?;
            act::erase(writing, number, &Actor::subject(), "own-wish", now)?;
            directory::write(writing, &telling)?;
            gone(writing, &standings, number);
            moved(writing, &grants, (number, None), now)
        })
        .await
    }
}
