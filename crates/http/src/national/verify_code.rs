//! `POST /gbt38963/verifyCode` (GB/T 38963, 6.7): what a scanned code says, and what is bound into it.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_code::Level;
use hc_code::verify::Action;
use hc_core::party::Function;
use hc_core::store::Store;
use hc_gbt::{ResultCode, moment};
use serde_json::{Value, json};

use super::calls::CallKind;
use super::message::{Message, finish, handle, time};
use super::refusal::Refusal;
use super::reply::Reply;
use crate::api::Root;
use crate::call::Call;
use crate::operation::{Lane, Operation};
use crate::problem::Problem;
use crate::signature::AGE;

pub(crate) const OPERATION: Operation = super::function(
    "verifyCode",
    "/gbt38963/verifyCode",
    "GB/T 38963, 6.7: verifies a scanned code as any gate does and with what the region knows now; gives the status and what was bound into the code, nobody's name.",
    (Lane::Memory, "NationalVerifyCode"),
);

/// More characters than the largest QR code holds.
const LONGEST: usize = 8192;

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    handle(call, Function::VerifyCode, |call, message| async move {
        verify(&call, &message)
    })
    .await
}

fn verify<S: Store, R: Root>(
    call: &Arc<Call<S, R>>,
    message: &Arc<Message>,
) -> Result<Reply, Refusal> {
    let mut fields = message.fields();
    message.take_call(call, CallKind::Verify, &mut fields)?;
    let text = fields.text("codeContent", LONGEST);
    let division = fields.division("division");
    if fields.value("site").is_some() {
        fields.label("site", 64);
    }
    if let Some(scanned) = fields.optional_text("scanTime", 17) {
        match moment::read(scanned) {
            None => fields.refuse("scanTime", ResultCode::TimeForm),
            Some(at) if message.now.plus(AGE) < at => {
                fields.refuse("scanTime", ResultCode::TimeAhead);
            }
            Some(_) => {}
        }
    }
    finish(fields)?;
    let (Some(text), Some(division)) = (text, division) else {
        return Err(ResultCode::Internal.into());
    };
    if !message.terms.may_in(division) {
        return Err(Refusal::of("division", ResultCode::DivisionNotAllowed));
    }
    let region = call.api.region();
    let scanned = region.scan(text);
    let told = scanned.told;
    if told.action == Action::Invalid {
        return Err(Refusal::Code {
            code: code_of(told.cause),
            faults: Vec::new(),
            cause: Some(told.cause),
        });
    }
    let key = scanned
        .subject
        .filter(|_| message.terms.may_call(Function::QueryHealth))
        .map(|number| region.query_key(number, message.terms.id()));
    let bound = core::str::from_utf8(scanned.extension.as_bytes());
    let bound = bound.ok().filter(|bound| !bound.is_empty());
    let mut reply = Reply::new();
    reply.put("result", told.action.word());
    reply.put("status", told.level.unwrap_or(Level::Unknown).code());
    reply.put("cause", told.cause);
    reply.put("reason", told.reason.word());
    reply.put("asOf", told.as_of.map_or(Value::Null, time));
    reply.put("validUntil", scanned.until.map_or(Value::Null, time));
    let test = told
        .last_test
        .map(|test| json!({"kind": crate::told::test_kind(test.kind()), "at": time(test.time())}));
    reply.put("lastTest", test.unwrap_or(Value::Null));
    // Where nothing was bound into the code, its place is the key of the query, as clients of practice use it.
    let bound = bound.map(str::to_owned).or_else(|| key.clone());
    reply.put("bizExtData", bound);
    reply.put("queryKey", key);
    Ok(reply)
}

/// The result code of a cause of `spec/verdict.md`.
fn code_of(cause: &str) -> ResultCode {
    match cause {
        "text" => ResultCode::CodeText,
        "expired" | "not-its-day" => ResultCode::CodeExpired,
        "from-the-future" => ResultCode::CodeFuture,
        "issuer-unknown" | "issuer-removed" | "key-not-listed" | "key-removed" | "root-removed"
        | "key-list-missing" | "key-list-expired" | "key-use" | "key-dates" => {
            ResultCode::CodeIssuer
        }
        "forged" | "form" | "signature-form" | "claims" | "clear-part-differs"
        | "algorithm-differs" | "unknown-algorithm" => ResultCode::CodeForged,
        "withdrawn" | "recheck" => ResultCode::CodeWithdrawn,
        _ => ResultCode::CodeRefused,
    }
}
