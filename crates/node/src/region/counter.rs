//! What an officer does for a person who stands at a counter.

use std::sync::Arc;

use hc_code::Extension;
use hc_code::paper::{Paper, Pointer};
use hc_code::signing::Signer;
use hc_core::act::{self, Actor, AtCounter, Enrolment};
use hc_core::store::Store;
use hc_tlog::entry::Role;
use rand_core::Rng;

use super::directory::{self, Tell};
use super::{Region, RegionError, apply, held};
use crate::party::PartyId;

/// A person who was enrolled at a counter.
#[derive(Clone, Debug)]
pub struct EnrolledAtCounter {
    /// What was done.
    pub done: AtCounter,
    /// The text of the sheet.
    pub sheet: String,
    /// A token for a device, where the person has one and asked for it.
    pub token: Option<String>,
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Enrols a person whose document an officer saw; the officer stands in the person's log.
    ///
    /// # Errors
    /// [`RegionError`].
    pub async fn enrol_at_counter(
        &self,
        enrolment: Enrolment,
        officer: &PartyId,
        with_token: bool,
    ) -> Result<EnrolledAtCounter, RegionError> {
        let now = self.now();
        let officer = Actor {
            role: Role::Officer,
            id: officer.to_string(),
        };
        let mut pointer = [0; 16];
        held(&self.random).fill_bytes(&mut pointer);
        let hasher = self.hasher.clone();
        let (standings, papers) = (Arc::clone(&self.standings), Arc::clone(&self.papers));
        let documents = core::slice::from_ref(&enrolment.document);
        let telling = self.telling(documents, Tell::Enter, now);
        let done = self
            .write(move |writing, rulebook| {
                let by = (&officer, pointer);
                let done = act::enrol_at_counter(writing, rulebook, &hasher, &enrolment, by, now)?;
                apply(writing, &standings, &done.enrolled.changed);
                if done.enrolled.new {
                    directory::write(writing, &telling)?;
                }
                let (papers, sheet) = (Arc::clone(&papers), done.paper.clone());
                writing.when_durable(Box::new(move || papers.apply(&sheet)));
                Ok(done)
            })
            .await?;
        let paper = Paper::new(Pointer::from_bytes(pointer), None);
        let keys = self.keys.current();
        let sheet = keys
            .paper
            .paper(paper, &Extension::empty(), now, done.paper.until)?;
        let token = with_token.then(|| self.token(done.enrolled.number, now));
        Ok(EnrolledAtCounter { done, sheet, token })
    }
}
