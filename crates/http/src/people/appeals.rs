//! `/v1/appeals`: a person says that a piece of evidence about them is wrong; a clock runs.

use axum::body::Body;
use axum::http::Response;
use hc_core::act::{Appeal, AppealText};
use hc_core::evidence::EvidenceId;
use hc_core::store::{AppealRow, Store};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::{Telling, hexadecimal};
use crate::{door, json as read};

pub(crate) const MAKE: Operation = Operation {
    id: "appeal",
    verb: Verb::Post,
    path: "/v1/appeals",
    summary: "Says that a piece of evidence is wrong. An officer answers within 24 hours; what may lapse lapses in the person's favour then. What the person stated themself is taken back at once.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("AppealMade")),
    parameters: &[],
    success: &[Success::json(
        201,
        "Appeal",
        "The appeal with its number and clock; the same one again where it waits already.",
    )],
    problems: &[ProblemType::NotFound],
};

pub(crate) const LIST: Operation = Operation {
    id: "ownAppeals",
    verb: Verb::Get,
    path: "/v1/appeals",
    summary: "Lists the person's appeals with their clocks and answers, the latest first.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "Appeals", "The appeals.")],
    problems: &[],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    evidence: String,
    text: String,
    right: Option<String>,
}

pub(crate) async fn make<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Asked = read::read(&call.body)?;
    let appeal = asked
        .read()
        .map_err(|faults| Problem::new(ProblemType::BadFields).with_faults(faults))?;
    let row = call.api.region().appeal(&call.token, appeal).await?;
    let told = told(&row, call.telling())?;
    Ok(door::answer(201, JSON, told.to_string()))
}

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let rows = call.api.region().appeals(&call.token).await?;
    let telling = call.telling();
    let all = rows.iter().map(|row| told(row, telling));
    let all = all.collect::<Result<Vec<Value>, Problem>>()?;
    Ok(door::answer(
        200,
        JSON,
        json!({ "appeals": all }).to_string(),
    ))
}

impl Asked {
    fn read(self) -> Result<Appeal, Vec<Fault>> {
        let mut faults = Vec::new();
        let evidence = id(&self.evidence);
        if evidence.is_none() {
            let problem = "is not the id of a piece of evidence: 32 lower-case hexadecimal digits";
            faults.push(Fault::new("evidence", problem));
        }
        let text = AppealText::parse(&self.text);
        let text = text.map_err(|error| faults.push(Fault::new("text", &error)));
        let right = self.right.as_deref().map(AppealText::parse).transpose();
        let right = right.map_err(|error| faults.push(Fault::new("right", &error)));
        match (evidence, text, right) {
            (Some(evidence), Ok(text), Ok(right)) => Ok(Appeal {
                evidence,
                text,
                right,
                answer: None,
            }),
            _ => Err(faults),
        }
    }
}

fn id(text: &str) -> Option<EvidenceId> {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let fits = text.len() == 32 && text.bytes().all(digit);
    let number = u128::from_str_radix(text, 16).ok().filter(|_| fits)?;
    Some(EvidenceId::from_bytes(number.to_be_bytes()))
}

/// An appeal with what it says and what was answered.
pub(crate) fn told(row: &AppealRow, telling: Telling) -> Result<Value, Problem> {
    let appeal = Appeal::from_bytes(&row.content)?;
    let text = |text: &AppealText| text.expose_text().to_owned();
    Ok(json!({
        "number": row.id,
        "evidence": hexadecimal(appeal.evidence.as_bytes()),
        "text": text(&appeal.text),
        "right": appeal.right.as_ref().map(text),
        "at": telling.time(row.at),
        "due": telling.time(row.due),
        "state": row.state.to_string(),
        "stateZh": hc_core::word::Word::word_zh(row.state),
        "closed": row.closed.map(|at| telling.time(at)),
        "answer": appeal.answer.as_ref().map(text),
    }))
}
