//! `GET /v1/paper-list`: by what gates check paper codes offline.

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
    id: "paperList",
    verb: Verb::Get,
    path: "/v1/paper-list",
    summary: "Gives the signed list of salted short hashes of those paper codes that are not low or were withdrawn.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::plain(200, CBOR, "The signed paper list.")],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let list = call.api.region().paper_list();
    let list = list
        .ok_or_else(|| Problem::new(ProblemType::NotFound).with_detail("no paper list is out yet"));
    ready(list.map(|list| door::answer(200, CBOR, list.to_vec()))).await
}
