//! `POST /gbt38963/correctHealth` (GB/T 38963, 6.8): a person says that something about them is wrong.
//!
//! About a record it becomes an appeal with a number and a clock; name and telephone number are corrected at
//! once.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_core::act::{Appeal, AppealText, ProfileChange};
use hc_core::evidence::EvidenceId;
use hc_core::party::Function;
use hc_core::personal::{PersonName, Phone};
use hc_core::store::Store;
use hc_gbt::{Fields, ResultCode, personal_code};

use super::message::{Message, finish, handle, time};
use super::refusal::Refusal;
use super::reply::Reply;
use super::subject;
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::operation::{Lane, Operation};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = super::function(
    "correctHealth",
    "/gbt38963/correctHealth",
    "GB/T 38963, 6.8: has a record about a person looked at again, answered within its clock, or corrects name or telephone number at once.",
    (Lane::Proof, "NationalCorrectHealth"),
);

enum Asked {
    Record(Appeal),
    Profile(ProfileChange),
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    handle(call, Function::CorrectHealth, |call, message| async move {
        correct(&call, &message).await
    })
    .await
}

async fn correct<S: Store, R: Root>(
    call: &Arc<Call<S, R>>,
    message: &Arc<Message>,
) -> Result<Reply, Refusal> {
    let mut fields = message.fields();
    let token = subject::read_token(&mut fields);
    let asked = if fields.value("recordId").is_some() {
        record(&mut fields).map(Asked::Record)
    } else if fields.value("field").is_some() {
        profile(&mut fields).map(Asked::Profile)
    } else {
        fields.refuse("recordId", ResultCode::FieldMissing);
        None
    };
    finish(fields)?;
    let (Some(token), Some(asked)) = (token, asked) else {
        return Err(ResultCode::Internal.into());
    };
    let authority = subject::paced(call, message, (token, Function::CorrectHealth))?;
    let region = call.api.region();
    let mut reply = Reply::new();
    match asked {
        Asked::Record(appeal) => {
            let row = async { Ok(region.appeal_through(&authority, appeal).await) };
            let row = door::act(&call.api, row).await??;
            reply.put("ticketId", row.id.to_string());
            reply.put("state", row.state.to_string());
            reply.put("due", time(row.due));
        }
        Asked::Profile(change) => {
            let changed = async { Ok(region.correct_profile_through(&authority, change).await) };
            let profile = door::act(&call.api, changed).await??;
            reply.put("state", "accepted");
            reply.put("maskedName", profile.name.masked());
        }
    }
    Ok(reply)
}

fn record(fields: &mut Fields<'_>) -> Option<Appeal> {
    let id = fields.text("recordId", 32);
    let evidence = id.and_then(|id| {
        let mut bytes = [0; 16];
        let read = hex::decode_to_slice(id, &mut bytes).is_ok();
        if !read || hex::encode(bytes) != id {
            fields.refuse("recordId", ResultCode::FieldFormat);
            return None;
        }
        Some(EvidenceId::from_bytes(bytes))
    });
    let mut said = |name: &'static str, must: bool| {
        let text = if must {
            fields.text(name, AppealText::LONGEST)
        } else {
            fields.optional_text(name, AppealText::LONGEST)
        };
        let read = AppealText::parse(text?);
        read.map_err(|_| fields.refuse(name, ResultCode::NameCharacter))
            .ok()
    };
    let (text, right) = (said("statement", true), said("right", false));
    Some(Appeal {
        evidence: evidence?,
        text: text?,
        right,
        answer: None,
    })
}

fn profile(fields: &mut Fields<'_>) -> Option<ProfileChange> {
    let (field, value) = (fields.text("field", 32), fields.text("value", 200));
    let (field, value) = (field?, value?);
    let mut change = ProfileChange {
        name: None,
        phone: None,
        address: None,
    };
    match field {
        "name" => match PersonName::parse(value) {
            Ok(name) => change.name = Some(name),
            Err(error) => fields.refuse("value", personal_code(&error)),
        },
        "phone" => match Phone::parse(value) {
            Ok(phone) => change.phone = Some(Some(phone)),
            Err(_) => fields.refuse("value", ResultCode::PhoneForm),
        },
        _ => fields.refuse("field", ResultCode::CorrectionField),
    }
    Some(change)
}
