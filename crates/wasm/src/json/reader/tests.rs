use serde_json::Value;

use super::*;

fn theirs(value: &Value) -> Option<Json> {
    Some(match value {
        Value::Null => Json::Null,
        Value::Bool(value) => Json::Bool(*value),
        Value::Number(number) => Json::Whole(number.as_i64()?),
        Value::String(text) => Json::Text(text.clone()),
        Value::Array(items) => Json::List(items.iter().map(theirs).collect::<Option<_>>()?),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| Some((name.clone(), theirs(value)?)));
            Json::Object(fields.collect::<Option<_>>()?)
        }
    })
}

/// Objects in the order of their names, as `serde_json` keeps them.
fn in_order(value: Json) -> Json {
    match value {
        Json::List(items) => Json::List(items.into_iter().map(in_order).collect()),
        Json::Object(fields) => {
            let mut fields: Vec<_> = fields
                .into_iter()
                .map(|(name, value)| (name, in_order(value)))
                .collect();
            fields.sort_by(|(one, _), (other, _)| one.cmp(other));
            Json::Object(fields)
        }
        value => value,
    }
}

const TEXT: &str = r#" {"hubKeys":[{"algorithm":"SM2","key":"02ab"}], "policy":null,
    "marks":{"trustVersion":7,"status":[],"on":true,"off":false}, "text":"\u00e9\n\"\\\/\ud83d\ude00é",
    "numbers":[0,-1,9223372036854775807,-9223372036854775808]} "#;

#[test]
fn a_text_is_what_it_is_to_everybody() {
    let value: Value = serde_json::from_str(TEXT).unwrap();
    assert_eq!(
        read(TEXT.as_bytes()).map(in_order),
        Ok(theirs(&value).unwrap())
    );
}

#[test]
fn a_fault_is_named_with_its_place() {
    for (text, fault) in [
        (&b"{\"a\":\xff}"[..], JsonError::Utf8(5)),
        (b"", JsonError::Syntax(0)),
        (b"[1,]", JsonError::Syntax(3)),
        (b"[1 2]", JsonError::Syntax(3)),
        (b"{\"a\" 1}", JsonError::Syntax(5)),
        (b"{a:1}", JsonError::Syntax(1)),
        (b"nul", JsonError::Syntax(0)),
        (b"1 1", JsonError::Syntax(2)),
        (b"01", JsonError::Syntax(0)),
        (b"-", JsonError::Syntax(1)),
        (b"\"a\nb\"", JsonError::Syntax(2)),
        (b"\"\\x\"", JsonError::Syntax(2)),
        (b"\"\\ud800\"", JsonError::Syntax(2)),
        (b"\"\\ud800\\u0041\"", JsonError::Syntax(2)),
        (b"\"abc", JsonError::Syntax(4)),
        (b"[1.5]", JsonError::Number(1)),
        (b"1e3", JsonError::Number(0)),
        (b"-0", JsonError::Number(0)),
        (b"9223372036854775808", JsonError::Number(0)),
        (b"{\"a\":1,\"a\":1}", JsonError::Twice(7)),
    ] {
        assert_eq!(read(text), Err(fault), "{}", String::from_utf8_lossy(text));
    }
    let names = |count: usize| {
        let fields = (0..count).map(|name| format!("\"{name}\":0"));
        format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
    };
    assert!(read(names(64).as_bytes()).is_ok());
    // Ten names with one digit, fifty-four with two, and what is around them.
    let place = 1 + 10 * 6 + 54 * 7;
    assert_eq!(read(names(65).as_bytes()), Err(JsonError::Names(place)));
    let deep = "[".repeat(17);
    assert_eq!(read(deep.as_bytes()), Err(JsonError::Depth(16)));
    let whole = "[".repeat(16) + &"]".repeat(16);
    assert!(read(whole.as_bytes()).is_ok());
}

/// Every text with one byte taken out, put in or changed: where it is read, `serde_json` reads the
/// same; where it is not, `serde_json` does not either, or it has what is not taken here.
#[test]
fn what_is_read_is_what_a_library_reads() {
    let bytes = TEXT.as_bytes();
    let mut read_too = 0;
    for place in 0..bytes.len() {
        for byte in *b"\"\\{}[]:,019.-eu \x1fd\xc3" {
            for cut in [0, 1] {
                let text = [&bytes[..place], &[byte], &bytes[place + cut..]].concat();
                let value: Option<Value> = serde_json::from_slice(&text).ok();
                match read(&text) {
                    Ok(json) => {
                        read_too += 1;
                        assert_eq!(value.as_ref().and_then(theirs), Some(in_order(json)));
                    }
                    Err(JsonError::Number(_) | JsonError::Twice(_)) => {}
                    Err(fault) => assert_eq!(value, None, "{fault}"),
                }
            }
        }
        let text = [&bytes[..place], &bytes[place + 1..]].concat();
        let value: Option<Value> = serde_json::from_slice(&text).ok();
        if let Ok(json) = read(&text) {
            assert_eq!(value.as_ref().and_then(theirs), Some(in_order(json)));
        }
    }
    assert!(read_too > 1000, "{read_too}");
}

/// Texts made of whole words, which changed bytes seldom give: names that repeat under other
/// escapes, halves of surrogates, numbers at their ends, brackets that do not match.
#[test]
fn of_any_words_the_same_is_read() {
    const WORDS: [&str; 39] = [
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"a\"",
        "\"a\":",
        "\"\\u0061\":",
        "\"b\":",
        "\"\"",
        "\"\":",
        "\"\\ud83d\\ude00\"",
        "\"\\ude00\"",
        "\"\\ud83d\"",
        "\"\\ud83d\\n\"",
        "\"\\u00e9\"",
        "\"\\u00E9\"",
        "\"é\"",
        "0",
        "-0",
        "-1",
        "01",
        "1.0",
        "1E9",
        "9223372036854775807",
        "9223372036854775808",
        "true",
        "\"a\":1",
        "\"\\u0061\":1",
        "\"b\":1",
        "null",
        " ",
    ];
    let (mut read_too, mut twice) = (0, 0);
    // Knuth's generator: the texts are the same in every run.
    let mut state = 20_220_628_u64;
    let mut next = |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    };
    for _ in 0..300_000 {
        let inside: String = (0..next(9)).map(|_| WORDS[next(WORDS.len())]).collect();
        let text = match next(3) {
            0 => inside,
            1 => format!("[{inside}]"),
            _ => format!("{{{inside}}}"),
        };
        let value: Option<Value> = serde_json::from_str(&text).ok();
        match read(text.as_bytes()) {
            Ok(json) => {
                read_too += 1;
                assert_eq!(
                    value.as_ref().and_then(theirs),
                    Some(in_order(json)),
                    "{text}"
                );
            }
            Err(JsonError::Twice(_)) => twice += 1,
            Err(JsonError::Number(_)) => {}
            Err(fault) => assert_eq!(value, None, "{text}: {fault}"),
        }
    }
    assert!(read_too > 5000 && twice > 40, "{read_too} {twice}");
}
