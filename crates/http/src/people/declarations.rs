//! `POST /v1/declarations`: health and itinerary, stated anew.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use super::asked::{AskedDeclaration, refused};
use super::code::show;
use crate::api::Root;
use crate::call::Call;
use crate::json;
use crate::operation::{BodyForm, Credential, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};

pub(crate) const OPERATION: Operation = Operation {
    id: "declare",
    verb: Verb::Post,
    path: "/v1/declarations",
    summary: "Declares health and itinerary, and gives the code that follows from it.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("Declaration")),
    parameters: &[super::grants::WARD],
    success: &[Success::json(
        201,
        "Shown",
        "The declaration is kept and decided.",
    )],
    problems: &[ProblemType::NoKey, ProblemType::NoGrant],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let declaration = json::read::<AskedDeclaration>(&call.body)?
        .read(region.now())
        .map_err(refused)?;
    let ward = call.number("ward");
    region.declare_for(&call.token, ward, declaration).await?;
    show(&call.api, &call.token, ward, 0, 201)
}
