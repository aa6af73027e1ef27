//! `GET /v1/officer`: what the officer who signs is registered for.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use super::{ANY, registered};
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = Operation {
    id: "ownOfficer",
    verb: Verb::Get,
    path: "/v1/officer",
    summary: "What the officer who signs is registered for: shows that key, clock and region are right.",
    side: Side::Operators,
    credential: Credential::Officer(ANY),
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Officer", "The registration.")],
    problems: &[],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let told = registered::officer(call.officer()?, call.telling());
    std::future::ready(Ok(door::answer(200, JSON, told.to_string()))).await
}
