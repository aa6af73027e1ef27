//! Family by grant, and everybody who tries to act without one.

use hc_code::Span;
use serde_json::{Value, json};

use crate::client::Answer;
use crate::sample;
use crate::world::World;

async fn offer(world: &World, token: &str, days: u16) -> String {
    let answer = world
        .ask("POST", "/v1/grant-offers")
        .token(token)
        .json(&json!({ "days": days }))
        .send()
        .await;
    assert_eq!(answer.status, 201);
    answer.json()["offer"].as_str().unwrap().to_owned()
}

async fn accept(world: &World, token: &str, offer: &str) -> Answer {
    world
        .ask("POST", "/v1/grants")
        .token(token)
        .json(&json!({ "offer": offer }))
        .send()
        .await
}

async fn end(world: &World, token: &str, other: &Value) -> Answer {
    world
        .ask("POST", "/v1/grant-ends")
        .token(token)
        .json(&json!({ "other": other }))
        .send()
        .await
}

async fn get(world: &World, token: &str, path: &str) -> Answer {
    world.ask("GET", path).token(token).send().await
}

/// Guardian, ward, and what the guardian calls the ward.
async fn family(world: &World) -> (String, String, Value) {
    let guardian = world.token(sample::NUMBERS[0]).await;
    let ward = world.token(sample::NUMBERS[1]).await;
    let made = accept(world, &guardian, &offer(world, &ward, 30).await).await;
    assert_eq!(made.status, 201, "{made:?}");
    (guardian, ward, made.json()["other"].clone())
}

async fn acts(world: &World, token: &str) -> Vec<String> {
    let log = get(world, token, "/v1/log").await.json();
    let entries = log["entries"].as_array().unwrap();
    let acted = entries.iter().filter(|entry| entry["kind"] == "acted-for");
    acted
        .map(|entry| {
            assert_eq!(entry["actor"]["id"], "guardian");
            entry["details"][0]["value"].as_str().unwrap().to_owned()
        })
        .collect()
}

#[tokio::test]
async fn a_guardian_does_for_a_ward_what_both_agreed_and_the_ward_sees_it() {
    let world = World::new().await;
    let (guardian, ward, called) = family(&world).await;
    // Both see it, each from their side, the other masked.
    let own = get(&world, &guardian, "/v1/grants").await.json();
    assert_eq!(own["grants"][0]["side"], "guardian");
    assert_eq!(own["grants"][0]["name"], "张*");
    let theirs = get(&world, &ward, "/v1/grants").await.json();
    assert_eq!(theirs["grants"][0]["side"], "ward");
    assert_ne!(theirs["grants"][0]["other"], called);

    world.later(Span::seconds(5));
    let mut fever = sample::declaration();
    fever["health"]["temperature"] = json!("38.4");
    let declared = world
        .ask("POST", &format!("/v1/declarations?ward={called}"))
        .token(&guardian)
        .json(&fever)
        .send()
        .await;
    assert_eq!(
        (declared.status.as_u16(), &declared.json()["level"]),
        (201, &json!("01"))
    );
    // The ward's code, not the guardian's.
    let path = format!("/v1/code?ward={called}");
    let shown = get(&world, &guardian, &path).await.json();
    assert_eq!(shown["level"], "01");
    assert_eq!(get(&world, &ward, "/v1/code").await.json()["level"], "01");
    assert_eq!(
        get(&world, &guardian, "/v1/code").await.json()["level"],
        "00"
    );
    let why = get(&world, &guardian, &format!("/v1/why?ward={called}")).await;
    assert_eq!(why.json()["level"], "01");
    let carried = world
        .ask("POST", &format!("/v1/carried?ward={called}"))
        .token(&guardian)
        .json(&sample::body_of("carry").unwrap())
        .send()
        .await;
    assert_eq!(carried.status, 200);
    let paper = world
        .ask("POST", &format!("/v1/papers?ward={called}"))
        .token(&guardian)
        .send()
        .await;
    assert_eq!(paper.status, 201);
    let scan = json!({"text": paper.json()["text"]});
    let seen = world.ask("POST", "/v1/verdicts").json(&scan).send().await;
    let seen = seen.json();
    assert_eq!(seen["class"], "paper");
    assert_ne!(seen["action"], "pass", "{seen}");
    let pointer = json!({"pointer": paper.json()["pointer"]});
    let withdrawn = world
        .ask("POST", &format!("/v1/paper-withdrawals?ward={called}"))
        .token(&guardian)
        .json(&pointer)
        .send()
        .await;
    assert_eq!(withdrawn.status, 204);

    // What was done in the store is logged with it; showing follows within a second.
    assert_eq!(
        acts(&world, &ward).await,
        ["paper", "paper", "why", "declare"]
    );
    get(&world, &guardian, &path).await;
    assert_eq!(world.region.log_uses().await.unwrap(), 2);
    let all = acts(&world, &ward).await;
    assert_eq!(all.len(), 6);
    assert!(all.contains(&"show".to_owned()) && all.contains(&"carry".to_owned()));
    assert!(acts(&world, &guardian).await.is_empty());
    // An hour later it is a use again.
    world.later(Span::hours(1));
    get(&world, &guardian, &path).await;
    assert_eq!(world.region.log_uses().await.unwrap(), 1);
}

#[tokio::test]
async fn an_ended_grant_ends_at_once_and_cannot_be_taken_up_again() {
    let world = World::new().await;
    let guardian = world.token(sample::NUMBERS[0]).await;
    let ward = world.token(sample::NUMBERS[1]).await;
    let text = offer(&world, &ward, 30).await;
    let called = accept(&world, &guardian, &text).await.json()["other"].clone();
    // The same again is the same.
    let again = accept(&world, &guardian, &text).await;
    assert_eq!(again.json()["other"], called);
    let path = format!("/v1/code?ward={called}");
    assert_eq!(get(&world, &guardian, &path).await.status, 200);
    let theirs = get(&world, &ward, "/v1/grants").await.json();
    world.later(Span::seconds(5));
    let ended = end(&world, &ward, &theirs["grants"][0]["other"]).await;
    assert_eq!(ended.status, 204);
    let no_grant = (404, "no-grant".to_owned());
    assert_eq!(get(&world, &guardian, &path).await.outcome(), no_grant);
    let again = end(&world, &ward, &theirs["grants"][0]["other"]).await;
    assert_eq!(again.outcome(), no_grant);
    let replayed = accept(&world, &guardian, &text).await;
    assert_eq!(replayed.outcome(), (409, "grant-refused".to_owned()));
    assert_eq!(get(&world, &guardian, &path).await.outcome(), no_grant);
    for token in [&guardian, &ward] {
        assert_eq!(
            get(&world, token, "/v1/grants").await.json()["grants"],
            json!([])
        );
        let log = get(&world, token, "/v1/log").await.json();
        let kinds: Vec<&str> = log["entries"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entry| entry["kind"].as_str().unwrap())
            .collect();
        assert_eq!(kinds, ["grant-ended", "grant-made"]);
    }
}

#[tokio::test]
async fn a_grant_ends_by_itself() {
    let world = World::new().await;
    let (guardian, _, called) = family(&world).await;
    let path = format!("/v1/code?ward={called}");
    world.later(Span::days(29));
    world.region.tend().await.unwrap();
    assert_eq!(get(&world, &guardian, &path).await.status, 200);
    world.later(Span::days(1));
    for path in [path, format!("/v1/why?ward={called}")] {
        let refused = get(&world, &guardian, &path).await;
        assert_eq!(refused.outcome(), (404, "no-grant".to_owned()), "{path}");
    }
}

#[tokio::test]
async fn nobody_acts_by_anothers_grant_or_by_a_guess() {
    let world = World::new().await;
    let (guardian, ward, called) = family(&world).await;
    let stranger = world.token(&number(30)).await;
    let number = called.as_u64().unwrap();
    for (who, called) in [
        (&stranger, number),
        (&ward, number),
        (&guardian, number ^ 1),
        (&guardian, 0),
    ] {
        for path in ["/v1/code", "/v1/why"] {
            let refused = get(&world, who, &format!("{path}?ward={called}")).await;
            assert_eq!(refused.outcome(), (404, "no-grant".to_owned()), "{path}");
        }
        let asks = [
            ("/v1/declarations", sample::declaration()),
            ("/v1/carried", sample::body_of("carry").unwrap()),
            ("/v1/papers", json!(null)),
            (
                "/v1/paper-withdrawals",
                sample::body_of("withdrawPaper").unwrap(),
            ),
        ];
        for (path, body) in asks {
            let path = format!("{path}?ward={called}");
            let asking = world.ask("POST", &path).token(who);
            let answer = asking.json(&body).send().await;
            assert_eq!(answer.outcome(), (404, "no-grant".to_owned()), "{path}");
        }
    }
    // What a guardian has no business with takes no ward at all.
    for path in ["/v1/export", "/v1/log", "/v1/grants"] {
        let refused = get(&world, &guardian, &format!("{path}?ward={number}")).await;
        assert_eq!(refused.outcome(), (400, "bad-query".to_owned()), "{path}");
    }
    assert_eq!(acts(&world, &ward).await, Vec::<String>::new());
}

#[tokio::test]
async fn an_offer_is_taken_up_by_one_within_ten_minutes() {
    let world = World::new().await;
    let guardian = world.token(sample::NUMBERS[0]).await;
    let ward = world.token(sample::NUMBERS[1]).await;
    let third = world.token(&number(30)).await;
    let refused = (409, "grant-refused".to_owned());
    for text in ["", "x", &"A".repeat(50), &ward, &guardian] {
        assert_eq!(accept(&world, &guardian, text).await.outcome(), refused);
    }
    let early = offer(&world, &ward, 30).await;
    // Nobody is their own guardian.
    assert_eq!(accept(&world, &ward, &early).await.outcome(), refused);
    world.later(Span::seconds(1));
    let text = offer(&world, &ward, 30).await;
    assert_eq!(accept(&world, &guardian, &text).await.status, 201);
    assert_eq!(accept(&world, &third, &text).await.outcome(), refused);
    // An older one that was left lying is dead too.
    assert_eq!(accept(&world, &third, &early).await.outcome(), refused);
    world.later(Span::seconds(1));
    let late = offer(&world, &ward, 30).await;
    world.later(Span::seconds(600));
    assert_eq!(accept(&world, &third, &late).await.outcome(), refused);
    for days in [0, 367] {
        let answer = world
            .ask("POST", "/v1/grant-offers")
            .token(&ward)
            .json(&json!({ "days": days }))
            .send()
            .await;
        assert_eq!(answer.outcome(), (422, "bad-fields".to_owned()));
    }
}

/// Identity numbers with a right last digit, of nobody.
fn number(index: u32) -> String {
    hc_testkit::store::region::identity_number(index)
}

#[tokio::test]
async fn one_person_acts_for_eight_and_four_act_for_one() {
    let world = World::new().await;
    let guardian = world.token(&number(0)).await;
    for index in 1..=9 {
        let ward = world.token(&number(index)).await;
        let made = accept(&world, &guardian, &offer(&world, &ward, 30).await).await;
        let expected = if index <= 8 { 201 } else { 409 };
        assert_eq!(made.status, expected, "ward {index}");
    }
    let elder = world.token(&number(20)).await;
    for index in 21..=25 {
        world.later(Span::seconds(1));
        let child = world.token(&number(index)).await;
        let made = accept(&world, &child, &offer(&world, &elder, 30).await).await;
        let expected = if index <= 24 { 201 } else { 409 };
        assert_eq!(made.status, expected, "guardian {index}");
    }
}

#[tokio::test]
async fn a_grant_goes_over_to_a_new_number_and_ends_with_an_erased_one() {
    let world = World::new().await;
    let (guardian, ward, called) = family(&world).await;
    let withdraw = |token: String| {
        let asking = world.ask("POST", "/v1/withdrawal").token(&token);
        asking.json(&json!({"reason": "lost-device"})).send()
    };
    let fresh = withdraw(guardian.clone()).await.json()["token"].clone();
    let fresh = fresh.as_str().unwrap().to_owned();
    let old = get(&world, &guardian, &format!("/v1/code?ward={called}")).await;
    assert_eq!(old.outcome(), (401, "withdrawn".to_owned()));
    let grants = get(&world, &fresh, "/v1/grants").await.json();
    let called = grants["grants"][0]["other"].clone();
    let path = format!("/v1/code?ward={called}");
    assert_eq!(get(&world, &fresh, &path).await.status, 200);
    let gone = world.ask("DELETE", "/v1/subject").token(&ward).send().await;
    assert_eq!(gone.status, 204);
    let refused = get(&world, &fresh, &path).await;
    assert_eq!(refused.outcome(), (404, "no-grant".to_owned()));
    assert_eq!(
        get(&world, &fresh, "/v1/grants").await.json()["grants"],
        json!([])
    );
}
