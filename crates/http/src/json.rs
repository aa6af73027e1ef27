//! JSON in: precise about the place, silent about the value.

use serde::Deserialize;
use serde::de::{DeserializeOwned, Error as _, MapAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;

use crate::problem::{Fault, Problem, ProblemType};

/// Reads a body.
///
/// # Errors
/// [`ProblemType::BadJson`] with the place.
pub(crate) fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let found = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        let path = readable(&error.path().to_string());
        refused(path, error.inner())
    })?;
    reader
        .end()
        .map_err(|error| refused(String::new(), &error))?;
    Ok(found)
}

fn refused(path: String, error: &serde_json::Error) -> Problem {
    let what = match error.classify() {
        Category::Data => without_value(&error.to_string()),
        Category::Eof => "the text ends in the middle".to_owned(),
        Category::Io | Category::Syntax => {
            let (line, column) = (error.line(), error.column());
            format!("not JSON at line {line}, column {column}")
        }
    };
    Problem::new(ProblemType::BadJson).with_faults(vec![Fault::new(path, &what)])
}

/// What serde says, without what was sent: `invalid type: string "张三", expected u32 at line 1`.
fn without_value(said: &str) -> String {
    let said = said.rsplit_once(" at line ").map_or(said, |(said, _)| said);
    for ours in ["missing field", "duplicate field", "a member stands twice"] {
        if said.starts_with(ours) {
            return said.to_owned();
        }
    }
    let unknown = said.starts_with("unknown ");
    match said.split_once("`, expected ").filter(|_| unknown) {
        Some((_, expected)) => return format!("is unknown; expected {expected}"),
        None if unknown => return "is unknown".to_owned(),
        None => {}
    }
    match said.rsplit_once(", expected ") {
        Some((_, expected)) => format!("is not {expected}"),
        None => "is refused".to_owned(),
    }
}

/// A path whose names can be names; what somebody typed in the wrong place is not repeated.
fn readable(path: &str) -> String {
    let plain = |part: &str| {
        part.len() <= 48
            && part
                .bytes()
                .all(|byte| byte.is_ascii_alphabetic() || matches!(byte, b'[' | b']' | b'0'..=b'9'))
    };
    match path {
        "." | "?" => String::new(),
        _ => path
            .split('.')
            .map(|part| if plain(part) { part } else { "?" })
            .collect::<Vec<_>>()
            .join("."),
    }
}

/// An object in which no member stands twice: of two values one would be dropped in silence.
#[derive(Clone, Debug, Default)]
pub(crate) struct Members(pub(crate) hc_core::record::Object);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = hc_core::record::Object::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    if members.insert(name, value).is_some() {
                        return Err(A::Error::custom("a member stands twice"));
                    }
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Asked {
        #[expect(dead_code, reason = "only the reading of it is looked at")]
        count: u32,
        #[serde(default)]
        inner: Vec<Inner>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        #[serde(default)]
        members: Members,
    }

    fn fault(text: &str) -> (String, String) {
        let problem = read::<Asked>(text.as_bytes()).unwrap_err();
        assert_eq!(problem.kind(), ProblemType::BadJson);
        let fault = problem.faults()[0].clone();
        (fault.path, fault.problem)
    }

    #[test]
    fn what_is_wrong_is_named_by_its_place_and_without_its_value() {
        for (text, path, problem) in [
            ("", "", "the text ends in the middle"),
            ("{\"count\":1}x", "", "not JSON at line 1, column 12"),
            ("{\"count\":}", "count", "not JSON at line 1, column 10"),
            ("{}", "", "missing field `count`"),
            ("{\"count\":\"张三\"}", "count", "is not u32"),
            ("{\"count\":1,\"count\":2}", "", "duplicate field `count`"),
            (
                "{\"count\":1,\"张三\":2}",
                "?",
                "is unknown; expected `count` or `inner`",
            ),
            (
                "{\"count\":1,\"inner\":[{\"members\":{\"a\":1,\"a\":2}}]}",
                "inner[0].members",
                "a member stands twice",
            ),
            (
                "{\"count\":1,\"inner\":[{\"members\":7}]}",
                "inner[0].members",
                "is not an object",
            ),
        ] {
            assert_eq!(fault(text), (path.to_owned(), problem.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_is_right_is_read() {
        let asked: Asked = read(b"{\"count\":1,\"inner\":[{\"members\":{\"a\":1}}]}").unwrap();
        assert_eq!(asked.inner[0].members.0["a"], 1);
    }
}
