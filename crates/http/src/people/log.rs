//! `GET /v1/log`: the person's own entries of the decision log: decisions, and who looked.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    Credential, JSON, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::problem::Problem;
use crate::told::Telling;

pub(crate) const OPERATION: Operation = Operation {
    id: "ownLog",
    verb: Verb::Get,
    path: "/v1/log",
    summary: "Lists the log entries about the person, the latest first: decisions, exports, and who looked.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[Parameter {
        name: "limit",
        place: ParameterPlace::Query,
        says: "The most entries; 100 where it is left out.",
        required: false,
        range: Some((1, 1000)),
    }],
    success: &[Success::json(200, "Log", "The entries.")],
    problems: &[],
};

/// Entries where nothing else is asked for.
const USUAL: u32 = 100;

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let limit = call.number("limit").unwrap_or(USUAL);
    let rows = region.log_of(&call.token, limit).await?;
    let telling = Telling {
        offset: region.terms().offset,
    };
    let entries: Vec<Value> = rows.iter().map(|row| telling.log_row(row)).collect();
    let told = json!({ "entries": entries });
    Ok(door::answer(200, JSON, told.to_string()))
}
