//! The defects of data elements, made of the table of elements.

use hc_core::document::DocumentType;
use hc_core::domain_table::DomainTable;
use hc_core::record::{DataElement, DataElements, Format, Group, Obligation, ValueDomain};
use serde_json::{Value, json};

use super::{Defect, basic, health};
use crate::sample;
use crate::world::NOON;

fn defect(method: &str, own: Value, path: String, code: &str) -> Defect {
    Defect {
        method: method.to_owned(),
        own,
        path,
        code: code.to_owned(),
    }
}

/// Of every element of every group, wherever it stands in a message.
pub(super) fn all(token: &str) -> Vec<Defect> {
    let mut all = Vec::new();
    let subject = json!({ "token": token });
    for (health, path, code) in of_group(Group::Health, &health()) {
        let own = json!({"subject": subject, "health": health});
        all.push(defect("declareHealth", own, format!("health.{path}"), code));
    }
    let mut in_basic = |basic: Value, path: &str, code: &str| {
        let own = json!({
            "subject": {"method": "demo"}, "health": health(), "basic": basic,
            "consent": {"version": 1, "days": 30},
        });
        all.push(defect("declareHealth", own, format!("basic.{path}"), code));
    };
    for (basic, path, code) in of_group(Group::Basic, &basic()) {
        in_basic(basic, &path, code);
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
    // A trip wherever it stands among others.
    for place in 0..4 {
        for (trip, path, code) in of_group(Group::Itinerary, &sample::trip()) {
            let mut trips = vec![sample::trip(); 4];
            trips[place] = trip;
            let own = json!({"subject": subject, "itinerary": trips});
            let path = format!("itinerary[{place}].{path}");
            all.push(defect("declareTrip", own, path, code));
        }
    }
    all
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
