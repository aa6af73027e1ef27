//! `POST /gbt38963/declareHealth` (GB/T 38963, 6.2): a person declares through an application.
//!
//! By the token that they gave the application, or, the first time, by a super-app's proof of who they are, with
//! basic information and consent: then they are enrolled and, where they agree to what the application may do for
//! them, it gets such a token.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Response;
use hc_code::Span;
use hc_code::day_index::SubjectNumber;
use hc_core::act::{ApplicationConsent, Consent, Enrolment, HealthDeclaration, Profile};
use hc_core::domain_table::{Code, ItemSource};
use hc_core::evidence::EvidenceId;
use hc_core::party::{Function, Functions};
use hc_core::record::{Basic, DataElements, Health, Item, Provenance, Reading};
use hc_core::store::Store;
use hc_core::word::Word as _;
use hc_gbt::{Fields, ResultCode};
use serde_json::Value;

use super::message::{Message, finish, handle, time};
use super::refusal::Refusal;
use super::reply::Reply;
use super::subject::{self, OwnWord};
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

/// The longest that an application may act by one token: a day.
const MOST_MINUTES: u32 = 24 * 60;
/// For how long it may unless it is said.
const USUAL_MINUTES: u32 = 60;

struct FirstTime {
    proof: IdentityProof,
    basic: Basic,
    agreed: Agreed,
}

/// What the person agrees to.
struct Agreed {
    code: Consent,
    application: Option<ApplicationConsent>,
}

async fn declare<S: Store, R: Root>(
    call: &Arc<Call<S, R>>,
    message: &Arc<Message>,
) -> Result<Reply, Refusal> {
    let mut fields = message.fields();
    let reading = reading(message).ok_or(ResultCode::Internal)?;
    let own_word = subject::read(&mut fields);
    let health = if let Some(object) = fields.object("health") {
        match Health::parse(object, &reading) {
            Ok(health) => Some(health),
            Err(errors) => {
                fields.refuse_fields("health", errors);
                None
            }
        }
    } else {
        if fields.value("health").is_none() {
            fields.refuse("health", ResultCode::FieldMissing);
        }
        None
    };
    let first = if let Some(OwnWord::Proof(proof)) = &own_word {
        let basic = basic(&mut fields, &reading);
        let agreed = consent(&mut fields, message);
        basic.zip(agreed).map(|(basic, agreed)| FirstTime {
            proof: proof.clone(),
            basic,
            agreed,
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
    let Some(OwnWord::Token(token)) = own_word else {
        return Err(ResultCode::Internal.into());
    };
    let authority = subject::paced(call, message, (token, Function::DeclareHealth))?;
    let declared = async { Ok(region.declare_recorded(&authority, declaration).await) };
    let declared = door::act(&call.api, declared).await??;
    told(call, authority.number(), &declared.records)
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
        agreed,
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
        consents: vec![agreed.code],
        declaration: Some(declaration),
    };
    let enrolled = async {
        Ok(api
            .region()
            .enrol_through(enrolment, agreed.application)
            .await)
    };
    let (enrolled, given) = door::act(api, enrolled).await??;
    let mut reply = told(call, enrolled.number, &enrolled.records)?;
    if let Some(given) = given {
        reply.put("subjectToken", given.token);
        reply.put("subjectTokenUntil", time(given.until));
    }
    Ok(reply)
}

fn told<S: Store, R: Root>(
    call: &Call<S, R>,
    number: SubjectNumber,
    records: &[EvidenceId],
) -> Result<Reply, Refusal> {
    let level = call.api.region().level_of(number)?;
    let mut reply = Reply::new();
    let ids: Vec<String> = records.iter().map(ToString::to_string).collect();
    reply.put("recordId", ids.first());
    reply.put("status", level.code());
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

fn consent(fields: &mut Fields<'_>, message: &Message) -> Option<Agreed> {
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
    let functions = functions(&mut inner, message);
    let minutes = inner.number("minutes", 1, MOST_MINUTES);
    if functions.is_empty() && minutes.is_some() {
        inner.refuse("functions", ResultCode::FieldCompanion);
    }
    fields.inside("consent", inner);
    let days = days.and_then(|days| u16::try_from(days).ok())?;
    let version = version?;
    let application = (!functions.is_empty()).then(|| ApplicationConsent {
        application: message.terms.id().as_str().to_owned(),
        functions,
        version,
        lasts: Span::seconds(60 * minutes.unwrap_or(USUAL_MINUTES)),
    });
    Some(Agreed {
        code: Consent {
            purpose: Consent::CODE,
            version,
            lasts: Span::days(days),
        },
        application,
    })
}

/// What the application may do for the person from now on: of what it is registered for.
fn functions(inner: &mut Fields<'_>, message: &Message) -> Functions {
    let mut all = Functions::EMPTY;
    let listed = match inner.value("functions") {
        None => return all,
        Some(Value::Array(listed)) => listed,
        Some(_) => {
            inner.refuse("functions", ResultCode::FieldShape);
            return all;
        }
    };
    if listed.is_empty() || listed.len() > Function::ALL.len() {
        inner.refuse("functions", ResultCode::FieldLength);
    }
    for (place, word) in listed.iter().take(Function::ALL.len()).enumerate() {
        let path = || format!("functions[{place}]");
        match word.as_str().map(str::parse::<Function>) {
            None => inner.refuse(path(), ResultCode::FieldShape),
            Some(Ok(function)) if function.is_in_a_persons_name() => {
                if all.contains(function) {
                    inner.refuse(path(), ResultCode::ListTwice);
                } else if !message.terms.may_call(function) {
                    inner.refuse(path(), ResultCode::FunctionNotAllowed);
                }
                all = all.with(function);
            }
            Some(_) => inner.refuse(path(), ResultCode::FieldDomain),
        }
    }
    all
}
