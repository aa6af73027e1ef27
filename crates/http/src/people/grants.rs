//! `/v1/grant-offers`, `/v1/grants`, `/v1/grant-ends`: one person shows, declares and asks for another, by a
//! grant that both sides made.
//!
//! The ward's device asks for an offer and hands it over, as a picture or a text; the guardian's device
//! takes it up within ten minutes. So both tokens were there. A child or an elder without a device is
//! enrolled with their own proof of identity on the guardian's device, which has then a token for each.

use axum::body::Body;
use axum::http::Response;
use hc_code::Span;
use hc_core::store::Store;
use hc_node::region::{Granted, Side as GrantSide};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::operation::{
    BodyForm, Credential, JSON, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::Telling;
use crate::{door, json as read};

/// For whom, where it is not the holder of the token.
pub(crate) const WARD: Parameter = Parameter {
    name: "ward",
    place: ParameterPlace::Query,
    says: "For whom, as the list of grants calls them; for the holder of the token where it is left out. Every use stands in the ward's own log.",
    required: false,
    range: Some((0, u32::MAX)),
};

pub(crate) const OFFER: Operation = Operation {
    id: "offerGrant",
    verb: Verb::Post,
    path: "/v1/grant-offers",
    summary: "Gives a text that the person hands to whoever is to act for them; it can be taken up once and within ten minutes.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("GrantTerms")),
    parameters: &[],
    success: &[Success::json(201, "GrantOffer", "The offer.")],
    problems: &[],
};

pub(crate) const ACCEPT: Operation = Operation {
    id: "acceptGrant",
    verb: Verb::Post,
    path: "/v1/grants",
    summary: "Takes an offer up: the person may show, declare and ask for the other one until the grant ends.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("GrantOffered")),
    parameters: &[],
    success: &[Success::json(201, "Grant", "The grant is made.")],
    problems: &[ProblemType::GrantRefused],
};

pub(crate) const LIST: Operation = Operation {
    id: "grants",
    verb: Verb::Get,
    path: "/v1/grants",
    summary: "Lists for whom the person acts and who acts for them.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Grants", "The grants that hold.")],
    problems: &[],
};

pub(crate) const END: Operation = Operation {
    id: "endGrant",
    verb: Verb::Post,
    path: "/v1/grant-ends",
    summary: "Ends the grant with the other one at once, on whichever side the person is.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("GrantOther")),
    parameters: &[],
    success: &[Success::plain(204, "", "The grant has ended.")],
    problems: &[ProblemType::NoGrant],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    days: u16,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Offered {
    offer: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Other {
    other: u32,
}

/// The most days of a grant.
const MOST_DAYS: u16 = 366;

pub(crate) async fn offer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Terms = read::read(&call.body)?;
    if !(1..=MOST_DAYS).contains(&asked.days) {
        let fault = Fault::new(
            "days",
            &format!("is not a number of days from 1 to {MOST_DAYS}"),
        );
        return Err(Problem::new(ProblemType::BadFields).with_faults(vec![fault]));
    }
    let region = call.api.region();
    let offered = region
        .offer_grant(&call.token, Span::days(asked.days))
        .await?;
    let telling = call.telling();
    let told = json!({
        "offer": offered.text,
        "until": telling.time(offered.until),
        "grantUntil": telling.time(offered.grant_until),
    });
    Ok(door::answer(201, JSON, told.to_string()))
}

pub(crate) async fn accept<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Offered = read::read(&call.body)?;
    let region = call.api.region();
    let made = region.accept_grant(&call.token, &asked.offer).await?;
    let told = told(&made, call.telling());
    Ok(door::answer(201, JSON, told.to_string()))
}

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let grants = call.api.region().grants(&call.token).await?;
    let telling = call.telling();
    let all: Vec<Value> = grants.iter().map(|grant| told(grant, telling)).collect();
    Ok(door::answer(
        200,
        JSON,
        json!({ "grants": all }).to_string(),
    ))
}

pub(crate) async fn end<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Other = read::read(&call.body)?;
    call.api
        .region()
        .end_grant(&call.token, asked.other)
        .await?;
    Ok(door::answer(204, "", ""))
}

fn told(grant: &Granted, telling: Telling) -> Value {
    let side = match grant.side {
        GrantSide::Guardian => "guardian",
        GrantSide::Ward => "ward",
    };
    json!({
        "side": side,
        "other": grant.other,
        "name": grant.name,
        "at": telling.time(grant.at),
        "until": telling.time(grant.until),
    })
}
