//! What a person says is wrong: the clock, the officer's answer, and what silence does.

use hc_code::Span;
use hc_core::evidence::SourceKind;
use hc_core::evidence::intake::LineKind;
use hc_core::store::{BatchState, Store};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::sample::{self, Batch};
use crate::signers::{auditor, li, register};
use crate::world::World;

async fn appeal(world: &World, token: &str, evidence: &Value) -> Answer {
    world
        .ask("POST", "/v1/appeals")
        .token(token)
        .json(&json!({"evidence": evidence, "text": "我没有做过这次检测", "right": "阴性"}))
        .send()
        .await
}

async fn get(world: &World, token: &str, path: &str) -> Value {
    let answer = world.ask("GET", path).token(token).send().await;
    assert_eq!(answer.status, 200, "{path}: {answer:?}");
    answer.json()
}

async fn level(world: &World, token: &str) -> Value {
    get(world, token, "/v1/code").await["level"].clone()
}

/// The evidence behind the first reason.
async fn ground(world: &World, token: &str) -> Value {
    get(world, token, "/v1/why").await["reasons"][0]["evidence"][0].clone()
}

/// A person whom a laboratory says to be positive.
async fn positive(world: &World) -> String {
    let token = world.token(sample::NUMBERS[0]).await;
    let lab = sample::lab(world).await;
    let batch = Batch::of(&lab, "B-1", &sample::test_line("T-1", "positive"));
    assert_eq!(batch.send(world).await.status, 201);
    assert_eq!(level(world, &token).await, "10");
    token
}

/// A person whom a hospital has let go, which gives no high level.
async fn recovered(world: &World) -> String {
    let token = world.token(sample::NUMBERS[0]).await;
    let now = world.region.now();
    let key = hc_testkit::regions::key(hc_code::signing::Algorithm::Ed25519, 77, 1);
    let terms = hc_node::sources::SourceTerms::new(
        hc_node::party::PartyId::parse("lab-3").unwrap(),
        SourceKind::Hospital,
        vec![LineKind::from_word("release").unwrap()],
        vec!["330000".parse().unwrap()],
        hc_code::signing::Signer::public_key(&key).clone(),
        (now, now.plus(Span::days(365))),
    );
    register(world, hc_node::party::Terms::Source(terms.unwrap())).await;
    let line = json!({
        "ref": "S-1", "source": "hospital", "by": "lab-3",
        "document_type": "111", "document": sample::NUMBERS[0],
        "kind": "release", "at": "2022-07-15T09:00:00+08:00", "setting": "hospital",
    });
    let batch = Batch::of(&key, "B-1", &format!("{line}\n"));
    let answer = batch.send(world).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["rows"]),
        (201, &json!(1)),
        "{answer:?}"
    );
    assert_eq!(level(world, &token).await, "01");
    token
}

#[tokio::test]
async fn an_accepted_appeal_takes_the_evidence_back_and_turns_the_code_in_the_same_act() {
    let world = World::new().await;
    let officer = li(&world).await;
    let token = positive(&world).await;
    let evidence = ground(&world, &token).await;
    let made = appeal(&world, &token, &evidence).await;
    assert_eq!(made.status, 201, "{made:?}");
    let made = made.json();
    assert_eq!(made["state"], "open");
    // Made again while it waits, it is the same one.
    let again = appeal(&world, &token, &evidence).await.json();
    assert_eq!(again["number"], made["number"]);
    world.later(Span::seconds(60));
    let waiting = officer
        .asks(&world, "GET", "/v1/appeals-waiting")
        .send()
        .await;
    let waiting = waiting.json();
    assert_eq!(waiting["appeals"][0]["number"], made["number"]);
    assert_eq!(
        waiting["appeals"][0]["states"]["states"]["result"],
        "positive"
    );
    let text = waiting.to_string();
    assert!(!text.contains("张晓") && !text.contains(sample::NUMBERS[0]));
    let path = format!("/v1/appeals/{}/answer", made["number"]);
    let answer = |accepted: bool| json!({"accepted": accepted, "reason": "样本编号录错，已查实"});
    let asks = officer.asks(&world, "POST", &path).json(&answer(true));
    let answered = asks.send().await;
    assert_eq!(
        (answered.status.as_u16(), &answered.json()["state"]),
        (200, &json!("accepted"))
    );
    assert_eq!(level(&world, &token).await, "00");
    // Once answered it is closed.
    world.later(Span::seconds(1));
    let asks = officer.asks(&world, "POST", &path).json(&answer(false));
    assert_eq!(asks.send().await.outcome(), (404, "not-found".to_owned()));
    let own = get(&world, &token, "/v1/appeals").await;
    assert_eq!(own["appeals"][0]["answer"], "样本编号录错，已查实");
    let log = get(&world, &token, "/v1/log").await;
    let kinds: Vec<&str> = log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap())
        .collect();
    assert_eq!(
        kinds,
        [
            "decision",
            "correction",
            "appeal-closed",
            "appeal-made",
            "decision"
        ]
    );
    assert_eq!(log["entries"][2]["actor"]["id"], "li");
    assert_eq!(log["entries"][3]["sequence"], made["number"]);
    // It is part of what the person takes along, and goes with them.
    let export = get(&world, &token, "/v1/export").await;
    assert_eq!(export["appeals"][0]["state"], "accepted");
}

#[tokio::test]
async fn a_refused_appeal_changes_nothing_and_gives_the_reason() {
    let world = World::new().await;
    let officer = li(&world).await;
    let token = positive(&world).await;
    let evidence = ground(&world, &token).await;
    let made = appeal(&world, &token, &evidence).await.json();
    world.later(Span::seconds(60));
    let path = format!("/v1/appeals/{}/answer", made["number"]);
    let body = json!({"accepted": false, "reason": "复核仍为阳性"});
    let answered = officer.asks(&world, "POST", &path).json(&body).send().await;
    assert_eq!(answered.json()["state"], "refused");
    assert_eq!(level(&world, &token).await, "10");
    let own = get(&world, &token, "/v1/appeals").await;
    assert_eq!(own["appeals"][0]["answer"], "复核仍为阳性");
}

#[tokio::test]
async fn silence_never_ends_an_infection_and_goes_to_the_top_of_the_list() {
    let world = World::new().await;
    let token = positive(&world).await;
    let evidence = ground(&world, &token).await;
    let made = appeal(&world, &token, &evidence).await.json();
    world.later(Span::hours(24).plus(Span::seconds(0)));
    world.region.tend().await.unwrap();
    assert_eq!(world.region.lapse_appeals(9).await.unwrap(), 1);
    let own = get(&world, &token, "/v1/appeals").await;
    assert_eq!(own["appeals"][0]["state"], "escalated");
    assert_ne!(own["appeals"][0]["due"], made["due"]);
    assert_eq!(level(&world, &token).await, "10");
    // Not again before the next clock.
    assert_eq!(world.region.lapse_appeals(9).await.unwrap(), 0);
    let log = get(&world, &token, "/v1/log").await;
    assert_eq!(log["entries"][0]["kind"], "appeal-escalated");
}

#[tokio::test]
async fn silence_ends_what_gives_no_high_level_in_the_persons_favour() {
    let world = World::new().await;
    let token = recovered(&world).await;
    let evidence = ground(&world, &token).await;
    appeal(&world, &token, &evidence).await;
    world.later(Span::hours(23));
    world.region.tend().await.unwrap();
    assert_eq!(world.region.lapse_appeals(9).await.unwrap(), 0);
    world.later(Span::hours(1));
    world.region.tend().await.unwrap();
    assert_eq!(world.region.lapse_appeals(9).await.unwrap(), 1);
    assert_eq!(level(&world, &token).await, "00");
    let own = get(&world, &token, "/v1/appeals").await;
    assert_eq!(own["appeals"][0]["state"], "lapsed");
}

#[tokio::test]
async fn what_a_person_stated_themself_is_taken_back_at_once() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    world.later(Span::seconds(10));
    let mut fever = sample::declaration();
    fever["health"]["temperature"] = json!("38.4");
    let declared = world
        .ask("POST", "/v1/declarations")
        .token(&token)
        .json(&fever);
    assert_eq!(declared.send().await.json()["level"], "01");
    world.later(Span::seconds(10));
    let evidence = ground(&world, &token).await;
    let made = appeal(&world, &token, &evidence).await.json();
    assert_eq!(made["state"], "accepted");
    assert_eq!(level(&world, &token).await, "00");
}

#[tokio::test]
async fn nobody_appeals_for_another_or_about_nothing_and_no_more_than_is_bounded() {
    let world = World::new().await;
    let token = positive(&world).await;
    let other = world.token(sample::NUMBERS[1]).await;
    let evidence = ground(&world, &token).await;
    // Somebody else's evidence is none.
    let foreign = appeal(&world, &other, &evidence).await;
    assert_eq!(foreign.outcome(), (404, "not-found".to_owned()));
    for (member, value) in [
        ("evidence", json!("x")),
        ("evidence", json!("0".repeat(31))),
        ("evidence", json!("F".repeat(32))),
        ("text", json!("")),
        ("text", json!("字".repeat(2001))),
        ("right", json!("\u{7}")),
    ] {
        let mut body = json!({"evidence": evidence, "text": "不对"});
        body[member] = value;
        let asking = world.ask("POST", "/v1/appeals").token(&token).json(&body);
        let refused = asking.send().await;
        assert_eq!(
            refused.outcome(),
            (422, "bad-fields".to_owned()),
            "{member}"
        );
    }
    let shen = auditor(&world).await;
    let refused = shen.asks(&world, "GET", "/v1/appeals-waiting").send().await;
    assert_eq!(refused.outcome(), (403, "not-allowed".to_owned()));
    assert_eq!(
        get(&world, &other, "/v1/appeals").await["appeals"],
        json!([])
    );
}

#[tokio::test]
async fn a_person_corrects_who_they_are_and_the_log_tells_which_part() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let change = |body: Value| {
        let asking = world.ask("POST", "/v1/profile").token(&token);
        asking.json(&body).send()
    };
    let changed = change(json!({"name": "张小", "phone": null})).await;
    assert_eq!(
        changed.json(),
        json!({"name": "张小", "phone": null, "address": null})
    );
    let export = get(&world, &token, "/v1/export").await;
    assert_eq!(export["profile"]["name"], "张小");
    let log = get(&world, &token, "/v1/log").await;
    let entry = &log["entries"][1];
    assert_eq!(entry["kind"], "profile-changed");
    assert!(entry.to_string().contains("name+phone"));
    assert!(!entry.to_string().contains("张"));
    for body in [
        json!({"name": ""}),
        json!({"phone": "x"}),
        json!({"address": "\u{7}"}),
    ] {
        let refused = change(body).await;
        assert_eq!(refused.outcome(), (422, "bad-fields".to_owned()));
    }
    let unknown = change(json!({"colour": "green"})).await;
    assert_eq!(unknown.outcome(), (400, "bad-json".to_owned()));
}

#[tokio::test]
async fn an_erased_person_leaves_nothing_in_batches_that_wait() {
    let world = World::new().await;
    let lab = sample::lab(&world).await;
    let mut tokens = Vec::new();
    for number in sample::NUMBERS {
        tokens.push(world.token(number).await);
    }
    let lines: String = sample::NUMBERS
        .iter()
        .map(|number| sample::line_of(number, &format!("T-{}", &number[..6]), "positive"))
        .chain(["not json 11010519491231002X\n".to_owned()])
        .collect();
    let batch = Batch::of(&lab, "B-1", &lines);
    assert_eq!(batch.send(&world).await.status, 202);
    let gone = world
        .ask("DELETE", "/v1/subject")
        .token(&tokens[0])
        .send()
        .await;
    assert_eq!(gone.status, 204);
    let kept = world
        .region
        .store()
        .read(|reading| reading.batches_in(BatchState::Waiting))
        .await
        .unwrap();
    let content = String::from_utf8(kept[0].content.clone()).unwrap();
    assert!(!content.contains(sample::NUMBERS[0]), "{content}");
    assert!(content.contains(sample::NUMBERS[1]));
}

#[tokio::test]
async fn an_appeal_about_one_result_does_not_take_back_another_of_the_same_reference() {
    let world = World::new().await;
    let officer = li(&world).await;
    let token = world.token(sample::NUMBERS[0]).await;
    let lab = sample::lab(&world).await;
    for (batch, result) in [("B-1", "negative"), ("B-2", "positive")] {
        let batch = Batch::of(&lab, batch, &sample::test_line("T-1", result));
        assert_eq!(batch.send(&world).await.status, 201);
    }
    assert_eq!(level(&world, &token).await, "10");
    let export = get(&world, &token, "/v1/export").await;
    let evidence = export["evidence"].as_array().unwrap().iter();
    let mut negative = evidence.filter(|one| one.to_string().contains("negative"));
    let made = appeal(&world, &token, &negative.next().unwrap()["id"]).await;
    assert_eq!(made.status, 201, "{made:?}");
    world.later(Span::seconds(60));
    let path = format!("/v1/appeals/{}/answer", made.json()["number"]);
    let body = json!({"accepted": true, "reason": "样本编号录错"});
    let answered = officer.asks(&world, "POST", &path).json(&body).send().await;
    assert_eq!(answered.outcome(), (403, "not-allowed".to_owned()));
    world.later(Span::hours(24));
    world.region.tend().await.unwrap();
    assert_eq!(world.region.lapse_appeals(9).await.unwrap(), 1);
    let own = get(&world, &token, "/v1/appeals").await;
    assert_eq!(own["appeals"][0]["state"], "escalated");
    assert_eq!(level(&world, &token).await, "10");
}

#[tokio::test]
async fn nobody_erases_an_infection_with_themselves() {
    let world = World::new().await;
    let token = positive(&world).await;
    let erase = || world.ask("DELETE", "/v1/subject").token(&token).send();
    assert_eq!(erase().await.outcome(), (409, "above-low".to_owned()));
    assert_eq!(level(&world, &token).await, "10");
    world.later(Span::days(8));
    world.region.tend().await.unwrap();
    assert_ne!(level(&world, &token).await, "10");
    assert_eq!(erase().await.status, 204);
}
