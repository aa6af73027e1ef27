//! What a person's page asks for beside the code: another level, tests, vaccinations, paper codes and their sheets.

use std::time::Duration;

use hc_code::Span;
use serde_json::json;

use crate::sample;
use crate::world::World;

async fn report(world: &World, reference: &str, line: String) {
    let lab = sample::lab(world).await;
    let taken = sample::Batch::of(&lab, reference, &line).send(world).await;
    assert_eq!(taken.status, 201, "{taken:?}");
}

#[tokio::test]
async fn an_open_page_turns_as_soon_as_the_level_does() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let ask = |path: &str| world.ask("GET", path).token(&token);
    // What it does not know yet comes at once.
    for path in ["/v1/code/change", "/v1/code/change?known=10"] {
        let shown = ask(path).send().await;
        assert_eq!(shown.json()["level"], "00", "{shown:?}");
    }
    let refused = ask("/v1/code/change?known=2").send().await;
    assert_eq!(refused.outcome(), (422, "bad-fields".to_owned()));
    let waiting = ask("/v1/code/change?known=0").send();
    let reporting = report(&world, "change", sample::test_line("change-1", "positive"));
    // Long before it would be answered for want of news.
    let both = async { tokio::join!(waiting, reporting) };
    let (shown, ()) = tokio::time::timeout(Duration::from_secs(10), both)
        .await
        .unwrap();
    assert_eq!(shown.json()["level"], "10", "{shown:?}");
}

#[tokio::test]
async fn tests_are_listed_the_latest_first_and_what_was_taken_back_is_not() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let get = async |path: &str| world.ask("GET", path).token(&token).send().await.json();
    assert_eq!(get("/v1/tests").await, json!({"evidence": []}));
    report(&world, "first", sample::test_line("test-1", "negative")).await;
    let known = get("/v1/tests").await;
    assert_eq!(
        known["evidence"][0]["states"]["result"], "negative",
        "{known}"
    );
    assert_eq!(get("/v1/vaccinations").await, json!({"evidence": []}));
}

#[tokio::test]
async fn paper_codes_are_listed_and_printed_and_nothing_else_is() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let post = |path: &str| world.ask("POST", path).token(&token);
    let paper = post("/v1/papers").send().await.json();
    let list = world
        .ask("GET", "/v1/papers")
        .token(&token)
        .send()
        .await
        .json();
    assert_eq!(list["papers"][0]["pointer"], paper["pointer"]);
    assert_eq!(list["papers"][0]["withdrawn"], json!(null));
    let text = paper["text"].as_str().unwrap();
    for layout in ["card", "a4"] {
        let sheet = post("/v1/paper-prints")
            .json(&json!({"text": text, "layout": layout}))
            .send()
            .await;
        assert_eq!(sheet.status, 200);
        assert!(sheet.body.starts_with(b"%PDF-1.7"), "{layout}");
    }
    let shown = world
        .ask("GET", "/v1/code")
        .token(&token)
        .send()
        .await
        .json();
    let live = shown["codes"][0]["text"].as_str().unwrap();
    for wrong in [
        live,
        "no code",
        &text.replace("330000", "440000"),
        &"A".repeat(2000),
    ] {
        let refused = post("/v1/paper-prints")
            .json(&json!({"text": wrong, "layout": "card"}))
            .send()
            .await;
        assert_eq!(refused.outcome(), (422, "bad-fields".to_owned()), "{wrong}");
    }
    world.later(Span::seconds(5));
    let ended = post("/v1/paper-withdrawals")
        .json(&json!({"pointer": paper["pointer"]}))
        .send()
        .await;
    assert_eq!(ended.status, 204);
    let list = world
        .ask("GET", "/v1/papers")
        .token(&token)
        .send()
        .await
        .json();
    assert!(list["papers"][0]["withdrawn"].is_string());
}
