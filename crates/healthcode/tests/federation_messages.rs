//! What regions send each other, between real processes over real doors: evidence, transfers, reports,
//! conversions, with regions and hub gone in between.

use std::path::Path;

use hc_testkit::federation::{Ground, Planned, Program, World, somebody, until};
use serde_json::{Value, json};

const SICHUAN: &str = "510000";
const GUANGDONG: &str = "440000";
const GUIZHOU: &str = "520000";

fn program() -> Program {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    Program::new(Path::new(env!("CARGO_BIN_EXE_healthcode")), &checkout)
}

fn by_document(person: u32) -> Value {
    json!({ "document_type": "111", "document": somebody(person) })
}

fn text(value: &Value) -> String {
    value
        .as_str()
        .unwrap_or_else(|| panic!("{value}"))
        .to_owned()
}

#[test]
fn what_one_region_learns_of_anothers_people_counts_there_within_seconds() {
    let regions = [
        Planned::new(SICHUAN, "policies/sichuan-2020.toml"),
        Planned::new(GUANGDONG, "policies/guangdong-2020.toml"),
        Planned::new(GUIZHOU, "policies/sichuan-2020.toml").by_the_hub(),
    ];
    let mut world = World::open_on(&program(), &mut Ground::Here, &regions);

    // Named by a document: the directory says which region, and that region decides.
    let [sichuan, guangdong] = [SICHUAN, GUANGDONG].map(|code| world.region(code));
    let first = sichuan.enrol(&somebody(1));
    let other = sichuan.enrol(&somebody(2));
    assert_eq!(sichuan.code(&first).0, "00");
    sichuan.until_sent();
    guangdong.report(&by_document(1), "positive", "one");
    sichuan.until_level(&first, "10");
    let why = sichuan.ask("GET /v1/why", &first, None).json();
    assert!(why.to_string().contains("laboratory"), "{why}");
    assert_eq!(sichuan.code(&other).0, "00", "and nobody else's");

    // Named by the code that was scanned: nobody is asked which region.
    let (_, code) = sichuan.code(&other);
    guangdong.report(&json!({ "code": code }), "positive", "two");
    sichuan.until_level(&other, "10");

    reports_and_conversions(&world);
    transfers(&world);
    served_by_the_hub(&world);

    // The hub is gone, and the region began again with other keys: what names a code arrives all the same.
    let third = sichuan.enrol(&somebody(3));
    world.stop_hub();
    world.region_mut(SICHUAN).serve();
    let [sichuan, guangdong] = [SICHUAN, GUANGDONG].map(|code| world.region(code));
    let (_, code) = sichuan.code(&third);
    guangdong.report(&json!({ "code": code }), "positive", "three");
    sichuan.until_level(&third, "10");

    // The region is gone meanwhile: what is about its people waits, and the doctor says so. The hub began again
    // too, and its register is what it was.
    world.serve_hub();
    let fourth = world.region(SICHUAN).enrol(&somebody(4));
    world.region(SICHUAN).until_sent();
    world.region_mut(SICHUAN).stop();
    let guangdong = world.region(GUANGDONG);
    guangdong.report(&by_document(4), "positive", "four");
    let doctor = guangdong.doctor();
    assert!(
        doctor.contains("messages wait, the oldest since"),
        "{doctor}"
    );
    until("the metric tells of it", || {
        (guangdong.metric("healthcode_outgoing_waiting") >= 1.0).then_some(())
    });
    world.region_mut(SICHUAN).serve();
    world.region(SICHUAN).until_level(&fourth, "10");
}

fn reports_and_conversions(world: &World) {
    let [sichuan, guangdong] = [SICHUAN, GUANGDONG].map(|code| world.region(code));
    // Somebody with codes of both regions shows the one beside the other.
    let (away, home) = (guangdong.enrol(&somebody(20)), sichuan.enrol(&somebody(20)));
    let (_, code) = sichuan.code(&home);
    let asked = json!({ "code": code });
    let told = guangdong.ask("POST /v1/reports", &away, Some(&asked));
    assert_eq!(told.status, 200, "{}", told.body);
    let told = told.json();
    assert_eq!(
        (&told["known"], &told["level"]),
        (&json!(true), &json!("00"))
    );
    assert_eq!(told["region"], SICHUAN);
    // A code of one region becomes one of the other, which its gates read.
    let converted = guangdong.ask("POST /v1/conversions", "", Some(&asked));
    assert_eq!(converted.status, 200, "{}", converted.body);
    let converted = text(&converted.json()["code"]);
    assert!(converted.starts_with("HC1P:440000:"), "{converted}");
    let verdict = guangdong.ask("POST /v1/verdicts", "", Some(&json!({ "text": converted })));
    assert_eq!(verdict.json()["level"], "00", "{}", verdict.body);
    // What its region did not sign is neither reported nor converted.
    let forged = code.replace("HC1P:510000:", "HC1P:440000:");
    for (request, token) in [("POST /v1/reports", &*away), ("POST /v1/conversions", "")] {
        let refused = guangdong.ask(request, token, Some(&json!({ "code": forged })));
        assert!((400..500).contains(&refused.status), "{}", refused.body);
    }
}

fn transfers(world: &World) {
    let [sichuan, guangdong] = [SICHUAN, GUANGDONG].map(|code| world.region(code));
    let home = sichuan.enrol(&somebody(30));
    let preview = sichuan.ask("GET /v1/transfer-previews", &home, None).json();
    assert_eq!(
        preview["regions"],
        json!([
            { "division": GUANGDONG, "name": "广东省" },
            { "division": GUIZHOU, "name": "贵州省" },
        ])
    );
    let moving = sichuan.begin_moving(&home, GUANGDONG, false, true);
    let there = moving.arrived(guangdong);
    assert_eq!(guangdong.code(&there).0, "00", "decided without a form");
    until("the code at home has ended", || {
        (sichuan.ask("GET /v1/code", &home, None).status == 401).then_some(())
    });
    // Once: whoever else has the secret comes too late.
    let again = moving.arrive(guangdong);
    assert_eq!(again.status, 404, "{}", again.body);
}

/// Guizhou has no code of its own: the hub serves its people, and other regions' codes go through its.
fn served_by_the_hub(world: &World) {
    let [sichuan, guangdong, guizhou] =
        [SICHUAN, GUANGDONG, GUIZHOU].map(|code| world.region(code));
    let person = guizhou.enrol(&somebody(40));
    let (level, code) = guizhou.code(&person);
    assert_eq!(level, "00");
    assert!(code.starts_with("HC1P:520000:"), "{code}");
    for region in [sichuan, guangdong] {
        let verdict = region.ask("POST /v1/verdicts", "", Some(&json!({ "text": code })));
        assert_eq!(verdict.json()["action"], "pass", "{}", verdict.body);
    }
    guizhou.until_sent();
    guangdong.report(&by_document(40), "positive", "of-the-hub");
    guizhou.until_level(&person, "10");

    let home = sichuan.enrol(&somebody(41));
    let mut text_of = sichuan.code(&home).1;
    for (region, issuer) in [(guizhou, GUIZHOU), (guangdong, GUANGDONG)] {
        let asked = json!({ "code": text_of });
        let converted = region.ask("POST /v1/conversions", "", Some(&asked));
        assert_eq!(converted.status, 200, "{}", converted.body);
        text_of = text(&converted.json()["code"]);
        assert!(text_of.starts_with(&format!("HC1P:{issuer}:")), "{text_of}");
    }
    let verdict = guangdong.ask("POST /v1/verdicts", "", Some(&json!({ "text": text_of })));
    assert_eq!(verdict.json()["level"], "00", "{}", verdict.body);
}
