//! Holds values to the schemas of the description: the keywords of JSON Schema that it uses, and
//! a keyword that it does not know stops the test.

use serde_json::Value;

/// Whether a value fits a schema; `whole` is the description that references lead into.
pub(crate) fn check(whole: &Value, schema: &Value, value: &Value, at: &str) -> Result<(), String> {
    let Some(keywords) = schema.as_object() else {
        return Err(format!("{at}: the schema is no object"));
    };
    for (keyword, given) in keywords {
        let fits = match keyword.as_str() {
            "description" | "format" | "required" => true,
            "$ref" => {
                let place = given.as_str().unwrap().trim_start_matches('#');
                let found = whole
                    .pointer(place)
                    .ok_or_else(|| format!("{place} is nowhere"))?;
                check(whole, found, value, at)?;
                true
            }
            "allOf" => {
                for one in given.as_array().unwrap() {
                    check(whole, one, value, at)?;
                }
                true
            }
            "oneOf" => {
                let all = given.as_array().unwrap().iter();
                all.filter(|one| check(whole, one, value, at).is_ok())
                    .count()
                    == 1
            }
            "type" => match given {
                Value::Array(all) => all.iter().any(|one| is_of(one, value)),
                one => is_of(one, value),
            },
            "enum" => given.as_array().unwrap().contains(value),
            "pattern" => matches(given.as_str().unwrap(), value.as_str()),
            "minimum" => value.as_i64() >= given.as_i64(),
            "maximum" => value.as_i64() <= given.as_i64(),
            "minLength" | "maxLength" | "minItems" | "maxItems" => {
                let length = match value {
                    Value::String(text) => text.chars().count(),
                    Value::Array(values) => values.len(),
                    _ => 0,
                };
                let bound = usize::try_from(given.as_u64().unwrap()).unwrap();
                if keyword.starts_with("min") {
                    length >= bound
                } else {
                    length <= bound
                }
            }
            "items" => {
                for (index, one) in value.as_array().into_iter().flatten().enumerate() {
                    check(whole, given, one, &format!("{at}[{index}]"))?;
                }
                true
            }
            "properties" => {
                for (name, inner) in given.as_object().unwrap() {
                    if let Some(found) = value.get(name) {
                        check(whole, inner, found, &format!("{at}.{name}"))?;
                    }
                }
                true
            }
            "additionalProperties" => {
                let known = schema["properties"].as_object().unwrap();
                let members = value.as_object().into_iter().flatten();
                *given == Value::Bool(false)
                    && members
                        .into_iter()
                        .all(|(name, _)| known.contains_key(name))
            }
            other => return Err(format!("{at}: the keyword {other} is not known here")),
        };
        if !fits {
            return Err(format!("{at}: {value} does not fit {keyword} {given}"));
        }
    }
    let required = schema["required"].as_array().into_iter().flatten();
    for name in required.map(|name| name.as_str().unwrap()) {
        if value.get(name).is_none() {
            return Err(format!("{at}.{name} is missing"));
        }
    }
    Ok(())
}

fn is_of(kind: &Value, value: &Value) -> bool {
    match kind.as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "null" => value.is_null(),
        other => panic!("the type {other} is not known here"),
    }
}

/// The few patterns of the description.
fn matches(pattern: &str, text: Option<&str>) -> bool {
    let Some(text) = text else { return true };
    let of = |set: fn(&u8) -> bool| text.as_bytes().iter().all(set);
    let hexadecimal = |byte: &u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    match pattern {
        "^[0-9]{6}$" => text.len() == 6 && of(u8::is_ascii_digit),
        "^[0-9]{3}$" => text.len() == 3 && of(u8::is_ascii_digit),
        "^[A-Z]{3}$" => text.len() == 3 && of(u8::is_ascii_uppercase),
        "^[0-9a-f]*$" => of(hexadecimal),
        "^[0-9a-f]+$" => !text.is_empty() && of(hexadecimal),
        "^[0-9a-f]{32}$" => text.len() == 32 && of(hexadecimal),
        "^[0-9a-f]{64}$" => text.len() == 64 && of(hexadecimal),
        "^[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}$" => {
            let groups: Vec<&str> = text.split('-').collect();
            groups.len() == 3
                && groups.iter().all(|group| group.len() == 4)
                && of(|byte| matches!(byte, b'0'..=b'9' | b'A'..=b'Z' | b'-'))
        }
        "^[a-z0-9-]{1,32}$" => {
            (1..=32).contains(&text.len())
                && of(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
        }
        other => panic!("the pattern {other} is not known here"),
    }
}

#[test]
fn the_check_can_fail() {
    let schema = serde_json::json!({
        "type": "object",
        "additionalProperties": false,
        "properties": {"a": {"type": "integer", "minimum": 1}, "b": {"oneOf": [{"type": "null"}, {"type": "string", "enum": ["x"]}]}},
        "required": ["a"],
    });
    let fits = |value| check(&Value::Null, &schema, &value, "").is_ok();
    assert!(fits(serde_json::json!({"a": 1, "b": null})));
    assert!(fits(serde_json::json!({"a": 1, "b": "x"})));
    for wrong in [
        serde_json::json!([]),
        serde_json::json!({}),
        serde_json::json!({"a": 0}),
        serde_json::json!({"a": 1, "b": "y"}),
        serde_json::json!({"a": 1, "c": 1}),
    ] {
        assert!(!fits(wrong));
    }
}
