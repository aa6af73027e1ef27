//! `/v1/application-consents`, `/v1/application-consent-ends`: what a person lets applications do in their name.
//!
//! An application of GB/T 38963 never has the token of a device: the person makes it a token of its own, for some of
//! its functions and for a day at most, and takes it back when they like (`spec/gbt38963.md` §5).

use axum::body::Body;
use axum::http::Response;
use hc_code::Span;
use hc_core::act::{ActError, ApplicationConsent};
use hc_core::party::{Function, Functions};
use hc_core::store::Store;
use hc_core::word::Word as _;
use hc_node::applications::ApplicationTerms;
use hc_node::party::PartyId;
use hc_node::region::{ActsFor, PartyError, RegionError};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::Telling;
use crate::{door, json as read};

pub(crate) const MAKE: Operation = Operation {
    id: "consentToApplication",
    verb: Verb::Post,
    path: "/v1/application-consents",
    summary: "Lets an application act in the person's name: gives a token for this application, these functions and a day at most.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("ApplicationConsent")),
    parameters: &[],
    success: &[Success::json(
        201,
        "SubjectToken",
        "The token to hand to the application.",
    )],
    problems: &[ProblemType::BadFields],
};

pub(crate) const LIST: Operation = Operation {
    id: "applicationConsents",
    verb: Verb::Get,
    path: "/v1/application-consents",
    summary: "Lists which applications may act in the person's name now, in what, and until when.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: None,
    parameters: &[],
    success: &[Success::json(200, "ApplicationConsents", "What holds now.")],
    problems: &[],
};

pub(crate) const END: Operation = Operation {
    id: "endApplicationConsent",
    verb: Verb::Post,
    path: "/v1/application-consent-ends",
    summary: "Takes back at once whatever the person let an application do; its tokens count no more.",
    side: Side::Public,
    credential: Credential::Device,
    lane: Lane::Act,
    body: Some(BodyForm::Json("ApplicationNamed")),
    parameters: &[],
    success: &[Success::plain(204, "", "The application acts no more.")],
    problems: &[ProblemType::NoGrant],
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    application: String,
    functions: Vec<String>,
    minutes: u32,
    version: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Named {
    application: String,
}

/// The longest that one token lives.
const MOST_MINUTES: u32 = 24 * 60;

pub(crate) async fn make<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Asked = read::read(&call.body)?;
    let region = call.api.region();
    let terms = match PartyId::parse(&asked.application) {
        Ok(id) => match region.application(&id).await {
            Ok(terms) => Some(terms),
            Err(PartyError::Store(error)) => return Err(error.into()),
            Err(PartyError::NotRegistered(_) | PartyError::Terms(_)) => None,
        },
        Err(_) => None,
    };
    let mut faults = Vec::new();
    if terms.is_none() {
        faults.push(Fault::new(
            "application",
            "no application is registered under this id",
        ));
    }
    let functions = functions(&asked.functions, terms.as_deref(), &mut faults);
    if !(1..=MOST_MINUTES).contains(&asked.minutes) {
        let says = format!("is not a number of minutes from 1 to {MOST_MINUTES}");
        faults.push(Fault::new("minutes", &says));
    }
    if asked.version == 0 {
        faults.push(Fault::new("version", "is not the version of a text"));
    }
    if !faults.is_empty() {
        return Err(Problem::new(ProblemType::BadFields).with_faults(faults));
    }
    let consent = ApplicationConsent {
        application: asked.application,
        functions,
        version: asked.version,
        lasts: Span::seconds(60 * asked.minutes),
    };
    let given = region.consent_to_application(&call.token, consent).await?;
    let told = json!({
        "subjectToken": given.token,
        "until": call.telling().time(given.until),
    });
    Ok(door::answer(201, JSON, told.to_string()))
}

fn functions(
    words: &[String],
    terms: Option<&ApplicationTerms>,
    faults: &mut Vec<Fault>,
) -> Functions {
    let mut all = Functions::EMPTY;
    if words.is_empty() || words.len() > Function::ALL.len() {
        faults.push(Fault::new("functions", "names no function, or too many"));
    }
    for (place, word) in words.iter().take(Function::ALL.len()).enumerate() {
        let path = format!("functions[{place}]");
        let function = word.parse::<Function>();
        let function = function.ok().filter(|one| one.is_in_a_persons_name());
        let Some(function) = function else {
            faults.push(Fault::new(
                path,
                "is nothing that is done in a person's name",
            ));
            continue;
        };
        if all.contains(function) {
            faults.push(Fault::new(path, "stands twice"));
        } else if terms.is_some_and(|terms| !terms.may_call(function)) {
            faults.push(Fault::new(path, "the application is not registered for it"));
        }
        all = all.with(function);
    }
    all
}

pub(crate) async fn list<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let applications = call.api.region().acting_applications(&call.token).await?;
    let telling = call.telling();
    let all: Vec<Value> = applications.iter().map(|one| told(one, telling)).collect();
    let told = json!({ "applications": all });
    Ok(door::answer(200, JSON, told.to_string()))
}

pub(crate) async fn end<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let asked: Named = read::read(&call.body)?;
    let region = call.api.region();
    let ended = region
        .end_application(&call.token, &asked.application)
        .await;
    ended.map_err(|error| match error {
        RegionError::Act(ActError::NoGrant) => Problem::new(ProblemType::NoGrant)
            .with_detail("no application of this id acts in your name"),
        error => error.into(),
    })?;
    Ok(door::answer(204, "", ""))
}

fn told(one: &ActsFor, telling: Telling) -> Value {
    let functions: Vec<Value> = one
        .functions
        .iter()
        .map(|function| json!({"function": function.word(), "says": function.word_zh()}))
        .collect();
    json!({
        "application": one.application,
        "name": one.name,
        "functions": functions,
        "at": telling.time(one.at),
        "until": telling.time(one.until),
    })
}
