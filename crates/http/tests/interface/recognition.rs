//! Recognition policies that two officers publish, and receipts that are checked.

use hc_code::receipt::{Commitment, PolicyNamed, Receipt, ReceiptDraft};
use hc_code::recognition::PublishedPolicy;
use hc_code::signing::{Algorithm, Signer};
use hc_code::verify::Action;
use hc_code::{DivisionCode, Span, Timestamp};
use hc_core::store::{Store as _, StoreError};
use hc_testkit::regions::key;
use hc_tlog::entry::Kind;
use serde_json::{Value, json};

use crate::client::Answer;
use crate::sample;
use crate::signers::{Party, gate, li, wang};
use crate::world::World;

const POLICY: &str = include_str!("../../../../policies/recognition/sichuan-2022-07.toml");

fn here() -> DivisionCode {
    "330000".parse().unwrap()
}

/// A policy of the region in force from a day of July on.
fn policy(version: u32, from: u8) -> String {
    POLICY
        .replace("510000", "330000")
        .replace("version = 2", &format!("version = {version}"))
        .replace("2022-07-10T00:00:00", &format!("2022-07-{from}T12:00:00"))
}

async fn propose(world: &World, by: &Party, text: &str) -> Answer {
    let body = json!({"publishRecognition": {"policy": text}});
    by.asks(world, "POST", "/v1/proposals")
        .json(&body)
        .send()
        .await
}

async fn publish(world: &World, by: [&Party; 2], text: &str) -> Answer {
    let made = propose(world, by[0], text).await;
    if made.status != 201 {
        return made;
    }
    let id = made.json()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/proposals/{id}/approval");
    by[1].asks(world, "POST", &path).send().await
}

async fn held(world: &World, after: &str) -> Option<PublishedPolicy> {
    let path = format!("/v1/recognition-policy{after}");
    let answer = world.ask("GET", &path).send().await;
    if answer.status == 204 || answer.status == 404 {
        return None;
    }
    assert_eq!(answer.status, 200, "{answer:?}");
    let roots = [key(Algorithm::Ed25519, 9, 0).public_key().clone()];
    Some(
        PublishedPolicy::open(&answer.body, here(), &roots)
            .unwrap()
            .0,
    )
}

async fn action(world: &World, token: &str) -> (Value, Value) {
    let code = world.ask("GET", "/v1/code").token(token).send().await;
    let text = code.json()["codes"][0]["text"].clone();
    let verdict = world
        .ask("POST", "/v1/verdicts")
        .json(&json!({"text": text}));
    let verdict = verdict.send().await.json();
    (verdict["action"].clone(), verdict["rule"].clone())
}

#[tokio::test]
async fn a_policy_that_two_officers_publish_is_signed_announced_and_then_in_force() {
    let world = World::new().await;
    let (li, wang) = (li(&world).await, wang(&world).await);
    let token = world.token(sample::NUMBERS[0]).await;
    assert_eq!(held(&world, "").await, None);
    assert_eq!(
        action(&world, &token).await,
        (json!("pass"), json!("low-passes"))
    );
    let own = publish(&world, [&li, &li], &policy(1, 17)).await;
    assert_eq!(own.outcome(), (403, "same-officer".to_owned()));
    let done = publish(&world, [&li, &wang], &policy(1, 17)).await;
    assert_eq!(done.status, 200, "{done:?}");
    assert_eq!(done.json()["recognition"]["version"], 1);
    let announced = held(&world, "").await.unwrap();
    // The region's own clock says when it was published.
    assert_eq!(announced.published(), world.region.now());
    assert_eq!(held(&world, "?after=1").await, None);
    let settings = world.ask("GET", "/v1/gate-settings").send().await.json();
    let named = json!([{"region": "330000", "from": "2022-07-17T12:00:00+08:00"}]);
    assert_eq!(settings["authorities"], named);
    assert_eq!(action(&world, &token).await.1, "low-passes");
    world.later(Span::days(3));
    world.region.tend().await.unwrap();
    let settings = world.ask("GET", "/v1/gate-settings").send().await.json();
    assert_eq!(settings["policy"]["version"], "330000/1");
    let rows = world
        .region
        .store()
        .read(|reading| reading.log_from(0, 1000));
    let rows: Result<Vec<_>, StoreError> = rows.await;
    let mut kinds = rows
        .unwrap()
        .into_iter()
        .map(|row| row.opened.unwrap().1.kind());
    assert!(kinds.any(|kind| kind == Kind::RecognitionPublished));
    // A later one follows; the same version or an earlier one does not.
    let again = publish(&world, [&li, &wang], &policy(1, 20)).await;
    assert_eq!(again.outcome(), (422, "bad-rules".to_owned()));
    let next = publish(&world, [&wang, &li], &policy(2, 20)).await;
    assert_eq!(next.status, 200, "{next:?}");
    assert_eq!(held(&world, "").await.unwrap().version(), 1);
    assert_eq!(held(&world, "?after=1").await.unwrap().version(), 2);
}

#[tokio::test]
async fn a_policy_with_findings_or_too_late_is_not_even_proposed() {
    let world = World::new().await;
    let li = li(&world).await;
    let sound = policy(1, 17);
    for (text, part) in [
        (
            sound.replace("then = \"refuse\"", "then = \"pass\""),
            "rule high",
        ),
        (sound.replace("330000", "510000"), "510000"),
        (policy(1, 16).replace("T12:00:00", "T11:59:59"), "ahead"),
        (
            sound.replace("version = 1", "version = 1\neases = true"),
            "none before",
        ),
        ("[policy]".to_owned(), "missing field"),
    ] {
        let refused = propose(&world, &li, &text).await;
        assert_eq!(refused.outcome(), (422, "bad-rules".to_owned()), "{part}");
        let said = refused.json().to_string();
        assert!(said.contains(part), "{part}: {said}");
    }
    let bad = policy(1, 17).replace("version = 1", "version = 0");
    assert_eq!(propose(&world, &li, &bad).await.status, 422);
}

fn receipt(at: Timestamp, gate: &str) -> Receipt {
    Receipt::new(ReceiptDraft {
        region: here(),
        gate: gate.to_owned(),
        at,
        action: Action::Refuse,
        cause: "code".to_owned(),
        policy: Some(PolicyNamed {
            region: here(),
            version: 1,
            rule: Some((3, "high".to_owned())),
        }),
        measures: Vec::new(),
        issuer: Some(here()),
        commitment: Commitment::to("HC1P:330000:L10:…", [5; 16]),
    })
    .unwrap()
}

async fn check(world: &World, body: Value) -> Answer {
    let ask = world.ask("POST", "/v1/receipts/check");
    ask.json(&body).send().await
}

#[tokio::test]
async fn a_receipt_of_a_registered_gate_is_told_with_its_rule_and_how_to_contest() {
    let world = World::new().await;
    let (li, wang, gate) = (li(&world).await, wang(&world).await, gate(&world).await);
    let done = publish(&world, [&li, &wang], &policy(1, 17)).await;
    assert_eq!(done.status, 200, "{done:?}");
    let receipt = receipt(world.region.now(), gate.id);
    let signed = receipt.sign(&*gate.key).unwrap();
    let told = check(&world, json!({"receipt": signed.text()})).await;
    assert_eq!(told.status, 200, "{told:?}");
    let told = told.json();
    assert_eq!(
        (&told["proved"], &told["good"]),
        (&json!(true), &json!(true))
    );
    assert_eq!(told["gate"]["registeredThen"], true);
    assert_eq!(told["number"], receipt.number().to_string());
    assert_eq!(told["policy"]["rule"], "high");
    assert!(
        told["policy"]["says"]["en"]
            .as_str()
            .unwrap()
            .starts_with("High")
    );
    assert_eq!(told["policy"]["contest"]["phone"], "028-12345");
    // The number alone says the same, and proves nothing.
    let by_number = check(&world, json!({"number": receipt.number().to_string()})).await;
    let by_number = by_number.json();
    assert_eq!(by_number["proved"], false);
    assert_eq!(by_number["policy"], told["policy"]);
    world.later(Span::days(14));
    let late = check(&world, json!({"receipt": signed.text()})).await;
    assert_eq!(late.json()["good"], false);
}

#[tokio::test]
async fn nobody_else_signs_a_gates_receipt() {
    let world = World::new().await;
    let gate = gate(&world).await;
    let stranger = key(Algorithm::Es256, 61, 9);
    let now = world.region.now();
    let forged = receipt(now, gate.id).sign(&stranger).unwrap();
    let answer = check(&world, json!({"receipt": forged.text()})).await;
    assert_eq!(answer.outcome(), (404, "not-registered".to_owned()));
    let nobody = receipt(now, "gate-99").sign(&*gate.key).unwrap();
    let answer = check(&world, json!({"receipt": nobody.text()})).await;
    assert_eq!(answer.outcome(), (404, "not-registered".to_owned()));
    let genuine = receipt(now, gate.id).sign(&*gate.key).unwrap();
    let mut bytes = genuine.as_bytes().to_vec();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    let changed = hc_code::receipt::SignedReceipt::from_bytes(bytes);
    for body in [
        json!({"receipt": changed.text()}),
        json!({"receipt": "HC1R:"}),
        json!({"receipt": "HC1P:330000"}),
        json!({"number": "1234"}),
    ] {
        let answer = check(&world, body.clone()).await;
        assert_eq!(answer.outcome(), (422, "bad-fields".to_owned()), "{body}");
    }
    assert_eq!(check(&world, json!({})).await.status, 400);
}
