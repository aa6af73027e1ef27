//! Moving to another region, and codes of other regions, where there is no federation: what is told, and what
//! is refused. Two regions that do it stand in the tests of the node.

use serde_json::{Value, json};

use crate::client::Answer;
use crate::sample;
use crate::world::World;

async fn post(world: &World, path: &str, token: Option<&str>, body: &Value) -> Answer {
    let ask = world.ask("POST", path);
    let ask = match token {
        Some(token) => ask.token(token),
        None => ask,
    };
    ask.json(body).send().await
}

fn kind(answer: &Answer) -> String {
    answer.json()["type"].as_str().unwrap().to_owned()
}

fn transfer(to: &str, fingerprint: &Value) -> Value {
    json!({
        "to": to,
        "fingerprint": fingerprint,
        "pickUp": "ab".repeat(32),
        "carried": false,
        "endHere": false,
        "consent": 1,
    })
}

#[tokio::test]
async fn a_person_sees_what_would_go_and_nobody_elses() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let answer = world.ask("GET", "/v1/transfer-previews").token(&token);
    let answer = answer.send().await;
    assert_eq!(answer.status, 200);
    let told = answer.json();
    assert_eq!(told["documents"].as_array().unwrap().len(), 1);
    assert_ne!(told["documents"][0]["number"], sample::NUMBERS[0], "masked");
    assert_eq!(told["regions"], json!([]), "there is no federation");
    assert_eq!(told["from"], "330000");
    assert!(told["declared"].is_string());
    let evidence = told["evidence"].as_array().unwrap();
    assert!(
        evidence.iter().any(|one| one["kind"] == "declaration"),
        "{told}"
    );
    assert_eq!(told["fingerprint"].as_str().unwrap().len(), 32);
    let nobody = world.ask("GET", "/v1/transfer-previews").send().await;
    assert_eq!(nobody.status, 401);
}

#[tokio::test]
async fn nothing_goes_where_there_is_no_way() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let seen = json!("00".repeat(16));
    let refused = post(
        &world,
        "/v1/transfers",
        Some(&token),
        &transfer("510000", &seen),
    )
    .await;
    assert_eq!(refused.status, 404);
    assert!(kind(&refused).ends_with("no-such-region"));
    for wrong in [json!("00".repeat(15)), json!("0G".repeat(16))] {
        let asked = transfer("510000", &wrong);
        let refused = post(&world, "/v1/transfers", Some(&token), &asked).await;
        assert_eq!(refused.status, 422);
        assert_eq!(refused.json()["errors"][0]["path"], "fingerprint");
    }
    let division = transfer("51000", &seen);
    assert_eq!(
        post(&world, "/v1/transfers", Some(&token), &division)
            .await
            .status,
        400
    );
}

#[tokio::test]
async fn what_did_not_arrive_is_not_picked_up_and_the_answer_does_not_say_why() {
    let world = World::new().await;
    let mut told = Vec::new();
    for (id, secret) in [("11", "22"), ("33", "44")] {
        let asked = json!({
            "from": "500000",
            "id": id.repeat(16),
            "secret": secret.repeat(32),
        });
        let refused = post(&world, "/v1/transfer-pickups", None, &asked).await;
        assert_eq!(refused.status, 404);
        told.push(kind(&refused));
    }
    assert!(told.iter().all(|kind| kind.ends_with("nothing-waits")));
    let carried = json!({ "parcel": "0oRY", "secret": "22".repeat(32) });
    let refused = post(&world, "/v1/transfer-arrivals", None, &carried).await;
    assert_eq!(refused.status, 422);
    assert!(kind(&refused).ends_with("transfer-refused"));
    let no_base64 = json!({ "parcel": "0oR*", "secret": "22".repeat(32) });
    let refused = post(&world, "/v1/transfer-arrivals", None, &no_base64).await;
    assert_eq!(refused.json()["errors"][0]["path"], "parcel");
}

#[tokio::test]
async fn only_codes_of_other_regions_are_asked_about_or_converted() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    for (path, token) in [
        ("/v1/reports", Some(token.as_str())),
        ("/v1/conversions", None),
    ] {
        let refused = post(&world, path, token, &json!({ "code": "HC1P" })).await;
        assert_eq!(refused.status, 422, "{path}");
        assert_eq!(refused.json()["errors"][0]["path"], "code");
        // A genuine code of a region that this one exchanges nothing with.
        let vector = include_str!("../../../../vectors/verify/live-low-ed25519.json");
        let vector: Value = serde_json::from_str(vector).unwrap();
        let refused = post(&world, path, token, &json!({ "code": vector["text"] })).await;
        assert!([404, 422].contains(&refused.status.as_u16()), "{path}");
    }
}
