//! Bad input: every answer is precise, names places and never repeats a value.

use serde_json::{Value, json};

use crate::sample;
use crate::world::World;

type Change = fn(&mut Value);

#[tokio::test]
async fn what_is_wrong_with_an_enrolment_is_named_by_its_place() {
    let world = World::new().await;
    let cases: [(&str, Change, u16, &str, &str); 20] = [
        (
            "identity.method",
            |e| e["identity"]["method"] = json!("卡"),
            422,
            "bad-fields",
            "identity",
        ),
        (
            "unknown method",
            |e| e["identity"]["method"] = json!("passport-chip"),
            403,
            "identity-not-proved",
            "",
        ),
        (
            "no identity",
            |e| drop(e.as_object_mut().unwrap().remove("identity")),
            400,
            "bad-json",
            "",
        ),
        (
            "unknown member",
            |e| e["colour"] = json!("green"),
            400,
            "bad-json",
            "colour",
        ),
        (
            "a number for a text",
            |e| e["profile"]["name"] = json!(7),
            400,
            "bad-json",
            "profile.name",
        ),
        (
            "an empty name",
            |e| e["profile"]["name"] = json!(" "),
            422,
            "bad-fields",
            "profile.name",
        ),
        (
            "a long name",
            |e| e["profile"]["name"] = json!("张".repeat(101)),
            422,
            "bad-fields",
            "profile.name",
        ),
        (
            "a phone of letters",
            |e| e["profile"]["phone"] = json!("call me"),
            422,
            "bad-fields",
            "profile.phone",
        ),
        (
            "a wrong check digit",
            |e| e["document"]["number"] = json!("110105194912310021"),
            422,
            "bad-fields",
            "document",
        ),
        (
            "no such type",
            |e| e["document"]["type"] = json!("999"),
            422,
            "bad-fields",
            "document.type",
        ),
        (
            "no such country",
            |e| e["document"]["country"] = json!("XXY"),
            422,
            "bad-fields",
            "document.country",
        ),
        (
            "no consent",
            |e| e["consents"] = json!([]),
            422,
            "consent-missing",
            "consents",
        ),
        (
            "another purpose",
            |e| e["consents"][0]["purpose"] = json!("advertising"),
            422,
            "bad-fields",
            "consents[0].purpose",
        ),
        (
            "a consent of no day",
            |e| e["consents"][0]["days"] = json!(0),
            422,
            "bad-fields",
            "consents[0].days",
        ),
        (
            "too many days",
            |e| e["consents"][0]["days"] = json!(70000),
            400,
            "bad-json",
            "consents[0].days",
        ),
        (
            "a fever of a furnace",
            |e| e["declaration"]["health"]["temperature"] = json!("99.9"),
            422,
            "bad-fields",
            "declaration.health.temperature",
        ),
        (
            "no symptoms stated",
            |e| {
                drop(
                    e["declaration"]["health"]
                        .as_object_mut()
                        .unwrap()
                        .remove("symptoms"),
                );
            },
            422,
            "bad-fields",
            "declaration.health.symptoms",
        ),
        (
            "no such division",
            |e| e["declaration"]["itinerary"][0]["arriveDivision"] = json!("999999"),
            422,
            "bad-fields",
            "declaration.itinerary[0].arriveDivision",
        ),
        (
            "arrived before leaving",
            |e| e["declaration"]["itinerary"][0]["arriveTime"] = json!("2022-07-13T10:00:00+08:00"),
            422,
            "bad-fields",
            "declaration.itinerary[0].arriveTime",
        ),
        (
            "too many trips",
            |e| e["declaration"]["itinerary"] = Value::Array(vec![sample::trip(); 101]),
            422,
            "bad-fields",
            "declaration.itinerary",
        ),
    ];
    for (what, change, status, slug, path) in cases {
        let mut enrolment = sample::enrolment(sample::NUMBERS[0]);
        change(&mut enrolment);
        let answer = world
            .ask("POST", "/v1/enrolments")
            .json(&enrolment)
            .send()
            .await;
        assert_eq!(
            answer.outcome(),
            (status, slug.to_owned()),
            "{what}: {answer:?}"
        );
        if slug != "identity-not-proved" {
            let told = answer.json();
            let paths: Vec<&str> = told["errors"]
                .as_array()
                .unwrap()
                .iter()
                .map(|error| error["path"].as_str().unwrap())
                .collect();
            assert!(paths.contains(&path), "{what}: {paths:?}");
        }
        // Nothing of a refused enrolment remains.
        assert_eq!(world.region.load().0.active, 0, "{what}");
    }
}

#[tokio::test]
async fn all_that_is_wrong_is_named_at_once_and_no_value_is_repeated() {
    let world = World::new().await;
    let mut enrolment = sample::enrolment("110105194912310021");
    enrolment["profile"]["phone"] = json!("secret-phone");
    enrolment["declaration"]["health"]["temperature"] = json!("secret-heat");
    enrolment["declaration"]["itinerary"][0]["startAddress"] = json!("");
    enrolment["declaration"]["health"]["secret-member"] = json!(1);
    let answer = world
        .ask("POST", "/v1/enrolments")
        .json(&enrolment)
        .send()
        .await;
    assert_eq!(answer.outcome(), (422, "bad-fields".to_owned()));
    let told = answer.json();
    assert_eq!(told["errors"].as_array().unwrap().len(), 5, "{told}");
    let text = told.to_string();
    for value in ["secret", "11010519", "13800138000", "张晓"] {
        assert!(!text.contains(value), "{value} in {text}");
    }
}

#[tokio::test]
async fn bodies_that_are_not_what_they_should_be_are_refused() {
    let world = World::new().await;
    let large = format!("{{\"text\":\"{}\"}}", "x".repeat(64 << 10));
    let deep = format!("{}{}", "[".repeat(30_000), "]".repeat(30_000));
    let cases: [(&str, &str, &[u8], u16, &str); 9] = [
        ("nothing", "application/json", b"", 400, "bad-json"),
        ("another type", "text/plain", b"{}", 415, "wrong-media-type"),
        (
            "another alphabet",
            "application/json; charset=gbk",
            b"{}",
            415,
            "wrong-media-type",
        ),
        (
            "not UTF-8",
            "application/json",
            b"{\"text\":\"\xff\"}",
            400,
            "bad-json",
        ),
        ("half", "application/json", b"{\"text\":", 400, "bad-json"),
        (
            "two values",
            "application/json",
            b"{\"text\":\"a\"}{}",
            400,
            "bad-json",
        ),
        (
            "a member twice",
            "application/json",
            b"{\"text\":\"a\",\"text\":\"b\"}",
            400,
            "bad-json",
        ),
        ("deep", "application/json", deep.as_bytes(), 400, "bad-json"),
        (
            "large",
            "application/json",
            large.as_bytes(),
            413,
            "body-too-large",
        ),
    ];
    for (what, media, body, status, slug) in cases {
        let asking = world.ask("POST", "/v1/verdicts");
        let answer = asking.body(media, body.to_vec()).send().await;
        assert_eq!(answer.outcome(), (status, slug.to_owned()), "{what}");
    }
}

#[tokio::test]
async fn a_text_that_is_no_code_has_a_verdict_and_no_error() {
    let world = World::new().await;
    for text in [
        "",
        "x",
        "HC1:NCF",
        "https://example.com/",
        "密",
        &"A".repeat(8192),
    ] {
        let scan = json!({ "text": text });
        let answer = world.ask("POST", "/v1/verdicts").json(&scan).send().await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.json()["action"], "invalid", "{text}");
    }
    let long = json!({"text": "A".repeat(8193)});
    let answer = world.ask("POST", "/v1/verdicts").json(&long).send().await;
    assert_eq!(answer.outcome(), (422, "bad-fields".to_owned()));
}

#[tokio::test]
async fn paths_methods_and_queries_that_do_not_exist_are_problems_too() {
    let world = World::new().await;
    let token = world.token(sample::NUMBERS[0]).await;
    let nowhere = world.ask("GET", "/v1/colour").send().await;
    assert_eq!(nowhere.outcome(), (404, "not-found".to_owned()));
    let method = world.ask("PUT", "/v1/code").send().await;
    assert_eq!(method.outcome(), (405, "method-not-allowed".to_owned()));
    assert!(method.headers["allow"].to_str().unwrap().contains("GET"));
    for query in ["ahead=5", "ahead=x", "behind=1", "ahead=1&ahead=2"] {
        let path = format!("/v1/code?{query}");
        let answer = world.ask("GET", &path).token(&token).send().await;
        assert_eq!(answer.outcome(), (400, "bad-query".to_owned()), "{query}");
    }
}

#[tokio::test]
async fn one_document_is_tried_so_often_and_no_more() {
    let world = World::new().await;
    let mut enrolment = sample::enrolment(sample::NUMBERS[0]);
    enrolment["identity"]["method"] = json!("guess");
    let mut outcomes = Vec::new();
    for _ in 0..61 {
        let answer = world
            .ask("POST", "/v1/enrolments")
            .json(&enrolment)
            .send()
            .await;
        outcomes.push(answer.status.as_u16());
    }
    assert_eq!(outcomes[..60], [403; 60]);
    assert_eq!(outcomes[60], 429);
    let other = sample::enrolment(sample::NUMBERS[1]);
    let answer = world
        .ask("POST", "/v1/enrolments")
        .json(&other)
        .send()
        .await;
    assert_eq!(answer.status, 201);
}
