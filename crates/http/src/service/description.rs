//! `GET /openapi.json`: the description of the interface.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = Operation {
    id: "description",
    verb: Verb::Get,
    path: "/openapi.json",
    summary: "Gives this description.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::plain(200, JSON, "OpenAPI 3.1.")],
    problems: &[],
};

/// The description as it is checked in; a test holds it to the operations.
const WRITTEN: &str = include_str!("../../openapi.json");

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    drop(call);
    ready(Ok(door::answer(200, JSON, WRITTEN))).await
}
