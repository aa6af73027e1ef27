//! `GET /v1/log/{sequence}`: one of the person's own log entries, with the proof that it stands in the log.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use serde_json::json;

use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    Credential, JSON, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::problem::{Problem, ProblemType};
use crate::told::Telling;

pub(crate) const OPERATION: Operation = Operation {
    id: "ownLogProof",
    verb: Verb::Get,
    path: "/v1/log/{sequence}",
    summary: "Gives one of the person's own log entries with salt, content and the proof that it stands in the log, to be verified without the region.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[Parameter {
        name: "sequence",
        place: ParameterPlace::Path,
        says: "The sequence of the entry, as the list of entries tells it.",
        required: true,
        range: None,
    }],
    success: &[Success::json(200, "LogProof", "The entry and its proof.")],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    // The same for an entry of somebody else and for none: whose an entry is, is nobody's business.
    let missing =
        || Problem::new(ProblemType::NotFound).with_detail("no entry of this sequence is yours");
    let sequence = call.whole("sequence").ok_or_else(missing)?;
    let region = call.api.region();
    let proved = region.prove_own(&call.token, sequence).await?;
    let proved = proved.ok_or_else(missing)?;
    let telling = Telling {
        offset: region.terms().offset,
    };
    let told = json!({
        "entry": telling.log_row(&proved.row),
        "key": region.log_key().to_string(),
        "receipt": proved.receipt.map(|receipt| receipt.to_string()),
    });
    Ok(door::answer(200, JSON, told.to_string()))
}
