//! `GET /v1/code`: the code of this minute, from memory alone.

use axum::body::Body;
use axum::http::Response;
use hc_core::store::Store;

use crate::api::{Api, Root};
use crate::call::Call;
use crate::operation::{
    Credential, JSON, Lane, Operation, Parameter, ParameterPlace, Side, Success, Verb,
};
use crate::problem::{Problem, ProblemType};
use crate::{door, shown};

pub(crate) const OPERATION: Operation = Operation {
    id: "show",
    verb: Verb::Get,
    path: "/v1/code",
    summary: "Gives the live code of this minute and, where asked for, the next ones; no database is asked.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Memory,
    body: None,
    parameters: &[
        super::grants::WARD,
        Parameter {
            name: "ahead",
            place: ParameterPlace::Query,
            says: "How many codes of the time to come are given as well, each good from the end of the one before.",
            required: false,
            range: Some((0, 4)),
        },
    ],
    success: &[Success::json(200, "Shown", "The codes.")],
    problems: &[ProblemType::NoKey, ProblemType::NoGrant],
};

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let ahead = call.number("ahead").unwrap_or(0);
    let ward = call.number("ward");
    show(&call.api, &call.token, ward, ahead, 200)
}

/// Shows whoever holds a token, or the ward whom they call so.
pub(super) fn show<S: Store, R: Root>(
    api: &Api<S, R>,
    token: &str,
    ward: Option<u32>,
    ahead: u32,
    status: u16,
) -> Result<Response<Body>, Problem> {
    let count = u8::try_from(ahead.saturating_add(1)).unwrap_or(u8::MAX);
    let (shown, renewed) = api.region().show_for(token, ward, count)?;
    let mut body = Vec::with_capacity(512 * usize::from(count));
    shown::write(
        &mut body,
        api.region().terms().offset,
        &shown,
        renewed.as_deref(),
    );
    Ok(door::answer(status, JSON, body))
}
