//! `/v1/officer/passkeys`: what an officer signs in with at the desk. The ticket to add one is asked for
//! with the officer's own key.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use hc_node::passkeys::Passkey;
use hc_node::region::PasskeyError;
use serde_json::{Value, json};

use super::ANY;
use crate::api::Root;
use crate::call::Call;
use crate::desk::Desk;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Parameter, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::{Telling, hexadecimal};

pub(crate) const TICKET: Operation = Operation {
    id: "passkeyTicket",
    verb: Verb::Post,
    path: "/v1/officer/passkey-tickets",
    summary: "Gives a ticket with which a passkey of the officer who signs can be added at the desk: once, within ten minutes.",
    side: Side::Operators,
    credential: Credential::Officer(ANY),
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(201, "PasskeyTicket", "The ticket.")],
    problems: &[ProblemType::NotFound],
};

pub(crate) const LIST: Operation = Operation {
    id: "listPasskeys",
    verb: Verb::Get,
    path: "/v1/officer/passkeys",
    summary: "The passkeys of the officer who signs.",
    side: Side::Operators,
    credential: Credential::Officer(ANY),
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Passkeys", "Those that hold.")],
    problems: &[],
};

pub(crate) const END: Operation = Operation {
    id: "endPasskey",
    verb: Verb::Post,
    path: "/v1/officer/passkeys/{digest}/end",
    summary: "Ends a passkey of the officer who signs, and every session that it opened.",
    side: Side::Operators,
    credential: Credential::Officer(ANY),
    lane: Lane::Act,
    body: None,
    parameters: &[Parameter::path(
        "digest",
        "The passkey's digest, as the list tells it.",
    )],
    success: &[Success::json(200, "Passkey", "It has ended.")],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn ticket<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let officer = call.officer()?.id().clone();
    let region = call.api.region();
    let desk = call.api.desk().ok_or_else(|| {
        let detail = "this region offers no desk: its configuration names no origin for one";
        Problem::new(ProblemType::NotFound).with_detail(detail)
    })?;
    let now = region.now();
    let until = Desk::ticket_until(now);
    region
        .log_ticket(officer.clone(), until, call.proved)
        .await?;
    let ticket = desk.issue_ticket(officer, region.random(), now);
    let told = json!({
        "ticket": ticket,
        "at": format!("{}/desk/enrol", desk.relying().origin()),
        "until": call.telling().time(until),
    });
    Ok(door::answer(201, JSON, told.to_string()))
}

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let officer = call.officer()?.id().clone();
    let telling = call.telling();
    let all = call.api.region().passkeys(officer).await?;
    let all: Vec<Value> = all.iter().map(|one| told(one, telling)).collect();
    Ok(door::answer(
        200,
        JSON,
        json!({"passkeys": all}).to_string(),
    ))
}

pub(crate) async fn end<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let officer = call.officer()?.id().clone();
    let mut digest = [0; 32];
    hex::decode_to_slice(call.segment("digest"), &mut digest)
        .map_err(|_| Problem::new(ProblemType::NotFound))?;
    let region = call.api.region();
    let ended = region.end_passkey(officer, digest, call.proved).await?;
    let told = told(&ended, call.telling());
    Ok(door::answer(200, JSON, told.to_string()))
}

fn told(passkey: &Passkey, telling: Telling) -> Value {
    json!({
        "digest": hexadecimal(&passkey.digest()),
        "label": passkey.label(),
        "added": telling.time(passkey.added()),
        "used": passkey.used().map(|at| telling.time(at)),
        "until": telling.time(passkey.until()),
    })
}

impl From<PasskeyError> for Problem {
    fn from(error: PasskeyError) -> Self {
        let detail = error.to_string();
        match error {
            PasskeyError::Act(error) => error.into(),
            PasskeyError::Authenticator(_) => {
                Self::new(ProblemType::CredentialRefused).with_detail(detail)
            }
            PasskeyError::Label(_) => {
                let fault = Fault::new("label", &detail);
                Self::new(ProblemType::BadFields).with_faults(vec![fault])
            }
            PasskeyError::Kept(_) | PasskeyError::Terms(_) => Self::new(ProblemType::Internal),
            PasskeyError::Unknown => Self::new(ProblemType::NotFound).with_detail(detail),
            PasskeyError::Taken => Self::new(ProblemType::AlreadyRegistered).with_detail(detail),
            PasskeyError::TooMany => Self::new(ProblemType::TooMany).with_detail(detail),
        }
    }
}
