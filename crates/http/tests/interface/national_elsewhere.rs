//! What other regions say beside this one, through `queryHealth`: who may ask for it, and what is refused. Regions that
//! answer stand in the test of real processes.

use hc_code::signing::Algorithm;
use hc_gbt::ResultCode;
use serde_json::{Value, json};

use crate::national::application;
use crate::sample;
use crate::world::World;

/// A genuine code of a region that this one exchanges nothing with.
fn elsewhere() -> String {
    let vector = include_str!("../../../../vectors/verify/live-low-ed25519.json");
    let vector: Value = serde_json::from_str(vector).unwrap();
    vector["text"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn other_regions_are_asked_only_with_the_persons_own_word_and_about_codes_of_theirs() {
    let world = World::new().await;
    let app = application(&world, Algorithm::Sm2).await;
    let device = world.token(sample::NUMBERS[0]).await;
    let token = app.agreed(&world, &device, &["queryHealth"]).await;
    let query = |others: Value| {
        json!({
            "subject": {"token": token}, "purpose": "entry", "operator": "o", "division": "330106",
            "otherCodes": others,
        })
    };
    let text = elsewhere();
    for (others, code, path) in [
        (json!([]), ResultCode::FieldLength, "otherCodes"),
        (json!("HC1"), ResultCode::FieldShape, "otherCodes"),
        (
            json!(vec![text.clone(); 9]),
            ResultCode::ListTooLong,
            "otherCodes",
        ),
        (json!([7]), ResultCode::FieldShape, "otherCodes[0]"),
        (
            json!(["x".repeat(8193)]),
            ResultCode::FieldLength,
            "otherCodes[0]",
        ),
        (json!(["HC1P"]), ResultCode::CodeText, "otherCodes[0]"),
        (
            json!([text, text]),
            ResultCode::FieldDomain,
            "otherCodes[1]",
        ),
        (json!([text]), ResultCode::CodeIssuer, "otherCodes[0]"),
    ] {
        let told = app.call(&world, "queryHealth", query(others)).await;
        assert_eq!(told["errorCode"], code.row().code, "{told}");
        assert_eq!(told["errors"][0]["path"], path, "{told}");
    }
    // Somebody who showed a code at a door did not agree to be asked for elsewhere.
    let (serial, random) = app.open(&world, "make").await;
    let make = json!({
        "bizSerialNum": serial, "randomNumber": random,
        "subject": {"token": app.agreed(&world, &device, &["makeCode"]).await},
    });
    let made = app.call(&world, "makeCode", make).await;
    let (serial, random) = app.open(&world, "verify").await;
    let verify = json!({
        "bizSerialNum": serial, "randomNumber": random, "codeContent": made["codeContent"],
        "division": "330106",
    });
    let seen = app.call(&world, "verifyCode", verify).await;
    let by_key = json!({
        "bizExtData": seen["queryKey"], "purpose": "entry", "operator": "o", "division": "330106",
        "otherCodes": [text],
    });
    let told = app.call(&world, "queryHealth", by_key).await;
    assert_eq!(told["errorCode"], "140101", "{told}");
    assert_eq!(told["errors"][0]["path"], "subject.token");
}
