//! `GET /v1/gate`: what the gate that signs is registered for.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::officers::registered;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = Operation {
    id: "ownGate",
    verb: Verb::Get,
    path: "/v1/gate",
    summary: "What the gate that signs is registered for: venue, purposes and how often it may look people up.",
    side: Side::Public,
    credential: Credential::Gate,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Gate", "The registration.")],
    problems: &[],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let told = registered::gate(call.gate()?, call.telling());
    std::future::ready(Ok(door::answer(200, JSON, told.to_string()))).await
}
