//! `POST /gbt38963/declareTrip` (GB/T 38963, 6.3): a person declares trips through an application.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::party::Function;
use hc_core::record::Trip;
use hc_core::store::Store;
use hc_gbt::{Fault, ResultCode};
use serde_json::Value;

use super::declare_health::reading;
use super::message::{Message, finish, handle};
use super::refusal::Refusal;
use super::reply::Reply;
use super::subject;
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Lane, Operation};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = super::function(
    "declareTrip",
    "/gbt38963/declareTrip",
    "GB/T 38963, 6.3: takes a person's trips by their own token; how they are is not said anew by it.",
    (Lane::Proof, "NationalDeclareTrip"),
);

/// The most trips of one message.
const MOST_TRIPS: usize = 100;

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    handle(call, Function::DeclareTrip, |call, message| async move {
        declare(&call, &message).await
    })
    .await
}

async fn declare<S: Store, R: Root>(
    call: &Arc<Call<S, R>>,
    message: &Arc<Message>,
) -> Result<Reply, Refusal> {
    let mut fields = message.fields();
    let reading = reading(message).ok_or(ResultCode::Internal)?;
    let token = subject::read_token(&mut fields);
    let trips = match fields.value("itinerary") {
        None => Err(ResultCode::FieldMissing),
        Some(Value::Array(trips)) if trips.is_empty() => Err(ResultCode::FieldLength),
        Some(Value::Array(trips)) if trips.len() > MOST_TRIPS => Err(ResultCode::ListTooLong),
        Some(Value::Array(trips)) => Ok(trips),
        Some(_) => Err(ResultCode::FieldShape),
    };
    let trips = match trips {
        Ok(trips) => match Trip::parse_all(trips, &reading) {
            Ok(trips) => trips,
            Err(errors) => {
                fields.refuse_fields("itinerary", errors);
                Vec::new()
            }
        },
        Err(code) => {
            fields.refuse("itinerary", code);
            Vec::new()
        }
    };
    finish(fields)?;
    let token = token.ok_or_else(|| vec![Fault::new("subject", ResultCode::SubjectMissing)])?;
    let authority = subject::paced(call, message, (token, Function::DeclareTrip))?;
    let region = call.api.region();
    let declared = async { Ok(region.declare_trips(&authority, trips).await) };
    let declared = door::act(&call.api, declared).await??;
    let records = declared.records.iter().map(ToString::to_string);
    let mut reply = Reply::new();
    reply.put("recordIds", records.collect::<Value>());
    Ok(reply)
}
