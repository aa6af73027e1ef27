//! `POST /v1/areas`: a publication of risk areas.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::area::LARGEST_PUBLICATION;
use hc_core::party::Duty;
use hc_core::store::Store;
use hc_node::region::AreasError;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    BodyForm, Credential, FileForm, JSON, Lane, Operation, Side, Success, Verb,
};
use crate::people::why::aside;
use crate::problem::{Fault, Problem, ProblemType};

pub(crate) const OPERATION: Operation = Operation {
    id: "publishAreas",
    verb: Verb::Post,
    path: "/v1/areas",
    summary: "Keeps a publication of risk areas, which counts at once: everybody is decided anew in the background. Sent again it changes nothing.",
    side: Side::Operators,
    credential: Credential::Officer(&[Duty::Operator]),
    lane: Lane::Act,
    body: Some(BodyForm::File(FileForm {
        media: JSON,
        says: "A publication of spec/risk-areas.md.",
        most: LARGEST_PUBLICATION,
    })),
    parameters: &[],
    success: &[
        Success::json(
            200,
            "Areas",
            "The same publication had been received before.",
        ),
        Success::json(201, "Areas", "The publication counts."),
    ],
    problems: &[ProblemType::BadAreas, ProblemType::OtherContent],
};

/// The most names and problems that an answer tells of; all are counted.
const MOST_TOLD: usize = 100;

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let by = call.officer()?.id().clone();
    let region = Arc::clone(call.api.region());
    let (reading, bytes) = (Arc::clone(&region), call.body.clone());
    let read = aside(move || reading.read_areas(&bytes)).await??;
    let lost: Vec<Value> = read
        .report
        .lost()
        .take(MOST_TOLD)
        .map(|(lost, count)| {
            let names = lost.names.join(" ");
            json!({"names": names, "place": lost.place, "reason": lost.reason, "count": count})
        })
        .collect();
    let problems = read.problems.iter().take(MOST_TOLD);
    let problems: Vec<String> = problems.map(ToString::to_string).collect();
    let mut told = json!({
        "at": call.telling().time(read.snapshot.at()),
        "areas": read.snapshot.areas().count(),
        "lost": lost,
        "problems": problems,
    });
    let new = region.publish_areas(read, by).await?;
    if let Value::Object(members) = &mut told {
        members.insert("new".to_owned(), new.into());
    }
    aside(move || region.apply_areas()).await?;
    let status = if new { 201 } else { 200 };
    Ok(door::answer(status, JSON, told.to_string()))
}

impl From<AreasError> for Problem {
    fn from(error: AreasError) -> Self {
        let detail = error.to_string();
        match error {
            AreasError::Act(error) => error.into(),
            AreasError::OtherContent => Self::new(ProblemType::OtherContent).with_detail(detail),
            AreasError::Incomplete(problems) => {
                let faults = problems.iter().map(|problem| Fault::new("", problem));
                Self::new(ProblemType::BadAreas)
                    .with_detail(detail)
                    .with_faults(faults.collect())
            }
            AreasError::Feed(_) | AreasError::Text | AreasError::Ahead(_) => {
                Self::new(ProblemType::BadAreas).with_detail(detail)
            }
        }
    }
}
