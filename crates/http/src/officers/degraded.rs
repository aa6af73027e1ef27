//! `/v1/notices`: degraded mode, declared and ended.

use axum::body::Body;
use axum::http::Response;
use hc_code::Timestamp;
use hc_code::notice::Degraded;
use hc_core::party::Duty;
use hc_core::store::Store;
use hc_node::region::{Declared, DegradedError};
use serde::Deserialize;
use serde_json::{Value, json};

use super::asked;
use crate::api::Root;
use crate::call::Call;
use crate::operation::{
    BodyForm, Credential, JSON, Lane, Operation, Parameter, Side, Success, Verb,
};
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::Telling;
use crate::{door, json};

const BY: Credential = Credential::Officer(&[Duty::Operator]);

pub(crate) const DECLARE: Operation = Operation {
    id: "declareDegraded",
    verb: Verb::Post,
    path: "/v1/notices",
    summary: "Declares degraded mode from now on, for at most 24 hours; gates read of it in the signed list of notices.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: Some(BodyForm::Json("NoticeToDeclare")),
    parameters: &[],
    success: &[Success::json(201, "Notice", "It holds.")],
    problems: &[ProblemType::NoticeHolds],
};

pub(crate) const END: Operation = Operation {
    id: "endDegraded",
    verb: Verb::Post,
    path: "/v1/notices/{number}/end",
    summary: "Ends a notice before its time; the list of notices says so, signed.",
    side: Side::Operators,
    credential: BY,
    lane: Lane::Act,
    body: Some(BodyForm::Json("OfficersWord")),
    parameters: &[Parameter::path("number", "The notice's number.")],
    success: &[Success::json(200, "Notice", "It has ended.")],
    problems: &[ProblemType::NoNotice],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    kind: String,
    until: String,
    reason: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AskedEnd {
    reason: String,
}

pub(crate) async fn declare<S: Store, R: Root>(
    call: Call<S, R>,
) -> Result<Response<Body>, Problem> {
    let by = call.officer()?.id().clone();
    let asked: Asked = json::read(&call.body)?;
    let mut faults = Vec::new();
    let kind = Degraded::from_word(&asked.kind);
    if kind.is_none() {
        let words = Degraded::ALL.map(Degraded::word).join(", ");
        faults.push(Fault::new("kind", &format!("is none of {words}")));
    }
    let until = asked::instant(&asked.until);
    let until = until.map_err(|error| faults.push(Fault::new("until", error)));
    let reason = asked::reason(&asked.reason);
    let reason = reason.map_err(|error| faults.push(Fault::new("reason", error)));
    let (Some(kind), Ok(until), Ok(reason)) = (kind, until, reason) else {
        return Err(Problem::new(ProblemType::BadFields).with_faults(faults));
    };
    let region = call.api.region();
    let declared = region.declare_degraded(kind, until, (by, reason)).await?;
    let told = told(&declared, region.now(), call.telling());
    Ok(door::answer(201, JSON, told.to_string()))
}

pub(crate) async fn end<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let by = call.officer()?.id().clone();
    let asked: AskedEnd = json::read(&call.body)?;
    let reason = asked::read_reason(&asked.reason)?;
    let number = call.whole("number");
    let number = number.ok_or_else(|| Problem::new(ProblemType::NoNotice))?;
    let region = call.api.region();
    let ended = region.end_degraded(number, (by, reason)).await?;
    let told = told(&ended, region.now(), call.telling());
    Ok(door::answer(200, JSON, told.to_string()))
}

/// A notice for people.
pub(crate) fn told(declared: &Declared, now: Timestamp, telling: Telling) -> Value {
    let notice = &declared.notice;
    let (zh, en) = notice.kind().says();
    json!({
        "number": notice.number(),
        "kind": notice.kind().word(),
        "says": {"zh": zh, "en": en},
        "from": telling.time(notice.from()),
        "until": telling.time(notice.until()),
        "ended": notice.ended_at().map(|at| telling.time(at)),
        "holds": notice.holds_at(now),
        "reason": declared.reason,
    })
}

impl From<DegradedError> for Problem {
    fn from(error: DegradedError) -> Self {
        let detail = error.to_string();
        match error {
            DegradedError::Act(error) => error.into(),
            DegradedError::Notice(_) => {
                let fault = Fault::new("until", &detail);
                Self::new(ProblemType::BadFields).with_faults(vec![fault])
            }
            DegradedError::Signing(_) => Self::new(ProblemType::NoKey),
            DegradedError::Holds => Self::new(ProblemType::NoticeHolds).with_detail(detail),
            DegradedError::Nothing => Self::new(ProblemType::NoNotice).with_detail(detail),
        }
    }
}
