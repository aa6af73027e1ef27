//! `GET /v1/removals`: what the hub removed since the trust list was signed.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};

const CBOR: &str = "application/cbor";

pub(crate) const OPERATION: Operation = Operation {
    id: "removals",
    verb: Verb::Get,
    path: "/v1/removals",
    summary: "Gives the newest signed removals of regions and keys since the trust list, where the region is under a hub.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::plain(
        200,
        CBOR,
        "The removals of spec/trust-list.md, COSE_Sign1.",
    )],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let held = call.api.region().foreign().held();
    let none = || {
        Problem::new(ProblemType::NotFound).with_detail("nothing was removed, or there is no hub")
    };
    let list = held.removal_bytes().ok_or_else(none);
    ready(list.map(|list| door::answer(200, CBOR, list.to_vec()))).await
}
