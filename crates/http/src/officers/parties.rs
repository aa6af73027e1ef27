//! `GET /v1/parties/{kind}`: who is registered.

use axum::body::Body;
use axum::http::Response;
use hc_core::party::Duty;
use hc_core::store::{PartyKind, Store};
use serde_json::{Value, json};

use super::registered;
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Parameter, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};

pub(crate) const OPERATION: Operation = Operation {
    id: "listParties",
    verb: Verb::Get,
    path: "/v1/parties/{kind}",
    summary: "Every source, gate or officer that is or was registered, with their terms.",
    side: Side::Operators,
    credential: Credential::Officer(&[Duty::Operator, Duty::Auditor]),
    lane: Lane::Act,
    body: None,
    parameters: &[Parameter::path("kind", "source, gate or officer.")],
    success: &[Success::json(200, "Parties", "By id.")],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let kind: PartyKind = call
        .segment("kind")
        .parse()
        .map_err(|_| Problem::new(ProblemType::NotFound))?;
    let all = call.api.region().parties(kind).await?;
    let telling = call.telling();
    let all: Vec<Value> = all
        .iter()
        .map(|terms| registered::party(terms, telling))
        .collect();
    Ok(door::answer(200, JSON, json!({"parties": all}).to_string()))
}
