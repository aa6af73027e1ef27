//! One request to the desk that has passed its door, and what it is answered with.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, Response};
use bytes::Bytes;
use hc_code::Timestamp;
use hc_core::party::Duty;
use hc_core::store::Store;
use hc_node::officers::{OfficerTerms, ProvedBy};
use hc_node::party::Terms;
use http_body_util::BodyExt;
use maud::Markup;
use serde_json::Value;

use super::Desk;
use super::fields::Fields;
use super::language::Language;
use super::session::{Session, Told};
use crate::api::{Api, Root};
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, Lane, Operation};
use crate::problem::{Problem, ProblemType};
use crate::signature::Signed;

/// Who is signed in.
#[derive(Clone)]
pub(super) struct Seat {
    /// The digest of the session's secret.
    pub(super) digest: [u8; 32],
    pub(super) session: Session,
    pub(super) officer: OfficerTerms,
}

/// What a page is called with.
pub(super) struct Visit<S, R> {
    pub(super) api: Arc<Api<S, R>>,
    pub(super) language: Language,
    pub(super) seat: Option<Seat>,
    /// The secret of a browser that nobody is signed in on.
    pub(super) stranger: String,
    pub(super) seal: String,
    pub(super) fields: Fields,
    pub(super) path: Vec<(&'static str, String)>,
    pub(super) query: Vec<(String, String)>,
}

/// What a page answers.
pub(super) enum Reply {
    /// A page with a title.
    Shown {
        status: u16,
        title: (&'static str, &'static str),
        body: Markup,
    },
    /// Another page is to be opened; nothing of what was sent stands in its address.
    To(String),
    /// Somebody has signed in: the secret of the session.
    SignedIn(String),
    /// Nobody is signed in any more.
    SignedOut,
    /// A language was chosen.
    Chosen(Language, String),
}

impl Reply {
    pub(super) const fn page(zh: &'static str, en: &'static str, body: Markup) -> Self {
        Self::Shown {
            status: 200,
            title: (zh, en),
            body,
        }
    }
}

impl<S: Store, R: Root> Visit<S, R> {
    pub(super) fn now(&self) -> Timestamp {
        self.api.region().now()
    }

    /// The desk; it is there, or nobody would be here.
    pub(super) fn desk(&self) -> Result<&Desk, Problem> {
        let none = || Problem::new(ProblemType::NotFound);
        self.api.desk().ok_or_else(none)
    }

    pub(super) fn seat(&self) -> Result<&Seat, Problem> {
        let none = || Problem::new(ProblemType::CredentialMissing);
        self.seat.as_ref().ok_or_else(none)
    }

    /// Whether whoever is signed in may ask an operation.
    pub(super) fn may(&self, operation: &Operation) -> bool {
        let duties = self.seat.as_ref().map(|seat| seat.officer.duties());
        match (operation.credential, duties) {
            (Credential::Officer(needed), Some(duties)) => {
                needed.iter().any(|duty| duties.contains(*duty))
            }
            _ => false,
        }
    }

    pub(super) fn has(&self, duty: Duty) -> bool {
        let duties = self.seat.as_ref().map(|seat| seat.officer.duties());
        duties.is_some_and(|duties| duties.contains(duty))
    }

    /// What stands in the path for a name.
    pub(super) fn segment(&self, name: &str) -> &str {
        let mut found = self.path.iter().filter(|(known, _)| *known == name);
        found.next().map_or("", |(_, value)| value)
    }

    /// A value of the query; the desk's own queries have page numbers and nothing else.
    pub(super) fn asked_for(&self, name: &str) -> Option<u32> {
        let mut found = self.query.iter().filter(|(known, _)| known == name);
        found.next().and_then(|(_, value)| value.parse().ok())
    }

    /// Has something told on the page that is opened next.
    pub(super) fn tell(&self, zh: impl Into<String>, en: impl Into<String>) {
        if let (Some(seat), Some(desk)) = (&self.seat, self.api.desk()) {
            let told = Told {
                zh: zh.into(),
                en: en.into(),
            };
            desk.sessions().tell(&seat.digest, told);
        }
    }

    /// Asks an operation as whoever is signed in, as their signed request would.
    ///
    /// # Errors
    /// [`ProblemType::NotAllowed`] where their duties do not allow it; those of the operation.
    pub(super) async fn ask<F, A>(
        &self,
        operation: &'static Operation,
        answer: F,
        asking: Asking,
    ) -> Result<Value, Problem>
    where
        F: FnOnce(Call<S, R>) -> A + Send,
        A: Future<Output = Result<Response<Body>, Problem>> + Send,
    {
        let bytes = self.ask_bytes(operation, answer, asking).await?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).map_err(|_| Problem::new(ProblemType::Internal))
    }

    /// The same where the answer is a file.
    ///
    /// # Errors
    /// As [`Self::ask`].
    pub(super) async fn ask_bytes<F, A>(
        &self,
        operation: &'static Operation,
        answer: F,
        asking: Asking,
    ) -> Result<Bytes, Problem>
    where
        F: FnOnce(Call<S, R>) -> A + Send,
        A: Future<Output = Result<Response<Body>, Problem>> + Send,
    {
        let seat = self.seat()?;
        if !self.may(operation) {
            let detail = "the officer has none of the duties that this asks for";
            return Err(Problem::new(ProblemType::NotAllowed).with_detail(detail));
        }
        let terms = seat.officer.clone();
        let call = Call {
            api: Arc::clone(&self.api),
            token: String::new(),
            party: Some((
                Signed::by_session(terms.id().clone()),
                Terms::Officer(terms),
            )),
            proved: ProvedBy::Passkey,
            query: asking.query,
            path: asking.path,
            headers: HeaderMap::new(),
            body: asking.body,
        };
        let response = match operation.lane {
            Lane::Memory | Lane::Proof => answer(call).await?,
            Lane::Act => door::act(&self.api, answer(call)).await?,
        };
        let collected = response.into_body().collect().await;
        let collected = collected.map_err(|_| Problem::new(ProblemType::Internal))?;
        Ok(collected.to_bytes())
    }
}

/// What an operation is asked with.
#[derive(Default)]
pub(super) struct Asking {
    path: Vec<(&'static str, String)>,
    query: Vec<(&'static str, u32)>,
    body: Bytes,
}

impl Asking {
    /// Nothing.
    pub(super) fn plainly() -> Self {
        Self::default()
    }

    /// A name in the path.
    pub(super) fn at(mut self, name: &'static str, value: &str) -> Self {
        self.path.push((name, value.to_owned()));
        self
    }

    /// A number of the query.
    pub(super) fn number(mut self, name: &'static str, value: Option<u32>) -> Self {
        self.query.extend(value.map(|value| (name, value)));
        self
    }

    /// A JSON body.
    pub(super) fn json(self, value: &Value) -> Self {
        self.file(value.to_string())
    }

    /// A file.
    pub(super) fn file(mut self, text: impl Into<Bytes>) -> Self {
        self.body = text.into();
        self
    }
}
