//! `GET /v1/decision-log/checkpoint` and `GET /v1/decision-log/key`: the signed head of the log, and the
//! key that it is verified with.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use super::{TEXT, cached};
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};

pub(crate) const CHECKPOINT: Operation = Operation {
    id: "logCheckpoint",
    verb: Verb::Get,
    path: "/v1/decision-log/checkpoint",
    summary: "Gives the signed head of the decision log (C2SP tlog-checkpoint); a new one comes within a minute of something being logged.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::plain(200, TEXT, "The signed note.")],
    problems: &[ProblemType::NotFound],
};

pub(crate) const KEY: Operation = Operation {
    id: "logKey",
    verb: Verb::Get,
    path: "/v1/decision-log/key",
    summary: "Gives the verifier key of the decision log (C2SP signed-note). Whoever wants to be sure has it from elsewhere too.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::plain(200, TEXT, "One line: name, id and key.")],
    problems: &[],
};

/// Heads change each minute: who stands between may keep one for a few seconds.
const BRIEFLY: &str = "public, max-age=5";
/// A key stays for years.
const AN_HOUR: &str = "public, max-age=3600";

pub(crate) async fn checkpoint<S: Store, R: Root>(
    call: Call<S, R>,
) -> Result<Response<Body>, Problem> {
    let head = call.api.region().log_head();
    let head = head.ok_or_else(|| {
        Problem::new(ProblemType::NotFound).with_detail("no head of the log is signed yet")
    });
    ready(head.map(|head| cached(door::answer(200, TEXT, head.to_bytes()), BRIEFLY))).await
}

pub(crate) async fn key<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let line = format!("{}\n", call.api.region().log_key());
    ready(Ok(cached(door::answer(200, TEXT, line), AN_HOUR))).await
}
