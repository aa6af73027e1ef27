//! `/v1/reports`, `/v1/conversions`: what another region says of its code, beside the code of this one or
//! in its place (`spec/parcels.md` §7).

use axum::body::Body;
use axum::http::Response;
use hc_code::parcel::Report;
use hc_core::store::Store;
use hc_node::federation::DoorError;
use hc_node::region::{ReportError, Reported};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::Telling;
use crate::{door, json as read};

pub(crate) const REPORT: Operation = Operation {
    id: "reportOfOtherRegion",
    verb: Verb::Post,
    path: "/v1/reports",
    summary: "Asks the region of another code of the person what that code says now, to be shown beside this region's.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("OtherCode")),
    parameters: &[],
    success: &[Success::json(
        200,
        "HealthyReport",
        "What the other region says.",
    )],
    problems: &[ProblemType::NoSuchRegion, ProblemType::RegionUnavailable],
};

pub(crate) const CONVERT: Operation = Operation {
    id: "convertCode",
    verb: Verb::Post,
    path: "/v1/conversions",
    summary: "Gives a live code of this region in place of another region's, with level, reason and time as that region says now.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Act,
    body: Some(BodyForm::Json("OtherCode")),
    parameters: &[],
    success: &[Success::json(200, "ConvertedCode", "The code.")],
    problems: &[
        ProblemType::NoSuchRegion,
        ProblemType::RegionUnavailable,
        ProblemType::CodeUnknown,
        ProblemType::NoKey,
    ],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    code: String,
}

pub(crate) async fn report<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Asked = read::read(&call.body)?;
    let region = call.api.region();
    let reported = region.ask_report(&call.token, &asked.code).await?;
    let told = told(&reported, call.telling());
    Ok(door::answer(200, JSON, told.to_string()))
}

pub(crate) async fn convert<S: Store, R: Root>(
    call: Call<S, R>,
) -> Result<Response<Body>, Problem> {
    let asked: Asked = read::read(&call.body)?;
    let converted = call.api.region().convert(&asked.code).await?;
    let told = json!({
        "code": converted.text,
        "report": told(&converted.reported, call.telling()),
    });
    Ok(door::answer(200, JSON, told.to_string()))
}

fn told(reported: &Reported, telling: Telling) -> Value {
    let mut told = json!({
        "region": reported.region.to_string(),
        "at": telling.time(reported.at),
        "known": false,
    });
    if let Report::Known {
        level,
        reason,
        as_of,
        valid_until,
    } = reported.report
    {
        told = json!({
            "region": reported.region.to_string(),
            "at": telling.time(reported.at),
            "known": true,
            "level": level.code(),
            "levelZh": level.word_zh(),
            "reason": reason.word(),
            "reasonZh": reason.word_zh(),
            "asOf": telling.time(as_of),
            "until": telling.time(valid_until),
        });
    }
    told
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        let code = |says: &str| {
            Self::new(ProblemType::BadFields).with_faults(vec![Fault::new("code", says)])
        };
        match error {
            ReportError::NotACode(_) => code("is not the text of a health code"),
            ReportError::Own => code("is a code of this region: there is nobody to ask"),
            ReportError::NoWay(_) => Self::new(ProblemType::NoSuchRegion),
            ReportError::Door(DoorError::Refused(_)) | ReportError::Unknown => {
                Self::new(ProblemType::CodeUnknown)
            }
            ReportError::Door(_) | ReportError::Answer(_) => {
                Self::new(ProblemType::RegionUnavailable)
            }
            ReportError::Issue(_) => Self::new(ProblemType::NoKey),
            ReportError::Region(error) => error.into(),
        }
    }
}
