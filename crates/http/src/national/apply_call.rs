//! `POST /gbt38963/applyCall` (GB/T 38963, 6.5): the first step of making or verifying.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::party::Function;
use hc_core::store::Store;
use hc_gbt::ResultCode;
use serde_json::{Value, json};

use super::calls::{CallKind, LIFE};
use super::message::{Message, Reply, finish, handle, time};
use super::refusal::Refusal;
use crate::api::Root;
use crate::call::Call;
use crate::operation::{Lane, Operation};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = super::function(
    "applyCall",
    "/gbt38963/applyCall",
    "GB/T 38963, 6.5: gives serial numbers with random numbers, each for one making or verifying within a minute.",
    (Lane::Memory, "NationalApplyCall"),
);

/// The most calls of one application for calls.
const MOST: u32 = 100;

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    handle(call, Function::ApplyCall, |call, message| async move {
        apply(&call, &message)
    })
    .await
}

fn apply<S: Store, R: Root>(
    call: &Arc<Call<S, R>>,
    message: &Arc<Message>,
) -> Result<Reply, Refusal> {
    let mut fields = message.fields();
    let kind = match fields.text("opType", 16) {
        Some("make") => Some((CallKind::Make, Function::MakeCode)),
        Some("verify") => Some((CallKind::Verify, Function::VerifyCode)),
        Some(_) => {
            fields.refuse("opType", ResultCode::FieldDomain);
            None
        }
        None => None,
    };
    let count = fields.number("count", 1, MOST).unwrap_or(1);
    finish(fields)?;
    let (kind, function) = kind.ok_or(ResultCode::Internal)?;
    if !message.terms.may_call(function) {
        return Err(Refusal::of("opType", ResultCode::FunctionNotAllowed));
    }
    let region = call.api.region();
    let drawn: Vec<([u8; 16], [u8; 32])> = (0..count)
        .map(|_| (region.drawn(), region.drawn()))
        .collect();
    let opened = call
        .api
        .calls
        .open(message.terms.id(), kind, &drawn, message.now);
    opened?;
    let mut told = drawn.iter().map(|(serial, random)| {
        json!({"bizSerialNum": hex::encode(serial), "randomNumber": hex::encode(random)})
    });
    let Some(Value::Object(mut reply)) = told.next() else {
        return Err(ResultCode::Internal.into());
    };
    if count > 1 {
        reply.insert("more".to_owned(), told.collect());
    }
    reply.insert("expiresAt".to_owned(), time(message.now.plus(LIFE)));
    Ok(reply)
}
