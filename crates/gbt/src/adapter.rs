//! Gates of practice, answered in their own forms: a table for each says where the code stands in a request,
//! what the reply looks like, and which values it has for which verdict. Another gate needs another table, not
//! code.

use std::collections::BTreeMap;

use hc_code::verify::Action;
use hc_code::{Level, Timestamp};
use serde::Deserialize;
use serde_json::{Map, Value};

/// What is known of a scanned code.
#[derive(Clone, Copy, Debug)]
pub struct Verdict<'a> {
    /// What a gate does.
    pub action: Action,
    /// Why, as a word of `spec/verdict.md`.
    pub cause: &'a str,
    /// The level that counts.
    pub level: Option<Level>,
    /// Why, in Chinese, as a gate may know it.
    pub reason: &'a str,
    /// The time of the facts, as replies have it.
    pub as_of: Option<&'a str>,
    /// When the last negative test was.
    pub last_test: Option<Timestamp>,
}

/// The form of one kind of gate.
#[derive(Clone, Debug)]
pub struct GateForm {
    name: String,
    zh: String,
    en: String,
    code: String,
    reply: Value,
    rows: Vec<Row>,
}

/// A table that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GateFormError {
    /// Not the TOML that is expected.
    #[error("the table cannot be read: {0}")]
    Form(String),
    /// Its name is no part of a path.
    #[error("the name has 1 to 32 lower-case letters, digits or hyphens")]
    Name,
    /// No place for the code.
    #[error("code is no JSON pointer (RFC 6901)")]
    Pointer,
    /// The reply is no JSON.
    #[error("reply is no JSON object")]
    Reply,
    /// A word that no verdict has.
    #[error("row {row}: {word:?} is no {what}")]
    Word {
        /// The row, from 1.
        row: usize,
        /// The word.
        word: String,
        /// What it should be.
        what: &'static str,
    },
    /// The reply asks for a value that a row does not give.
    #[error("row {row} gives no value for {{{name}}}")]
    Value {
        /// The row, from 1.
        row: usize,
        /// The name in the reply.
        name: String,
    },
    /// Not every verdict has a row.
    #[error("the last row fits every verdict, and no other one does")]
    NotTotal,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    name: String,
    zh: String,
    en: String,
    #[expect(dead_code, reason = "says to readers where the form was seen")]
    source: String,
    code: String,
    reply: String,
    rows: Vec<KeptRow>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptRow {
    #[serde(default)]
    action: Vec<String>,
    #[serde(default)]
    level: Vec<String>,
    #[serde(default)]
    cause: Vec<String>,
    values: BTreeMap<String, toml::Value>,
}

#[derive(Clone, Debug)]
struct Row {
    actions: Vec<Action>,
    levels: Vec<Level>,
    causes: Vec<String>,
    values: BTreeMap<String, Value>,
}

/// Names that every reply may have.
const KNOWN: [&str; 5] = ["asOf", "reason", "level", "lastTestAt", "hoursSinceTest"];

macro_rules! bundled {
    ($($name:literal,)+) => {
        &[$(include_str!(concat!("../../../spec/gate-forms/", $name, ".toml")),)+]
    };
}

const BUNDLED: &[&str] = bundled! {
    "status", "zero-to-eight", "one-to-seven", "one-to-four", "gateway", "colour",
};

impl GateForm {
    /// The forms that come with the program.
    ///
    /// # Errors
    /// [`GateFormError`].
    pub fn bundled() -> Result<Vec<Self>, GateFormError> {
        BUNDLED.iter().map(|text| Self::parse(text)).collect()
    }

    /// Reads a table.
    ///
    /// # Errors
    /// [`GateFormError`].
    pub fn parse(text: &str) -> Result<Self, GateFormError> {
        let kept: Kept = toml::from_str(text)
            .map_err(|error| GateFormError::Form(error.message().to_owned()))?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if !(1..=32).contains(&kept.name.len()) || !kept.name.bytes().all(plain) {
            return Err(GateFormError::Name);
        }
        if !kept.code.starts_with('/') {
            return Err(GateFormError::Pointer);
        }
        let reply: Value = serde_json::from_str(&kept.reply).map_err(|_| GateFormError::Reply)?;
        if !reply.is_object() {
            return Err(GateFormError::Reply);
        }
        let rows = (1..).zip(kept.rows).map(|(row, kept)| kept.read(row));
        let rows = rows.collect::<Result<Vec<Row>, _>>()?;
        let open = rows.iter().position(Row::fits_all);
        if open.map(|place| place + 1) != Some(rows.len()) {
            return Err(GateFormError::NotTotal);
        }
        let mut names = Vec::new();
        asked(&reply, &mut names);
        names.retain(|name| !KNOWN.contains(&name.as_str()));
        for (row, found) in (1..).zip(&rows) {
            if let Some(name) = names.iter().find(|name| !found.values.contains_key(*name)) {
                let name = name.clone();
                return Err(GateFormError::Value { row, name });
            }
        }
        Ok(Self {
            name: kept.name,
            zh: kept.zh,
            en: kept.en,
            code: kept.code,
            reply,
            rows,
        })
    }

    /// The name, which is the last part of its path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it is called in Chinese and English.
    pub fn titles(&self) -> (&str, &str) {
        (&self.zh, &self.en)
    }

    /// The text of the code in a request.
    pub fn code<'a>(&self, request: &'a Value) -> Option<&'a str> {
        request.pointer(&self.code)?.as_str()
    }

    /// Where the code stands.
    pub fn place(&self) -> &str {
        &self.code
    }

    /// The reply for a verdict.
    pub fn reply(&self, verdict: &Verdict<'_>, now: Timestamp) -> Value {
        let row = self.rows.iter().find(|row| row.fits(verdict));
        let mut values = row.map(|row| row.values.clone()).unwrap_or_default();
        let mut put = |name: &str, value: Value| drop(values.insert(name.to_owned(), value));
        put("asOf", verdict.as_of.into());
        put("reason", verdict.reason.into());
        put("level", verdict.level.map(Level::code).into());
        let test = verdict.last_test;
        put("lastTestAt", test.map(|at| at.to_string()).into());
        let hours = test.map(|at| (now.unix() - at.unix()).max(0) / 3600);
        put("hoursSinceTest", hours.into());
        filled(&self.reply, &values)
    }
}

impl KeptRow {
    fn read(self, row: usize) -> Result<Row, GateFormError> {
        let wrong = |word: &str, what| GateFormError::Word {
            row,
            word: word.to_owned(),
            what,
        };
        let actions = self.action.iter().map(|word| {
            let found = Action::ALL.into_iter().find(|one| one.word() == word);
            found.ok_or_else(|| wrong(word, "action"))
        });
        let levels = self.level.iter().map(|code| {
            let found = Level::ALL.into_iter().find(|one| one.code() == code);
            found.ok_or_else(|| wrong(code, "level"))
        });
        let values = self.values.into_iter().map(|(name, value)| {
            let value = serde_json::to_value(value);
            value
                .map(|value| (name, value))
                .map_err(|_| wrong("", "value"))
        });
        Ok(Row {
            actions: actions.collect::<Result<_, _>>()?,
            levels: levels.collect::<Result<_, _>>()?,
            causes: self.cause.clone(),
            values: values.collect::<Result<_, _>>()?,
        })
    }
}

impl Row {
    fn fits_all(&self) -> bool {
        self.actions.is_empty() && self.levels.is_empty() && self.causes.is_empty()
    }

    fn fits(&self, verdict: &Verdict<'_>) -> bool {
        let level = || {
            verdict
                .level
                .is_some_and(|level| self.levels.contains(&level))
        };
        let cause = || self.causes.iter().any(|cause| cause == verdict.cause);
        (self.actions.is_empty() || self.actions.contains(&verdict.action))
            && (self.levels.is_empty() || level())
            && (self.causes.is_empty() || cause())
    }
}

/// The name in a text that is nothing but one in braces.
fn name_of(text: &str) -> Option<&str> {
    text.strip_prefix('{')?.strip_suffix('}')
}

fn asked(value: &Value, names: &mut Vec<String>) {
    match value {
        Value::String(text) => names.extend(name_of(text).map(str::to_owned)),
        Value::Array(all) => all.iter().for_each(|one| asked(one, names)),
        Value::Object(members) => members.values().for_each(|one| asked(one, names)),
        _ => {}
    }
}

fn filled(value: &Value, values: &BTreeMap<String, Value>) -> Value {
    match value {
        Value::String(text) => match name_of(text) {
            Some(name) => values.get(name).cloned().unwrap_or(Value::Null),
            None => value.clone(),
        },
        Value::Array(all) => all.iter().map(|one| filled(one, values)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            let all: Map<String, Value> = members
                .map(|(name, one)| (name.clone(), filled(one, values)))
                .collect();
            Value::Object(all)
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn form(name: &str) -> GateForm {
        let mut all = GateForm::bundled().unwrap().into_iter();
        all.find(|form| form.name() == name).unwrap()
    }

    fn verdict(action: Action, cause: &'static str, level: Option<Level>) -> Verdict<'static> {
        Verdict {
            action,
            cause,
            level,
            reason: "",
            as_of: None,
            last_test: None,
        }
    }

    const NOW: Timestamp = Timestamp::from_unix(1_657_857_600);

    #[test]
    fn every_form_says_of_every_verdict_what_practice_says() {
        let verdicts = [
            verdict(Action::Pass, "low", Some(Level::Low)),
            verdict(Action::Check, "medium", Some(Level::Medium)),
            verdict(Action::Refuse, "high", Some(Level::High)),
            verdict(Action::Unknown, "unknown", Some(Level::Unknown)),
            verdict(Action::Invalid, "expired", None),
            verdict(Action::Invalid, "text", None),
            verdict(Action::Invalid, "forged", None),
        ];
        for (name, place, values) in [
            (
                "status",
                "/data/status",
                json!(["00", "01", "10", "20", "20", "20", "20"]),
            ),
            ("zero-to-eight", "/status", json!([3, 4, 5, 7, 0, 0, 0])),
            ("one-to-seven", "/status", json!([3, 4, 5, 2, 7, 7, 7])),
            ("one-to-four", "/health_code", json!([1, 2, 3, 4, 4, 4, 4])),
            (
                "gateway",
                "/data/qrCodeType",
                json!([0, 1, 10, 20, 20, 20, 20]),
            ),
            (
                "gateway",
                "/code",
                json!([10000, 10000, 10000, 10000, 40007, 40008, 40009]),
            ),
            (
                "colour",
                "/code_color",
                json!(["green", "yellow", "red", "init", "init", "init", "init"]),
            ),
        ] {
            let form = form(name);
            let said: Vec<Value> = verdicts
                .iter()
                .map(|verdict| form.reply(verdict, NOW).pointer(place).unwrap().clone())
                .collect();
            assert_eq!(Value::from(said), values, "{name}");
        }
    }

    #[test]
    fn a_reply_keeps_the_types_of_its_table() {
        let mut low = verdict(Action::Pass, "low", Some(Level::Low));
        low.as_of = Some("2022-07-15T12:00:00+08:00");
        low.last_test = Some(Timestamp::from_unix(1_657_857_600 - 7300));
        let reply = form("status").reply(&low, NOW);
        assert_eq!(
            reply,
            json!({"errcode": 0, "data": {
                "status": "00", "date": "2022-07-15T12:00:00+08:00", "hours": 2, "reason": "",
            }})
        );
        let request = json!({"qrCode": "HC1"});
        assert_eq!(form("status").code(&request), Some("HC1"));
        assert_eq!(form("colour").code(&request), None);
    }

    #[test]
    fn a_table_that_leaves_something_open_is_refused() {
        let table = |reply: &str, rows: &str| {
            let head = "name = \"x\"\nzh = \"x\"\nen = \"x\"\nsource = \"x\"\ncode = \"/c\"\n";
            GateForm::parse(&format!("{head}reply = '{reply}'\n{rows}"))
        };
        let last = "[[rows]]\nvalues = { s = 1 }\n";
        let reply = "{\"s\": \"{s}\"}";
        assert!(table(reply, last).is_ok());
        let first = "[[rows]]\nlevel = [\"00\"]\nvalues = { s = 1 }\n";
        assert_eq!(table(reply, first).err(), Some(GateFormError::NotTotal));
        let twice = format!("{last}{last}");
        assert_eq!(table(reply, &twice).err(), Some(GateFormError::NotTotal));
        assert_eq!(table("7", last).err(), Some(GateFormError::Reply));
        let other = table("{\"t\": \"{t}\"}", last).err();
        assert_eq!(
            other,
            Some(GateFormError::Value {
                row: 1,
                name: "t".to_owned()
            })
        );
        let colour = first.replace("00", "green");
        assert!(matches!(
            table(reply, &colour),
            Err(GateFormError::Word { row: 1, .. })
        ));
    }
}
