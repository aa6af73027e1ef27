//! What takes two officers: nothing happens on the word of one.

use hc_code::Span;
use hc_code::signing::{Algorithm, Signer as _};
use hc_core::party::Duty;
use hc_core::store::{PartyKind, Store as _, StoreError};
use hc_node::party::PartyId;
use hc_tlog::entry::Kind;
use serde_json::{Value, json};

use crate::sample;
use crate::signers::{Party, auditor, gate, li, officer, wang};
use crate::world::World;

fn key(number: u8) -> Value {
    let key = hc_testkit::regions::key(Algorithm::Ed25519, 80, number);
    let key = key.public_key();
    json!({"algorithm": "Ed25519", "public": hex::encode(key.as_bytes()), "key_id": key.id().to_string()})
}

fn third(id: &str, name: &str, number: u8) -> Value {
    json!({"registerOfficer": {
        "id": id, "name": name, "duties": ["health"], "key": key(number),
        "until": "2023-07-15T12:00:00+08:00",
    }})
}

fn a_gate() -> Value {
    json!({"registerGate": {
        "id": "gate-7", "name": "西门", "venue": "330106-0001", "class": "school",
        "division": "330106", "attended": true, "purposes": ["entry"], "key": key(7),
        "until": "2023-07-15T12:00:00+08:00",
    }})
}

fn a_source() -> Value {
    json!({"registerSource": {
        "id": "lab-9", "kind": "laboratory", "lines": ["test"], "divisions": ["330000"],
        "rowsABatch": 10, "rowsADay": 20, "key": key(9), "until": "2023-07-15T12:00:00+08:00",
    }})
}

async fn propose(world: &World, by: &Party, body: &Value) -> Value {
    let answer = by
        .asks(world, "POST", "/v1/proposals")
        .json(body)
        .send()
        .await;
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()
}

async fn decide(world: &World, by: &Party, id: &Value, what: &str) -> (u16, String) {
    let path = format!("/v1/proposals/{}/{what}", id.as_str().unwrap());
    let mut asks = by.asks(world, "POST", &path);
    if what == "refusal" {
        asks = asks.json(&json!({"reason": "not-wanted"}));
    }
    asks.send().await.outcome()
}

/// The kinds of all entries of the log from an index on.
async fn logged(world: &World, from: u64) -> Vec<Kind> {
    let rows = world
        .region
        .store()
        .read(move |reading| reading.log_from(from, 1000));
    let rows: Vec<_> = rows.await.unwrap();
    rows.iter()
        .map(|row| row.opened.as_ref().unwrap().1.kind())
        .collect()
}

fn an_application() -> Value {
    let key = hc_testkit::regions::key(Algorithm::Sm2, 63, 4);
    json!({"registerApplication": {
        "id": "super-app", "name": "掌上通", "functions": ["applyCall", "makeCode", "queryHealth"],
        "divisions": ["330100"], "purposes": ["entry"], "quota": {"callsAMinute": 100, "queriesADay": 10},
        "key": {"algorithm": "SM2", "public": hex::encode(key.public_key().as_bytes())},
        "until": "2023-07-15T12:00:00+08:00",
    }})
}

async fn is_registered(world: &World, kind: PartyKind, id: &str) -> bool {
    let found = world.region.party(kind, PartyId::parse(id).unwrap()).await;
    found.is_ok()
}

#[tokio::test]
async fn two_officers_register_a_party_and_both_are_in_the_log() {
    let world = World::new().await;
    let (li, wang) = (li(&world).await, wang(&world).await);
    for (body, kind, id) in [
        (third("zhao", "赵敏", 1), PartyKind::Officer, "zhao"),
        (a_gate(), PartyKind::Gate, "gate-7"),
        (a_source(), PartyKind::Source, "lab-9"),
        (an_application(), PartyKind::Application, "super-app"),
    ] {
        let from = logged(&world, 0).await.len() as u64;
        let made = propose(&world, &li, &body).await;
        assert_eq!(
            (&made["state"], &made["by"]),
            (&json!("waiting"), &json!("li"))
        );
        assert!(!is_registered(&world, kind, id).await);
        let own = decide(&world, &li, &made["id"], "approval").await;
        assert_eq!(own, (403, "same-officer".to_owned()));
        assert!(!is_registered(&world, kind, id).await);
        assert_eq!(decide(&world, &wang, &made["id"], "approval").await.0, 200);
        assert!(is_registered(&world, kind, id).await);
        assert_eq!(
            logged(&world, from).await,
            [
                Kind::Proposed,
                Kind::PartyRegistered,
                Kind::SecondCredential
            ]
        );
        let again = decide(&world, &wang, &made["id"], "approval").await;
        assert_eq!(again, (409, "proposal-closed".to_owned()));
    }
    let all = auditor(&world)
        .await
        .asks(&world, "GET", "/v1/proposals")
        .send()
        .await
        .json();
    let told: Vec<_> = all["proposals"].as_array().unwrap().iter().collect();
    assert_eq!(told.len(), 4);
    assert!(
        told.iter()
            .all(|one| one["state"] == "done" && one["decided"]["by"] == "wang")
    );
    let path = format!("/v1/proposals/{}", told[0]["id"].as_str().unwrap());
    let one = li.asks(&world, "GET", &path).send().await.json();
    assert_eq!(&one, told[0]);
}

#[tokio::test]
async fn a_registered_source_can_send_and_one_that_was_ended_cannot() {
    let world = World::new().await;
    let (li, wang) = (li(&world).await, wang(&world).await);
    let made = propose(&world, &li, &a_source()).await;
    assert_eq!(decide(&world, &wang, &made["id"], "approval").await.0, 200);
    let line = sample::test_line("T-1", "negative").replace("lab-3", "lab-9");
    let mut batch = sample::Batch::of(
        &hc_testkit::regions::key(Algorithm::Ed25519, 80, 9),
        "B-1",
        &line,
    );
    batch.source = "lab-9".to_owned();
    batch.key = hc_testkit::regions::key(Algorithm::Ed25519, 80, 9);
    assert_eq!(batch.send(&world).await.status, 201);
    let end = json!({"endParty": {"kind": "source", "id": "lab-9", "reason": "end-of-contract"}});
    let made = propose(&world, &wang, &end).await;
    assert_eq!(made["party"], json!({"kind": "source", "id": "lab-9"}));
    assert_eq!(batch.send(&world).await.status, 200);
    assert_eq!(decide(&world, &li, &made["id"], "approval").await.0, 200);
    world.later(Span::seconds(1));
    assert_eq!(
        batch.send(&world).await.outcome(),
        (401, "credential-refused".to_owned())
    );
    let last = logged(&world, 0).await;
    assert_eq!(
        last[last.len() - 2..],
        [Kind::PartyEnded, Kind::SecondCredential]
    );
    // The id is not given again, also not to the same.
    let again = li
        .asks(&world, "POST", "/v1/proposals")
        .json(&a_source())
        .send()
        .await;
    assert_eq!(again.outcome(), (409, "already-registered".to_owned()));
}

#[tokio::test]
async fn a_refused_or_lapsed_proposal_is_never_done() {
    let world = World::new().await;
    let (li, wang) = (li(&world).await, wang(&world).await);
    let made = propose(&world, &li, &third("zhao", "赵敏", 1)).await;
    assert_eq!(decide(&world, &wang, &made["id"], "refusal").await.0, 200);
    let closed = (409, "proposal-closed".to_owned());
    assert_eq!(decide(&world, &wang, &made["id"], "approval").await, closed);
    world.later(Span::seconds(1));
    let made = propose(&world, &li, &third("zhao", "赵敏", 1)).await;
    world.later(Span::hours(48));
    assert_eq!(decide(&world, &wang, &made["id"], "approval").await, closed);
    assert_eq!(decide(&world, &wang, &made["id"], "refusal").await, closed);
    let all = li.asks(&world, "GET", "/v1/proposals").send().await.json();
    let states: Vec<_> = all["proposals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| &one["state"])
        .collect();
    assert_eq!(states, ["lapsed", "refused"]);
    assert!(!is_registered(&world, PartyKind::Officer, "zhao").await);
    // One may take back one's own.
    let made = propose(&world, &li, &third("zhao", "赵敏", 1)).await;
    assert_eq!(decide(&world, &li, &made["id"], "refusal").await.0, 200);
}

#[tokio::test]
async fn one_person_or_one_key_is_not_two_credentials() {
    let world = World::new().await;
    let (li, wang) = (li(&world).await, wang(&world).await);
    let mut li_again = third("li-2", " 李  明", 1);
    for (what, body) in [
        ("the person", li_again.clone()),
        ("the key", {
            let key = hex::encode(wang.key.public_key().as_bytes());
            li_again["registerOfficer"]["name"] = json!("赵敏");
            li_again["registerOfficer"]["key"] = json!({"algorithm": "Ed25519", "public": key});
            li_again
        }),
        ("the id", third("wang", "赵敏", 1)),
    ] {
        let answer = li
            .asks(&world, "POST", "/v1/proposals")
            .json(&body)
            .send()
            .await;
        assert_eq!(
            answer.outcome(),
            (409, "already-registered".to_owned()),
            "{what}"
        );
    }
    // What became taken after it was proposed is refused when it is approved, and waits on.
    let one = propose(&world, &li, &third("zhao", "赵敏", 1)).await;
    let two = propose(&world, &li, &third("qian", "钱进", 1)).await;
    assert_eq!(decide(&world, &wang, &one["id"], "approval").await.0, 200);
    let taken = decide(&world, &wang, &two["id"], "approval").await;
    assert_eq!(taken, (409, "already-registered".to_owned()));
    assert!(!is_registered(&world, PartyKind::Officer, "qian").await);
}

#[tokio::test]
async fn two_operators_are_always_left_and_who_was_ended_does_nothing_more() {
    let world = World::new().await;
    let (li, wang) = (li(&world).await, wang(&world).await);
    let end = |id: &str| json!({"endParty": {"kind": "officer", "id": id, "reason": "moved"}});
    let refused = li
        .asks(&world, "POST", "/v1/proposals")
        .json(&end("wang"))
        .send()
        .await;
    assert_eq!(refused.outcome(), (409, "last-operators".to_owned()));
    let zhao = officer(&world, ("zhao", "赵敏", 4), &[Duty::Operator]).await;
    let open = propose(&world, &wang, &third("qian", "钱进", 5)).await;
    let made = propose(&world, &li, &end("wang")).await;
    assert_eq!(decide(&world, &zhao, &made["id"], "approval").await.0, 200);
    world.later(Span::seconds(1));
    let answer = wang.asks(&world, "GET", "/v1/proposals").send().await;
    assert_eq!(answer.outcome(), (401, "credential-refused".to_owned()));
    // What they proposed cannot be approved any more.
    let late = decide(&world, &li, &open["id"], "approval").await;
    assert_eq!(late, (403, "not-allowed".to_owned()));
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_proposal_is_named_at_once() {
    let world = World::new().await;
    let li = li(&world).await;
    gate(&world).await;
    let bad = json!({"registerGate": {
        "id": "a b", "name": "门", "venue": "330106-0001", "class": "palace",
        "division": "33010", "attended": false, "purposes": ["entry", "curiosity"],
        "key": {"algorithm": "RSA", "public": "zz"}, "until": "tomorrow",
    }});
    let answer = li
        .asks(&world, "POST", "/v1/proposals")
        .json(&bad)
        .send()
        .await;
    assert_eq!(answer.outcome(), (422, "bad-fields".to_owned()));
    let told = answer.json();
    let paths: Vec<_> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["path"].as_str().unwrap())
        .collect();
    let named = [
        "id",
        "class",
        "division",
        "purposes[1]",
        "key.algorithm",
        "key.public",
        "until",
    ];
    assert_eq!(paths, named.map(|name| format!("registerGate.{name}")));
    for (body, slug) in [
        (json!({}), "bad-json"),
        (json!({"openDoor": {}}), "bad-json"),
        (
            json!({"endParty": {"kind": "gate", "id": "gate-9", "reason": "moved"}}),
            "not-registered",
        ),
        (
            json!({"endParty": {"kind": "gate", "id": "gate-12", "reason": "Because I say so"}}),
            "bad-fields",
        ),
        (
            json!({"registerOfficer": {"id": "x", "name": "赵敏", "duties": ["health", "auditor"], "key": key(1), "until": "2023-07-15T12:00:00+08:00"}}),
            "bad-fields",
        ),
        (
            json!({"registerOfficer": {"id": "x", "name": "赵敏", "duties": ["health"], "key": key(1), "until": "2022-07-15T12:00:00+08:00"}}),
            "bad-fields",
        ),
    ] {
        let answer = li
            .asks(&world, "POST", "/v1/proposals")
            .json(&body)
            .send()
            .await;
        assert_eq!(answer.outcome().1, slug, "{body}");
    }
    for id in ["0", "zz", &"0".repeat(32)] {
        let answer = li
            .asks(&world, "GET", &format!("/v1/proposals/{id}"))
            .send()
            .await;
        assert_eq!(answer.outcome(), (404, "no-proposal".to_owned()));
    }
    let count = world
        .region
        .store()
        .read(|reading| Ok::<_, StoreError>(reading.log_frontier()?.size()));
    // The one entry is the world's own.
    assert_eq!(count.await.unwrap(), 1);
}

#[tokio::test]
async fn so_many_proposals_wait_at_once() {
    let world = World::new().await;
    let (li, _) = (li(&world).await, gate(&world).await);
    let end = json!({"endParty": {"kind": "gate", "id": "gate-12", "reason": "moved"}});
    for made in 0..100 {
        if made % 50 == 0 {
            world.later(Span::seconds(60));
        }
        propose(&world, &li, &end).await;
    }
    let refused = li
        .asks(&world, "POST", "/v1/proposals")
        .json(&end)
        .send()
        .await;
    assert_eq!(refused.outcome(), (429, "too-many".to_owned()));
}
