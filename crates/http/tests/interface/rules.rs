//! Rule packs and risk areas: uploaded, tried, put in force by two officers.

use std::num::{NonZeroU16, NonZeroU32};
use std::time::Duration;

use hc_code::Span;
use hc_core::store::{Store as _, StoreError};
use hc_node::region::Steps;
use hc_tlog::entry::Kind;
use serde_json::{Value, json};

use crate::client::Answer;
use crate::sample::{self, Batch};
use crate::signers::{Party, auditor, li, wang};
use crate::world::World;

const PACK: &str = include_str!("../../../../policies/zhejiang-2022-06.toml");
const AREAS: &str = include_str!("../../../healthcode/tour/2022071310.json");

/// The next version: published now, valid from the 17th; a positive test is medium.
pub(crate) fn next() -> String {
    let (before, rule) = PACK.split_once("id = \"positive-test\"").unwrap();
    let before = before
        .replacen("version = 1", "version = 2", 1)
        .replacen("2022-06-28T09:00:00+08:00", "2022-07-15T12:00:00+08:00", 1)
        .replacen("2022-06-30T00:00:00+08:00", "2022-07-17T00:00:00+08:00", 1);
    let rule = rule.replacen("level = \"high\"", "level = \"medium\"", 1);
    format!("{before}id = \"positive-test\"{rule}")
}

async fn upload(world: &World, by: &Party, text: &str) -> Answer {
    let asks = by.asks(world, "POST", "/v1/rules");
    asks.body("application/toml", text).send().await
}

async fn get(world: &World, by: &Party, path: &str) -> Value {
    let answer = by.asks(world, "GET", path).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

async fn activate(world: &World, by: [&Party; 2], version: u32) -> Answer {
    let body = json!({"activateRules": {"version": version}});
    let made = by[0]
        .asks(world, "POST", "/v1/proposals")
        .json(&body)
        .send()
        .await;
    if made.status != 201 {
        return made;
    }
    let path = format!(
        "/v1/proposals/{}/approval",
        made.json()["id"].as_str().unwrap()
    );
    by[1].asks(world, "POST", &path).send().await
}

/// Two people, one of whom has a positive test.
async fn people(world: &World) -> String {
    let lab = sample::lab(world).await;
    let token = world.token(sample::NUMBERS[0]).await;
    world.token(sample::NUMBERS[1]).await;
    let batch = Batch::of(&lab, "B-1", &sample::test_line("T-1", "positive"));
    assert_eq!(batch.send(world).await.status, 201);
    world.region.redecide_where_wanted(steps(10)).await.unwrap();
    token
}

async fn level(world: &World, token: &str) -> Value {
    world
        .ask("GET", "/v1/code")
        .token(token)
        .send()
        .await
        .json()["level"]
        .clone()
}

#[tokio::test]
async fn a_pack_that_two_officers_activate_decides_everybody_once_its_notice_is_over() {
    let world = World::new().await;
    let (li, wang) = (li(&world).await, wang(&world).await);
    let token = people(&world).await;
    assert_eq!(level(&world, &token).await, "10");
    let kept = upload(&world, &li, &next()).await;
    assert_eq!(kept.status, 201, "{kept:?}");
    assert_eq!(kept.json()["inForceFrom"], Value::Null);
    // Sent again it is the same.
    assert_eq!(upload(&world, &wang, &next()).await.json(), kept.json());
    let own = activate(&world, [&li, &li], 2).await;
    assert_eq!(own.outcome(), (403, "same-officer".to_owned()));
    let done = activate(&world, [&li, &wang], 2).await;
    assert_eq!(
        (done.status.as_u16(), &done.json()["rules"]["version"]),
        (200, &json!(2))
    );
    let listed = get(&world, &li, "/v1/rules").await;
    assert_eq!(listed["inForce"], 1);
    assert_eq!(
        listed["uploaded"][0]["inForceFrom"],
        "2022-07-17T00:00:00+08:00"
    );
    world.later(Span::hours(35));
    world.region.tend().await.unwrap();
    assert_eq!(
        world.region.redecide_where_wanted(steps(10)).await,
        Ok(None)
    );
    assert_eq!(get(&world, &li, "/v1/rules").await["inForce"], 1);
    world.later(Span::hours(1));
    world.region.tend().await.unwrap();
    assert_eq!(
        world.region.redecide_where_wanted(steps(1)).await,
        Ok(Some(1))
    );
    let listed = get(&world, &li, "/v1/rules").await;
    assert_eq!(listed["inForce"], 2);
    assert_eq!(
        (
            &listed["redeciding"]["looked"],
            &listed["redeciding"]["failed"]
        ),
        (&json!(2), &json!(false))
    );
    assert_eq!(level(&world, &token).await, "01");
    let again = activate(&world, [&li, &wang], 2).await;
    assert_eq!(again.outcome(), (409, "rules-passed".to_owned()));
    let rows = world
        .region
        .store()
        .read(|reading| reading.log_from(0, 1000));
    let rows: Result<Vec<_>, StoreError> = rows.await;
    let kinds = rows
        .unwrap()
        .into_iter()
        .map(|row| row.opened.unwrap().1.kind());
    let kinds: Vec<_> = kinds.filter(|kind| *kind != Kind::Decision).collect();
    for kind in [
        Kind::RulesUploaded,
        Kind::Proposed,
        Kind::RulesActivated,
        Kind::SecondCredential,
    ] {
        assert!(kinds.contains(&kind), "{kind}");
    }
}

#[tokio::test]
async fn the_notice_is_counted_from_the_upload_whatever_the_pack_says_of_its_publication() {
    let world = World::new().await;
    let (li, wang) = (li(&world).await, wang(&world).await);
    // Published long ago, it says, and valid at once.
    let text = PACK.replacen("version = 1", "version = 2", 1);
    assert_eq!(upload(&world, &li, &text).await.status, 201);
    assert_eq!(activate(&world, [&wang, &li], 2).await.status, 200);
    let listed = get(&world, &li, "/v1/rules").await;
    let from = listed["uploaded"][0]["inForceFrom"].as_str().unwrap();
    let uploaded = listed["uploaded"][0]["uploaded"].as_str().unwrap();
    assert_eq!((&uploaded[..10], &from[..10]), ("2022-07-15", "2022-07-16"));
    assert_eq!(uploaded[10..], from[10..]);
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_pack_is_named_and_nothing_is_kept() {
    let world = World::new().await;
    let li = li(&world).await;
    let headless = PACK.replacen("version = 1", "version = 2", 1).replacen(
        "lead-time = \"24h\"",
        "lead-time = \"240h\"",
        1,
    );
    let twice = PACK.replacen("id = \"recovered\"", "id = \"case\"", 1);
    let other = PACK.replacen("region = \"330000\"", "region = \"310000\"", 1);
    for (text, named) in [
        (headless.as_str(), "lead time"),
        (&twice, "case"),
        (&other, "310000"),
        ("", "pack"),
        ("[pack", ""),
    ] {
        let refused = upload(&world, &li, text).await;
        assert_eq!(refused.outcome(), (422, "bad-rules".to_owned()));
        assert!(
            refused.json().to_string().contains(named),
            "{named}: {refused:?}"
        );
    }
    let same = upload(&world, &li, PACK).await;
    assert_eq!(same.outcome(), (409, "rules-passed".to_owned()));
    let wrong = li
        .asks(&world, "POST", "/v1/rules")
        .json(&json!({}))
        .send()
        .await;
    assert_eq!(wrong.outcome(), (415, "wrong-media-type".to_owned()));
    let bytes = li
        .asks(&world, "POST", "/v1/rules")
        .body("application/toml", vec![0xFF]);
    assert_eq!(bytes.send().await.outcome(), (422, "bad-rules".to_owned()));
    assert_eq!(get(&world, &li, "/v1/rules").await["uploaded"], json!([]));
    let none = activate(&world, [&li, &li], 7).await;
    assert_eq!(none.outcome(), (404, "no-rules".to_owned()));
}

#[tokio::test]
async fn a_trial_tells_who_would_turn_and_changes_nothing() {
    let world = World::new().await;
    let (li, shen) = (li(&world).await, auditor(&world).await);
    let token = people(&world).await;
    assert_eq!(upload(&world, &li, &next()).await.status, 201);
    let path = "/v1/rules/2/trial";
    let none = shen.asks(&world, "GET", path).send().await;
    assert_eq!(none.outcome(), (404, "no-rules".to_owned()));
    let begun = li.asks(&world, "POST", path).send().await;
    assert_eq!(begun.status, 202, "{begun:?}");
    assert_eq!(begun.json()["progress"]["of"], 2);
    let told = loop {
        let told = get(&world, &shen, path).await;
        if told["progress"]["ended"] != Value::Null {
            break told;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    };
    assert_eq!(told["progress"]["looked"], 2);
    let turns = told["turns"].as_array().unwrap();
    let count = |from: &str, to: &str| -> u64 {
        let fits = turns
            .iter()
            .filter(|turn| turn["from"] == from && turn["to"] == to);
        fits.map(|turn| turn["people"].as_u64().unwrap()).sum()
    };
    assert_eq!((count("10", "01"), count("00", "00")), (1, 1));
    assert_eq!(level(&world, &token).await, "10");
    let listed = get(&world, &li, "/v1/rules").await;
    assert_eq!(
        (&listed["inForce"], &listed["uploaded"][0]["inForceFrom"]),
        (&json!(1), &Value::Null)
    );
    let file = shen.asks(&world, "GET", "/v1/rules/2").send().await;
    assert_eq!(file.body, next());
}

#[tokio::test]
async fn an_uploaded_publication_counts_at_once_and_once() {
    let world = World::new().await;
    let li = li(&world).await;
    let send = |text: &str| {
        let asks = li.asks(&world, "POST", "/v1/areas");
        asks.body("application/json", text.as_bytes().to_vec())
    };
    let first = send(AREAS).send().await;
    assert_eq!(first.status, 201, "{first:?}");
    assert!(first.json()["areas"].as_u64().unwrap() > 0);
    assert!(!world.region.rulebook().history().periods().is_empty());
    assert!(
        world
            .region
            .redecide_where_wanted(steps(10))
            .await
            .unwrap()
            .is_some()
    );
    let again = send(AREAS).send().await;
    assert_eq!(
        (again.status.as_u16(), &again.json()["new"]),
        (200, &json!(false))
    );
    assert_eq!(
        world.region.redecide_where_wanted(steps(10)).await,
        Ok(None)
    );
    let other = AREAS.replacen("highlist", "highlist ", 1);
    let refused = send(&other).send().await;
    assert!(
        matches!(refused.outcome().1.as_str(), "bad-areas" | "other-content"),
        "{refused:?}"
    );
    let later = AREAS.replace("2022-07-13", "2023-07-13");
    assert_eq!(
        send(&later).send().await.outcome(),
        (422, "bad-areas".to_owned())
    );
    assert_eq!(
        send("{}").send().await.outcome(),
        (422, "bad-areas".to_owned())
    );
}

fn steps(at_once: u32) -> Steps {
    Steps {
        lanes: NonZeroU16::new(3).unwrap(),
        at_once: NonZeroU32::new(at_once).unwrap(),
    }
}
