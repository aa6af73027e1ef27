//! `GET /v1/keys`: the signed list of the node's keys.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, Lane, Operation, Side, Success, Verb};
use crate::problem::Problem;

const CBOR: &str = "application/cbor";

pub(crate) const OPERATION: Operation = Operation {
    id: "keys",
    verb: Verb::Get,
    path: "/v1/keys",
    summary: "Gives the list of keys that sign this region's codes and lists, signed by the region's root.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::plain(
        200,
        CBOR,
        "The signed key list, COSE_Sign1.",
    )],
    problems: &[],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    ready(Ok(door::answer(200, CBOR, call.api.region().key_list()))).await
}
