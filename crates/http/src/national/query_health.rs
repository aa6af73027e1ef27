//! `POST /gbt38963/queryHealth` (GB/T 38963, 6.4): what a person who has shown a code, or agreed, is.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_code::statement::TestKind;
use hc_code::{Level, ReasonClass};
use hc_core::domain_table::{Code, ItemSource};
use hc_core::party::{Function, Purpose};
use hc_core::record::{Certificate, DataElements, Provenance, Reading};
use hc_core::store::Store;
use hc_gbt::ResultCode;
use hc_node::region::{Answered, Query};
use hc_node::token::TokenError;
use serde_json::{Value, json};

use super::elsewhere;
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
    "queryHealth",
    "/gbt38963/queryHealth",
    "GB/T 38963, 6.4: gives level, reason class, last test and masked identity of a person who showed a code or agrees by their token; for a purpose, by an operator, logged and shown to the person. A document number alone is answered by nothing.",
    (Lane::Proof, "NationalQueryHealth"),
);

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    handle(call, Function::QueryHealth, |call, message| async move {
        query(&call, &message).await
    })
    .await
}

async fn query<S: Store, R: Root>(
    call: &Arc<Call<S, R>>,
    message: &Arc<Message>,
) -> Result<Reply, Refusal> {
    let Asked { query, others } = read(call, message)?;
    let region = call.api.region();
    let number = query.number;
    let answered = async { Ok(region.query(query).await) };
    let answered = door::act(&call.api, answered).await??;
    // Only now is it known that the query is within its bounds.
    let reports = elsewhere::reports(call, number, &others).await?;
    reply(call, message, &answered, reports)
}

/// What a message asks for.
struct Asked {
    query: Query,
    /// Texts of codes of other regions.
    others: Vec<String>,
}

fn read<S: Store, R: Root>(call: &Call<S, R>, message: &Message) -> Result<Asked, Refusal> {
    let mut fields = message.fields();
    let others = elsewhere::read(&mut fields);
    let key = fields.optional_text("bizExtData", 200);
    let by_key = fields.value("bizExtData").is_some();
    let token = if by_key && fields.value("subject").is_none() {
        None
    } else {
        subject::read_token(&mut fields)
    };
    let purpose = fields.text("purpose", 32).map(str::parse::<Purpose>);
    if let Some(Err(_)) = purpose {
        fields.refuse("purpose", ResultCode::FieldDomain);
    }
    let operator = fields.label("operator", 64);
    let division = fields.division("division");
    if token.is_none() && !others.is_empty() {
        // Somebody who showed one code has not agreed to be asked for elsewhere.
        fields.refuse("subject.token", ResultCode::SubjectMissing);
    }
    finish(fields)?;
    let region = call.api.region();
    let number = match (token, key) {
        (Some(token), _) => subject::paced(call, message, (token, Function::QueryHealth))?.number(),
        (None, Some(key)) => {
            let found = region.queried(key, message.terms.id());
            found.map_err(|error| match error {
                TokenError::Foreign => Refusal::of("bizExtData", ResultCode::KeyRefused),
                TokenError::Ended => Refusal::of("bizExtData", ResultCode::KeyEnded),
            })?
        }
        (None, None) => return Err(Refusal::of("subject", ResultCode::SubjectMissing)),
    };
    let (Some(Ok(purpose)), Some(operator), Some(division)) = (purpose, operator, division) else {
        return Err(ResultCode::Internal.into());
    };
    Ok(Asked {
        query: Query {
            application: message.terms.id().clone(),
            number,
            purpose,
            operator: operator.to_owned(),
            division,
        },
        others,
    })
}

fn reply<S: Store, R: Root>(
    call: &Call<S, R>,
    message: &Message,
    answered: &Answered,
    others: Vec<Value>,
) -> Result<Reply, Refusal> {
    let region = call.api.region();
    let division = region.division().to_string();
    let plain = answered.level == Level::Low && answered.class == ReasonClass::None;
    let own = (answered.level, answered.class);
    let own = elsewhere::said(region.division(), own, answered.as_of);
    let reports: Vec<Value> = core::iter::once(own).chain(others).collect();
    let mut certificate = json!({
        "level": answered.level.code(),
        "regionReports": reports,
        "mark": if plain { "0" } else { "1" },
        "maskedName": answered.masked_name,
        "maskedNumber": answered.masked_number,
        "issuingDivision": division,
        "firstIssuedAt": time(answered.since),
        "lastUpdatedAt": time(answered.as_of),
    });
    if let Value::Object(members) = &mut certificate {
        if answered.class != ReasonClass::None {
            members.insert("reason".to_owned(), answered.class.word_zh().into());
        }
        if let Some(test) = answered.last_test
            && test.kind() == TestKind::NucleicAcid
        {
            members.insert("nucleicAcidResult".to_owned(), "0".into());
            members.insert("nucleicAcidAt".to_owned(), time(test.time()));
        }
    }
    let mut reply = Reply::new();
    reply.put("status", answered.level.code());
    reply.put("reason", answered.class.word());
    reply.put("validUntil", time(answered.until));
    reply.put(
        "certificate",
        as_group_d(&certificate, message).ok_or(ResultCode::Internal)?,
    );
    Ok(reply)
}

/// The certificate in the one form of the data format, so that what goes out is what the tables say.
fn as_group_d(certificate: &Value, message: &Message) -> Option<Value> {
    let source = Code::<ItemSource>::from_word("health").ok()?;
    let reading = Reading {
        elements: DataElements::bundled(),
        now: message.now,
        bare: Provenance::new(source, message.now, None)?,
    };
    let read = Certificate::parse(certificate.as_object()?, &reading).ok()?;
    Some(Value::Object(read.expose_object()))
}
