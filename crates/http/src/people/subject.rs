//! `DELETE /v1/subject`: to be forgotten.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};

pub(crate) const OPERATION: Operation = Operation {
    id: "erase",
    verb: Verb::Delete,
    path: "/v1/subject",
    summary: "Forgets the person: profile, documents, declarations, evidence. That it happened stays in the log, of nobody. Not while the level is above low: until it ends, what it rests on is kept.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::plain(
        204,
        "",
        "Nothing is left; the token has ended.",
    )],
    problems: &[ProblemType::AboveLow],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    call.api.region().erase(&call.token).await?;
    Ok(door::answer(204, "", ""))
}
