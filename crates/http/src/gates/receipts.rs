//! `POST /v1/receipts/check`: what somebody who did not pass took away, checked against the region's register
//! of gates and its published policies. Nothing is kept of it.

use axum::body::Body;
use axum::http::Response;
use hc_code::Timestamp;
use hc_code::receipt::{Receipt, ReceiptNumber, SignedReceipt};
use hc_code::recognition::{Contest, PublishedPolicy, PublishedRule};
use hc_core::recognition::describe;
use hc_core::store::Store;
use hc_node::gates::GateTerms;
use hc_node::party::PartyId;
use hc_node::recognition::Recognition;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::api::Root;
use crate::call::Call;
use crate::operation::{BodyForm, Credential, JSON, Lane, Operation, Side, Success, Verb};
use crate::problem::{Fault, Problem, ProblemType};
use crate::told::Telling;
use crate::{door, json};

pub(crate) const OPERATION: Operation = Operation {
    id: "checkReceipt",
    verb: Verb::Post,
    path: "/v1/receipts/check",
    summary: "Checks a gate's receipt, or says what its number says by itself: the gate, the rule in words, and how it is contested. Nothing is kept.",
    side: Side::Public,
    credential: Credential::None,
    lane: Lane::Act,
    body: Some(BodyForm::Json("ReceiptToCheck")),
    parameters: &[],
    success: &[Success::json(200, "CheckedReceipt", "What it says.")],
    problems: &[ProblemType::NotFound, ProblemType::NotRegistered],
};

/// A receipt, or its number.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
enum Asked {
    /// The text of its QR code.
    Receipt(String),
    /// Its twelve letters.
    Number(String),
}

pub(crate) async fn answer<S: Store, R: Root>(call: Call<S, R>) -> Result<Response<Body>, Problem> {
    let region = call.api.region();
    let (now, telling) = (region.now(), call.telling());
    let recognition = region.recognition();
    let told = match json::read(&call.body)? {
        Asked::Number(number) => {
            let number: ReceiptNumber = number.parse().map_err(|error| fault("number", &error))?;
            by_number(number, &recognition, now, telling)
                .map_err(|error| fault("number", &error))?
        }
        Asked::Receipt(text) => {
            let refused = |error: hc_code::receipt::ReceiptError| fault("receipt", &error);
            let signed = SignedReceipt::from_text(&text).map_err(refused)?;
            let (of, gate, key) = signed.claims_to_be_by().map_err(refused)?;
            if of != region.division() {
                let detail = format!("it is of a gate of {of}: ask there");
                return Err(Problem::new(ProblemType::NotFound).with_detail(detail));
            }
            let id = PartyId::parse(&gate).map_err(|error| fault("receipt", &error))?;
            let terms = region.gate_of_before(id).await?;
            let terms = terms.filter(|terms| terms.key().id() == key);
            let terms = terms.ok_or_else(|| {
                let detail = format!("no gate {gate} with key {key} was ever registered here");
                Problem::new(ProblemType::NotRegistered).with_detail(detail)
            })?;
            let receipt = signed.verify(terms.key()).map_err(refused)?;
            proved(&receipt, &terms, &recognition, (now, telling))
        }
    };
    Ok(door::answer(200, JSON, told.to_string()))
}

fn fault(place: &'static str, error: &dyn core::fmt::Display) -> Problem {
    let says = error.to_string();
    Problem::new(ProblemType::BadFields).with_faults(vec![Fault::new(place, &says)])
}

fn both(text: &hc_core::rules::Text) -> Value {
    json!({"zh": text.zh, "en": text.en})
}

fn contested(contest: &Contest) -> Value {
    json!({"at": contest.at(), "phone": contest.phone()})
}

/// A rule in words, with where it is contested.
fn rule_told(policy: &PublishedPolicy, rule: Option<&PublishedRule>) -> Value {
    let own = rule.and_then(PublishedRule::contest);
    json!({
        "region": policy.region().to_string(),
        "version": policy.version(),
        "rule": rule.map(PublishedRule::id),
        "says": rule.map(|rule| json!({"zh": rule.says().zh(), "en": rule.says().en()})),
        "contest": contested(own.unwrap_or_else(|| policy.contest())),
    })
}

fn by_number(
    number: ReceiptNumber,
    recognition: &Recognition,
    now: Timestamp,
    telling: Telling,
) -> Result<Value, hc_code::receipt::ReceiptNumberError> {
    let says = number.says(now)?;
    let mut all = recognition.all();
    let policy = all.find(|policy| policy.version() % 128 == says.version);
    let place = says.rule.map(usize::from);
    let policy = policy.map(|policy| {
        let rule = place.and_then(|place| policy.rules().get(place));
        rule_told(policy, rule)
    });
    Ok(json!({
        "number": number.to_string(),
        "proved": false,
        "gate": null,
        "at": telling.time(says.minute),
        "until": null,
        "good": says.minute.plus(Receipt::LIFE) > now,
        "action": says.action.word(),
        "cause": says.cause,
        "policy": policy,
        "measures": [],
    }))
}

fn proved(
    receipt: &Receipt,
    terms: &GateTerms,
    recognition: &Recognition,
    (now, telling): (Timestamp, Telling),
) -> Value {
    let policy = receipt.policy().map(|named| {
        let held = recognition
            .version(named.version)
            .filter(|policy| policy.region() == named.region);
        let id = named.rule.as_ref().map(|(_, id)| id.as_str());
        match held {
            Some(policy) => {
                let mut rules = policy.rules().iter();
                rule_told(policy, rules.find(|rule| Some(rule.id()) == id))
            }
            // Another authority's, or one that is not held any more: it is named, and asked there.
            None => json!({
                "region": named.region.to_string(),
                "version": named.version,
                "rule": id,
                "says": null,
                "contest": null,
            }),
        }
    });
    let measures = receipt.measures().iter();
    let measures: Vec<Value> = measures
        .map(|one| both(&describe::obligation(one)))
        .collect();
    json!({
        "number": receipt.number().to_string(),
        "proved": true,
        "gate": {
            "id": terms.id().as_str(),
            "name": terms.name(),
            "registeredThen": terms.holds_at(receipt.at()),
        },
        "at": telling.time(receipt.at()),
        "until": telling.time(receipt.expires_at()),
        "good": receipt.holds_at(now).is_ok(),
        "action": receipt.action().word(),
        "cause": receipt.cause(),
        "policy": policy,
        "measures": measures,
    })
}
