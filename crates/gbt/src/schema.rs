//! JSON Schemas (2020-12) of the groups of GB/T 38962, made from the element table and its domains.
//!
//! A schema says what can be said of form: names, formats, lengths, domains, obligation. What goes beyond
//! (check digits, that a list says "none" alone, times before times) is the reader's, [`crate::PersonRecord::parse`].

use hc_code::Level;
use hc_core::record::{DataElement, DataElements, Format, Group, Obligation, ValueDomain};
use serde_json::{Map, Value, json};

const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";
/// Domains with more codes than this are not spelt out.
const MOST_CODES: usize = 400;
/// A time of RFC 3339 with an offset.
const TIME: &str = "^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?([Zz]|[+-][0-9]{2}:[0-9]{2})$";

/// The name of a group's schema, also the name of its file without the ending.
pub const fn name(group: Group) -> &'static str {
    group.word()
}

/// The schema of one group.
pub fn of_group(elements: &DataElements, group: Group) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut together = Map::new();
    for element in elements.group(group) {
        properties.insert(element.name().to_owned(), of_element(element));
        match element.obligation() {
            Obligation::Mandatory => required.push(element.name()),
            Obligation::Optional => {}
            Obligation::With(other) => {
                together.insert(element.name().to_owned(), json!([other]));
                let both = together
                    .entry(other.clone())
                    .or_insert_with(|| Value::Array(Vec::new()));
                if let Value::Array(names) = both {
                    names.push(element.name().into());
                }
            }
        }
    }
    let mut schema = Map::new();
    let mut put = |name: &str, value: Value| drop(schema.insert(name.to_owned(), value));
    put("$schema", DIALECT.into());
    put(
        "$id",
        format!("urn:healthcode:gbt38962:{}", name(group)).into(),
    );
    put("title", format!("GB/T 38962: {}", group.word()).into());
    put("type", "object".into());
    put("properties", properties.into());
    put("required", required.into());
    if !together.is_empty() {
        put("dependentRequired", together.into());
    }
    put("additionalProperties", false.into());
    put("$defs", json!({ "provenance": provenance() }));
    Value::Object(schema)
}

/// The schema of a whole record; it refers to those of the groups by their `$id`.
pub fn of_record() -> Value {
    let reference = |group| json!({"$ref": format!("urn:healthcode:gbt38962:{}", name(group))});
    json!({
        "$schema": DIALECT,
        "$id": "urn:healthcode:gbt38962:record",
        "title": "GB/T 38962: record of one person",
        "type": "object",
        "properties": {
            "basic": reference(Group::Basic),
            "health": reference(Group::Health),
            "itinerary": {"type": "array", "items": reference(Group::Itinerary)},
            "certificate": reference(Group::Certificate),
        },
        "required": ["basic"],
        "additionalProperties": false,
    })
}

/// The members of an item beside its value.
fn provenance() -> Value {
    let source = hc_core::domain_table::bundled("item-sources");
    let sources: Vec<&str> = source
        .map(|table| {
            table
                .rows()
                .iter()
                .map(hc_core::domain_table::Row::code)
                .collect()
        })
        .unwrap_or_default();
    json!({
        "type": "object",
        "properties": {
            "value": true,
            "source": {"enum": sources},
            "observedAt": {"type": "string", "pattern": TIME},
            "expiresAt": {"type": "string", "pattern": TIME},
        },
        "required": ["value"],
        "additionalProperties": false,
    })
}

fn of_element(element: &DataElement) -> Value {
    let value = of_value(element);
    let mut schema = Map::new();
    schema.insert("title".to_owned(), element.zh().into());
    schema.insert("description".to_owned(), element.en().into());
    schema.insert(
        "anyOf".to_owned(),
        json!([
            value,
            {"allOf": [{"$ref": "#/$defs/provenance"}, {"properties": {"value": value}}]},
        ]),
    );
    Value::Object(schema)
}

fn of_value(element: &DataElement) -> Value {
    let one = of_single(element);
    match element.most_values() {
        None => one,
        Some(most) => {
            let list = json!({"type": "array", "items": one, "minItems": 1, "maxItems": most});
            if element.format() == Format::Object {
                return list;
            }
            // Deployed forms join the codes of a list.
            json!({"anyOf": [list, {"type": "string", "minLength": 1}]})
        }
    }
}

fn of_single(element: &DataElement) -> Value {
    let mut schema = match element.format() {
        Format::Text { most } => json!({"type": "string", "minLength": 1, "maxLength": most}),
        Format::Letters { count } => {
            json!({"type": "string", "pattern": format!("^[A-Z]{{{count}}}$")})
        }
        Format::Digits { count } if !element.format().is_numeric() => {
            json!({"type": "string", "pattern": format!("^[0-9]{{{count}}}$")})
        }
        Format::Digits { count } => numeric(&format!("^[0-9]{{{count}}}$")),
        Format::Number { most } => numeric(&format!("^[0-9]{{1,{most}}}$")),
        Format::Decimal { whole, places } => {
            numeric(&format!("^[0-9]{{1,{whole}}}([.][0-9]{{1,{places}}})?$"))
        }
        Format::Time => json!({"type": "string", "pattern": TIME}),
        Format::Object => match element.domain() {
            ValueDomain::Group(group) => {
                json!({"$ref": format!("urn:healthcode:gbt38962:{}", name(group))})
            }
            _ => json!({"type": "object"}),
        },
    };
    let codes: Vec<&str> = match element.domain() {
        ValueDomain::Table(table) => table
            .rows()
            .iter()
            .map(hc_core::domain_table::Row::code)
            .collect(),
        ValueDomain::Level => Level::ALL.iter().map(|level| level.code()).collect(),
        _ => Vec::new(),
    };
    if !codes.is_empty() && codes.len() <= MOST_CODES {
        // A number of JSON stands for the same digits.
        let mut all: Vec<Value> = codes.iter().map(|code| Value::from(*code)).collect();
        if element.format().is_numeric() {
            let numbers = codes
                .iter()
                .filter(|code| !code.starts_with('0') || **code == "0");
            all.extend(
                numbers
                    .filter_map(|code| code.parse::<u32>().ok())
                    .map(Value::from),
            );
        }
        if let Value::Object(members) = &mut schema {
            members.insert("enum".to_owned(), all.into());
        }
    }
    schema
}

/// Digits in a string, or the number.
fn numeric(pattern: &str) -> Value {
    json!({"type": ["string", "number"], "pattern": pattern, "minimum": 0})
}
