//! The checked-in vectors as calls of the verifier, each with what must come out.

use std::fs;

use anyhow::{Context, Result, ensure};
use hc_code::keys::{KeyList, KeyUse, NodeKey};
use hc_code::signing::{Algorithm, Signer, SigningKey};
use hc_code::{DivisionCode, Offset, Span, Timestamp};
use hc_testkit::hexadecimal;
use hc_testkit::key_list_vectors::KeyListVector;
use hc_testkit::list_vectors::paper::PaperVector;
use hc_testkit::list_vectors::status::{OfferKind, StatusVector};
use hc_testkit::list_vectors::trust::{TrustOfferKind, TrustVector};
use hc_testkit::regions::{self, NOON};
use hc_testkit::signature_vectors::SignatureVector;
use hc_testkit::vectors::{KeyForm, Vector};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::recording::{Input, Number, Recording, field};
use super::signed_gate;
use crate::checkout::Checkout;

/// Records every vector; gives how many there are of each folder.
///
/// # Errors
/// A vector that cannot be read, or one that does not come out as it says.
pub(super) fn record(
    checkout: &Checkout,
    recording: &mut Recording,
) -> Result<Vec<(&'static str, usize)>> {
    Ok(vec![
        ("verify", each(checkout, "verify", recording, verdict)?),
        (
            "signature",
            each(checkout, "signature", recording, signature)?,
        ),
        ("key-list", each(checkout, "key-list", recording, key_list)?),
        (
            "trust-list",
            each(checkout, "trust-list", recording, trust_list)?,
        ),
        (
            "status-list",
            each(checkout, "status-list", recording, status_list)?,
        ),
        (
            "paper-list",
            each(checkout, "paper-list", recording, paper_list)?,
        ),
    ])
}

fn each<T: DeserializeOwned>(
    checkout: &Checkout,
    folder: &str,
    recording: &mut Recording,
    record: fn(&mut Recording, &T) -> Result<()>,
) -> Result<usize> {
    let mut files = fs::read_dir(checkout.path("vectors").join(folder))?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<Vec<_>>>()?;
    files.sort();
    ensure!(!files.is_empty(), "vectors/{folder} is empty");
    for file in &files {
        let told = || format!("{}", file.display());
        let vector = serde_json::from_str(&fs::read_to_string(file)?).with_context(told)?;
        record(recording, &vector).with_context(told)?;
    }
    Ok(files.len())
}

fn is(found: &Value, expected: &Value) -> Result<()> {
    ensure!(found == expected, "{found}, not {expected}");
    Ok(())
}

fn bytes(digits: &str) -> Result<Input> {
    let bytes = hexadecimal::read(digits).context("bytes in hexadecimal")?;
    Ok(Input::Bytes(bytes))
}

fn verdict(recording: &mut Recording, vector: &Vector) -> Result<()> {
    let gate = signed_gate::open(recording, &vector.gate)?;
    let memory = recording.open("hc_open_memory", &[65_536.into()], Input::Nothing)?;
    let mut read = |text: &str, now: Timestamp| {
        let numbers = [gate.into(), memory.into(), now.into()];
        recording.call("hc_verify", &numbers, Input::Text(text.to_owned()))
    };
    for reading in &vector.before {
        read(&reading.text, reading.now)?;
    }
    let found = read(&vector.text, vector.now)?;
    let level = found.pointer("/genuine/level").unwrap_or(&Value::Null);
    let expected = &vector.expect;
    is(
        &json!([
            field(&found, "action"),
            field(&found, "cause"),
            level,
            field(&found, "rule"),
            field(&found, "seenBefore")
        ]),
        &json!([
            expected.action,
            expected.cause,
            expected.level,
            expected.rule,
            expected.seen_before
        ]),
    )
}

fn signature(recording: &mut Recording, vector: &SignatureVector) -> Result<()> {
    let question = json!({
        "algorithm": vector.algorithm,
        "key": vector.key,
        "message": vector.message,
        "signature": vector.signature,
    });
    let found = recording.call("hc_signature", &[], Input::Text(question.to_string()))?;
    is(field(&found, "outcome"), &json!(vector.expect))
}

/// A root for vectors that begin at a list's own key.
fn root() -> SigningKey {
    regions::key(Algorithm::Es256, 201, 0)
}

/// A gate that trusts a region under a root, from a time on.
fn gate_under(
    recording: &mut Recording,
    region: DivisionCode,
    offset: Offset,
    root: &KeyForm,
    now: Timestamp,
) -> Result<u32> {
    let gate = recording.open("hc_open_gate", &[], signed_gate::settings())?;
    let root = signed_gate::public_key(root)?;
    let entry = signed_gate::region_entry(region, offset, Span::hours(4), [root])?;
    let list = signed_gate::trust_list(now, now.plus(Span::days(399)), vec![entry])?;
    let numbers = [gate.into(), now.into()];
    let answer = recording.call("hc_trust_list", &numbers, Input::Bytes(list))?;
    is(field(&answer, "accepted"), &json!(true))?;
    Ok(gate)
}

/// The same, with a list key of the region listed for the day around noon.
fn gate_with_list_key(
    recording: &mut Recording,
    region: DivisionCode,
    offset: Offset,
    key: &KeyForm,
) -> Result<u32> {
    let (from, until) = (NOON.minus(Span::hours(24)), NOON.plus(Span::hours(24)));
    let root_form = KeyForm::of(root().public_key());
    let gate = gate_under(recording, region, offset, &root_form, from)?;
    let key = NodeKey::new(signed_gate::public_key(key)?, KeyUse::Lists, from, until)?;
    let list = KeyList::new(region, 1, from, until, [key])?.sign(&root())?;
    let list = Input::Bytes(list.as_bytes().to_vec());
    let numbers = [gate.into(), region.into(), from.into()];
    let answer = recording.call("hc_key_list", &numbers, list)?;
    is(field(&answer, "word"), &json!("newer"))?;
    Ok(gate)
}

fn key_list(recording: &mut Recording, vector: &KeyListVector) -> Result<()> {
    let first = vector.offers.iter().map(|offer| offer.now).min();
    let first = first.context("no offer")?;
    let gate = gate_under(recording, vector.issuer, Offset::CHINA, &vector.root, first)?;
    for offer in &vector.offers {
        let numbers = [gate.into(), vector.issuer.into(), offer.now.into()];
        let answer = recording.call("hc_key_list", &numbers, bytes(&offer.list)?)?;
        is(field(&answer, "word"), &json!(offer.expect))?;
    }
    Ok(())
}

fn trust_list(recording: &mut Recording, vector: &TrustVector) -> Result<()> {
    let settings = json!({ "hubKeys": [vector.hub_key] });
    let gate = recording.open("hc_open_gate", &[], Input::Text(settings.to_string()))?;
    for offer in &vector.offers {
        let call = match offer.kind {
            TrustOfferKind::Trust => "hc_trust_list",
            TrustOfferKind::Removals => "hc_removals",
        };
        let numbers = [gate.into(), offer.now.into()];
        let answer = recording.call(call, &numbers, bytes(&offer.bytes)?)?;
        is(field(&answer, "word"), &json!(offer.expect))?;
    }
    for question in &vector.questions {
        let numbers = [gate.into(), question.issuer.into(), question.now.into()];
        let found = recording.call("hc_issuer", &numbers, Input::Nothing)?;
        is(
            &found,
            &json!({ "issuer": question.expect, "roots": question.roots }),
        )?;
    }
    recording.call("hc_marks", &[gate.into()], Input::Nothing)?;
    Ok(())
}

fn status_list(recording: &mut Recording, vector: &StatusVector) -> Result<()> {
    let region = vector.issuer;
    let gate = gate_with_list_key(recording, region, vector.offset, &vector.key)?;
    for offer in &vector.offers {
        let call = match offer.kind {
            OfferKind::Shard => "hc_status_shard",
            OfferKind::Delta => "hc_status_delta",
        };
        let numbers = [gate.into(), region.into(), offer.now.into()];
        let answer = recording.call(call, &numbers, bytes(&offer.bytes)?)?;
        is(field(&answer, "word"), &json!(offer.expect))?;
    }
    for question in &vector.look_ups {
        let place = [question.day, question.index].map(Number::from);
        let numbers = [&[gate.into(), region.into()], &place[..]].concat();
        let found = recording.call("hc_status", &numbers, Input::Nothing)?;
        let as_of = question.as_of.map(Timestamp::unix);
        is(
            &json!([field(&found, "value"), field(&found, "asOf")]),
            &json!([question.value, as_of]),
        )?;
    }
    recording.call("hc_marks", &[gate.into()], Input::Nothing)?;
    Ok(())
}

fn paper_list(recording: &mut Recording, vector: &PaperVector) -> Result<()> {
    let region = vector.issuer;
    let gate = gate_with_list_key(recording, region, Offset::CHINA, &vector.key)?;
    for offer in &vector.offers {
        let numbers = [gate.into(), region.into(), offer.now.into()];
        let answer = recording.call("hc_paper_list", &numbers, bytes(&offer.bytes)?)?;
        is(field(&answer, "word"), &json!(offer.expect))?;
    }
    for question in &vector.look_ups {
        let numbers = [gate.into(), region.into()];
        let found = recording.call("hc_paper", &numbers, bytes(&question.pointer)?)?;
        is(field(&found, "value"), &json!(question.value))?;
    }
    recording.call("hc_marks", &[gate.into()], Input::Nothing)?;
    Ok(())
}
