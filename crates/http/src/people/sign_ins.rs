//! `POST /v1/identity/sessions`: the beginning of a sign-in at an identity provider.
//!
//! The page goes to the address, comes back to the region's page with a code and a state, and gives
//! both with the session as the proof of an enrolment.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use serde::Deserialize;
use serde_json::json;

use super::enrolments::not_proved;
use crate::api::Root;
use crate::call::Call;
use crate::identity::Typed;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};
use crate::{door, json};

pub(crate) const OPERATION: Operation = Operation {
    id: "beginSignIn",
    verb: Verb::Post,
    path: "/v1/identity/sessions",
    summary: "Begins a sign-in at an identity provider and says where the person's page goes.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Proof,
    body: Some(BodyForm::Json("SignIn")),
    parameters: &[],
    success: &[Success::json(201, "SignInBegun", "The sign-in has begun.")],
    problems: &[
        ProblemType::IdentityNotProved,
        ProblemType::ProviderUnavailable,
    ],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    method: String,
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let api = &call.api;
    let asked = json::read::<Asked>(&call.body)?;
    let begun = api
        .identify()
        .begin(&asked.method, api.region().now())
        .await
        .map_err(|error| not_proved(error, &Typed::default()))?;
    let told = json!({
        "url": begun.url,
        "session": begun.session,
        "until": api.time(begun.until),
    });
    Ok(door::answer(201, JSON, told.to_string()))
}
