//! `POST /v1/batches`: evidence from a registered source.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::{BatchState, Store};
use hc_node::party::Terms;
use hc_node::region::{BatchForm, Sent, SourceError};
use hc_node::sources::{BatchReceipt, BatchReport};
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::operation::{
    BodyForm, Credential, JSON, Lane, Operation, Parameter, Side, Success, Verb,
};
use crate::people::why::aside;
use crate::problem::{Problem, ProblemType};
use crate::told::Telling;
use crate::{body, door};

pub(crate) const OPERATION: Operation = Operation {
    id: "sendBatch",
    verb: Verb::Post,
    path: "/v1/batches",
    summary: "Takes in a batch of evidence once: good lines count, bad ones are quarantined with all that is wrong, sent again it gives the same receipt.",
    side: Side::Public,
    credential: Credential::Source,
    lane: Lane::Act,
    body: Some(BodyForm::Batch),
    parameters: &[
        Parameter::header(
            "Batch-Reference",
            "The source's own reference of the batch, 1 to 64 visible ASCII characters.",
        ),
        Parameter::header("Content-Digest", "sha-256=:base64: of the body (RFC 9530)."),
        Parameter::header(
            "Signature-Input",
            "What is signed and when (RFC 9421), in the one form of spec/sources.md.",
        ),
        Parameter::header("Signature", "batch=:base64: of the signature."),
    ],
    success: &[
        Success::json(
            200,
            "BatchReport",
            "The same batch had been received before.",
        ),
        Success::json(201, "BatchReport", "The batch counts."),
        Success::json(
            202,
            "BatchReport",
            "The batch is kept and waits for an officer: it would turn more people above low than the source may by itself.",
        ),
    ],
    problems: &[
        ProblemType::BadHeader,
        ProblemType::BadBatch,
        ProblemType::NotAllowed,
        ProblemType::OtherContent,
        ProblemType::TooMany,
    ],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = Arc::clone(call.api.region());
    let Some((signed, Terms::Source(terms))) = call.party else {
        return Err(Problem::new(ProblemType::CredentialMissing));
    };
    let form = match body::media_type(&call.headers).as_deref() {
        Some("text/csv") => BatchForm::Csv,
        _ => BatchForm::Ndjson,
    };
    let sent = Sent {
        source: signed.id,
        reference: signed.reference,
        form,
        bytes: Arc::from(call.body.as_ref()),
    };
    let reading = Arc::clone(&region);
    let (sent, read) = aside(move || {
        let read = reading.read_batch(&sent, &terms);
        (sent, read)
    })
    .await?;
    let (judged, at) = read?;
    let receipt = region.take_batch(sent, judged, at).await?;
    let telling = Telling {
        offset: region.terms().offset,
    };
    let status = match (receipt.known, receipt.state) {
        (true, _) => 200,
        (false, BatchState::Waiting) => 202,
        (false, BatchState::Accepted | BatchState::Refused) => 201,
    };
    Ok(door::answer(
        status,
        JSON,
        told(&receipt, telling).to_string(),
    ))
}

pub(crate) fn told(receipt: &BatchReceipt, telling: Telling) -> Value {
    let report = &receipt.report;
    let lines = lines(report);
    json!({
        "state": receipt.state.to_string(),
        "received": telling.time(receipt.at),
        "rows": report.rows,
        "new": report.new,
        "repeated": report.repeated,
        "quarantined": report.quarantined,
        "changed": report.changed,
        "lines": lines,
    })
}

/// The lines that do not count, with all that is wrong with each.
pub(crate) fn lines(report: &BatchReport) -> Vec<Value> {
    let lines = report.lines.iter().map(|line| {
        let problems: Vec<Value> = line
            .problems
            .iter()
            .map(|one| json!({"field": one.field, "problem": one.problem}))
            .collect();
        json!({"line": line.line, "problems": problems})
    });
    lines.collect()
}

impl From<SourceError> for Problem {
    fn from(error: SourceError) -> Self {
        let detail = error.to_string();
        match error {
            SourceError::Act(error) => error.into(),
            SourceError::Header(_) => Self::new(ProblemType::BadBatch).with_detail(detail),
            SourceError::NotRegistered => Self::new(ProblemType::CredentialRefused),
            SourceError::TooManyRows { .. } => {
                Self::new(ProblemType::NotAllowed).with_detail(detail)
            }
            SourceError::NoBatch => Self::new(ProblemType::NoBatch),
            SourceError::NotWaiting => Self::new(ProblemType::NotWaiting),
            SourceError::DayIsFull => Self::new(ProblemType::TooMany).with_detail(detail),
            SourceError::Terms(_) | SourceError::Raised { .. } => Self::new(ProblemType::Internal),
        }
    }
}
