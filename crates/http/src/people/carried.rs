//! `POST /v1/carried`: codes for a day without network, from memory alone.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::signing::{Algorithm, PublicKey};
use hc_core::store::Store;
use serde::Deserialize;

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::{door, json, shown};

pub(crate) const OPERATION: Operation = Operation {
    id: "carry",
    verb: Verb::Post,
    path: "/v1/carried",
    summary: "Gives codes to carry for today and, in the evening, tomorrow, bound to a key in the holder's device; no database is asked.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Memory,
    body: Some(BodyForm::Json("HolderKey")),
    parameters: &[super::grants::WARD],
    success: &[Success::json(
        200,
        "Carried",
        "The codes; none for a day whose list has no room left.",
    )],
    problems: &[ProblemType::NoKey, ProblemType::NoGrant],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    key: String,
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    ready(carried(&call)).await
}

fn carried<S: Store, R: Root>(call: &Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Asked = json::read(&call.body)?;
    let refused = |problem: String| {
        let faults = vec![Fault::new("key", &problem)];
        Problem::new(ProblemType::BadFields).with_faults(faults)
    };
    let bytes = Base64UrlUnpadded::decode_vec(&asked.key)
        .map_err(|_| refused("is not base64url without padding".to_owned()))?;
    let key =
        PublicKey::parse(Algorithm::Es256, &bytes).map_err(|error| refused(error.to_string()))?;
    let region = call.api.region();
    let offset = region.terms().offset;
    let codes = region.carry_for(&call.token, call.number("ward"), &key)?;
    let mut body = Vec::with_capacity(1024);
    body.extend_from_slice(b"{\"codes\":[");
    for (place, code) in codes.iter().enumerate() {
        if place > 0 {
            body.push(b',');
        }
        body.extend_from_slice(b"{\"text\":");
        shown::text(&mut body, &code.text);
        body.extend_from_slice(b",\"from\":");
        shown::time(&mut body, offset, code.day.start(offset));
        body.extend_from_slice(b",\"until\":");
        shown::time(&mut body, offset, code.day.end(offset));
        body.push(b'}');
    }
    body.extend_from_slice(b"]}");
    Ok(door::answer(200, JSON, body))
}
