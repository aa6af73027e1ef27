//! `GET /gbt38963/keys`: the key that answers are signed with.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use serde_json::json;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = Operation {
    id: "nationalKeys",
    verb: Verb::Get,
    path: "/gbt38963/keys",
    summary: "Names the key that answers to applications are signed with now; the region's key list vouches for it.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "NationalKeys", "The key.")],
    problems: &[],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let key = region.answer_key().key;
    let told = json!({
        "region": region.division().to_string(),
        "keys": [{
            "keyId": key.id().to_string(),
            "algorithm": key.algorithm().name(),
            "key": hex::encode(key.as_bytes()),
        }],
    });
    std::future::ready(Ok(door::answer(200, JSON, told.to_string()))).await
}
