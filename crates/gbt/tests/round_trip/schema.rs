//! A reader of the schemas, written from JSON Schema 2020-12 for the keywords that they use; one that it does
//! not know stops the test.

use std::collections::BTreeMap;

use hc_core::record::{DataElements, Group};
use hc_gbt::schema;
use serde_json::Value;

/// The schemas by their `$id`.
pub(crate) struct Schemas(BTreeMap<String, Value>);

impl Schemas {
    pub(crate) fn of_the_tables() -> Self {
        let elements = DataElements::bundled();
        let groups = Group::ALL.map(|group| schema::of_group(elements, group));
        let all = groups.into_iter().chain([schema::of_record()]);
        Self(
            all.map(|one| (one["$id"].as_str().unwrap().to_owned(), one))
                .collect(),
        )
    }

    /// Whether a record fits.
    pub(crate) fn fits(&self, record: &Value) -> Result<(), String> {
        let whole = &self.0["urn:healthcode:gbt38962:record"];
        self.check(whole, whole, record, "")
    }

    fn check(&self, root: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
        if let Value::Bool(any) = schema {
            return any
                .then_some(())
                .ok_or_else(|| format!("{at}: nothing fits"));
        }
        for (keyword, given) in schema.as_object().unwrap() {
            let fits = match keyword.as_str() {
                "$schema" | "$id" | "$defs" | "title" | "description" => true,
                "$ref" => {
                    let name = given.as_str().unwrap();
                    let (root, found) = match name.strip_prefix('#') {
                        Some(place) => (root, root.pointer(place).unwrap()),
                        None => (&self.0[name], &self.0[name]),
                    };
                    self.check(root, found, value, at)?;
                    true
                }
                "type" => match given {
                    Value::Array(all) => all.iter().any(|one| of(one, value)),
                    one => of(one, value),
                },
                "enum" => given.as_array().unwrap().contains(value),
                "pattern" => value
                    .as_str()
                    .is_none_or(|text| matches(given.as_str().unwrap(), text)),
                "minimum" => value
                    .as_f64()
                    .is_none_or(|number| number >= given.as_f64().unwrap()),
                "minLength" => value
                    .as_str()
                    .is_none_or(|text| text.chars().count() as u64 >= given.as_u64().unwrap()),
                "maxLength" => value
                    .as_str()
                    .is_none_or(|text| text.chars().count() as u64 <= given.as_u64().unwrap()),
                "minItems" => value
                    .as_array()
                    .is_none_or(|all| all.len() as u64 >= given.as_u64().unwrap()),
                "maxItems" => value
                    .as_array()
                    .is_none_or(|all| all.len() as u64 <= given.as_u64().unwrap()),
                "anyOf" => given
                    .as_array()
                    .unwrap()
                    .iter()
                    .any(|one| self.check(root, one, value, at).is_ok()),
                "allOf" => {
                    for one in given.as_array().unwrap() {
                        self.check(root, one, value, at)?;
                    }
                    true
                }
                "items" => {
                    for (index, one) in value.as_array().into_iter().flatten().enumerate() {
                        self.check(root, given, one, &format!("{at}[{index}]"))?;
                    }
                    true
                }
                "properties" => {
                    for (name, inner) in given.as_object().unwrap() {
                        if let Some(found) = value.get(name) {
                            self.check(root, inner, found, &format!("{at}.{name}"))?;
                        }
                    }
                    true
                }
                "additionalProperties" => {
                    assert_eq!(*given, Value::Bool(false));
                    let known = schema["properties"].as_object().unwrap();
                    let mut members = value.as_object().into_iter().flatten();
                    members.all(|(name, _)| known.contains_key(name))
                }
                "required" => {
                    let mut names = given.as_array().unwrap().iter();
                    !value.is_object()
                        || names.all(|name| value.get(name.as_str().unwrap()).is_some())
                }
                "dependentRequired" => given.as_object().unwrap().iter().all(|(name, needed)| {
                    let mut needed = needed.as_array().unwrap().iter();
                    value.get(name).is_none()
                        || needed.all(|one| value.get(one.as_str().unwrap()).is_some())
                }),
                other => panic!("{at}: the keyword {other} is not known here"),
            };
            if !fits {
                return Err(format!("{at}: does not fit {keyword}"));
            }
        }
        Ok(())
    }
}

fn of(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "number" => value.is_number(),
        other => panic!("the type {other} is not known here"),
    }
}

/// The few forms of patterns that schemas here have: classes in brackets with counts, groups, ends.
fn matches(pattern: &str, text: &str) -> bool {
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match pattern {
        "^[0-9]{1,2}([.][0-9]{1,1})?$" => match text.split_once('.') {
            None => number(text) && text.len() <= 2,
            Some((whole, places)) => {
                number(whole) && whole.len() <= 2 && number(places) && places.len() == 1
            }
        },
        time if time.contains("[Tt]") => text.parse::<hc_code::Timestamp>().is_ok(),
        counted => {
            let (class, count) = counted.trim_start_matches("^[").split_once("]{").unwrap();
            let count = count.trim_end_matches("}$");
            let (least, most) = count.split_once(',').unwrap_or((count, count));
            let lengths = least.parse::<usize>().unwrap()..=most.parse().unwrap();
            let fits = |byte: u8| match class {
                "0-9" => byte.is_ascii_digit(),
                "A-Z" => byte.is_ascii_uppercase(),
                other => panic!("the class {other} is not known here"),
            };
            lengths.contains(&text.len()) && text.bytes().all(fits)
        }
    }
}
