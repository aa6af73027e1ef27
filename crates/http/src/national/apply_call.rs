//! `POST /gbt38963/applyCall` (GB/T 38963, 6.5): the first step of making or verifying.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::party::Function;
use hc_core::store::Store;
use hc_gbt::ResultCode;
use serde::ser::Error as _;
use serde::{Serialize, Serializer};

use super::calls::{CallKind, LIFE};
use super::message::{Message, finish, handle, time};
use super::refusal::Refusal;
use super::reply::Reply;
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
    let mut told = drawn.iter().map(|(serial, random)| CallGiven {
        serial: Hex(*serial),
        random: Hex(*random),
    });
    let first = told.next().ok_or(ResultCode::Internal)?;
    let mut reply = Reply::new();
    reply.put("bizSerialNum", first.serial);
    reply.put("randomNumber", first.random);
    if count > 1 {
        reply.put("more", told.collect::<Vec<_>>());
    }
    reply.put("expiresAt", time(message.now.plus(LIFE)));
    Ok(reply)
}

/// A call as it is answered.
#[derive(Serialize)]
struct CallGiven {
    #[serde(rename = "bizSerialNum")]
    serial: Hex<16>,
    #[serde(rename = "randomNumber")]
    random: Hex<32>,
}

/// Bytes in hexadecimal, written without a text of their own: a hundred calls are answered at once.
struct Hex<const N: usize>([u8; N]);

impl<const N: usize> Serialize for Hex<N> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        let mut digits = [0; 64];
        let digits = digits
            .get_mut(..2 * N)
            .ok_or_else(|| S::Error::custom("too long"))?;
        hex::encode_to_slice(self.0, digits).map_err(S::Error::custom)?;
        to.serialize_str(core::str::from_utf8(digits).map_err(S::Error::custom)?)
    }
}
