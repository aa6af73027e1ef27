//! `POST /v1/withdrawal`: a lost phone, a lost paper.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;
use serde::Deserialize;

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Problem, ProblemType};
use crate::{door, json, shown};

pub(crate) const OPERATION: Operation = Operation {
    id: "withdraw",
    verb: Verb::Post,
    path: "/v1/withdrawal",
    summary: "Ends every code, token and paper of the person, and gives this device a new number, token and code.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("Withdrawal")),
    parameters: &[],
    success: &[Success::json(
        201,
        "Shown",
        "The old number is retired; the token is the new one's.",
    )],
    problems: &[ProblemType::NoKey],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    reason: Reason,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Reason {
    LostDevice,
    LostPaper,
    OwnWish,
}

impl Reason {
    const fn word(self) -> &'static str {
        match self {
            Self::LostDevice => "lost-device",
            Self::LostPaper => "lost-paper",
            Self::OwnWish => "own-wish",
        }
    }
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let asked: Asked = json::read(&call.body)?;
    let reason = asked.reason.word().to_owned();
    let token = region.withdraw(&call.token, reason).await?;
    let (shown, _) = region.show(&token, 1)?;
    let mut body = Vec::with_capacity(1024);
    shown::write(&mut body, region.terms().offset, &shown, Some(&token));
    Ok(door::answer(201, JSON, body))
}
