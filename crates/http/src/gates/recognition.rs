//! `GET /v1/recognition-policy`: by what this region's gates judge codes, signed.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    Credential, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::problem::{Problem, ProblemType};

const CBOR: &str = "application/cbor";

pub(crate) const OPERATION: Operation = Operation {
    id: "recognitionPolicy",
    verb: Verb::Get,
    path: "/v1/recognition-policy",
    summary: "Gives the signed recognition policy in force, or the first that was announced; after a version, the next one.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[Parameter {
        name: "after",
        place: ParameterPlace::Query,
        says: "The version that the gate has. The answer is the next one that was announced.",
        required: false,
        range: Some((0, u32::MAX)),
    }],
    success: &[
        Success::plain(
            200,
            CBOR,
            "The signed policy of spec/recognition.md, COSE_Sign1.",
        ),
        Success::plain(204, "", "No later one was announced."),
    ],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let after = call.number("after");
    let found = region.recognition().signed(after, region.now());
    ready(match (found, after) {
        (Some(signed), _) => Ok(door::answer(200, CBOR, signed.to_vec())),
        (None, Some(_)) => Ok(door::answer(204, "", "")),
        (None, None) => Err(Problem::new(ProblemType::NotFound)
            .with_detail("this region has published no recognition policy")),
    })
    .await
}
