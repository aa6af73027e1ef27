//! Batches that wait: what officers see of them, and their word on them.

use hc_code::Span;
use hc_code::signing::Algorithm;
use hc_core::party::Duty;
use hc_core::store::{Store as _, StoreError};
use hc_testkit::regions::key;
use hc_tlog::entry::{Detail, Kind};
use serde_json::{Value, json};

use crate::sample::{self, Batch};
use crate::signers::{Party, auditor, li, officer};
use crate::world::World;

/// Twelve positive tests of people from Hangzhou, two of whom are enrolled, and a bad line.
fn lines() -> String {
    let people = hc_people::Crowd::of("330106".parse().unwrap());
    let mut lines: String = (0..12)
        .map(|index| {
            sample::line_of(
                &people.person(index).number,
                &format!("T-{index}"),
                "positive",
            )
        })
        .collect();
    for (index, number) in sample::NUMBERS.iter().enumerate() {
        lines += &sample::line_of(number, &format!("E-{index}"), "positive");
    }
    lines + "{}\n"
}

pub(crate) async fn waiting(world: &World) -> Batch {
    let lab = sample::lab(world).await;
    for number in sample::NUMBERS {
        world.token(number).await;
    }
    let batch = Batch::of(&lab, "B/1", &lines());
    let answer = batch.send(world).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    batch
}

async fn get(world: &World, by: &Party, path: &str) -> Value {
    let answer = by.asks(world, "GET", path).send().await;
    assert_eq!(answer.status, 200, "{answer:?}");
    answer.json()
}

#[tokio::test]
async fn an_officer_sees_numbers_of_a_batch_that_waits_and_nobody_in_it() {
    let world = World::new().await;
    waiting(&world).await;
    let shen = auditor(&world).await;
    let all = get(&world, &shen, "/v1/batches").await;
    assert_eq!(all["batches"][0]["reference"], "B/1");
    assert_eq!(all["batches"][0]["state"], "waiting");
    let told = get(&world, &shen, "/v1/batches/lab-3/B%2F1").await;
    assert_eq!(
        (&told["rows"], &told["quarantined"], &told["raised"]),
        (&json!(14), &json!(1), &json!(14))
    );
    assert_eq!(told["lines"][0]["line"], 15);
    assert_eq!(
        told["inside"],
        json!({
            "kinds": [{"kind": "test", "rows": 14}],
            "divisions": [{"division": "330100", "rows": 12}],
            "elsewhere": 2,
        })
    );
    let text = told.to_string();
    assert!(sample::NUMBERS.iter().all(|number| !text.contains(number)));
    let none = shen
        .asks(&world, "GET", "/v1/batches/lab-3/B-2")
        .send()
        .await;
    assert_eq!(none.outcome(), (404, "no-batch".to_owned()));
}

#[tokio::test]
async fn rows_count_on_the_day_they_came_and_a_full_day_hinders_no_release() {
    let world = World::new().await;
    waiting(&world).await;
    let lab = key(Algorithm::Ed25519, 77, 1);
    let rows = |reference: &str, count: u32| {
        let lines: String = (0..count)
            .map(|row| sample::test_line(&format!("{reference}-{row}"), "negative"))
            .collect();
        Batch::of(&lab, reference, &lines)
    };
    // 150 a day, of which 14 wait.
    assert_eq!(rows("B-2", 100).send(&world).await.status, 201);
    let full = rows("B-3", 37).send(&world).await;
    assert_eq!(full.status, 429, "{full:?}");
    assert_eq!(rows("B-4", 36).send(&world).await.status, 201);
    let word = json!({"reason": "outbreak-confirmed"});
    let li = li(&world).await;
    let released = li
        .asks(&world, "POST", "/v1/batches/lab-3/B%2F1/release")
        .json(&word);
    assert_eq!(released.send().await.status, 200);
    assert_eq!(rows("B-5", 1).send(&world).await.status, 429);
}

#[tokio::test]
async fn the_word_on_a_batch_is_a_health_officers_and_is_in_the_log_with_its_reason() {
    let world = World::new().await;
    waiting(&world).await;
    let operator = officer(&world, ("zhao", "赵敏", 4), &[Duty::Operator]).await;
    let path = "/v1/batches/lab-3/B%2F1/release";
    let word = json!({"reason": "outbreak-confirmed"});
    let refused = operator.asks(&world, "POST", path).json(&word).send().await;
    assert_eq!(refused.outcome(), (403, "not-allowed".to_owned()));
    let li = li(&world).await;
    for bad in [
        json!({}),
        json!({"reason": ""}),
        json!({"reason": "Because"}),
    ] {
        let refused = li.asks(&world, "POST", path).json(&bad).send().await;
        assert!(matches!(refused.status.as_u16(), 400 | 422), "{bad}");
    }
    assert_eq!(
        li.asks(&world, "POST", path)
            .json(&word)
            .send()
            .await
            .status,
        200
    );
    let rows = world
        .region
        .store()
        .read(|reading| reading.log_from(0, 1000));
    let rows: Result<Vec<_>, StoreError> = rows.await;
    let entries: Vec<_> = rows
        .unwrap()
        .into_iter()
        .map(|row| row.opened.unwrap().1)
        .collect();
    let second = entries
        .iter()
        .find(|entry| entry.kind() == Kind::SecondCredential)
        .unwrap();
    assert_eq!(second.actor().id().as_str(), "li");
    let reason = Detail::Reason("outbreak-confirmed".parse().unwrap());
    assert!(second.details().any(|detail| *detail == reason));
    let told = get(&world, &li, "/v1/batches/lab-3/B%2F1").await;
    assert_eq!(
        (&told["state"], &told["inside"]),
        (&json!("accepted"), &Value::Null)
    );
}

#[tokio::test]
async fn a_batch_whose_source_is_registered_no_more_cannot_be_released_but_refused() {
    let world = World::new().await;
    waiting(&world).await;
    world.later(Span::days(366));
    let li = li(&world).await;
    let word = json!({"reason": "too-late"});
    let path = |what| format!("/v1/batches/lab-3/B%2F1{what}");
    let refused = li
        .asks(&world, "POST", &path("/release"))
        .json(&word)
        .send()
        .await;
    assert_eq!(refused.outcome(), (404, "not-registered".to_owned()));
    let told = get(&world, &li, &path("")).await;
    assert_eq!(
        (&told["raised"], &told["inside"]),
        (&json!(14), &Value::Null)
    );
    assert_eq!(
        li.asks(&world, "POST", &path("/refusal"))
            .json(&word)
            .send()
            .await
            .status,
        204
    );
}
