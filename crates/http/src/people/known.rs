//! `GET /v1/tests`, `GET /v1/vaccinations`: what is known, for panels beside the code.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::evidence::EventKind;
use hc_core::store::Store;
use serde_json::{Value, json};

use super::why::aside;
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};

pub(crate) const TESTS: Operation = Operation {
    id: "ownTests",
    verb: Verb::Get,
    path: "/v1/tests",
    summary: "Lists the tests of the person that are known, the latest first.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[super::grants::WARD],
    success: &[Success::json(200, "Known", "The tests.")],
    problems: &[ProblemType::NoGrant],
};

pub(crate) const VACCINATIONS: Operation = Operation {
    id: "ownVaccinations",
    verb: Verb::Get,
    path: "/v1/vaccinations",
    summary: "Lists the vaccinations of the person that are known, the latest first.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[super::grants::WARD],
    success: &[Success::json(200, "Known", "The vaccinations.")],
    problems: &[ProblemType::NoGrant],
};

/// The most that a panel is given.
const MOST: usize = 50;

pub(crate) async fn tests<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    known(call, EventKind::Test).await
}

pub(crate) async fn vaccinations<S: Store, R: Root>(
    call: Call<S, R>,
) -> Result<Response<Body>, Problem> {
    known(call, EventKind::Vaccination).await
}

async fn known<S: Store, R: Root>(
    call: Call<S, R>,
    kind: EventKind,
) -> Result<Response<Body>, Problem> {
    let region = Arc::clone(call.api.region());
    let found = region
        .known_for(&call.token, call.number("ward"), kind)
        .await?;
    let telling = call.telling();
    // The table of places is held by whatever act runs now; that is not waited for here.
    let told = aside(move || {
        let mut rulebook = region.rulebook();
        let places = &*rulebook.places();
        let all: Vec<Value> = found
            .iter()
            .take(MOST)
            .map(|evidence| telling.evidence(evidence, places))
            .collect();
        json!({ "evidence": all }).to_string()
    })
    .await?;
    Ok(door::answer(200, JSON, told))
}
