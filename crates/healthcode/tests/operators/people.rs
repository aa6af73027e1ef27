//! `import people`, `export`, `erase`: a register comes in, one person's data goes out, one is forgotten.

use std::fs;

use hc_testkit::store::region::identity_number;

use crate::region::{Region, Serving, objects, text};

fn register(region: &Region, name: &str, lines: &[String]) -> String {
    let path = region.at(name);
    fs::write(&path, format!("{}\n", lines.join("\n"))).unwrap();
    path.to_str().unwrap().to_owned()
}

fn csv(region: &Region) -> String {
    let mut lines = vec!["type,number,name,phone,address".to_owned()];
    for index in 0..3 {
        let number = identity_number(index);
        lines.push(format!(
            "111,{number},李小{index},13800138000,\"北山街道, 1号\""
        ));
    }
    lines.push("111,110105194912310021,王错,,".to_owned());
    lines.push("111,short".to_owned());
    register(region, "people.csv", &lines)
}

#[test]
fn a_register_is_tried_taken_in_and_taken_in_again() {
    let region = Region::new();
    let file = csv(&region);
    let import = |more: &[&str]| {
        let words = [&["--json", "import", "people", file.as_str()], more].concat();
        let done = region.run(&words);
        assert_eq!(done.status.code(), Some(1), "{}", text(&done.stderr));
        objects(&done)[0].clone()
    };
    let tried = import(&["--dry-run"]);
    assert_eq!((&tried["new"], &tried["dryRun"]), (&3.into(), &true.into()));
    assert_eq!(tried["levels"]["unknown"], 3);
    let bad: Vec<u64> = tried["quarantined"]
        .as_array()
        .unwrap()
        .iter()
        .map(|line| line["line"].as_u64().unwrap())
        .collect();
    assert_eq!(bad, [5, 6]);
    assert!(!tried.to_string().contains("王错"));
    // Nothing had been changed.
    assert_eq!(import(&[])["new"], 3);
    let again = import(&[]);
    assert_eq!((&again["new"], &again["same"]), (&0.into(), &3.into()));
    let other = fs::read_to_string(&file).unwrap().replace("李小1", "李大1");
    fs::write(&file, other).unwrap();
    let differing = import(&["--dry-run"]);
    assert_eq!(
        (&differing["changed"], &differing["same"]),
        (&1.into(), &2.into())
    );
    // Lines as objects say the same.
    let number = identity_number(0);
    let line = format!(
        "{{\"type\":\"111\",\"number\":\"{number}\",\"name\":\"李小0\",\"phone\":\"13800138000\",\"address\":\"北山街道, 1号\"}}"
    );
    let file = register(&region, "people.ndjson", &[line]);
    let done = region.run(&["--json", "import", "people", &file]);
    assert_eq!(objects(&done)[0]["same"], 1);
}

#[test]
fn a_record_of_the_national_data_format_is_taken_in_with_its_declaration() {
    let region = Region::new();
    let record = |number: &str, names: [&str; 2]| {
        serde_json::json!({
            "basic": {
                names[0]: "李小九", "sex": "2", "nationality": "CHN", "idType": "111", names[1]: number,
            },
            "health": {
                "symptoms": ["1"], "stayedHighRisk": "2", "contactWithCase": "2",
                "reportedAt": "2022-07-01T08:00:00+08:00",
            },
        })
        .to_string()
    };
    let lines = [
        record(&identity_number(7), ["name", "idNumber"]),
        record(&identity_number(8), ["xm", "sfzh"]),
        record("110105194912310021", ["name", "idNumber"]),
    ];
    let file = register(&region, "records.ndjson", &lines);
    let done = region.run(&["--json", "import", "people", &file]);
    let told = objects(&done)[0].clone();
    assert_eq!(told["new"], 2, "{told}");
    let document = format!("111:{}", identity_number(8));
    let out = region.at("eight.json");
    let out = out.to_str().unwrap();
    let words = [
        "export",
        "--document",
        &document,
        "--purpose",
        "court-order",
        "--out",
        out,
    ];
    assert_eq!(region.run(&words).status.code(), Some(0));
    let data: serde_json::Value = serde_json::from_slice(&fs::read(out).unwrap()).unwrap();
    let declared = &data["declarations"][0].to_string();
    assert!(declared.contains("contactWithCase"), "{data}");
    let why = told["quarantined"][0]["why"].as_str().unwrap();
    assert!(why.starts_with("basic.idNumber:"), "{why}");
}

#[test]
fn a_person_is_exported_for_a_purpose_and_erased_and_both_are_in_the_log() {
    let region = Region::new();
    region.run(&["import", "people", &csv(&region)]);
    let document = format!("111:{}", identity_number(1));
    let out = region.at("one.json");
    let out = out.to_str().unwrap();
    let words = [
        "export",
        "--document",
        &document,
        "--purpose",
        "court-order",
        "--out",
        out,
    ];
    let exported = region.run(&words);
    assert_eq!(
        exported.status.code(),
        Some(0),
        "{}",
        text(&exported.stderr)
    );
    let data: serde_json::Value = serde_json::from_slice(&fs::read(out).unwrap()).unwrap();
    assert_eq!(data["profile"]["name"], "李小1");
    assert_eq!(data["documents"][0]["number"], identity_number(1));
    assert_eq!(
        region.run(&words).status.code(),
        Some(3),
        "nothing is written over"
    );
    let all = region.at("all.ndjson");
    let all = all.to_str().unwrap();
    let everybody = region.run(&["export", "--all", "--purpose", "move", "--out", all]);
    assert_eq!(everybody.status.code(), Some(0));
    assert_eq!(fs::read_to_string(all).unwrap().lines().count(), 3);

    let erase = ["erase", "--document", &document, "--purpose", "own-wish"];
    assert_eq!(region.run(&erase).status.code(), Some(0));
    let again = region.run(&erase);
    assert_eq!(again.status.code(), Some(3));
    assert!(text(&again.stderr).contains("nobody is enrolled"));
    assert!(!text(&again.stderr).contains(&identity_number(1)));
    let shown = region.run(&["--json", "audit", "show"]);
    let kinds: Vec<String> = objects(&shown)
        .iter()
        .filter_map(|entry| entry["kind"].as_str().map(str::to_owned))
        .collect();
    // What was decided about the two who are left, and what was done.
    let expected = ["decision", "decision", "export", "export", "erasure"];
    assert_eq!(kinds, expected);
    let verified = region.run(&["--json", "audit", "verify"]);
    let found = &objects(&verified)[0];
    assert_eq!(
        (&found["erased"], &found["unexplained"]),
        (&3.into(), &0.into())
    );
}

#[test]
fn what_writes_waits_until_the_service_is_stopped() {
    let region = Region::new();
    let file = csv(&region);
    let serving = Serving::start(&region);
    let refused = region.run(&["import", "people", &file]);
    assert_eq!(refused.status.code(), Some(3));
    let says = text(&refused.stderr);
    assert!(
        says.contains("the service is running: stop it first"),
        "{says}"
    );
    serving.stop();
    assert_eq!(
        region.run(&["import", "people", &file]).status.code(),
        Some(1)
    );
}

#[test]
fn bad_documents_and_registers_are_named() {
    let region = Region::new();
    let file = register(&region, "people.csv", &["kind,number".to_owned()]);
    let refused = region.run(&["import", "people", &file]);
    assert!(text(&refused.stderr).contains("the header has no type"));
    for document in ["111", "111:", ":1"] {
        let words = ["erase", "--document", document, "--purpose", "own-wish"];
        assert_eq!(region.run(&words).status.code(), Some(2), "{document}");
    }
}
