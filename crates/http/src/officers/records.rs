//! `POST /v1/records`: the facts about a person whose document an officer has, for a stated purpose.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::document::{Document, DocumentType};
use hc_core::domain_table::{Code, Country};
use hc_core::party::{Duty, RecordPurpose};
use hc_core::store::Store;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::people::why::aside;
use crate::problem::{Fault, Problem, ProblemType};
use crate::{door, json as read};

pub(crate) const OPERATION: Operation = Operation {
    id: "openRecord",
    verb: Verb::Post,
    path: "/v1/records",
    summary: "Opens the record of the person of a document for a stated purpose: the facts in force and why they count. The person sees who looked. At most 60 an hour.",
    side: Side::Operators,
    credential: Credential::Officer(&[Duty::Health]),
    lane: Lane::Act,
    body: Some(BodyForm::Json("RecordToOpen")),
    parameters: &[],
    success: &[Success::json(
        200,
        "Record",
        "What is known; `why` is null where nobody is enrolled under the document.",
    )],
    problems: &[],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    document: AskedDocument,
    purpose: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedDocument {
    #[serde(rename = "type")]
    kind: String,
    number: String,
    country: Option<String>,
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let by = (call.officer()?.id().clone(), call.proved);
    let region = Arc::clone(call.api.region());
    let asked: Asked = read::read(&call.body)?;
    let mut faults = Vec::new();
    let kind = asked.document.kind.parse::<DocumentType>();
    let kind = kind.map_err(|error| faults.push(Fault::new("document.type", &error)));
    let country = asked.document.country.as_deref();
    let country = country.map(str::parse::<Code<Country>>).transpose();
    let country = country.map_err(|error| faults.push(Fault::new("document.country", &error)));
    let purpose = asked.purpose.parse::<RecordPurpose>();
    let purpose = purpose.map_err(|_| faults.push(Fault::new("purpose", "is no purpose")));
    let document = match (kind, country) {
        (Ok(kind), Ok(country)) => {
            Document::parse(kind, &asked.document.number, country, region.now())
                .map_err(|error| faults.push(Fault::new("document.number", &error)))
                .ok()
        }
        _ => None,
    };
    let (Some(document), Ok(purpose)) = (document, purpose) else {
        return Err(Problem::new(ProblemType::BadFields).with_faults(faults));
    };
    let counted = call
        .api
        .records
        .step(by.0.as_str().as_bytes(), region.now());
    if let Err(problem) = counted {
        region.refuse_record(by, purpose).await?;
        return Err(problem);
    }
    let record = region.open_record(by, &document, purpose).await?;
    let telling = call.telling();
    let (_, as_of) = region.load();
    let as_of = telling.time(as_of);
    let told = aside(move || {
        let why = record.why.map(|why| {
            let mut told = telling.explanation(&why.explanation);
            let mut rulebook = region.rulebook();
            let places = &*rulebook.places();
            let evidence: Vec<Value> = why
                .evidence
                .iter()
                .map(|evidence| telling.evidence(evidence, places))
                .collect();
            if let Value::Object(members) = &mut told {
                members.insert("evidence".to_owned(), evidence.into());
            }
            told
        });
        json!({"asOf": as_of, "why": why})
    })
    .await?;
    Ok(door::answer(200, JSON, told.to_string()))
}
