//! `GET /healthz`: whether the node serves, and how fresh its facts are.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_code::Timestamp;
use hc_core::store::Store;
use serde_json::json;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = Operation {
    id: "health",
    verb: Verb::Get,
    path: "/healthz",
    summary: "Says whether the node can show codes, and the time of its facts.",
    side: Side::Both,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::json(
        200,
        "Health",
        "The node serves; `fresh` is false where its facts are older than the staleness limit.",
    )],
    problems: &[],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let (_, as_of) = region.load();
    let terms = region.terms();
    let known = as_of > Timestamp::MIN;
    let told = json!({
        "region": terms.division.to_string(),
        "asOf": call.api.time(as_of).filter(|_| known),
        "fresh": known && region.now() < as_of.plus(terms.staleness_limit),
    });
    ready(Ok(door::answer(200, JSON, told.to_string()))).await
}
