//! `POST /v1/papers`: a paper code, for a pocket or for somebody without a phone.

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
