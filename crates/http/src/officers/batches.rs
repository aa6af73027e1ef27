//! `/v1/batches`: what officers see and decide of batches that wait.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::party::Duty;
use hc_core::store::{BatchState, Store};
use hc_core::word::Word as _;
use hc_node::party::PartyId;
use hc_node::region::{BatchInside, SourceError, Word};
use serde::Deserialize;
use serde_json::{Value, json};

use super::asked;
use crate::api::Root;
use crate::call::Call;
use crate::operation::{
    BodyForm, Credential, JSON, Lane, Operation, Parameter, Side, Success, Verb,
};
use crate::people::why::aside;
use crate::problem::{Problem, ProblemType};
use crate::sources::batches::{lines, told as receipt_told};
use crate::{door, json};

const BY: Credential = Credential::Officer(&[Duty::Health]);
const SEEN_BY: Credential = Credential::Officer(&[Duty::Health, Duty::Auditor]);
const NAMED: &[Parameter] = &[
    Parameter::path("source", "The source's id."),
    Parameter::path("reference", "Its reference of the batch."),
];

pub(crate) const LIST: Operation = Operation {
    id: "listBatches",
    verb: Verb::Get,
    path: "/v1/batches",
    summary: "The latest 200 batches that wait, were accepted and were refused, the latest first.",
    side: Side::Operators,
    credential: SEEN_BY,
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Batches", "By state.")],
    problems: &[],
};

pub(crate) const ONE: Operation = Operation {
    id: "batch",
    verb: Verb::Get,
    path: "/v1/batches/{source}/{reference}",
    summary: "One batch: its report and, while it waits, how many people it would turn above low and what is in it, in numbers.",
    side: Side::Operators,
    credential: SEEN_BY,
    lane: Lane::Act,
    body: None,
    parameters: NAMED,
    success: &[Success::json(
        200,
        "Batch",
        "The batch; nothing of it names a person.",
    )],
    problems: &[ProblemType::NoBatch],
};

pub(crate) const RELEASE: Operation = Operation {
    id: "releaseBatch",
    verb: Verb::Post,
    path: "/v1/batches/{source}/{reference}/release",
    summary: "Takes in a batch that waits, on the officer's word: the second credential after the source's.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: Some(BodyForm::Json("OfficersWord")),
    parameters: NAMED,
    success: &[Success::json(200, "BatchReport", "The batch counts.")],
    problems: &[
        ProblemType::NoBatch,
        ProblemType::NotWaiting,
        ProblemType::NotRegistered,
        ProblemType::TooMany,
    ],
};

pub(crate) const REFUSE: Operation = Operation {
    id: "refuseBatch",
    verb: Verb::Post,
    path: "/v1/batches/{source}/{reference}/refusal",
    summary: "Refuses a batch that waits: nothing of it ever counts.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: Some(BodyForm::Json("OfficersWord")),
    parameters: NAMED,
    success: &[Success::plain(204, "", "It was refused.")],
    problems: &[ProblemType::NoBatch, ProblemType::NotWaiting],
};

/// The most batches of a state that are told.
const MOST_TOLD: u32 = 200;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedWord {
    reason: String,
}

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let telling = call.telling();
    let mut all: Vec<Value> = Vec::new();
    for state in BatchState::ALL {
        let rows = call.api.region().batches(*state, MOST_TOLD).await?;
        all.extend(rows.iter().map(|row| {
            json!({
                "source": row.source,
                "reference": row.reference,
                "state": row.state.word(),
                "received": telling.time(row.at),
                "rows": row.rows,
                "quarantined": row.quarantined,
            })
        }));
    }
    Ok(door::answer(200, JSON, json!({"batches": all}).to_string()))
}

pub(crate) async fn one<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let (source, reference) = named(&call)?;
    let region = Arc::clone(call.api.region());
    let kept = region.batch(source.clone(), reference.clone()).await?;
    let report = &kept.report;
    let mut told = json!({
        "source": kept.source.as_str(),
        "reference": kept.reference,
        "state": kept.state.word(),
        "received": call.telling().time(kept.at),
        "rows": report.rows,
        "new": report.new,
        "repeated": report.repeated,
        "quarantined": report.quarantined,
        "changed": report.changed,
        "lines": lines(report),
    });
    if kept.state == BatchState::Waiting
        && let Value::Object(members) = &mut told
    {
        members.insert("raised".to_owned(), report.raised.into());
        // A source that is registered no more has no terms to read its batch by.
        match region.waiting_batch(source, reference).await {
            Ok((sent, terms)) => {
                let reading = Arc::clone(&region);
                let inside = aside(move || {
                    let read = reading.read_batch(&sent, &terms);
                    read.map(|(judged, _)| BatchInside::of(&judged))
                });
                members.insert("inside".to_owned(), inside_told(&inside.await??));
            }
            Err(SourceError::NotRegistered | SourceError::NotWaiting) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(door::answer(200, JSON, told.to_string()))
}

pub(crate) async fn release<S: Store, R: Root>(
    call: Call<S, R>,
) -> Result<Response<Body>, Problem> {
    let word = word(&call)?;
    let (source, reference) = named(&call)?;
    let region = Arc::clone(call.api.region());
    let waiting = region.waiting_batch(source, reference).await;
    let (sent, terms) = waiting.map_err(of_officer)?;
    let reading = Arc::clone(&region);
    let (sent, read) = aside(move || {
        let read = reading.read_batch(&sent, &terms);
        (sent, read)
    })
    .await?;
    let released = region.release_batch(sent, read?, word).await;
    let receipt = released.map_err(of_officer)?;
    let told = receipt_told(&receipt, call.telling());
    Ok(door::answer(200, JSON, told.to_string()))
}

pub(crate) async fn refuse<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let word = word(&call)?;
    let (source, reference) = named(&call)?;
    let region = call.api.region();
    region.batch(source.clone(), reference.clone()).await?;
    region.refuse_batch(source, reference, word).await?;
    Ok(door::answer(204, "", ""))
}

fn named<S, R>(call: &Call<S, R>) -> Result<(PartyId, String), Problem> {
    let source =
        PartyId::parse(call.segment("source")).map_err(|_| Problem::new(ProblemType::NoBatch))?;
    Ok((source, call.segment("reference").to_owned()))
}

fn word<S, R>(call: &Call<S, R>) -> Result<Word, Problem> {
    let asked: AskedWord = json::read(&call.body)?;
    Ok(Word {
        officer: call.officer()?.id().as_str().to_owned(),
        reason: asked::read_reason(&asked.reason)?,
        proved: call.proved,
    })
}

/// It is the source that is not registered any more, not the officer who asks.
fn of_officer(error: SourceError) -> Problem {
    match error {
        SourceError::NotRegistered => Problem::new(ProblemType::NotRegistered),
        other => other.into(),
    }
}

fn inside_told(inside: &BatchInside) -> Value {
    let kinds: Vec<Value> = inside
        .kinds
        .iter()
        .map(|(kind, rows)| json!({"kind": kind, "rows": rows}))
        .collect();
    let divisions: Vec<Value> = inside
        .divisions
        .iter()
        .map(|(division, rows)| json!({"division": division.to_string(), "rows": rows}))
        .collect();
    json!({"kinds": kinds, "divisions": divisions, "elsewhere": inside.elsewhere})
}
