//! `POST /v1/paper-withdrawals`: a paper code that was lost.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use serde::Deserialize;

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::{door, json};

pub(crate) const OPERATION: Operation = Operation {
    id: "withdrawPaper",
    verb: Verb::Post,
    path: "/v1/paper-withdrawals",
    summary: "Ends one paper code of the person; everything else goes on.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("PaperPointer")),
    parameters: &[super::grants::WARD],
    success: &[Success::plain(204, "", "The paper code has ended.")],
    problems: &[ProblemType::NoPaper, ProblemType::NoGrant],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    pointer: String,
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Asked = json::read(&call.body)?;
    let pointer = pointer(&asked.pointer).ok_or_else(|| {
        let faults = vec![Fault::new(
            "pointer",
            "is not 32 lower-case hexadecimal digits",
        )];
        Problem::new(ProblemType::BadFields).with_faults(faults)
    })?;
    call.api
        .region()
        .withdraw_paper_for(&call.token, call.number("ward"), pointer)
        .await?;
    Ok(door::answer(204, "", ""))
}

fn pointer(text: &str) -> Option<[u8; 16]> {
    let digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let fits = text.len() == 32 && text.bytes().all(digit);
    let number = u128::from_str_radix(text, 16).ok().filter(|_| fits)?;
    Some(number.to_be_bytes())
}
