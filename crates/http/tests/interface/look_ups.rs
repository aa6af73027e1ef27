//! Looking a person up by document, and asking for a level by hand.

use hc_code::Span;
use hc_core::party::VenueClass;
use hc_core::store::{Store as _, StoreError};
use hc_tlog::entry::{Entry, Field, Kind};
use serde_json::{Value, json};

use crate::client::Answer;
use crate::sample::{self, Batch};
use crate::signers::{Party, auditor, gate, gate_at, li};
use crate::world::World;

async fn look(world: &World, gate: &Party, number: &str, purpose: &str) -> Answer {
    let body = json!({"document": {"type": "111", "number": number}, "purpose": purpose});
    gate.asks(world, "POST", "/v1/look-ups")
        .json(&body)
        .send()
        .await
}

async fn entries(world: &World) -> Vec<Entry> {
    let rows = world
        .region
        .store()
        .read(|reading| reading.log_from(1, 10_000));
    let rows: Result<Vec<_>, StoreError> = rows.await;
    rows.unwrap()
        .into_iter()
        .map(|row| row.opened.unwrap().1)
        .collect()
}

fn of(entries: &[Entry], kind: Kind) -> Vec<&Entry> {
    entries
        .iter()
        .filter(|entry| entry.kind() == kind)
        .collect()
}

async fn with_a_positive_test(world: &World) -> String {
    let lab = sample::lab(world).await;
    let token = world.token(sample::NUMBERS[0]).await;
    let batch = Batch::of(&lab, "B-1", &sample::test_line("T-1", "positive"));
    assert_eq!(batch.send(world).await.status, 201);
    token
}

#[tokio::test]
async fn a_gate_is_told_what_to_do_and_the_person_sees_who_looked() {
    let world = World::new().await;
    let gate = gate(&world).await;
    let token = world.token(sample::NUMBERS[0]).await;
    let answer = look(&world, &gate, sample::NUMBERS[0], "entry").await;
    assert_eq!(answer.json(), json!({"verdict": "pass"}));
    let own = world
        .ask("GET", "/v1/log")
        .token(&token)
        .send()
        .await
        .json();
    let entry = &own["entries"][0];
    assert_eq!(
        (&entry["kind"], &entry["actor"]["id"]),
        (&json!("look-up"), &json!("gate-12"))
    );
    let details: Vec<(&Value, &Value)> = entry["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|detail| (&detail["field"], &detail["value"]))
        .collect();
    for (field, value) in [
        ("venue", "330106-0042"),
        ("purpose", "entry"),
        ("verdict", "pass"),
    ] {
        assert!(details.contains(&(&json!(field), &json!(value))), "{field}");
    }
}

#[tokio::test]
async fn whoever_is_not_enrolled_is_answered_as_somebody_unknown_and_logged_without_a_subject() {
    let world = World::new().await;
    let gate = gate(&world).await;
    world.token(sample::NUMBERS[0]).await;
    let unknown = look(&world, &gate, sample::NUMBERS[1], "entry").await;
    assert_eq!(unknown.json(), json!({"verdict": "unknown"}));
    // An enrolled person of whom nothing is known any more gets the same bytes.
    world.later(Span::hours(5));
    let stale = look(&world, &gate, sample::NUMBERS[0], "entry").await;
    assert_eq!((stale.status, stale.body), (unknown.status, unknown.body));
    let entries = entries(&world).await;
    let looks = of(&entries, Kind::Lookup);
    let subjects: Vec<bool> = looks.iter().map(|look| look.subject().is_some()).collect();
    assert_eq!(subjects, [false, true]);
}

#[tokio::test]
async fn nobody_is_denied_where_help_is_given_or_for_help() {
    let world = World::new().await;
    let gate = gate(&world).await;
    with_a_positive_test(&world).await;
    for (number, purpose, verdict) in [
        (sample::NUMBERS[0], "entry", "refuse"),
        (sample::NUMBERS[0], "medical", "check"),
        (sample::NUMBERS[0], "emergency", "check"),
        (sample::NUMBERS[1], "medical", "check"),
    ] {
        let told = look(&world, &gate, number, purpose).await.json();
        assert_eq!(told, json!({"verdict": verdict}), "{purpose}");
    }
    let world = World::new().await;
    let hospital = gate_at(&world, VenueClass::Medical, true).await;
    with_a_positive_test(&world).await;
    let told = look(&world, &hospital, sample::NUMBERS[0], "entry")
        .await
        .json();
    assert_eq!(told, json!({"verdict": "check"}));
}

#[tokio::test]
async fn only_an_attended_gate_looks_people_up_and_only_for_its_purposes() {
    let world = World::new().await;
    let alone = gate_at(&world, VenueClass::General, false).await;
    world.token(sample::NUMBERS[0]).await;
    let refused = look(&world, &alone, sample::NUMBERS[0], "entry").await;
    assert_eq!(refused.outcome(), (403, "not-allowed".to_owned()));
    let world = World::new().await;
    let gate = gate(&world).await;
    let refused = look(&world, &gate, sample::NUMBERS[0], "travel").await;
    assert_eq!(refused.outcome(), (403, "not-allowed".to_owned()));
    for body in [
        json!({"document": {"type": "111", "number": sample::NUMBERS[0]}, "purpose": "curiosity"}),
        json!({"document": {"type": "111", "number": "110105194912310021"}, "purpose": "entry"}),
        json!({"document": {"type": "x", "number": "1"}, "purpose": "entry"}),
    ] {
        let refused = gate
            .asks(&world, "POST", "/v1/look-ups")
            .json(&body)
            .send()
            .await;
        assert_eq!(refused.outcome(), (422, "bad-fields".to_owned()), "{body}");
    }
    let entries = entries(&world).await;
    let refused = of(&entries, Kind::LookupRefused);
    assert_eq!(refused.len(), 1);
    assert!(refused[0].subject().is_none());
    assert!(
        refused[0]
            .details()
            .any(|detail| detail.field() == Field::Venue)
    );
    assert!(of(&entries, Kind::Lookup).is_empty());
}

#[tokio::test]
async fn a_gate_looks_up_so_many_an_hour_and_a_day_and_every_attempt_is_counted() {
    let world = World::new().await;
    let gate = gate(&world).await;
    for _ in 0..60 {
        assert_eq!(
            look(&world, &gate, sample::NUMBERS[1], "entry")
                .await
                .status,
            200
        );
    }
    world.later(Span::seconds(60));
    let refused = look(&world, &gate, sample::NUMBERS[1], "entry").await;
    assert_eq!(refused.outcome(), (429, "too-many".to_owned()));
    world.later(Span::hours(1));
    assert_eq!(
        look(&world, &gate, sample::NUMBERS[1], "entry")
            .await
            .status,
        200
    );
    let entries = entries(&world).await;
    assert_eq!(of(&entries, Kind::Lookup).len(), 61);
    assert_eq!(of(&entries, Kind::LookupRefused).len(), 1);
}

#[tokio::test]
async fn nobody_sets_a_level_by_hand_and_who_asks_is_in_the_log() {
    let world = World::new().await;
    let (li, shen) = (li(&world).await, auditor(&world).await);
    let token = world.token(sample::NUMBERS[0]).await;
    let body = json!({"document": {"type": "111", "number": sample::NUMBERS[0]}, "level": "10"});
    for (officer, to) in [
        (&li, world.operators),
        (&li, world.public),
        (&shen, world.public),
    ] {
        let mut asks = officer.asks(&world, "POST", "/v1/overrides").json(&body);
        asks.to = to;
        let refused = asks.send().await;
        assert_eq!(refused.outcome(), (403, "no-override".to_owned()));
    }
    for to in [world.operators, world.public] {
        let unsigned = crate::client::ask(to, "POST", "/v1/overrides")
            .json(&body)
            .token(&token);
        assert_eq!(
            unsigned.send().await.outcome(),
            (401, "credential-missing".to_owned())
        );
    }
    let entries = entries(&world).await;
    let asked: Vec<&str> = of(&entries, Kind::OverrideRefused)
        .iter()
        .map(|one| one.actor().id().as_str())
        .collect();
    assert_eq!(asked, ["li", "li", "shen"]);
    let shown = world
        .ask("GET", "/v1/code")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(shown["level"], "00");
}
