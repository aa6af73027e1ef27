//! `POST /v1/overrides`: refused, whoever asks, and logged.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use super::ANY;
use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, Lane, Operation, Side, Verb};
use crate::problem::{Problem, ProblemType};

pub(crate) const OPERATION: Operation = Operation {
    id: "override",
    verb: Verb::Post,
    path: "/v1/overrides",
    summary: "Refuses to set a level by hand, on every listener and for every officer, and logs who asked. Levels follow from rules and evidence.",
    side: Side::Both,
    credential: Credential::Officer(ANY),
    lane: Lane::Act,
    body: Some(BodyForm::Json("Override")),
    parameters: &[],
    success: &[],
    problems: &[ProblemType::NoOverride],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let by = call.officer()?.id().clone();
    call.api.region().refuse_override(by).await?;
    Err(Problem::new(ProblemType::NoOverride))
}
