//! `GET /v1/why`: why the level is so, in words, with evidence, end and next step.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use serde_json::Value;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};
use crate::told::Telling;

pub(crate) const OPERATION: Operation = Operation {
    id: "explain",
    verb: Verb::Get,
    path: "/v1/why",
    summary: "Says why the level is so: every reason in force with its rule, evidence, end and next step, in Chinese and English.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[super::grants::WARD],
    success: &[Success::json(200, "Why", "The reasons.")],
    problems: &[ProblemType::NoGrant],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = Arc::clone(call.api.region());
    let why = region.why_for(&call.token, call.number("ward")).await?;
    let telling = Telling {
        offset: region.terms().offset,
    };
    // The table of places is held by whatever act runs now; that is not waited for here.
    let told = aside(move || {
        let mut told = telling.explanation(&why.explanation);
        let mut rulebook = region.rulebook();
        let places = &*rulebook.places();
        let evidence: Vec<Value> = why
            .evidence
            .iter()
            .map(|evidence| telling.evidence(evidence, places))
            .collect();
        if let Value::Object(members) = &mut told {
            members.insert("evidence".to_owned(), evidence.into());
        }
        told.to_string()
    })
    .await?;
    Ok(door::answer(200, JSON, told))
}

/// Does something that may take a while where it holds up nobody who shows a code.
pub(crate) async fn aside<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Problem::new(ProblemType::Internal))
}
