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

/// Two regions: what the first one exports as records, the second one is given.
fn records(region: &Region, name: &str) -> (Vec<serde_json::Value>, String, serde_json::Value) {
    let out = region.at(name);
    let out = out.to_str().unwrap();
    let words = [
        "--json",
        "export",
        "--all",
        "--format",
        "gbt38962",
        "--purpose",
        "move",
        "--out",
        out,
    ];
    let done = region.run(&words);
    assert_eq!(done.status.code(), Some(0), "{}", text(&done.stderr));
    let lines = fs::read_to_string(out).unwrap();
    let records = lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap());
    (records.collect(), out.to_owned(), objects(&done)[0].clone())
}

/// Everybody's basic items, health and itinerary; the certificate is the region's own word.
fn said_of_people(records: &[serde_json::Value]) -> Vec<serde_json::Value> {
    let mut people = records.to_vec();
    for person in &mut people {
        let certificate = person.as_object_mut().unwrap().remove("certificate");
        assert!(certificate.unwrap()["level"]["value"].is_string());
    }
    people.sort_by_key(|person| person["basic"]["idNumber"].as_str().unwrap().to_owned());
    people
}

#[test]
fn records_that_are_exported_give_another_region_the_same_people_and_declarations() {
    let (first, second) = (Region::new(), Region::new());
    let trip = serde_json::json!({
        "startDivision": "330106", "arriveDivision": "310115", "departTime": "2022-06-29T08:00:00+08:00",
        "transportNo": "G7501", "companions": 2,
    });
    let health = serde_json::json!({
        "symptoms": ["2"], "stayedHighRisk": "2", "contactWithCase": "3", "temperature": 36.5,
        "reportedAt": "2022-07-01T08:00:00+08:00",
    });
    let basic = |name: &str, kind: &str, number: &str, nationality: &str| {
        serde_json::json!({
            "name": name, "sex": "1", "nationality": nationality, "idType": kind, "idNumber": number,
            "phone": "13800138000", "householdDivision": "330106", "householdAddress": "北山街道1号",
        })
    };
    let lines = [
        serde_json::json!({
            "basic": basic("李小九", "111", &identity_number(7), "CHN"),
            "health": health, "itinerary": [trip, trip],
            "certificate": {"level": "00"},
        }),
        serde_json::json!({"basic": basic("DOE JANE", "414", "AB123456", "CAN")}),
        // Trips without health, as they are declared after it.
        serde_json::json!({"basic": basic("王小十", "111", &identity_number(8), "CHN"), "itinerary": [trip]}),
    ];
    let lines = lines.map(|line| line.to_string());
    let file = register(&first, "records.ndjson", &lines);
    let done = first.run(&["--json", "import", "people", &file]);
    let told = &objects(&done)[0];
    assert_eq!(
        (&told["new"], done.status.code()),
        (&3.into(), Some(0)),
        "{told}"
    );
    // What is not kept is said, by element.
    let not_kept = serde_json::json!({
        "basic.sex": 3, "basic.nationality": 2, "basic.householdDivision": 3, "basic.householdAddress": 3,
        "certificate.level": 1,
    });
    assert_eq!(told["notKept"], not_kept);
    let shown = text(&first.run(&["import", "people", "--dry-run", &file]).stdout);
    assert!(
        shown.contains("not kept: basic.householdAddress: 3"),
        "{shown}"
    );

    let (from_first, file, told) = records(&first, "out.ndjson");
    assert_eq!(told["people"], 3);
    assert_eq!(told["notInThisForm"]["consents"], 3, "{told}");
    let said = said_of_people(&from_first);
    let of = |name: &str| {
        said.iter()
            .find(|one| one["basic"]["name"] == name)
            .unwrap()
    };
    let li = of("李小九");
    assert_eq!(li["basic"]["phone"], "13800138000");
    assert_eq!(
        (&li["basic"]["sex"], &li["basic"]["nationality"]),
        (&"9".into(), &"CHN".into())
    );
    assert_eq!(li["health"]["temperature"]["value"], "36.5");
    assert_eq!(li["itinerary"].as_array().unwrap().len(), 2);
    assert_eq!(of("DOE JANE")["basic"]["nationality"], "CAN");
    assert_eq!(
        of("王小十")["itinerary"][0]["transportNo"]["value"],
        "G7501"
    );
    assert!(of("王小十").get("health").is_none());

    let done = second.run(&["--json", "import", "people", &file]);
    let told = &objects(&done)[0];
    assert_eq!(
        (&told["new"], done.status.code()),
        (&3.into(), Some(0)),
        "{told}"
    );
    let (from_second, ..) = records(&second, "out.ndjson");
    assert_eq!(said_of_people(&from_second), said);
    // Begun again, nothing is declared twice.
    let again = second.run(&["--json", "import", "people", &file]);
    assert_eq!(objects(&again)[0]["same"], 3);
    let (from_second, _, told) = records(&second, "again.ndjson");
    assert_eq!(said_of_people(&from_second), said);
    assert!(
        told["notInThisForm"].get("declarations").is_none(),
        "{told}"
    );
}

#[test]
fn what_a_record_has_no_place_for_is_counted_and_so_are_unknown_columns() {
    let region = Region::new();
    let lines = [
        "type,number,name,address,remarks".to_owned(),
        format!("111,{},李小一,北山街道1号,老年人", identity_number(1)),
        format!("111,{},李小二,,", identity_number(2)),
    ];
    let file = register(&region, "people.csv", &lines);
    let done = region.run(&["--json", "import", "people", &file]);
    assert_eq!(
        objects(&done)[0]["notKept"],
        serde_json::json!({"column remarks": 1})
    );
    let (written, _, told) = records(&region, "out.ndjson");
    assert_eq!(written.len(), 2);
    assert_eq!(told["notInThisForm"]["address"], 1);
    let document = format!("111:{}", identity_number(1));
    let out = region.at("one.ndjson");
    let out = out.to_str().unwrap();
    let words = [
        "export",
        "--document",
        &document,
        "--format",
        "gbt38962",
        "--purpose",
        "move",
        "--out",
        out,
    ];
    let shown = text(&region.run(&words).stdout);
    assert!(shown.contains("not in this form: address: 1"), "{shown}");
    assert_eq!(fs::read_to_string(out).unwrap().lines().count(), 1);
}

#[test]
fn a_type_of_document_that_is_a_number_is_refused() {
    let region = Region::new();
    let record = serde_json::json!({
        "basic": {
            "name": "李小九", "sex": 2, "nationality": "CHN", "idType": 111, "idNumber": identity_number(7),
        },
    });
    let file = register(&region, "records.ndjson", &[record.to_string()]);
    let done = region.run(&["--json", "import", "people", &file]);
    assert_eq!(done.status.code(), Some(1));
    let told = &objects(&done)[0];
    assert_eq!(
        told["quarantined"][0]["why"], "basic.idType: is not a text",
        "{told}"
    );
}
