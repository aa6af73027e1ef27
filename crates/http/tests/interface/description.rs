//! The description that is checked in, and the interface as it is.

use crate::sample;
use crate::world::World;

#[test]
fn the_description_is_that_of_the_program() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let mut ours = serde_json::to_string_pretty(&hc_http::openapi().unwrap()).unwrap();
    ours.push('\n');
    if std::env::var_os("HEALTHCODE_WRITE").is_some() {
        std::fs::write(path, &ours).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap();
    assert!(
        written == ours,
        "openapi.json is not up to date: run this test once with HEALTHCODE_WRITE=1"
    );
}

#[test]
fn every_operation_has_its_own_id_and_is_described() {
    let description = hc_http::openapi().unwrap();
    let mut ids: Vec<&str> = hc_http::all().iter().map(|one| one.id).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), hc_http::all().len());
    for operation in hc_http::all() {
        let verb = operation.verb.method().as_str().to_lowercase();
        let described = &description["paths"][operation.described_path()][verb];
        assert_eq!(described["operationId"], operation.id);
    }
}

#[test]
fn every_reference_of_the_description_leads_somewhere() {
    let description = hc_http::openapi().unwrap();
    let text = description.to_string();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    let mut named = 0;
    for part in text.split("\"#/components/schemas/").skip(1) {
        let name = part.split('"').next().unwrap();
        assert!(schemas.contains_key(name), "{name}");
        named += 1;
    }
    assert!(named > 30);
}

#[tokio::test]
async fn what_a_person_is_told_to_send_fits_the_description() {
    let schema = serde_json::json!({"$ref": "#/components/schemas/Enrolment"});
    let good = sample::enrolment(sample::NUMBERS[0]);
    assert_eq!(crate::client::fits(&schema, &good), Ok(()));
    let mut bad = good;
    bad["document"]["colour"] = serde_json::json!("green");
    assert!(crate::client::fits(&schema, &bad).is_err());
}

#[tokio::test]
async fn the_service_tells_its_description_health_and_counters() {
    let world = World::new().await;
    world.token(sample::NUMBERS[0]).await;
    let told = world.ask("GET", "/openapi.json").send().await;
    assert_eq!(told.json(), hc_http::openapi().unwrap());
    let health = world.ask("GET", "/healthz").send().await.json();
    assert_eq!(health["region"], "330000");
    assert_eq!(health["fresh"], true);
    // Counters are the operators'.
    assert_eq!(world.ask("GET", "/metrics").send().await.status, 404);
    let counted = crate::client::ask(world.operators, "GET", "/metrics")
        .send()
        .await;
    // A page elsewhere that an operator has open reads what is everybody's, and no counters.
    let anybody = "access-control-allow-origin";
    assert!(!counted.headers.contains_key(anybody));
    let keys = world.ask("GET", "/v1/keys").send().await;
    assert_eq!(keys.headers[anybody], "*");
    let text = String::from_utf8(counted.body.to_vec()).unwrap();
    for line in [
        "healthcode_subjects 1",
        "healthcode_gone 0",
        "healthcode_as_of_lag_seconds 0",
        "healthcode_requests_total{operation=\"enrol\",status=\"201\"} 1",
        "healthcode_requests_total{operation=\"none\",status=\"404\"} 1",
    ] {
        assert!(text.lines().any(|found| found == line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn keys_are_given_as_the_root_signed_them() {
    let world = World::new().await;
    let answer = world.ask("GET", "/v1/keys").send().await;
    assert_eq!(answer.headers["content-type"], "application/cbor");
    assert_eq!(answer.body, world.region.key_list());
}
