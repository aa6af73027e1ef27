//! `POST /gbt38963/declareHealth` (GB/T 38963, 6.2): a person declares through an application.
//!
//! By their token, or, the first time, by a super-app's proof of who they are, with basic information and
//! consent: then they are enrolled and get a token.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_code::Span;
use hc_core::act::{Consent, Enrolment, HealthDeclaration, Profile};
use hc_core::domain_table::{Code, ItemSource};
use hc_core::evidence::EvidenceId;
use hc_core::party::Function;
use hc_core::record::{Basic, DataElements, Health, Item, Provenance, Reading};
use hc_core::store::Store;
use hc_gbt::{Fields, ResultCode};
use serde_json::Value;

use super::message::{Message, Reply, finish, handle};
use super::refusal::Refusal;
use super::subject::{self, Authority};
use crate::api::Root;
use crate::call::Call;
use crate::door;
use crate::identity::{IdentityProof, Typed};
use crate::operation::{Lane, Operation};
use crate::problem::Problem;

pub(crate) const OPERATION: Operation = super::function(
    "declareHealth",
    "/gbt38963/declareHealth",
    "GB/T 38963, 6.2: takes a person's health declaration by their own token, or enrols them by a proof of identity with basic information and consent.",
    (Lane::Proof, "NationalDeclareHealth"),
);

/// The most days of a consent: three years.
const MOST_DAYS: u32 = 1096;

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    handle(call, Function::DeclareHealth, |call, message| async move {
        declare(&call, &message).await
    })
    .await
}

struct FirstTime {
    proof: IdentityProof,
    basic: Basic,
    consent: Consent,
}

async fn declare<S: Store, R: Root>(
    call: &Arc<Call<S, R>>,
    message: &Arc<Message>,
) -> Result<Reply, Refusal> {
    let mut fields = message.fields();
    let reading = reading(message).ok_or(ResultCode::Internal)?;
    let authority = subject::read(&mut fields);
    let health = if let Some(object) = fields.object("health") { match Health::parse(object, &reading) {
        Ok(health) => Some(health),
        Err(errors) => {
            fields.refuse_fields("health", errors);
            None
        }
    } } else {
        if fields.value("health").is_none() {
            fields.refuse("health", ResultCode::FieldMissing);
        }
        None
    };
    let first = if let Some(Authority::Proof(proof)) = &authority {
        let (basic, consent) = (basic(&mut fields, &reading), consent(&mut fields));
        basic.zip(consent).map(|(basic, consent)| FirstTime {
            proof: proof.clone(),
            basic,
            consent,
        })
    } else {
        for name in ["basic", "consent"] {
            if fields.value(name).is_some() {
                fields.refuse(name, ResultCode::FieldCompanion);
            }
        }
        None
    };
    finish(fields)?;
    let health = health.ok_or(ResultCode::Internal)?;
    let declaration = HealthDeclaration {
        health,
        trips: Vec::new(),
    };
    let region = call.api.region();
    if let Some(first) = first {
        return enrol(call, first, declaration).await;
    }
    let Some(Authority::Token(token)) = authority else {
        return Err(ResultCode::Internal.into());
    };
    subject::paced(call, token)?;
    let declared = async { Ok(region.declare_recorded(token, declaration).await) };
    let declared = door::act(&call.api, declared).await??;
    told(call, token, &declared.records, false)
}

async fn enrol<S: Store, R: Root>(
    call: &Call<S, R>,
    first: FirstTime,
    declaration: HealthDeclaration,
) -> Result<Reply, Refusal> {
    let api = &call.api;
    let now = api.region().now();
    let FirstTime {
        proof,
        basic,
        consent,
    } = first;
    let typed = Typed {
        document: Some(basic.document().value().clone()),
        name: Some(basic.name().value().clone()),
    };
    // One document cannot be tried again and again.
    let key = basic.document().value().key();
    api.pace.step(key.expose_for_keyed_hash(), now)?;
    let person = api.identify().identify(&proof, &typed, now).await?;
    let enrolment = Enrolment {
        profile: Profile {
            name: person.name,
            phone: basic.phone().map(Item::value).cloned(),
            address: None,
        },
        document: person.document,
        consents: vec![consent],
        declaration: Some(declaration),
    };
    let enrolled = async { Ok(api.region().enrol(enrolment).await) };
    let signed_in = door::act(api, enrolled).await??;
    told(call, &signed_in.token, &signed_in.enrolled.records, true)
}

fn told<S: Store, R: Root>(
    call: &Call<S, R>,
    token: &str,
    records: &[EvidenceId],
    given: bool,
) -> Result<Reply, Refusal> {
    let (shown, _) = call.api.region().show(token, 1)?;
    let mut reply = Reply::new();
    let mut put = |name: &str, value| drop(reply.insert(name.to_owned(), value));
    let ids: Vec<String> = records.iter().map(ToString::to_string).collect();
    put("recordId", ids.first().cloned().into());
    put("status", shown.level.code().into());
    if given {
        put("subjectToken", token.into());
    }
    Ok(reply)
}

/// What the person says themself, now.
pub(super) fn reading(message: &Message) -> Option<Reading<'static>> {
    let source = Code::<ItemSource>::from_word("self").ok()?;
    Some(Reading {
        elements: DataElements::bundled(),
        now: message.now,
        bare: Provenance::new(source, message.now, None)?,
    })
}

fn basic(fields: &mut Fields<'_>, reading: &Reading<'_>) -> Option<Basic> {
    let Some(object) = fields.object("basic") else {
        if fields.value("basic").is_none() {
            fields.refuse("basic", ResultCode::FieldMissing);
        }
        return None;
    };
    Basic::parse(object, reading)
        .map_err(|errors| fields.refuse_fields("basic", errors))
        .ok()
}

fn consent(fields: &mut Fields<'_>) -> Option<Consent> {
    let consent = match fields.value("consent") {
        None => {
            fields.refuse("consent", ResultCode::ConsentMissing);
            return None;
        }
        Some(Value::Object(consent)) => consent,
        Some(_) => {
            fields.refuse("consent", ResultCode::FieldShape);
            return None;
        }
    };
    let mut inner = Fields::of(consent);
    let mut number = |name: &'static str, most: u32| {
        if inner.value(name).is_none() {
            inner.refuse(name, ResultCode::FieldMissing);
            return None;
        }
        inner.number(name, 1, most)
    };
    let (version, days) = (number("version", u32::MAX), number("days", MOST_DAYS));
    fields.inside("consent", inner);
    let days = days.and_then(|days| u16::try_from(days).ok());
    Some(Consent {
        purpose: Consent::CODE,
        version: version?,
        lasts: Span::days(days?),
    })
}
