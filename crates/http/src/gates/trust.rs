//! `GET /v1/trust-list` and `GET /v1/gate-settings`: by what a gate of this region begins.
//!
//! A gate's page comes from the region, so it may ask the same place whom to believe first. From then on it
//! believes only what the keys that it has name.

mod own;

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use serde_json::json;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};
pub use own::OwnTrust;

const CBOR: &str = "application/cbor";

pub(crate) const LIST: Operation = Operation {
    id: "trustList",
    verb: Verb::Get,
    path: "/v1/trust-list",
    summary: "Gives the signed list of those whom gates of this region believe.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::plain(
        200,
        CBOR,
        "The trust list of spec/trust-list.md, COSE_Sign1.",
    )],
    problems: &[ProblemType::NotFound],
};

pub(crate) const SETTINGS: Operation = Operation {
    id: "gateSettings",
    verb: Verb::Get,
    path: "/v1/gate-settings",
    summary: "What a gate of this region is set up with: its division, the first keys to believe, the recognition policy, and whom it has to satisfy by what they have published.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "GateSettings", "The settings.")],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    // Under a hub, gates believe whom the hub names.
    if let Some(list) = region.foreign().held().trust_bytes() {
        return Ok(door::answer(200, CBOR, list.to_vec()));
    }
    let trust = call.api.trust().ok_or_else(missing)?;
    let list = trust
        .list((region.terms(), region.root()), region.now())
        .map_err(|_| Problem::new(ProblemType::Internal))?;
    ready(Ok(door::answer(200, CBOR, list.to_vec()))).await
}

pub(crate) async fn settings<S: Store, R: Root>(
    call: Call<S, R>,
) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let trust = call.api.trust().ok_or_else(missing)?;
    let held = region.foreign().held();
    let keys = match held.trust() {
        Some(_) => held.believed(),
        None => std::slice::from_ref(trust.key()),
    };
    let keys: Vec<_> = keys
        .iter()
        .map(|key| json!({ "algorithm": key.algorithm().name(), "key": hex::encode(key.as_bytes()) }))
        .collect();
    // Gates that can ask a published policy go by it; the others by the same rules in the open.
    let from = region.recognition().begins(region.now());
    let authority = from.map(
        |from| json!({ "region": region.division().to_string(), "from": call.api.time(from) }),
    );
    let authorities: Vec<_> = authority.into_iter().collect();
    let told = json!({
        "region": region.division().to_string(),
        "offset": region.terms().offset.to_string(),
        "now": call.api.time(region.now()),
        "hubKeys": keys,
        "policy": &*region.policy(),
        "authorities": authorities,
    });
    ready(Ok(door::answer(200, JSON, told.to_string()))).await
}

fn missing() -> Problem {
    Problem::new(ProblemType::NotFound).with_detail("this node gives no trust list")
}
