//! `/v1/appeals-waiting`, `/v1/appeals/{number}/answer`: health officers answer what people say is wrong.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::act::AppealText;
use hc_core::party::Duty;
use hc_core::store::Store;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::operation::{
    BodyForm, Credential, JSON, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::people::appeals::told;
use crate::people::why::aside;
use crate::problem::{Fault, Problem, ProblemType};
use crate::{door, json as read};

pub(crate) const LIST: Operation = Operation {
    id: "waitingAppeals",
    verb: Verb::Get,
    path: "/v1/appeals-waiting",
    summary: "Appeals that wait for an answer, the most urgent first, with the evidence that they are about; by whom they are is not said.",
    side: Side::Operators,
    credential: Credential::Officer(&[Duty::Health]),
    lane: Lane::Act,
    body: None,
    parameters: &[Parameter {
        name: "limit",
        place: ParameterPlace::Query,
        says: "The most appeals; 100 where it is left out.",
        required: false,
        range: Some((1, 1000)),
    }],
    success: &[Success::json(200, "WaitingAppeals", "The appeals.")],
    problems: &[],
};

pub(crate) const ANSWER: Operation = Operation {
    id: "answerAppeal",
    verb: Verb::Post,
    path: "/v1/appeals/{number}/answer",
    summary: "Answers an appeal: where the person is right, the evidence is taken back and the person decided anew at once. The person reads the reason.",
    side: Side::Operators,
    credential: Credential::Officer(&[Duty::Health]),
    lane: Lane::Act,
    body: Some(BodyForm::Json("AppealAnswer")),
    parameters: &[Parameter::path("number", "The number of the appeal.")],
    success: &[Success::json(200, "Appeal", "The appeal is closed.")],
    problems: &[ProblemType::NotFound, ProblemType::NotAllowed],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    accepted: bool,
    reason: String,
}

/// Appeals where nothing else is asked for.
const USUAL: u32 = 100;

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let limit = call.number("limit").unwrap_or(USUAL);
    let region = Arc::clone(call.api.region());
    let waiting = region.waiting_appeals(limit).await?;
    let telling = call.telling();
    let all = aside(move || {
        let mut rulebook = region.rulebook();
        let places = &*rulebook.places();
        let each = waiting.iter().map(|one| {
            let mut appeal = told(&one.row, telling)?;
            let evidence = one.evidence.as_ref();
            let states = evidence.map(|evidence| telling.evidence(evidence, places));
            if let Value::Object(members) = &mut appeal {
                members.insert("states".to_owned(), states.unwrap_or(Value::Null));
            }
            Ok(appeal)
        });
        each.collect::<Result<Vec<Value>, Problem>>()
    })
    .await??;
    Ok(door::answer(
        200,
        JSON,
        json!({ "appeals": all }).to_string(),
    ))
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Asked = read::read(&call.body)?;
    let reason = AppealText::parse(&asked.reason).map_err(|error| {
        let faults = vec![Fault::new("reason", &error)];
        Problem::new(ProblemType::BadFields).with_faults(faults)
    })?;
    let missing =
        || Problem::new(ProblemType::NotFound).with_detail("no appeal of this number waits");
    let number = call.whole("number").ok_or_else(missing)?;
    let officer = call.officer()?.id().as_str().to_owned();
    let region = call.api.region();
    let row = region
        .answer_appeal(number, asked.accepted, reason, officer)
        .await?;
    let told = told(&row, call.telling())?;
    Ok(door::answer(200, JSON, told.to_string()))
}
