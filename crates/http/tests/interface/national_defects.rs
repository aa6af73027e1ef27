//! A thousand defective messages: each is refused by its own result code and place, and changes nothing.

use std::collections::BTreeSet;

use hc_code::signing::{Algorithm, Signer};
use hc_core::document::DocumentType;
use hc_core::domain_table::DomainTable;
use hc_core::party::{Function, Purpose};
use hc_core::record::{DataElement, DataElements, Format, Group, Obligation, ValueDomain};
use hc_core::store::{Store, StoreError};
use hc_core::word::Word as _;
use hc_gbt::envelope::signed;
use hc_node::applications::CallQuota;
use hc_testkit::regions::key;
use serde_json::{Value, json};

use crate::national::{Application, answered, registered, stamp};
use crate::sample;
use crate::world::{NOON, World};

/// A message that is right but for one thing.
struct Defect {
    method: &'static str,
    own: Value,
    /// Where, and the result code, as the tables of the specification say.
    path: String,
    code: &'static str,
}

fn defect(method: &'static str, own: Value, path: &str, code: &'static str) -> Defect {
    Defect {
        method,
        own,
        path: path.to_owned(),
        code,
    }
}

/// A good value of an element.
fn good(element: &DataElement) -> Value {
    match (element.name(), element.domain()) {
        ("name", _) => json!("张晓"),
        ("nationality" | "agentNationality", _) => json!("CHN"),
        ("idType" | "agentIdType", _) => json!("111"),
        ("idNumber" | "agentId", _) => json!("11010519491231002X"),
        ("phone", _) => json!("13800138000"),
        ("temperature", _) => json!("36.5"),
        (_, ValueDomain::Division | ValueDomain::Region) => json!("330106"),
        (_, ValueDomain::Table(table)) if element.most_values().is_some() => {
            json!([table.rows()[0].code()])
        }
        (_, ValueDomain::Table(table)) => json!(table.rows()[0].code()),
        _ => match element.format() {
            Format::Time => json!(NOON.to_string()),
            Format::Number { .. } => json!("1"),
            _ => json!("一号"),
        },
    }
}

/// Digits that are no code of a table.
fn no_code(table: &DomainTable, format: Format) -> Option<String> {
    let Format::Digits { count } = format else {
        return None;
    };
    let most = 10_u32.pow(u32::try_from(count).unwrap());
    let mut all = (0..most).rev().map(|number| format!("{number:0count$}"));
    all.find(|code| table.by_code(code).is_none())
}

/// Every defect that the element table names, of one group: the group with the defect, where and what.
fn of_group(group: Group, base: &Value) -> Vec<(Value, String, &'static str)> {
    let elements = DataElements::bundled();
    let mut all = Vec::new();
    for element in elements.group(group) {
        let name = element.name();
        let mut whole = base.clone();
        whole[name] = good(element);
        let companions: Vec<&DataElement> = elements
            .group(group)
            .filter(|other| matches!(other.obligation(), Obligation::With(one) if one == name))
            .collect();
        for other in &companions {
            whole[other.name()] = good(other);
        }
        if let Obligation::With(other) = element.obligation() {
            whole[other] = good(elements.get(group, other).unwrap());
        }
        let mut with = |value: Value, path: &str, code: &'static str| {
            let mut changed = whole.clone();
            changed[name] = value;
            all.push((changed, path.to_owned(), code));
        };
        let first = if element.most_values().is_some() {
            format!("{name}[0]")
        } else {
            name.to_owned()
        };
        with(json!(true), name, "150103");
        with(json!("#".repeat(300)), &first, "150104");
        with(json!({"source": "self"}), name, "150101");
        let value = good(element);
        let item = |member: &str, given: Value| {
            let mut item = json!({"value": value});
            item[member] = given;
            item
        };
        with(item("colour", json!("green")), name, "150113");
        with(item("source", json!("nobody")), name, "150114");
        with(item("observedAt", json!("yesterday")), name, "150115");
        with(
            item("observedAt", json!("2022-07-15T13:00:00+08:00")),
            name,
            "150116",
        );
        with(
            item("expiresAt", json!("2022-07-01T00:00:00+08:00")),
            name,
            "150117",
        );
        match element.domain() {
            ValueDomain::Table(table) => {
                let code = no_code(table, element.format());
                let code = code.or_else(|| (name == "nationality").then(|| "QQQ".to_owned()));
                if let Some(code) = code {
                    let wrong = if element.most_values().is_some() {
                        json!([code])
                    } else {
                        json!(code)
                    };
                    with(wrong, &first, "150106");
                }
            }
            ValueDomain::Division => {
                with(json!("339999"), name, "150111");
                with(json!("000001"), name, "150112");
            }
            _ => {}
        }
        if element.most_values().is_some() {
            let code = good(element)[0].clone();
            let many: Vec<Value> = std::iter::repeat_n(code, 60).collect();
            with(json!(many), name, "150108");
            with(json!([]), name, "150103");
        }
        if *element.obligation() == Obligation::Mandatory {
            let mut changed = base.clone();
            changed.as_object_mut().unwrap().remove(name);
            all.push((changed, name.to_owned(), "150101"));
        }
        if let Obligation::With(other) = element.obligation() {
            let mut changed = base.clone();
            changed[name] = good(element);
            all.push((changed, name.to_owned(), "150107"));
            let mut changed = base.clone();
            changed[other] = good(elements.get(group, other).unwrap());
            all.push((changed, name.to_owned(), "150101"));
        }
    }
    let mut changed = base.clone();
    changed["colour"] = json!("green");
    all.push((changed, "colour".to_owned(), "150102"));
    all
}

fn basic() -> Value {
    json!({"name": "张晓", "sex": "1", "nationality": "CHN", "idType": "111", "idNumber": "11010519491231002X"})
}

fn health() -> Value {
    json!({"symptoms": ["1"], "stayedHighRisk": "2", "contactWithCase": "2", "reportedAt": NOON.to_string()})
}

/// Defects of the data that declarations carry.
fn of_declarations(token: &str) -> Vec<Defect> {
    let mut all = Vec::new();
    let subject = json!({ "token": token });
    let mut in_health = |health: Value, path: &str, code: &'static str| {
        let own = json!({"subject": subject, "health": health});
        all.push(defect("declareHealth", own, path, code));
    };
    for (health, path, code) in of_group(Group::Health, &health()) {
        in_health(health, &format!("health.{path}"), code);
    }
    for (member, value, path, code) in [
        ("symptoms", json!(["2", "2"]), "symptoms", "150109"),
        ("symptoms", json!(["1", "2"]), "symptoms", "150110"),
        ("symptoms", json!("2^2"), "symptoms", "150109"),
        ("temperature", json!("33.9"), "temperature", "150130"),
        ("temperature", json!("43.1"), "temperature", "150130"),
        ("temperature", json!(36.55), "temperature", "150104"),
    ] {
        let mut health = health();
        health[member] = value;
        in_health(health, &format!("health.{path}"), code);
    }
    let first = json!({"method": "demo"});
    let mut in_basic = |basic: Value, path: &str, code: &'static str| {
        let own = json!({
            "subject": first, "health": health(), "basic": basic, "consent": {"version": 1, "days": 30},
        });
        all.push(defect("declareHealth", own, &format!("basic.{path}"), code));
    };
    for (basic, path, code) in of_group(Group::Basic, &basic()) {
        in_basic(basic, &path, code);
    }
    for (member, value, path, code) in [
        ("name", json!("张<晓"), "name", "150120"),
        ("name", json!("1234"), "name", "150121"),
        ("phone", json!("1234"), "phone", "150131"),
        (
            "idNumber",
            json!("110105194912310021"),
            "idNumber",
            "150124",
        ),
        (
            "idNumber",
            json!("11010519491331002X"),
            "idNumber",
            "150125",
        ),
        (
            "idNumber",
            json!("99999919491231002X"),
            "idNumber",
            "150126",
        ),
        ("idNumber", json!("1101051949123100"), "idNumber", "150122"),
        (
            "idNumber",
            json!("1101051949123100-X"),
            "idNumber",
            "150122",
        ),
    ] {
        let mut basic = basic();
        basic[member] = value;
        in_basic(basic, path, code);
    }
    for kind in DocumentType::all() {
        let child = kind.is("child-without-card");
        let code = match kind.cell("form") {
            Some("child") => "150129",
            // A military number begins with its issuing body in Chinese characters.
            Some("military") => "150123",
            _ => "150122",
        };
        let mut short = basic();
        (short["idType"], short["idNumber"]) = (json!(kind.code()), json!("12"));
        in_basic(short, "idNumber", code);
        if !child {
            let mut blank = basic();
            (blank["idType"], blank["idNumber"]) = (json!(kind.code()), json!("   "));
            in_basic(blank, "idNumber", "150105");
        }
    }
    for (path, consent, code) in [
        ("consent", Value::Null, "140110"),
        ("consent", json!(7), "150103"),
        ("consent.version", json!({"days": 7}), "150101"),
        ("consent.days", json!({"version": 1}), "150101"),
        ("consent.days", json!({"version": 1, "days": 0}), "150106"),
        (
            "consent.days",
            json!({"version": 1, "days": 1097}),
            "150106",
        ),
        ("consent.days", json!({"version": 1, "days": "7"}), "150103"),
        (
            "consent.version",
            json!({"version": -1, "days": 7}),
            "150103",
        ),
        (
            "consent.x",
            json!({"version": 1, "days": 7, "x": 1}),
            "150102",
        ),
    ] {
        let own =
            json!({"subject": first, "health": health(), "basic": basic(), "consent": consent});
        all.push(defect("declareHealth", own, path, code));
    }
    for (own, path, code) in [
        (json!({"subject": subject}), "health", "150101"),
        (
            json!({"subject": subject, "health": []}),
            "health",
            "150103",
        ),
        (
            json!({"subject": subject, "health": health(), "basic": basic()}),
            "basic",
            "150107",
        ),
        (
            json!({"subject": subject, "health": health(), "consent": {}}),
            "consent",
            "150107",
        ),
        (
            json!({"subject": first, "health": health(), "consent": {"version": 1, "days": 7}}),
            "basic",
            "150101",
        ),
    ] {
        all.push(defect("declareHealth", own, path, code));
    }
    // A trip wherever it stands among others.
    for place in 0..4 {
        for (trip, path, code) in of_group(Group::Itinerary, &sample::trip()) {
            let mut trips = vec![sample::trip(); 4];
            trips[place] = trip;
            let own = json!({"subject": subject, "itinerary": trips});
            all.push(defect(
                "declareTrip",
                own,
                &format!("itinerary[{place}].{path}"),
                code,
            ));
        }
    }
    let mut backward = sample::trip();
    backward["arriveTime"] = json!("2022-07-14T07:00:00+08:00");
    for (itinerary, path, code) in [
        (json!([backward]), "itinerary[0].arriveTime", "150119"),
        (json!([]), "itinerary", "150105"),
        (json!({}), "itinerary", "150103"),
        (json!([7]), "itinerary[0]", "150103"),
        (Value::Null, "itinerary", "150101"),
        (json!(vec![sample::trip(); 101]), "itinerary", "150108"),
    ] {
        let own = json!({"subject": subject, "itinerary": itinerary});
        all.push(defect("declareTrip", own, path, code));
    }
    all
}

/// Defects of `subject`, wherever a person's own word is needed.
fn of_subjects() -> Vec<Defect> {
    let wrong = [
        (Value::Null, "subject", "140101"),
        (json!(7), "subject", "150103"),
        (json!({}), "subject.token", "140101"),
        (json!({"token": 7}), "subject.token", "150103"),
        (json!({"token": ""}), "subject.token", "150105"),
        (json!({"token": "x".repeat(513)}), "subject.token", "150105"),
        (
            json!({"idType": "111", "idNumber": "11010519491231002X"}),
            "subject.token",
            "140102",
        ),
        (json!({"name": "张晓"}), "subject.token", "140102"),
        (
            json!({"method": "demo", "proof": 7}),
            "subject.proof",
            "150103",
        ),
        (json!({"proof": "x"}), "subject.method", "150101"),
        (json!({"method": "DEMO"}), "subject.method", "150104"),
    ];
    let others = [
        ("declareHealth", json!({"health": health()})),
        ("declareTrip", json!({"itinerary": [sample::trip()]})),
        (
            "queryHealth",
            json!({"purpose": "entry", "operator": "o", "division": "330106"}),
        ),
        ("correctHealth", json!({"field": "name", "value": "李晓"})),
        ("makeCode", json!({})),
    ];
    let mut all = Vec::new();
    for (method, own) in &others {
        for (subject, path, code) in &wrong {
            let mut own = own.clone();
            own["subject"] = subject.clone();
            all.push(defect(method, own, path, code));
        }
        // Whoever forged a token is told no more than that.
        let mut own = own.clone();
        own["subject"] = json!({"token": "A".repeat(50)});
        all.push(defect(method, own, "", "140103"));
    }
    all
}

/// Defects of the members that the other functions have.
fn of_members(token: &str) -> Vec<Defect> {
    let subject = json!({ "token": token });
    let query =
        json!({"subject": subject, "purpose": "entry", "operator": "o", "division": "330106"});
    let verify = json!({"codeContent": "no code", "division": "330106"});
    let make = json!({ "subject": subject });
    let record = json!({"subject": subject, "recordId": "0".repeat(32), "statement": "错"});
    let profile = json!({"subject": subject, "field": "name", "value": "李晓"});
    let apply = json!({"opType": "make"});
    let rows: Vec<(&'static str, &Value, &str, Value, &str, &'static str)> = vec![
        (
            "queryHealth",
            &query,
            "purpose",
            Value::Null,
            "purpose",
            "150101",
        ),
        (
            "queryHealth",
            &query,
            "purpose",
            json!("curiosity"),
            "purpose",
            "150106",
        ),
        (
            "queryHealth",
            &query,
            "purpose",
            json!(1),
            "purpose",
            "150103",
        ),
        (
            "queryHealth",
            &query,
            "operator",
            Value::Null,
            "operator",
            "150101",
        ),
        (
            "queryHealth",
            &query,
            "operator",
            json!(""),
            "operator",
            "150105",
        ),
        (
            "queryHealth",
            &query,
            "operator",
            json!("x".repeat(65)),
            "operator",
            "150105",
        ),
        (
            "queryHealth",
            &query,
            "operator",
            json!("a\u{0}b"),
            "operator",
            "150120",
        ),
        (
            "queryHealth",
            &query,
            "operator",
            json!(["o"]),
            "operator",
            "150103",
        ),
        (
            "queryHealth",
            &query,
            "division",
            Value::Null,
            "division",
            "150101",
        ),
        (
            "queryHealth",
            &query,
            "division",
            json!("339999"),
            "division",
            "150111",
        ),
        (
            "queryHealth",
            &query,
            "division",
            json!("x"),
            "division",
            "150112",
        ),
        (
            "queryHealth",
            &query,
            "division",
            json!("3301060"),
            "division",
            "150105",
        ),
        (
            "queryHealth",
            &query,
            "bizExtData",
            json!(7),
            "bizExtData",
            "150103",
        ),
        (
            "queryHealth",
            &query,
            "document",
            json!("11010519491231002X"),
            "document",
            "150102",
        ),
        (
            "applyCall",
            &apply,
            "opType",
            Value::Null,
            "opType",
            "150101",
        ),
        (
            "applyCall",
            &apply,
            "opType",
            json!("destroy"),
            "opType",
            "150106",
        ),
        ("applyCall", &apply, "opType", json!(1), "opType", "150103"),
        ("applyCall", &apply, "count", json!(0), "count", "150106"),
        ("applyCall", &apply, "count", json!(101), "count", "150106"),
        ("applyCall", &apply, "count", json!("1"), "count", "150103"),
        ("applyCall", &apply, "count", json!(1.5), "count", "150103"),
        (
            "makeCode",
            &make,
            "bizExtData",
            json!(7),
            "bizExtData",
            "150103",
        ),
        (
            "makeCode",
            &make,
            "bizExtData",
            json!(""),
            "bizExtData",
            "150105",
        ),
        (
            "makeCode",
            &make,
            "bizExtData",
            json!("x".repeat(201)),
            "bizExtData",
            "150132",
        ),
        (
            "makeCode",
            &make,
            "bizExtData",
            json!("11010519491231002X"),
            "bizExtData",
            "150133",
        ),
        (
            "makeCode",
            &make,
            "wantImage",
            json!("1"),
            "wantImage",
            "150103",
        ),
        ("makeCode", &make, "photo", json!("x"), "photo", "150102"),
        (
            "makeCode",
            &make,
            "bizSerialNum",
            Value::Null,
            "bizSerialNum",
            "150101",
        ),
        (
            "makeCode",
            &make,
            "bizSerialNum",
            json!("0".repeat(32)),
            "bizSerialNum",
            "130101",
        ),
        (
            "makeCode",
            &make,
            "bizSerialNum",
            json!("F".repeat(32)),
            "bizSerialNum",
            "130101",
        ),
        (
            "makeCode",
            &make,
            "bizSerialNum",
            json!("x"),
            "bizSerialNum",
            "130101",
        ),
        (
            "makeCode",
            &make,
            "randomNumber",
            Value::Null,
            "randomNumber",
            "150101",
        ),
        (
            "makeCode",
            &make,
            "randomNumber",
            json!("0".repeat(64)),
            "randomNumber",
            "130105",
        ),
        (
            "verifyCode",
            &verify,
            "codeContent",
            Value::Null,
            "codeContent",
            "150101",
        ),
        (
            "verifyCode",
            &verify,
            "codeContent",
            json!(""),
            "codeContent",
            "150105",
        ),
        (
            "verifyCode",
            &verify,
            "codeContent",
            json!("x".repeat(8193)),
            "codeContent",
            "150105",
        ),
        (
            "verifyCode",
            &verify,
            "codeContent",
            json!(7),
            "codeContent",
            "150103",
        ),
        (
            "verifyCode",
            &verify,
            "division",
            Value::Null,
            "division",
            "150101",
        ),
        (
            "verifyCode",
            &verify,
            "division",
            json!("339999"),
            "division",
            "150111",
        ),
        (
            "verifyCode",
            &verify,
            "division",
            json!("abcdef"),
            "division",
            "150112",
        ),
        (
            "verifyCode",
            &verify,
            "division",
            json!("310115"),
            "division",
            "120102",
        ),
        (
            "verifyCode",
            &verify,
            "site",
            json!("x".repeat(65)),
            "site",
            "150105",
        ),
        ("verifyCode", &verify, "site", json!("\n"), "site", "150120"),
        (
            "verifyCode",
            &verify,
            "scanTime",
            json!("20220715"),
            "scanTime",
            "110105",
        ),
        (
            "verifyCode",
            &verify,
            "scanTime",
            json!("20220715130000000"),
            "scanTime",
            "110107",
        ),
        (
            "verifyCode",
            &verify,
            "codeContent",
            json!("no code"),
            "",
            "160101",
        ),
        (
            "verifyCode",
            &verify,
            "bizSerialNum",
            json!("0".repeat(32)),
            "bizSerialNum",
            "130101",
        ),
        (
            "correctHealth",
            &record,
            "recordId",
            json!("0"),
            "recordId",
            "150104",
        ),
        (
            "correctHealth",
            &record,
            "recordId",
            json!("G".repeat(32)),
            "recordId",
            "150104",
        ),
        (
            "correctHealth",
            &record,
            "recordId",
            json!("0".repeat(33)),
            "recordId",
            "150105",
        ),
        (
            "correctHealth",
            &record,
            "recordId",
            json!("0".repeat(32)),
            "",
            "170101",
        ),
        (
            "correctHealth",
            &record,
            "statement",
            Value::Null,
            "statement",
            "150101",
        ),
        (
            "correctHealth",
            &record,
            "statement",
            json!("x".repeat(2001)),
            "statement",
            "150105",
        ),
        (
            "correctHealth",
            &record,
            "statement",
            json!("\u{7}"),
            "statement",
            "150120",
        ),
        (
            "correctHealth",
            &record,
            "right",
            json!(7),
            "right",
            "150103",
        ),
        (
            "correctHealth",
            &record,
            "level",
            json!("00"),
            "level",
            "150102",
        ),
        (
            "correctHealth",
            &profile,
            "field",
            json!("level"),
            "field",
            "170103",
        ),
        (
            "correctHealth",
            &profile,
            "field",
            json!("idNumber"),
            "field",
            "170103",
        ),
        (
            "correctHealth",
            &profile,
            "value",
            Value::Null,
            "value",
            "150101",
        ),
        (
            "correctHealth",
            &profile,
            "value",
            json!("<>"),
            "value",
            "150120",
        ),
        (
            "correctHealth",
            &profile,
            "value",
            json!("12"),
            "value",
            "150121",
        ),
        (
            "correctHealth",
            &make,
            "x",
            Value::Null,
            "recordId",
            "150101",
        ),
    ];
    rows.into_iter()
        .map(|(method, own, member, value, path, code)| {
            let mut own = own.clone();
            own[member] = value;
            defect(method, own, path, code)
        })
        .collect()
}

/// Everything that a message could have changed.
async fn state(world: &World) -> String {
    let read = world.region.store().read(|reading| {
        let numbers = reading.active_after(None, 100)?;
        let mut all = vec![format!("{:?}", reading.log_from(0, 100_000)?.len())];
        for number in numbers {
            let row = reading.subject(number)?.unwrap();
            let (declared, appeals) = (
                reading.declarations(number, 1000)?.len(),
                reading.appeals(number)?.len(),
            );
            all.push(format!("{:?} {declared} {appeals}", row.content));
            all.push(format!("{:?}", reading.standings(&[number])?));
        }
        Ok::<_, StoreError>(all.join("\n"))
    });
    read.await.unwrap()
}

async fn app(world: &World) -> Application {
    let quota = CallQuota {
        calls_a_minute: 1_000_000,
        queries_a_day: 10,
    };
    let all = (Function::ALL, &[Purpose::Entry][..]);
    registered(world, ("super-app", 1), Algorithm::Ed25519, all, quota).await
}

/// The members without which the function's second step has no call, where the defect is not about them.
async fn with_call(world: &World, app: &Application, method: &str, own: &Value) -> Value {
    let kind = match method {
        "makeCode" => "make",
        "verifyCode" => "verify",
        _ => return own.clone(),
    };
    let (serial, random) = app.open(world, kind).await;
    let mut all = json!({"bizSerialNum": serial, "randomNumber": random});
    for (name, value) in own.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

#[tokio::test]
async fn a_thousand_defective_messages_are_refused_by_their_own_code_and_change_nothing() {
    let world = World::new().await;
    let app = app(&world).await;
    let token = world.token("440524188001010014").await;
    let before = state(&world).await;
    let mut codes = BTreeSet::new();
    let (mut sent, mut wrong) = (0, Vec::new());
    for Defect {
        method,
        own,
        path,
        code,
    } in of_declarations(&token)
        .into_iter()
        .chain(of_subjects())
        .chain(of_members(&token))
    {
        let own = with_call(&world, &app, method, &own).await;
        let told = app.call(&world, method, own.clone()).await;
        let place = told["errors"][0]["path"].as_str().unwrap_or_default();
        if told["errorCode"] != code
            || told["success"] != false
            || (!path.is_empty() && place != path)
        {
            wrong.push(format!("{method} {path} {code}: {own} {told}"));
        }
        assert_eq!(state(&world).await, before, "{method} {path}");
        codes.insert(code.to_owned());
        sent += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    sent += envelopes(&world, &app, &mut codes).await;
    assert_eq!(state(&world).await, before);
    assert!(sent >= 1000, "{sent}");
    assert!(codes.len() >= 55, "{} codes: {codes:?}", codes.len());
    println!("{sent} defective messages, {} result codes", codes.len());
}

/// Defects of envelope and header, of every function.
async fn envelopes(world: &World, app: &Application, codes: &mut BTreeSet<String>) -> usize {
    let stranger = key(Algorithm::Ed25519, 71, 1);
    let now = world.region.now();
    let mut sent = 0;
    for function in Function::ALL {
        let method = function.to_string();
        let package = app.package(world, &method, json!({}));
        let with = |name: &str, value: Value| {
            let mut package = package.clone();
            package[name] = value;
            package
        };
        let text = package.to_string();
        let good = signed(&text, &*app.key).unwrap();
        let twice = text.replacen('{', "{\"custNum\":\"other\",", 1);
        let mut all = vec![
            (String::new(), "100101"),
            ("{".to_owned(), "100101"),
            (format!("{good}x"), "100101"),
            ("[]".to_owned(), "100103"),
            (good.replacen('{', "{\"alg\":\"none\",", 1), "100103"),
            (good.replacen('{', "{\"sign\":\"\",", 1), "100102"),
            (signed(&twice, &*app.key).unwrap(), "100102"),
            ("{\"sign\":\"AAAA\"}".to_owned(), "100104"),
            (signed("[]", &*app.key).unwrap(), "100105"),
            (format!("{{\"bizPackage\":{text}}}"), "100106"),
            (
                format!("{{\"bizPackage\":{text},\"sign\":\"AAAA\"}}"),
                "100107",
            ),
            (format!("{{\"bizPackage\":{text},\"sign\":7}}"), "100107"),
            (signed(&text, &stranger).unwrap(), "100108"),
            (
                good.replacen("\"region\":\"330000\"", "\"region\":\"330001\"", 1),
                "100108",
            ),
        ];
        let old = now.minus(hc_code::Span::seconds(302));
        let ahead = now.plus(hc_code::Span::seconds(302));
        for (name, value, code) in [
            ("custNum", Value::Null, "110101"),
            ("custNum", json!(7), "110101"),
            ("custNum", json!("nobody"), "110102"),
            ("custNum", json!("a\"b"), "110102"),
            ("region", Value::Null, "150101"),
            ("region", json!("310000"), "110103"),
            ("region", json!(330_000), "110103"),
            ("method", Value::Null, "150101"),
            ("method", json!("makecode"), "110104"),
            ("method", json!([]), "110104"),
            ("timeStamp", Value::Null, "150101"),
            ("timeStamp", json!("2022-07-15T12:00:00"), "110105"),
            ("timeStamp", json!("20221315120000000"), "110105"),
            ("timeStamp", json!(20_220_715_120_000_000_u64), "110105"),
            ("timeStamp", json!(stamp(old)), "110106"),
            ("timeStamp", json!(stamp(ahead)), "110107"),
            ("messageId", Value::Null, "150101"),
            ("messageId", json!(""), "110108"),
            ("messageId", json!("x".repeat(65)), "110108"),
            ("messageId", json!("a b"), "110108"),
            ("messageId", json!(7), "110108"),
        ] {
            let package = with(name, value).to_string();
            all.push((signed(&package, &*app.key).unwrap(), code));
        }
        for (message, code) in all {
            let told = answered(world, &method, message.clone()).await;
            assert_eq!(told["errorCode"], code, "{method}: {message} {told}");
            codes.insert(code.to_owned());
            sent += 1;
        }
    }
    // What was taken once is not taken again, also where it was refused.
    for method in [
        "declareHealth",
        "declareTrip",
        "queryHealth",
        "correctHealth",
    ] {
        let package = app.package(world, method, json!({}));
        let first = app.send(world, method, &package).await;
        assert_ne!(first["errorCode"], "0");
        let again = app.send(world, method, &package).await;
        assert_eq!(again["errorCode"], "110109", "{method}");
        codes.insert("110109".to_owned());
        sent += 1;
    }
    assert!(stranger.public_key() != app.key.public_key());
    sent
}
