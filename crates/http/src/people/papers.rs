//! `/v1/papers`: paper codes, for a pocket or for somebody without a phone.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use serde_json::json;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};
use crate::told::hexadecimal;

pub(crate) const OPERATION: Operation = Operation {
    id: "issuePaper",
    verb: Verb::Post,
    path: "/v1/papers",
    summary: "Issues a paper code: a signed random pointer with no facts in it.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[super::grants::WARD],
    success: &[Success::json(201, "Paper", "The paper code.")],
    problems: &[
        ProblemType::NoKey,
        ProblemType::NoPaper,
        ProblemType::NoGrant,
    ],
};

pub(crate) const LIST: Operation = Operation {
    id: "ownPapers",
    verb: Verb::Get,
    path: "/v1/papers",
    summary: "Lists the person's paper codes, the latest first; their texts are not kept.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Papers", "The paper codes.")],
    problems: &[],
};

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let papers = call.api.region().papers_of(&call.token).await?;
    let told = papers.iter().map(|row| {
        json!({
            "pointer": hexadecimal(&row.pointer),
            "at": call.api.time(row.at),
            "until": call.api.time(row.until),
            "withdrawn": row.withdrawn.map(|at| call.api.time(at)),
        })
    });
    let told = json!({ "papers": told.collect::<Vec<_>>() });
    Ok(door::answer(200, JSON, told.to_string()))
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let (row, text) = call
        .api
        .region()
        .issue_paper_for(&call.token, call.number("ward"))
        .await?;
    let told = json!({
        "pointer": hexadecimal(&row.pointer),
        "text": text,
        "until": call.api.time(row.until),
    });
    Ok(door::answer(201, JSON, told.to_string()))
}
