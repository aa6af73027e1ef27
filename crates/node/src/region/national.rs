//! The region behind the national application interface: whose message it is, codes with something bound
//! into them, queries that are logged and seen by whom they are about, answers that are signed.

use std::sync::Arc;

use hc_code::day_index::SubjectNumber;
use hc_code::signing::{PublicKey, Signature, Signer, SigningError};
use hc_code::statement::LastTest;
use hc_code::{DivisionCode, Extension, Level, ReasonClass, Timestamp};
use hc_core::act::{self, ActError, Profile};
use hc_core::document::Document;
use hc_core::evidence::EvidenceId;
use hc_core::party::Purpose;
use hc_core::store::{PartyKind, Store, StoreError, SubjectState, Writing};
use hc_core::word::Word as _;
use hc_tlog::entry::{Detail, Kind, Role};
use rand_core::Rng as _;

use super::{Authority, PartyError, Region, held};
use crate::applications::ApplicationTerms;
use crate::consents::application_mark;
use crate::party::{PartyId, Terms, TermsError};
use crate::show::{ShowError, Shown, show_with};
use crate::standings::Seen;
use crate::token::{QueryKey, TokenError};
use crate::trace::{label, log_about};
use crate::verify::{OwnGate, Scanned};

/// A key that answers are signed with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnswerKey {
    /// The key; the region's key list vouches for it.
    pub key: PublicKey,
}

/// What came of a declaration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredRecords {
    /// What was kept as the person's own evidence.
    pub records: Vec<EvidenceId>,
}

/// A query about a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query {
    /// By which application.
    pub application: PartyId,
    /// About whom: by their own token, or the code that they showed.
    pub number: SubjectNumber,
    /// For what.
    pub purpose: Purpose,
    /// Who at the application asks.
    pub operator: String,
    /// Where.
    pub division: DivisionCode,
}

/// What a query is answered with: no name and number but masked ones.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The level.
    pub level: Level,
    /// Why, as a gate may know it.
    pub class: ReasonClass,
    /// The time of the facts.
    pub as_of: Timestamp,
    /// When the level may next change by itself; [`Timestamp::MAX`] for never.
    pub until: Timestamp,
    /// The last negative test.
    pub last_test: Option<LastTest>,
    /// `张*`.
    pub masked_name: String,
    /// `110***********002X`.
    pub masked_number: String,
    /// Since when the person has a code.
    pub since: Timestamp,
}

/// Why a query is not answered.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// The act.
    #[error(transparent)]
    Act(#[from] ActError),
    /// The application.
    #[error("no application is registered under this id")]
    NotRegistered,
    /// What is kept about it.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// Not for this.
    #[error("the application is not registered to query people for this purpose")]
    Purpose,
    /// Not there.
    #[error("the application is not registered for this division")]
    Division,
    /// The quota is used up.
    #[error("the application has queried as many people as it may in this day")]
    Quota,
    /// The person's number was withdrawn or erased.
    #[error("the person's number was withdrawn")]
    Withdrawn,
}

impl From<StoreError> for QueryError {
    fn from(error: StoreError) -> Self {
        Self::Act(ActError::Store(error))
    }
}

impl QueryError {
    /// The reason in the log, where the application was refused.
    const fn reason(&self) -> Option<&'static str> {
        match self {
            Self::Purpose => Some("purpose"),
            Self::Division => Some("division"),
            Self::Quota => Some("quota"),
            Self::Act(_) | Self::NotRegistered | Self::Terms(_) | Self::Withdrawn => None,
        }
    }
}

impl<S: Store, R: Signer + Send + Sync + 'static> Region<S, R> {
    /// The terms of an application as they were read a moment ago, if they were: nobody is waited for.
    pub fn application_at_hand(&self, id: &PartyId) -> Option<Arc<ApplicationTerms>> {
        let now = self.clock.now();
        let (terms, fresh) = self.applications.get(id, now)?;
        (fresh && terms.holds_at(now)).then_some(terms)
    }

    /// The terms of an application that is registered now. What was read a moment ago counts; where the
    /// store does not answer, what was read last.
    ///
    /// # Errors
    /// [`PartyError`].
    pub async fn application(&self, id: &PartyId) -> Result<Arc<ApplicationTerms>, PartyError> {
        if let Some(terms) = self.application_at_hand(id) {
            return Ok(terms);
        }
        let now = self.clock.now();
        let held = self.applications.get(id, now);
        match self.party(PartyKind::Application, id.clone()).await {
            Ok(Terms::Application(terms)) => {
                let terms = Arc::new(terms);
                self.applications.note(&terms, now);
                Ok(terms)
            }
            Err(PartyError::Store(error)) => match held {
                Some((terms, _)) if terms.holds_at(now) => Ok(terms),
                _ => Err(PartyError::Store(error)),
            },
            Ok(_) | Err(_) => {
                if held.is_some() {
                    self.applications.drop_one(id);
                }
                Err(PartyError::NotRegistered(PartyKind::Application))
            }
        }
    }

    /// A code of a person for whom an application acts, with something bound into it. Memory alone.
    ///
    /// # Errors
    /// [`ShowError`].
    pub fn show_with(
        &self,
        authority: &Authority,
        extension: &Extension,
    ) -> Result<Shown, ShowError> {
        let (now, number) = (self.clock.now(), authority.number());
        let keys = self.keys.current();
        let shown = show_with(&self.standings, &keys, number, (1, extension), now)?;
        if shown.as_of.plus(self.terms().staleness_limit) <= now {
            return Ok(shown.stale());
        }
        Ok(shown)
    }

    /// The verdict on a text, with whose code it is and what is bound into it. Memory alone.
    pub fn scan(&self, text: &str) -> Scanned {
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
        gate.scan(text, now)
    }

    /// The key by which an application may ask about the person whose code it verified.
    pub fn query_key(&self, number: SubjectNumber, application: &PartyId) -> String {
        self.tokens.seal_query(&QueryKey {
            number,
            application: application_mark(application.as_str()),
            at: self.clock.now(),
        })
    }

    /// The person whom a key of this application is about.
    ///
    /// # Errors
    /// [`TokenError`]; another application's key is foreign.
    pub fn queried(&self, key: &str, application: &PartyId) -> Result<SubjectNumber, TokenError> {
        let key = self.tokens.open_query(key, self.clock.now())?;
        if key.application == application_mark(application.as_str()) {
            Ok(key.number)
        } else {
            Err(TokenError::Foreign)
        }
    }

    /// Answers a query, counted and logged with the person's own entries; a refused one is logged too.
    ///
    /// # Errors
    /// [`QueryError`].
    pub async fn query(&self, query: Query) -> Result<Answered, QueryError> {
        let now = self.clock.now();
        let day = now.local_day(self.terms().offset);
        let standings = Arc::clone(&self.standings);
        let limit = self.terms().staleness_limit;
        let outcome = self.store.write(move |writing| {
            let row = writing.party(PartyKind::Application, query.application.as_str())?;
            let terms = ApplicationTerms::from_row(&row.ok_or(QueryError::NotRegistered)?)?;
            if !terms.holds_at(now) {
                return Err(QueryError::NotRegistered);
            }
            let used = match allowed(&terms, &query, day) {
                Ok(used) => used,
                Err(error) => {
                    refused(writing, &query, &error, now)?;
                    return Ok(Err(error));
                }
            };
            let person = writing.subject(query.number)?;
            let person = person.filter(|row| row.state == SubjectState::Active);
            let person = person.ok_or(QueryError::Withdrawn)?;
            let profile = Profile::from_bytes(&person.content).map_err(ActError::from)?;
            let documents = act::documents(writing, query.number, now)?;
            let as_of = standings.as_of().min(now);
            let stale = as_of.plus(limit) <= now;
            let (level, class, until, last_test) = match standings.at(query.number, now) {
                Seen::Active(found) if !stale => {
                    (found.level, found.class, found.until, found.last_test)
                }
                _ => (Level::Unknown, ReasonClass::None, Timestamp::MAX, None),
            };
            writing.set_party(&used.to_row())?;
            let details = [
                Detail::Venue(label(&query.division.to_string())?),
                Detail::Purpose(label(query.purpose.word())?),
                Detail::Verdict(label(level.code())?),
                Detail::Recipient(label(&query.operator)?),
            ];
            let by = (Role::Application, query.application.as_str());
            let about = (Kind::Lookup, Some(query.number));
            log_about(writing, about, now, by, details)?;
            let masked = documents.first().map(Document::masked_number);
            Ok(Ok(Answered {
                level,
                class,
                as_of,
                until,
                last_test,
                masked_name: profile.name.masked(),
                masked_number: masked.unwrap_or_default(),
                since: person.since,
            }))
        });
        outcome.await?
    }

    /// Signs an answer to an application.
    ///
    /// # Errors
    /// [`SigningError`].
    pub fn sign_answer(&self, package: &[u8]) -> Result<Signature, SigningError> {
        self.keys.current().lists.sign(package)
    }

    /// The key that answers are signed with now.
    pub fn answer_key(&self) -> AnswerKey {
        AnswerKey {
            key: self.keys.current().lists.public_key().clone(),
        }
    }

    /// Random bytes.
    pub fn drawn<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        held(&self.random).fill_bytes(&mut bytes);
        bytes
    }
}

/// The terms with the query counted, where it is allowed.
fn allowed(
    terms: &ApplicationTerms,
    query: &Query,
    day: i64,
) -> Result<ApplicationTerms, QueryError> {
    if !terms.may_query_for(query.purpose) {
        Err(QueryError::Purpose)
    } else if !terms.may_in(query.division) {
        Err(QueryError::Division)
    } else {
        terms.querying(day).ok_or(QueryError::Quota)
    }
}

fn refused(
    writing: &mut dyn Writing,
    query: &Query,
    error: &QueryError,
    now: Timestamp,
) -> Result<(), QueryError> {
    let details = [
        Detail::Reason(label(error.reason().unwrap_or("refused"))?),
        Detail::Venue(label(&query.division.to_string())?),
        Detail::Purpose(label(query.purpose.word())?),
        Detail::Recipient(label(&query.operator)?),
    ];
    let by = (Role::Application, query.application.as_str());
    log_about(writing, (Kind::LookupRefused, None), now, by, details)?;
    Ok(())
}
