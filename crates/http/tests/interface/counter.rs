//! Enrolment at a counter: by whom, how often, and what the person finds of it.

use hc_code::Span;
use hc_core::party::Duty;
use hc_http::Limits;
use hc_http::serve::Connections;
use serde_json::{Value, json};

use crate::sample;
use crate::signers::{Party, auditor, li, officer};
use crate::world::World;

fn at_counter(number: &str) -> Value {
    let mut body = sample::enrolment(number);
    body.as_object_mut().unwrap().remove("identity");
    body
}

async fn enrol(world: &World, officer: &Party, body: &Value) -> crate::client::Answer {
    let asks = officer.asks(world, "POST", "/v1/counter/enrolments");
    asks.json(body).send().await
}

#[tokio::test]
async fn a_person_leaves_with_a_sheet_and_finds_who_enrolled_them() {
    let world = World::new().await;
    let li = li(&world).await;
    let mut body = at_counter(sample::NUMBERS[0]);
    let first = enrol(&world, &li, &body).await;
    assert_eq!(first.status, 201, "{first:?}");
    let told = first.json();
    assert!(told.get("token").is_none(), "nobody asked for a token");
    let text = told["paper"]["text"].as_str().unwrap();
    let verdict = world
        .ask("POST", "/v1/verdicts")
        .json(&json!({ "text": text }));
    let verdict = verdict.send().await;
    assert_eq!(verdict.status, 200);
    assert_eq!(verdict.json()["action"], "pass", "{verdict:?}");
    // Once more with a telephone: the same person, another sheet, and a token.
    body["token"] = json!(true);
    let second = enrol(&world, &li, &body).await;
    assert_eq!(second.status, 200, "{second:?}");
    let told = second.json();
    assert_ne!(told["paper"]["text"].as_str(), Some(text));
    let token = told["token"].as_str().unwrap();
    let shown = world.ask("GET", "/v1/code").token(token).send().await;
    assert_eq!(shown.json()["level"], "00");
    let log = world.ask("GET", "/v1/log").token(token).send().await.json();
    let log = log.to_string();
    assert!(
        log.contains("counter-enrolment") && log.contains("\"li\""),
        "{log}"
    );
    assert!(!log.contains("李明"), "{log}");
}

#[tokio::test]
async fn only_the_duty_of_the_counter_enrols() {
    let world = World::new().await;
    let body = at_counter(sample::NUMBERS[0]);
    let shen = auditor(&world).await;
    let zhao = officer(&world, ("zhao", "赵敏", 7), &[Duty::Operator, Duty::Health]).await;
    for stranger in [&shen, &zhao] {
        let refused = enrol(&world, stranger, &body).await;
        assert_eq!(refused.outcome(), (403, "not-allowed".to_owned()));
    }
    assert_eq!(world.region.load().0.active, 0);
}

#[tokio::test]
async fn what_is_missing_or_wrong_is_named_and_nobody_is_enrolled() {
    let world = World::new().await;
    let li = li(&world).await;
    for (pointer, value, status, path) in [
        ("/document", Value::Null, 422, "document"),
        ("/profile", Value::Null, 422, "profile.name"),
        ("/document/number", json!("110101"), 422, "document"),
        ("/consents", json!([]), 422, "consents"),
    ] {
        let mut body = at_counter(sample::NUMBERS[0]);
        *body.pointer_mut(pointer).unwrap() = value;
        let refused = enrol(&world, &li, &body).await;
        assert_eq!(refused.status, status, "{pointer}: {refused:?}");
        assert_eq!(refused.json()["errors"][0]["path"], path);
    }
    assert_eq!(world.region.load().0.active, 0);
}

#[tokio::test]
async fn an_officer_enrols_so_many_an_hour_and_others_their_own() {
    let limits = Limits {
        counter_enrolments_an_hour: 2,
        ..Limits::default()
    };
    let world = World::with(limits, Connections::default()).await;
    let li = li(&world).await;
    let wang = officer(&world, ("wang", "王芳", 2), &[Duty::Counter]).await;
    for number in [0, 1] {
        let enrolled = enrol(&world, &li, &at_counter(sample::NUMBERS[number])).await;
        assert_eq!(enrolled.status, 201);
    }
    let body = at_counter(sample::NUMBERS[0]);
    let refused = enrol(&world, &li, &body).await;
    assert_eq!(refused.outcome(), (429, "too-many".to_owned()));
    let after: u32 = refused.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=3600).contains(&after));
    assert_eq!(enrol(&world, &wang, &body).await.status, 200);
    world.later(Span::hours(1));
    let again = enrol(&world, &li, &body).await;
    assert_eq!(again.status, 200, "{again:?}");
}
