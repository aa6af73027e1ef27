//! `POST /v1/verdicts`: what the region says of a code, from memory alone.

use axum::body::Body;
use axum::http::Response;
use hc_code::{Class, Level};
use hc_core::store::Store;
use hc_node::verify::OnlineVerdict;
use serde::Deserialize;

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::{door, json, shown};

pub(crate) const OPERATION: Operation = Operation {
    id: "verify",
    verb: Verb::Post,
    path: "/v1/verdicts",
    summary: "Verifies the text of a code as any gate does, and with what the region knows at this second; no database is asked, nobody's way is kept.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: Some(BodyForm::Json("Scan")),
    parameters: &[],
    success: &[Success::json(
        200,
        "Verdict",
        "The verdict, also on a text that is no code.",
    )],
    problems: &[],
};

/// More bytes than the largest QR code holds.
const LONGEST: usize = 8192;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    text: String,
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Asked = json::read(&call.body)?;
    if asked.text.len() > LONGEST {
        let fault = Fault::new("text", &format!("has more than {LONGEST} bytes"));
        return Err(Problem::new(ProblemType::BadFields).with_faults(vec![fault]));
    }
    let region = call.api.region();
    let verdict = region.verify(&asked.text);
    let body = written(&verdict, region.terms().offset);
    // A future that waits for nothing, as everything on this path.
    std::future::ready(Ok(door::answer(200, JSON, body))).await
}

fn written(verdict: &OnlineVerdict, offset: hc_code::Offset) -> Vec<u8> {
    let mut body = Vec::with_capacity(256);
    body.extend_from_slice(b"{\"action\":");
    shown::text(&mut body, verdict.action.word());
    body.extend_from_slice(b",\"cause\":");
    shown::text(&mut body, verdict.cause);
    let optional = |body: &mut Vec<u8>, value: Option<&str>| match value {
        Some(value) => shown::text(body, value),
        None => body.extend_from_slice(b"null"),
    };
    body.extend_from_slice(b",\"rule\":");
    optional(&mut body, verdict.rule.as_deref());
    body.extend_from_slice(b",\"class\":");
    optional(&mut body, verdict.class.map(Class::word));
    body.extend_from_slice(b",\"level\":");
    optional(&mut body, verdict.level.map(Level::code));
    body.extend_from_slice(b",\"reason\":");
    shown::text(&mut body, verdict.reason.word());
    body.extend_from_slice(b",\"asOf\":");
    match verdict.as_of {
        Some(as_of) => shown::time(&mut body, offset, as_of),
        None => body.extend_from_slice(b"null"),
    }
    body.extend_from_slice(b",\"lastTest\":");
    shown::last_test(&mut body, offset, verdict.last_test);
    body.push(b'}');
    body
}
