//! `GET /v1/neighbours` on the operators' listener: every region of the federation, whether its door opens,
//! and how fresh is what is held of it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_code::federation::Federation;
use hc_code::keys::KeyList;
use hc_code::trust_list::{EndpointKind, HeldTrust};
use hc_code::{DivisionCode, Timestamp};
use hc_core::store::Store;
use serde_json::{Value, json};

use crate::api::{Api, Root};
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::peers::{DoorError, Doors, Hello};
use crate::problem::{Problem, ProblemType};

pub(crate) const OPERATION: Operation = Operation {
    id: "neighbours",
    verb: Verb::Get,
    path: "/v1/neighbours",
    summary: "Goes to the door of every other region of the federation, and says who was there and how fresh is what is held of them.",
    side: Side::Operators,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::json(
        200,
        "Neighbours",
        "Every region, whether its door opened or not.",
    )],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let api = &call.api;
    let held = api.region().foreign().held().clone();
    let Some(trust) = held.trust() else {
        let says = "no trust list is held: healthcode federation join";
        return Err(Problem::new(ProblemType::NotFound).with_detail(says));
    };
    let now = api.region().now();
    let own = api.region().division();
    let regions: Vec<DivisionCode> = trust
        .list()
        .issuers()
        .iter()
        .map(hc_code::trust_list::IssuerEntry::region)
        .filter(|region| *region != own)
        .collect();
    let doors = api.doors();
    let asked = regions.iter().map(|region| knock(doors, *region));
    let answers = futures_util::future::join_all(asked).await;
    let told: Vec<Value> = regions
        .iter()
        .zip(answers)
        .map(|(region, answer)| told(api, &held, *region, answer.as_ref(), now))
        .collect();
    let list = trust.list();
    let told = json!({
        "region": own.to_string(),
        "now": api.time(now),
        "listed": held.regions(now).iter().any(|entry| entry.region() == own),
        "trustVersion": list.version(),
        "trustUntil": api.time(list.expires_at()),
        "removalsAsOf": trust.removals_as_of().and_then(|at| api.time(at)),
        "hubHeardAt": api.region().foreign().heard().hub.and_then(|at| api.time(at)),
        "neighbours": told,
    });
    Ok(door::answer(200, JSON, told.to_string()))
}

async fn knock(
    doors: Option<&Arc<Doors>>,
    region: DivisionCode,
) -> Option<Result<Hello, DoorError>> {
    Some(doors?.hello(region).await)
}

fn told<S: Store, R: Root>(
    api: &Api<S, R>,
    held: &Federation,
    region: DivisionCode,
    answer: Option<&Result<Hello, DoorError>>,
    now: Timestamp,
) -> Value {
    let list = held.keys().list(region);
    let heard = api.region().foreign().heard().regions.get(&region).copied();
    let hello = answer.and_then(|answer| answer.as_ref().ok());
    let fault = match answer {
        None => Some("this node has no door of its own".to_owned()),
        Some(Ok(_)) => None,
        Some(Err(error)) => Some(error.to_string()),
    };
    json!({
        "region": region.to_string(),
        "door": held.address(region, EndpointKind::Peer, now).map(ToString::to_string),
        "open": hello.is_some(),
        "fault": fault,
        "clockSeconds": hello.map(|hello| hello.now.unix() - now.unix()),
        "theirTrustVersion": hello.and_then(|hello| hello.trust_version),
        "theirKeyVersion": hello.and_then(|hello| hello.key_version),
        "keyVersion": list.map(KeyList::version),
        "keysUntil": list.and_then(|list| api.time(list.expires_at())),
        "keysHeardAt": heard.and_then(|at| api.time(at)),
        "removed": held.trust().is_some_and(|trust: &HeldTrust| trust.at(now).entry(region).is_none()),
    })
}
