//! `GET /v1/identity/methods`: by what a person can prove here who they are.

use std::future::ready;

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::identity::Way;
use crate::operation::{Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = Operation {
    id: "identityMethods",
    verb: Verb::Get,
    path: "/v1/identity/methods",
    summary: "Lists the methods by which a person can prove here who they are, and says what time it is here.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Memory,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "IdentityMethods", "The methods.")],
    problems: &[],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let methods = call.api.identify().methods();
    let methods: Vec<Value> = methods
        .iter()
        .map(|method| {
            let way = match method.way {
                Way::Redirect => "redirect",
                Way::Code => "code",
                Way::Word => "word",
            };
            let [zh, en] = &method.title;
            json!({"method": &*method.name, "way": way, "title": {"zh": &**zh, "en": &**en}})
        })
        .collect();
    let now = call.api.time(call.api.region().now());
    let told = json!({ "methods": methods, "now": now });
    ready(Ok(door::answer(200, JSON, told.to_string()))).await
}
