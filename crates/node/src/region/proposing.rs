//! Two credentials: one officer proposes, another one approves, and the approval does it.

use std::sync::Arc;

use hc_code::Timestamp;
use hc_code::signing::Signer;
use hc_core::act::ActError;
use hc_core::party::Duty;
use hc_core::store::{PartyKind, ProposalState, Reading, Store, StoreError, Writing};
use hc_core::word::Word as _;
use hc_tlog::entry::{Detail, Kind, Role};
use rand_core::Rng as _;

use super::recognition::{RecognitionError, publish, publishable};
use super::rules::{PackError, activable, activate, digest};
use super::{Region, held};
use crate::officers::{OfficerTerms, ProvedBy};
use crate::party::{PartyId, TermsError};
use crate::proposals::{
    Decided, KeptProposalError, LAPSES_AFTER, MOST_WAITING, Proposal, ProposalId, Proposed,
};
use crate::registration::{self, By, RegistrationError};
use crate::trace::{label, log, seconds};

/// Why a proposal was not made or not decided.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProposalError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// What is proposed cannot be done, or not any more.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// The rule pack.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The recognition policy.
    #[error(transparent)]
    Recognition(#[from] RecognitionError),
    /// What is kept.
    #[error(transparent)]
    Kept(#[from] KeptProposalError),
    /// There is none of this name.
    #[error("there is no such proposal")]
    Nothing,
    /// It was decided, or has lapsed.
    #[error("the proposal was decided, or has lapsed")]
    Closed,
    /// The same officer, person or key.
    #[error("who proposed cannot approve: it takes another person with another key")]
    Same,
    /// One of the two is not registered for it any more.
    #[error("the officer who proposed or the one who approves is not registered for this any more")]
    Duty,
    /// Too many wait.
    #[error("{MOST_WAITING} proposals wait already")]
    TooMany,
}

impl From<StoreError> for ProposalError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

impl From<TermsError> for ProposalError {
    fn from(error: TermsError) -> Self {
        Self::Registration(RegistrationError::Terms(error))
    }
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Proposes something in an operator's name. What could not be done now is refused at once.
    ///
    /// # Errors
    /// [`ProposalError`].
    pub async fn propose(
        &self,
        proposed: Proposed,
        by: PartyId,
    ) -> Result<Proposal, ProposalError> {
        let now = self.clock.now();
        let mut id = [0; 16];
        held(&self.random).fill_bytes(&mut id);
        let in_force = self.rulebook().pack().version;
        let region = self.division();
        self.store
            .write(move |writing| {
                operator(writing, &by, now)?;
                let waiting = writing.proposals(ProposalState::Waiting)?;
                if waiting.iter().filter(|row| now < row.until).count() >= MOST_WAITING {
                    return Err(ProposalError::TooMany);
                }
                can_be_done(writing, (&proposed, in_force), (region, now))?;
                let until = now.plus(LAPSES_AFTER);
                let mut details = named(&proposed)?;
                details.extend([
                    Detail::Act(label(proposed.act())?),
                    Detail::Ends(seconds(until)),
                    Detail::Digest(proposed.digest()),
                ]);
                let by_whom = (Role::Officer, by.as_str());
                let entry = log(writing, Kind::Proposed, now, by_whom, details)?;
                let proposal = Proposal {
                    id,
                    proposed: proposed.clone(),
                    at: now,
                    until,
                    state: ProposalState::Waiting,
                    by: by.clone(),
                    entry,
                    decided: None,
                };
                writing.set_proposal(&proposal.to_row())?;
                Ok(proposal)
            })
            .await
    }

    /// Every proposal that is kept, the latest first, at most so many of each state.
    ///
    /// # Errors
    /// [`ProposalError`].
    pub async fn proposals(&self, limit: usize) -> Result<Vec<Proposal>, ProposalError> {
        self.store
            .read(move |reading| {
                let mut all = Vec::new();
                for state in ProposalState::ALL {
                    let rows = reading.proposals(*state)?;
                    for row in rows.iter().rev().take(limit) {
                        all.push(Proposal::from_row(row)?);
                    }
                }
                all.sort_by_key(|proposal| core::cmp::Reverse((proposal.at, proposal.id)));
                Ok(all)
            })
            .await
    }

    /// One proposal.
    ///
    /// # Errors
    /// [`ProposalError::Nothing`]; [`ProposalError`].
    pub async fn proposal(&self, id: ProposalId) -> Result<Proposal, ProposalError> {
        self.store.read(move |reading| kept(reading, id)).await
    }

    /// Approves a proposal in another operator's name, which does it in the same act.
    ///
    /// # Errors
    /// [`ProposalError`]; nothing is done then, and the proposal waits on.
    pub async fn approve(&self, id: ProposalId, by: PartyId) -> Result<Proposal, ProposalError> {
        self.approve_by(id, by, ProvedBy::Key).await
    }

    /// The same where it is said by what the officer proved themselves.
    ///
    /// # Errors
    /// [`ProposalError`]; nothing is done then, and the proposal waits on.
    pub async fn approve_by(
        &self,
        id: ProposalId,
        by: PartyId,
        proved: ProvedBy,
    ) -> Result<Proposal, ProposalError> {
        let now = self.clock.now();
        let in_force = self.rulebook().pack().version;
        let ready = self.ready(&self.proposal(id).await?.proposed, now)?;
        let (recognition, root) = (Arc::clone(&self.recognition), self.root.clone());
        let at_work = Arc::clone(&self.at_work);
        let applications = Arc::clone(&self.applications);
        self.store
            .write(move |writing| {
                let proposal = waiting(writing, id, now)?;
                let first = operator(writing, &proposal.by, now)?;
                let second = operator(writing, &by, now)?;
                if first.is_the_same_as(&second) {
                    return Err(ProposalError::Same);
                }
                let both = By::two(proposal.by.as_str(), by.as_str(), proposal.entry);
                match &proposal.proposed {
                    Proposed::Register(terms) => {
                        registration::register(writing, terms, &both, now)?;
                    }
                    Proposed::End { kind, id, reason } => {
                        registration::end(writing, (*kind, id), reason, &both, now)?;
                        let applications = Arc::clone(&applications);
                        writing.when_durable(Box::new(move || applications.forget()));
                    }
                    Proposed::PublishRecognition { .. } => {
                        let ready = ready.as_ref().ok_or(RecognitionError::Meanwhile)?;
                        publish(writing, ready, &both, now)?;
                        writing.when_durable(ready.then(&recognition, &root));
                    }
                    Proposed::ActivateRules { version, .. } => {
                        same_pack(writing, &proposal.proposed)?;
                        let due = activate(writing, (*version, in_force), &both, now)?;
                        let at_work = Arc::clone(&at_work);
                        writing.when_durable(Box::new(move || held(&at_work.due).push(due)));
                    }
                }
                decide(
                    writing,
                    proposal,
                    ProposalState::Done,
                    (&by, None, proved),
                    now,
                )
            })
            .await
    }

    /// Refuses a proposal, also one's own.
    ///
    /// # Errors
    /// [`ProposalError`].
    pub async fn refuse(
        &self,
        id: ProposalId,
        by: PartyId,
        reason: String,
        proved: ProvedBy,
    ) -> Result<Proposal, ProposalError> {
        let now = self.clock.now();
        self.store
            .write(move |writing| {
                let proposal = waiting(writing, id, now)?;
                operator(writing, &by, now)?;
                let who = (&by, Some(reason.as_str()), proved);
                decide(writing, proposal, ProposalState::Refused, who, now)
            })
            .await
    }
}

/// Whether what is proposed could be done now.
fn can_be_done(
    reading: &mut dyn Reading,
    (proposed, in_force): (&Proposed, u32),
    (region, now): (hc_code::DivisionCode, Timestamp),
) -> Result<(), ProposalError> {
    match proposed {
        Proposed::Register(terms) => registration::check(reading, terms, now)?,
        Proposed::End { kind, id, .. } => {
            registration::check_end(reading, (*kind, id), true, now)?;
        }
        Proposed::PublishRecognition { text, .. } => {
            publishable(reading, text, (region, now))?;
        }
        Proposed::ActivateRules { version, .. } => {
            activable(reading, (*version, in_force), now)?;
            same_pack(reading, proposed)?;
        }
    }
    Ok(())
}

/// Whether the pack that is kept is the one that was proposed.
fn same_pack(reading: &mut dyn Reading, proposed: &Proposed) -> Result<(), ProposalError> {
    let Proposed::ActivateRules {
        version,
        digest: meant,
    } = proposed
    else {
        return Ok(());
    };
    let rows = reading.packs()?;
    let row = rows.iter().find(|row| row.version == *version);
    let same = row.is_some_and(|row| digest(&row.text) == *meant);
    same.then_some(()).ok_or_else(|| PackError::Nothing.into())
}

/// What an entry names of what is proposed.
fn named(proposed: &Proposed) -> Result<Vec<Detail>, ActError> {
    let party = |kind: PartyKind, id: &PartyId| {
        Ok::<[Detail; 2], ActError>([
            Detail::PartyKind(label(kind.word())?),
            Detail::Party(label(id.as_str())?),
        ])
    };
    Ok(match proposed {
        Proposed::Register(terms) => party(terms.kind(), terms.id())?.into(),
        Proposed::End { kind, id, reason } => {
            let mut details: Vec<Detail> = party(*kind, id)?.into();
            details.push(Detail::Reason(label(reason)?));
            details
        }
        Proposed::PublishRecognition { version, .. } | Proposed::ActivateRules { version, .. } => {
            vec![Detail::PackVersion(label(&version.to_string())?)]
        }
    })
}

/// An operator who is registered now: they may have been ended since the request came in.
fn operator(
    reading: &mut dyn Reading,
    id: &PartyId,
    now: Timestamp,
) -> Result<OfficerTerms, ProposalError> {
    let row = reading.party(PartyKind::Officer, id.as_str())?;
    let terms = OfficerTerms::from_row(&row.ok_or(ProposalError::Duty)?)?;
    let may = terms.holds_at(now) && terms.duties().contains(Duty::Operator);
    may.then_some(terms).ok_or(ProposalError::Duty)
}

fn kept(reading: &mut dyn Reading, id: ProposalId) -> Result<Proposal, ProposalError> {
    let row = reading.proposal(&id)?.ok_or(ProposalError::Nothing)?;
    Ok(Proposal::from_row(&row)?)
}

fn waiting(
    reading: &mut dyn Reading,
    id: ProposalId,
    now: Timestamp,
) -> Result<Proposal, ProposalError> {
    let proposal = kept(reading, id)?;
    let waits = proposal.waits_at(now);
    waits.then_some(proposal).ok_or(ProposalError::Closed)
}

fn decide(
    writing: &mut dyn Writing,
    mut proposal: Proposal,
    state: ProposalState,
    (by, reason, proved): (&PartyId, Option<&str>, ProvedBy),
    now: Timestamp,
) -> Result<Proposal, ProposalError> {
    proposal.state = state;
    proposal.decided = Some(Decided {
        by: by.as_str().to_owned(),
        at: now.unix(),
        reason: reason.map(str::to_owned),
    });
    writing.set_proposal(&proposal.to_row())?;
    let outcome = match state {
        ProposalState::Done => "approved",
        ProposalState::Waiting | ProposalState::Refused => "refused",
    };
    let mut details = vec![
        Detail::Act(label(proposal.proposed.act())?),
        Detail::About(proposal.entry),
        Detail::Digest(proposal.proposed.digest()),
        Detail::Outcome(label(outcome)?),
        Detail::Credential(label(proved.word())?),
    ];
    if let Some(reason) = reason {
        details.push(Detail::Reason(label(reason)?));
    }
    let by = (Role::Officer, by.as_str());
    log(writing, Kind::SecondCredential, now, by, details)?;
    Ok(proposal)
}
