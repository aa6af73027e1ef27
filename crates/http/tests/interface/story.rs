//! A person's way through the interface, from enrolment to erasure.

use hc_code::Span;
use serde_json::{Value, json};

use crate::sample;
use crate::world::World;

async fn verdict(world: &World, text: &str) -> Value {
    let scan = json!({ "text": text });
    let answer = world.ask("POST", "/v1/verdicts").json(&scan).send().await;
    assert_eq!(answer.status, 200);
    answer.json()
}

fn text(shown: &Value) -> &str {
    shown["codes"][0]["text"].as_str().unwrap()
}

#[tokio::test]
async fn whoever_declares_has_a_code_that_a_gate_passes_in_one_round_trip() {
    let world = World::new().await;
    let enrolled = world.enrol(sample::NUMBERS[0]).await;
    assert_eq!(enrolled["new"], true);
    assert_eq!(enrolled["identity"], "demo");
    let shown = &enrolled["shown"];
    assert_eq!(shown["level"], "00");
    let seen = verdict(&world, text(shown)).await;
    assert_eq!(seen["action"], "pass", "{seen}");
    assert_eq!(seen["class"], "live");
    // The same person again, on another device: known, and with a token of its own.
    let again = world
        .ask("POST", "/v1/enrolments")
        .json(&sample::enrolment(sample::NUMBERS[0]))
        .send()
        .await;
    assert_eq!(again.status, 200);
    assert_eq!(again.json()["new"], false);
    assert_ne!(again.json()["shown"]["token"], shown["token"]);
}

#[tokio::test]
async fn an_answer_with_one_code_has_at_most_a_kilobyte_with_its_head() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    // A day later the token is given anew as well: the longest answer.
    world.later(Span::hours(25));
    world.region.tend().await.unwrap();
    let answer = world.ask("GET", "/v1/code").token(&token).send().await;
    assert!(answer.json()["token"].is_string());
    let head: usize = answer
        .headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum();
    let whole = "HTTP/1.1 200 OK\r\n\r\n".len() + head + answer.body.len();
    eprintln!("an answer with one code: {whole} bytes, {} of them body", answer.body.len());
    assert!(whole <= 1024, "{whole} bytes: {:?}", answer.body);
}

#[tokio::test]
async fn codes_ahead_are_good_one_after_the_other() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let answer = world
        .ask("GET", "/v1/code?ahead=4")
        .token(&token)
        .send()
        .await;
    let shown = answer.json();
    let codes = shown["codes"].as_array().unwrap();
    assert_eq!(codes.len(), 5);
    for code in codes {
        let from = code["from"].as_str().unwrap().parse().unwrap();
        world.clock.set(from);
        let seen = verdict(&world, code["text"].as_str().unwrap()).await;
        assert_eq!(seen["action"], "pass", "{seen}");
    }
}

#[tokio::test]
async fn a_declaration_with_a_fever_turns_the_code_and_says_why() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let before = world.ask("GET", "/v1/code").token(&token).send().await.json();
    world.later(Span::seconds(10));
    let mut declaration = sample::declaration();
    declaration["health"]["temperature"] = json!("38.4");
    let answer = world
        .ask("POST", "/v1/declarations")
        .token(&token)
        .json(&declaration)
        .send()
        .await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.json()["level"], "01");
    // The code of ten seconds ago is genuine; the region knows better already.
    let seen = verdict(&world, text(&before)).await;
    assert_eq!(seen["cause"], "newer");
    assert_eq!(seen["level"], "01");
    let why = world.ask("GET", "/v1/why").token(&token).send().await.json();
    assert_eq!(why["level"], "01");
    let reason = &why["reasons"][0];
    assert!(!reason["says"]["zh"].as_str().unwrap().is_empty());
    assert!(!reason["next"]["en"].as_str().unwrap().is_empty());
    assert!(reason["until"].is_string());
    let evidence = &reason["evidence"][0];
    let told = why["evidence"].as_array().unwrap();
    let named = told.iter().find(|one| one["id"] == *evidence).unwrap();
    assert_eq!(named["states"]["temperature"], "38.4");
    let log = world.ask("GET", "/v1/log").token(&token).send().await.json();
    let entries = log["entries"].as_array().unwrap();
    assert_eq!(entries[0]["kind"], "decision");
    let level = entries[0]["details"]
        .as_array()
        .unwrap()
        .iter()
        .find(|detail| detail["field"] == "level");
    assert_eq!(level.unwrap()["value"], "01");
}

#[tokio::test]
async fn a_person_sees_everything_that_is_kept_and_that_it_was_seen() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let export = world.ask("GET", "/v1/export").token(&token).send().await.json();
    assert_eq!(export["profile"]["name"], "张晓");
    assert_eq!(export["documents"][0]["number"], sample::NUMBERS[0]);
    assert_eq!(export["consents"][0]["purpose"], "code");
    let declared = &export["declarations"][0]["declared"];
    assert_eq!(declared["itinerary"][0]["arriveDivision"]["value"], "310115");
    let kinds: Vec<&str> = export["evidence"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["kind"].as_str().unwrap())
        .collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "stay").count(), 2);
    assert!(kinds.contains(&"declaration"));
    let log = world.ask("GET", "/v1/log").token(&token).send().await.json();
    assert_eq!(log["entries"][0]["kind"], "export");
    assert_eq!(log["entries"][0]["actor"]["role"], "subject");
}

#[tokio::test]
async fn a_withdrawn_token_is_refused_and_the_new_one_shows() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let old = world.ask("GET", "/v1/code").token(&token).send().await.json();
    let answer = world
        .ask("POST", "/v1/withdrawal")
        .token(&token)
        .json(&json!({"reason": "lost-device"}))
        .send()
        .await;
    assert_eq!(answer.status, 201);
    let fresh = answer.json()["token"].as_str().unwrap().to_owned();
    let refused = world.ask("GET", "/v1/code").token(&token).send().await;
    assert_eq!(refused.outcome(), (401, "withdrawn".to_owned()));
    assert_eq!(verdict(&world, text(&old)).await["cause"], "newer");
    assert_ne!(verdict(&world, text(&old)).await["action"], "pass");
    let shown = world.ask("GET", "/v1/code").token(&fresh).send().await;
    assert_eq!(verdict(&world, text(&shown.json())).await["action"], "pass");
    // The declaration went over.
    assert_eq!(shown.json()["level"], "00");
}

#[tokio::test]
async fn whoever_is_erased_is_gone_and_can_begin_again() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let answer = world.ask("DELETE", "/v1/subject").token(&token).send().await;
    assert_eq!(answer.status, 204);
    for path in ["/v1/code", "/v1/why", "/v1/log", "/v1/export"] {
        let refused = world.ask("GET", path).token(&token).send().await;
        assert_eq!(refused.outcome(), (401, "withdrawn".to_owned()), "{path}");
    }
    assert_eq!(world.enrol(sample::NUMBERS[0]).await["new"], true);
}
