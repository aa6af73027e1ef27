//! `POST /v1/counter/enrolments`: somebody without a phone, who shows the document to an officer.
//!
//! Seeing the document is the proof. The person leaves with a sheet, and finds in their log who
//! enrolled them.

use axum::body::Body;
use axum::http::Response;
use hc_core::party::Duty;
use hc_core::store::Store;
use serde::Deserialize;
use serde_json::json;

use crate::api::Root;
use crate::call::Call;
use crate::identity::IdentifyError;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::people::asked::{AskedDeclaration, refused};
use crate::people::enrolments::{
    AskedConsent, AskedDocument, AskedPerson, AskedProfile, not_proved,
};
use crate::problem::{Problem, ProblemType};
use crate::told::hexadecimal;
use crate::{door, json};

pub(crate) const OPERATION: Operation = Operation {
    id: "enrolAtCounter",
    verb: Verb::Post,
    path: "/v1/counter/enrolments",
    summary: "Enrols a person whose document an officer has seen, and gives a paper code at once and, where asked for, a device token.",
    side: Side::Operators,
    credential: Credential::Officer(&[Duty::Counter]),
    lane: Lane::Act,
    body: Some(BodyForm::Json("CounterEnrolment")),
    parameters: &[],
    success: &[
        Success::json(201, "EnrolledAtCounter", "The person is enrolled."),
        Success::json(
            200,
            "EnrolledAtCounter",
            "The person had enrolled before; what is kept was brought up to date, and the sheet is a new one.",
        ),
    ],
    problems: &[
        ProblemType::ConsentMissing,
        ProblemType::DocumentTaken,
        ProblemType::NoKey,
        ProblemType::NoPaper,
        ProblemType::TooMany,
    ],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    profile: Option<AskedProfile>,
    document: Option<AskedDocument>,
    consents: Vec<AskedConsent>,
    declaration: Option<AskedDeclaration>,
    #[serde(default)]
    token: bool,
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let api = &call.api;
    let now = api.region().now();
    let officer = call.officer()?.id();
    let asked = json::read::<Asked>(&call.body)?;
    let with_token = asked.token;
    let person = AskedPerson {
        profile: asked.profile,
        document: asked.document,
        consents: asked.consents,
        declaration: asked.declaration,
    };
    let (typed, rest) = person.read(now).map_err(refused)?;
    let untyped = not_proved(IdentifyError::Untyped, &typed);
    let (Some(document), Some(name)) = (typed.document, typed.name) else {
        return Err(untyped);
    };
    api.counters.step(officer.to_string().as_bytes(), now)?;
    let enrolment = rest.of(document, name);
    let enrolled = api
        .region()
        .enrol_at_counter(enrolment, officer, with_token)
        .await?;
    let new = enrolled.done.enrolled.new;
    let paper = &enrolled.done.paper;
    let mut told = json!({
        "new": new,
        "paper": {
            "pointer": hexadecimal(&paper.pointer),
            "text": enrolled.sheet,
            "until": api.time(paper.until),
        },
    });
    if let Some(token) = enrolled.token {
        told["token"] = token.into();
    }
    let status = if new { 201 } else { 200 };
    Ok(door::answer(status, JSON, told.to_string()))
}
