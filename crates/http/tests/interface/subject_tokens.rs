//! What a person lets an application do in their name, and nothing more.

use hc_code::signing::Algorithm;
use hc_code::{Offset, Span};
use hc_core::party::{Function, Purpose};
use hc_core::word::Word as _;
use hc_node::applications::CallQuota;
use serde_json::{Value, json};

use crate::national::{Application, EVERYTHING, application, registered};
use crate::sample;
use crate::world::World;

/// A message of each function that is done in a person's name.
async fn each(world: &World, app: &Application, token: &str) -> Vec<(&'static str, String)> {
    let subject = json!({ "token": token });
    let messages = [
        (
            "declareHealth",
            json!({"subject": subject, "health": sample::health()}),
        ),
        (
            "declareTrip",
            json!({"subject": subject, "itinerary": [sample::trip()]}),
        ),
        (
            "queryHealth",
            json!({"subject": subject, "purpose": "entry", "operator": "o", "division": "330106"}),
        ),
        (
            "correctHealth",
            json!({"subject": subject, "field": "name", "value": "李晓"}),
        ),
    ];
    let mut codes = Vec::new();
    for (method, own) in messages {
        codes.push((method, code(&app.call(world, method, own).await)));
    }
    let made = app.make(world, token, json!({})).await;
    codes.push(("makeCode", code(&made)));
    codes
}

fn code(told: &Value) -> String {
    told["errorCode"].as_str().unwrap().to_owned()
}

async fn acting(world: &World, device: &str) -> Value {
    let list = world.ask("GET", "/v1/application-consents").token(device);
    list.send().await.json()["applications"].clone()
}

async fn end(world: &World, device: &str, application: &str) -> u16 {
    let asking = world.ask("POST", "/v1/application-consent-ends");
    let asking = asking.token(device);
    let answer = asking.json(&json!({ "application": application }));
    answer.send().await.status.as_u16()
}

#[tokio::test]
async fn the_token_of_a_device_is_refused_by_every_function() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Ed25519).await;
    let device = world.token(sample::NUMBERS[0]).await;
    for (method, code) in each(&world, &app, &device).await {
        assert_eq!(code, "140114", "{method}");
    }
    // And what an application has opens nothing that is the person's alone.
    let token = app.agreed(&world, &device, &EVERYTHING).await;
    for path in [
        "/v1/code",
        "/v1/log",
        "/v1/profile",
        "/v1/export",
        "/v1/application-consents",
    ] {
        let method = if path == "/v1/export" { "POST" } else { "GET" };
        let answer = world.ask(method, path).token(&token).send().await;
        assert!(
            answer.status == 401 || answer.status == 404 || answer.status == 405,
            "{path}: {answer:?}"
        );
    }
    let answer = world.ask("GET", "/v1/code").token(&token).send().await;
    assert_eq!(answer.status, 401, "{answer:?}");
}

#[tokio::test]
async fn a_token_is_for_one_application_its_functions_and_its_time() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Ed25519).await;
    let all = (Function::ALL, &[Purpose::Entry][..]);
    let other = ("other-app", 2);
    let other = registered(&world, other, Algorithm::Ed25519, all, CallQuota::USUAL).await;
    let device = world.token(sample::NUMBERS[0]).await;
    // For one function only.
    let narrow = app.agreed(&world, &device, &["makeCode"]).await;
    for (method, code) in each(&world, &app, &narrow).await {
        let expected = if method == "makeCode" { "0" } else { "140115" };
        assert_eq!(code, expected, "{method}");
    }
    // Another application has nothing of it.
    for (method, code) in each(&world, &other, &narrow).await {
        assert_eq!(code, "140103", "{method}");
    }
    // A token of before does not grow by what is agreed to later.
    let wide = app.agreed(&world, &device, &EVERYTHING).await;
    assert!(
        each(&world, &app, &wide)
            .await
            .iter()
            .all(|(_, code)| code == "0")
    );
    assert_eq!(each(&world, &app, &narrow).await[0].1, "140115");
    world.later(Span::seconds(3600));
    for (method, code) in each(&world, &app, &wide).await {
        assert_eq!(code, "140104", "{method}");
    }
}

#[tokio::test]
async fn what_was_taken_back_counts_no_more_and_the_person_sees_who_acts() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Sm2).await;
    let device = world.token(sample::NUMBERS[0]).await;
    let token = app
        .agreed(&world, &device, &["makeCode", "declareTrip"])
        .await;
    let told = acting(&world, &device).await;
    assert_eq!(told.as_array().unwrap().len(), 1);
    assert_eq!(
        (&told[0]["application"], &told[0]["name"]),
        (&json!("super-app"), &json!("掌上通"))
    );
    assert_eq!(
        told[0]["functions"],
        json!([
            {"function": "declareTrip", "says": "用户行程申报"},
            {"function": "makeCode", "says": "健康码制码请求"},
        ])
    );
    let trip = json!({"subject": {"token": token}, "itinerary": [sample::trip()]});
    assert_eq!(code(&app.call(&world, "declareTrip", trip).await), "0");
    assert_eq!(end(&world, &device, "super-app").await, 204);
    assert_eq!(end(&world, &device, "super-app").await, 404);
    assert_eq!(end(&world, &device, "nobody").await, 404);
    assert_eq!(acting(&world, &device).await, json!([]));
    let refused = app.make(&world, &token, json!({})).await;
    assert_eq!(code(&refused), "140116");
    // Agreed to anew in the same second: the new token counts, the old one does not.
    let anew = app.agreed(&world, &device, &["makeCode"]).await;
    assert_eq!(code(&app.make(&world, &anew, json!({})).await), "0");
    let refused = app.make(&world, &token, json!({})).await;
    assert_eq!(code(&refused), "140116");
    // All of it stands in the person's own log.
    let log = world.ask("GET", "/v1/log").token(&device).send().await;
    let log = log.json();
    let mut kinds: Vec<(&str, &str)> = Vec::new();
    for entry in log["entries"].as_array().unwrap() {
        let by = entry["actor"]["id"].as_str().unwrap();
        kinds.push((entry["kind"].as_str().unwrap(), by));
    }
    for expected in [
        ("grant-made", "self"),
        ("acted-for", "super-app"),
        ("grant-ended", "self"),
    ] {
        assert!(kinds.contains(&expected), "{expected:?}: {kinds:?}");
    }
}

#[tokio::test]
async fn a_lost_phone_ends_what_applications_may_do() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Ed25519).await;
    let device = world.token(sample::NUMBERS[0]).await;
    let token = app.agreed(&world, &device, &EVERYTHING).await;
    let asking = world.ask("POST", "/v1/withdrawal").token(&device);
    let answer = asking.json(&json!({"reason": "lost-device"})).send().await;
    assert!(answer.status.is_success(), "{answer:?}");
    let new = answer.json()["token"].as_str().unwrap().to_owned();
    for (method, code) in each(&world, &app, &token).await {
        assert_eq!(code, "140105", "{method}");
    }
    assert_eq!(acting(&world, &new).await, json!([]));
}

#[tokio::test]
async fn consent_is_to_an_application_that_is_registered_and_to_what_it_is_registered_for() {
    let world = World::new().await;
    let few = (&[Function::ApplyCall, Function::MakeCode][..], &[][..]);
    registered(
        &world,
        ("codes", 3),
        Algorithm::Ed25519,
        few,
        CallQuota::USUAL,
    )
    .await;
    let device = world.token(sample::NUMBERS[0]).await;
    let good =
        json!({"application": "codes", "functions": ["makeCode"], "minutes": 60, "version": 1});
    for (member, value, path) in [
        ("application", json!("nobody"), "application"),
        ("application", json!(""), "application"),
        ("functions", json!([]), "functions"),
        ("functions", json!(["fly"]), "functions[0]"),
        ("functions", json!(["makeCode", "makeCode"]), "functions[1]"),
        ("functions", json!(["queryHealth"]), "functions[0]"),
        ("functions", json!(["applyCall"]), "functions[0]"),
        ("minutes", json!(0), "minutes"),
        ("minutes", json!(1441), "minutes"),
        ("version", json!(0), "version"),
    ] {
        let mut asked = good.clone();
        asked[member] = value;
        let asking = world.ask("POST", "/v1/application-consents").token(&device);
        let answer = asking.json(&asked).send().await;
        assert_eq!(answer.status, 422, "{asked}: {answer:?}");
        let told = answer.json();
        assert_eq!(told["errors"][0]["path"], path, "{told}");
    }
    assert_eq!(acting(&world, &device).await, json!([]));
}

#[tokio::test]
async fn who_is_enrolled_through_an_application_agrees_to_what_it_may_do() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Es256).await;
    let first = |consent: Value| {
        json!({
            "subject": {"method": "demo"}, "health": sample::health(), "consent": consent,
            "basic": {"name": "张晓", "sex": "1", "nationality": "CHN", "idType": "111", "idNumber": sample::NUMBERS[0]},
        })
    };
    let plain = first(json!({"version": 1, "days": 30}));
    let told = app.call(&world, "declareHealth", plain).await;
    assert_eq!(
        (code(&told).as_str(), &told["subjectToken"]),
        ("0", &Value::Null)
    );
    let some = json!({"version": 1, "days": 30, "functions": ["makeCode"], "minutes": 5});
    let told = app.call(&world, "declareHealth", first(some)).await;
    let token = told["subjectToken"].as_str().unwrap();
    let ends = world.region.now().plus(Span::seconds(300));
    assert_eq!(told["subjectTokenUntil"], ends.at_offset(Offset::CHINA));
    assert_eq!(code(&app.make(&world, token, json!({})).await), "0");
    let own = json!({"subject": {"token": token}, "health": sample::health()});
    assert_eq!(
        code(&app.call(&world, "declareHealth", own).await),
        "140115"
    );
    let answer = world.ask("GET", "/v1/code").token(token).send().await;
    assert_eq!(answer.status, 401);
}
