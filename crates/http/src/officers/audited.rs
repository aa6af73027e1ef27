//! `/v1/log-entries`: the decision log with its contents, for auditors; about whom an entry is, is not said.

use axum::body::Body;
use axum::http::Response;
use hc_core::party::Duty;
use hc_core::store::{LogRow, Store};
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    Credential, JSON, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::problem::{Problem, ProblemType};
use crate::told::Telling;

const BY: Credential = Credential::Officer(&[Duty::Auditor]);
/// The most entries that are told at once.
const MOST: u32 = 100;

pub(crate) const LIST: Operation = Operation {
    id: "listLogEntries",
    verb: Verb::Get,
    path: "/v1/log-entries",
    summary: "Entries of the decision log with their contents, 100 at most; without `first` the latest. About whom an entry is, is not said.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: None,
    parameters: &[Parameter {
        name: "first",
        place: ParameterPlace::Query,
        says: "The sequence of the first entry.",
        required: false,
        range: Some((0, u32::MAX)),
    }],
    success: &[Success::json(200, "AuditedLog", "By sequence.")],
    problems: &[],
};

pub(crate) const ONE: Operation = Operation {
    id: "logEntry",
    verb: Verb::Get,
    path: "/v1/log-entries/{sequence}",
    summary: "One entry of the decision log, with the proof that it stands in it.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: None,
    parameters: &[Parameter::path("sequence", "The sequence of the entry.")],
    success: &[Success::json(200, "LogProof", "The entry and its proof.")],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let telling = call.telling();
    let (first, (rows, size)) = if let Some(first) = call.number("first") {
        let first = u64::from(first);
        (first, region.log_entries(first, MOST).await?)
    } else {
        let (_, size) = region.log_entries(0, 1).await?;
        let first = size.saturating_sub(MOST.into());
        (first, region.log_entries(first, MOST).await?)
    };
    let entries: Vec<Value> = rows.iter().map(|row| audited(row, telling)).collect();
    let told = json!({"first": first, "size": size, "entries": entries});
    Ok(door::answer(200, JSON, told.to_string()))
}

pub(crate) async fn one<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let missing =
        || Problem::new(ProblemType::NotFound).with_detail("the log has no entry of this sequence");
    let sequence = call.whole("sequence").ok_or_else(missing)?;
    let region = call.api.region();
    let proved = region.prove_entry(sequence).await?;
    let proved = proved.ok_or_else(missing)?;
    let told = json!({
        "entry": audited(&proved.row, call.telling()),
        "key": region.log_key().to_string(),
        "receipt": proved.receipt.map(|receipt| receipt.to_string()),
    });
    Ok(door::answer(200, JSON, told.to_string()))
}

/// An entry without what would open whose it is: who has the salt can try every number.
fn audited(row: &LogRow, telling: Telling) -> Value {
    let mut told = telling.log_row(row);
    let about = row.opened.as_ref();
    if about.is_some_and(|(_, entry)| entry.subject().is_some())
        && let Value::Object(members) = &mut told
    {
        members.remove("salt");
    }
    told
}
