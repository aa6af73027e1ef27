//! `GET /v1/decision-log/follows/{earlier}`: the head that is out, with the proof that it follows an earlier
//! one. The text is what a witness is sent (C2SP tlog-witness, `add-checkpoint`).

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use super::{TEXT, cached};
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{
    Credential, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::problem::{Problem, ProblemType};

pub(crate) const OPERATION: Operation = Operation {
    id: "logFollows",
    verb: Verb::Get,
    path: "/v1/decision-log/follows/{earlier}",
    summary: "Gives the proof that the head of the decision log follows an earlier one, and that head, in the form that witnesses take.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Act,
    body: None,
    parameters: &[Parameter {
        name: "earlier",
        place: ParameterPlace::Path,
        says: "Entries under the earlier head, as a decimal number.",
        required: true,
        range: None,
    }],
    success: &[Success::plain(
        200,
        TEXT,
        "A line `old <entries>`, a line for each hash of the proof, an empty line, the signed note.",
    )],
    problems: &[ProblemType::NotFound],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let missing = |detail: &str| Problem::new(ProblemType::NotFound).with_detail(detail);
    let earlier = call
        .whole("earlier")
        .ok_or_else(|| missing("the path ends with the number of entries"))?;
    let follows = call.api.region().log_follows(earlier).await?;
    let follows = follows.ok_or_else(|| missing("the head that is out is smaller"))?;
    let mut text = format!("old {earlier}\n");
    for hash in follows.proof.hashes() {
        text.extend([hash.to_string(), "\n".to_owned()]);
    }
    text.push('\n');
    text.push_str(&follows.head.note().to_string());
    Ok(cached(door::answer(200, TEXT, text), "public, max-age=5"))
}
