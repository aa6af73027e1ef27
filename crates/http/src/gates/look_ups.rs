//! `POST /v1/look-ups`: what to do with somebody who has a document and no code.

use axum::body::Body;
use axum::http::Response;
use hc_core::document::{Document, DocumentType};
use hc_core::domain_table::{Code, Country};
use hc_core::party::Purpose;
use hc_core::store::Store;
use hc_node::region::LookUpError;
use serde::Deserialize;
use serde_json::json;

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::{door, json};

pub(crate) const OPERATION: Operation = Operation {
    id: "lookUp",
    verb: Verb::Post,
    path: "/v1/look-ups",
    summary: "Says what an attended gate is to do with the person of a document: a verdict and nothing else, the same for whoever is not enrolled. Counted, and shown to the person.",
    side: Side::Public,
    credential: Credential::Gate,
    lane: Lane::Act,
    body: Some(BodyForm::Json("LookUp")),
    parameters: &[],
    success: &[Success::json(200, "LookUpVerdict", "What to do.")],
    problems: &[ProblemType::TooMany],
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
    let gate = call.gate()?.id().clone();
    let region = call.api.region();
    let asked: Asked = json::read(&call.body)?;
    let mut faults = Vec::new();
    let kind = asked.document.kind.parse::<DocumentType>();
    let kind = kind.map_err(|error| faults.push(Fault::new("document.type", &error)));
    let country = asked.document.country.as_deref();
    let country = country.map(str::parse::<Code<Country>>).transpose();
    let country = country.map_err(|error| faults.push(Fault::new("document.country", &error)));
    let purpose = asked.purpose.parse::<Purpose>();
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
    let action = region.look_up(gate, &document, purpose).await?;
    let told = json!({"verdict": action.word()});
    Ok(door::answer(200, JSON, told.to_string()))
}

impl From<LookUpError> for Problem {
    fn from(error: LookUpError) -> Self {
        let detail = error.to_string();
        match error {
            LookUpError::Act(error) => error.into(),
            LookUpError::NotRegistered => Self::new(ProblemType::CredentialRefused),
            LookUpError::Terms(_) => Self::new(ProblemType::Internal),
            LookUpError::NotAttended | LookUpError::Purpose => {
                Self::new(ProblemType::NotAllowed).with_detail(detail)
            }
            LookUpError::Quota => Self::new(ProblemType::TooMany).with_detail(detail),
        }
    }
}
