//! `GET /v1/notices`: what the region tells all gates, signed; and the same for people.

use std::future::ready;

use axum::body::Body;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, Response};
use hc_core::store::Store;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::officers::degraded::told;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};

const CBOR: &str = "application/cbor";
/// With the ten seconds that a list may be old when it is given, nobody is behind by more than thirty.
const KEPT: HeaderValue = HeaderValue::from_static("public, max-age=15");

pub(crate) const SIGNED: Operation = Operation {
    id: "notices",
    verb: Verb::Get,
    path: "/v1/notices",
    summary: "Gives the list of notices, signed by a key for lists: degraded mode that holds, and what was ended early. Gates ask every 30 seconds.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::plain(
        200,
        CBOR,
        "The signed list of spec/notices.md, COSE_Sign1.",
    )],
    problems: &[ProblemType::NoKey],
};

pub(crate) const SHOWN: Operation = Operation {
    id: "shownNotices",
    verb: Verb::Get,
    path: "/v1/notices/shown",
    summary: "Gives the same notices in words, for pages that people read; not signed.",
    side: Side::Both,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Notices", "By number.")],
    problems: &[],
};

pub(crate) async fn signed<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let list = call.api.region().notice_list()?;
    let mut answer = door::answer(200, CBOR, list.to_vec());
    answer.headers_mut().insert(CACHE_CONTROL, KEPT);
    ready(Ok(answer)).await
}

pub(crate) async fn shown<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let (now, telling) = (region.now(), call.telling());
    let all = region.degraded();
    let all: Vec<Value> = all.iter().map(|one| told(one, now, telling)).collect();
    let mut answer = door::answer(200, JSON, json!({"notices": all}).to_string());
    answer.headers_mut().insert(CACHE_CONTROL, KEPT);
    ready(Ok(answer)).await
}
