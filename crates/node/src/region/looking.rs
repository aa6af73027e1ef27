//! Looking a person up by document: an attended gate, for a purpose, counted, logged, and told to the
//! person. The answer is what to do, and the same for whoever is not enrolled.

use std::sync::Arc;

use hc_code::day_index::SubjectNumber;
use hc_code::signing::Signer;
use hc_code::verify::{Action, Considered};
use hc_code::{Class, Level, ReasonClass, Timestamp};
use hc_core::act::ActError;
use hc_core::document::Document;
use hc_core::party::Purpose;
use hc_core::store::{PartyKind, Store, StoreError, Writing};
use hc_core::word::Word as _;
use hc_tlog::entry::{Detail, Kind, Role};

use super::Region;
use crate::gates::GateTerms;
use crate::party::{PartyId, TermsError};
use crate::standings::Seen;
use crate::trace::{label, log_about};

/// Why nobody was looked up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LookUpError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The gate.
    #[error("no gate is registered under this id")]
    NotRegistered,
    /// What is kept about it.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// Nobody attends the gate.
    #[error("nobody attends the gate: only an attended one looks people up")]
    NotAttended,
    /// Not for this.
    #[error("the gate is not registered to look people up for this purpose")]
    Purpose,
    /// The quota is used up.
    #[error("the gate has looked up as many people as it may in this hour or day")]
    Quota,
}

impl From<StoreError> for LookUpError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

impl LookUpError {
    /// The reason in the log, where the gate was refused.
    const fn reason(&self) -> Option<&'static str> {
        match self {
            Self::NotAttended => Some("not-attended"),
            Self::Purpose => Some("purpose"),
            Self::Quota => Some("quota"),
            Self::Act(_) | Self::NotRegistered | Self::Terms(_) => None,
        }
    }
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// Looks up what to do with the person of a document, and logs it: with the person's own entries where
    /// they are enrolled, about nobody where they are not. A refused attempt is logged too.
    ///
    /// # Errors
    /// [`LookUpError`].
    pub async fn look_up(
        &self,
        gate: PartyId,
        document: &Document,
        purpose: Purpose,
    ) -> Result<Action, LookUpError> {
        let now = self.clock.now();
        let day = now.local_day(self.keys.terms().offset);
        let hash = self.hasher.hash(&document.key());
        let standings = Arc::clone(&self.standings);
        let (policy, division) = (self.policy(), self.division());
        let stale = standings.as_of().plus(self.terms().staleness_limit) <= now;
        let verdict = move |number: Option<SubjectNumber>| {
            // The same work for nobody: a number that was never given.
            let number = number.unwrap_or(SubjectNumber::new(u32::MAX));
            let (level, reason, last_test) = match standings.at(number, now) {
                Seen::Active(found) if !stale => (found.level, found.class, found.last_test),
                _ => (Level::Unknown, ReasonClass::None, None),
            };
            let considered = Considered {
                issuer: division,
                class: Class::Live,
                level,
                reason,
                as_of: Some(standings.as_of().min(now)),
                last_test,
            };
            policy.apply(considered, now).0
        };
        let outcome = self.store.write(move |writing| {
            let row = writing.party(PartyKind::Gate, gate.as_str())?;
            let terms = GateTerms::from_row(&row.ok_or(LookUpError::NotRegistered)?)?;
            if !terms.holds_at(now) {
                return Err(LookUpError::NotRegistered);
            }
            let used = match allowed(&terms, purpose, (now, day)) {
                Ok(used) => used,
                Err(error) => {
                    refused(writing, &terms, purpose, &error, now)?;
                    return Ok(Err(error));
                }
            };
            let numbers = writing.numbers(&[hash])?;
            let number = numbers.into_iter().next().flatten();
            let action = gentle(verdict(number), &terms, purpose);
            writing.set_party(&used.to_row())?;
            let details = [
                Detail::Venue(label(&terms.venue().id)?),
                Detail::Purpose(label(purpose.word())?),
                Detail::Verdict(label(action.word())?),
            ];
            let by = (Role::Device, terms.id().as_str());
            log_about(writing, (Kind::Lookup, number), now, by, details)?;
            Ok(Ok(action))
        });
        outcome.await?
    }
}

/// The terms with the look-up counted, where it is allowed.
fn allowed(
    terms: &GateTerms,
    purpose: Purpose,
    (now, day): (Timestamp, i64),
) -> Result<GateTerms, LookUpError> {
    if !terms.is_attended() {
        Err(LookUpError::NotAttended)
    } else if !terms.may_look_up_for(purpose) {
        Err(LookUpError::Purpose)
    } else {
        terms.looking(now, day).ok_or(LookUpError::Quota)
    }
}

/// Nobody is denied help: there, and for that, a refusal is a check by hand.
fn gentle(action: Action, terms: &GateTerms, purpose: Purpose) -> Action {
    let never = purpose.never_denies() || terms.venue().class.never_denies();
    if never && action != Action::Pass {
        Action::Check
    } else {
        action
    }
}

fn refused(
    writing: &mut dyn Writing,
    terms: &GateTerms,
    purpose: Purpose,
    error: &LookUpError,
    now: Timestamp,
) -> Result<(), LookUpError> {
    let details = [
        Detail::Reason(label(error.reason().unwrap_or("refused"))?),
        Detail::Venue(label(&terms.venue().id)?),
        Detail::Purpose(label(purpose.word())?),
    ];
    let by = (Role::Device, terms.id().as_str());
    log_about(writing, (Kind::LookupRefused, None), now, by, details)?;
    Ok(())
}
