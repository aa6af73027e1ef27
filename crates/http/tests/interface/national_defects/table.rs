//! The defects that stand in a table.

use hc_code::{Span, Timestamp};
use serde_json::{Value, json};

use super::{Defect, basic, health};
use crate::national::stamp;
use crate::sample;

const TABLE: &str = include_str!("../national_defects.tsv");
/// The base that is any function's.
const HEADER: &str = "header";

/// What the names in braces stand for.
pub(super) struct Names<'a> {
    pub(super) token: &'a str,
    pub(super) device: &'a str,
    pub(super) now: Timestamp,
}

impl Names<'_> {
    fn fill(&self, value: Value) -> Value {
        match value {
            Value::String(text) => match text.as_str() {
                "{token}" => json!(self.token),
                "{device}" => json!(self.device),
                "{health}" => health(),
                "{basic}" => basic(),
                "{trip}" => sample::trip(),
                "{old}" => json!(stamp(self.now.minus(Span::seconds(302)))),
                "{ahead}" => json!(stamp(self.now.plus(Span::seconds(302)))),
                _ => Value::String(text),
            },
            Value::Array(all) => all.into_iter().map(|one| self.fill(one)).collect(),
            Value::Object(members) => {
                let filled = members.into_iter();
                Value::Object(filled.map(|(name, one)| (name, self.fill(one))).collect())
            }
            other => other,
        }
    }

    /// A cell: JSON, or JSON so many times.
    fn value(&self, cell: &str) -> Value {
        let (text, times) = match cell.rsplit_once('*') {
            Some((text, times)) if text.ends_with(['"', ']']) => (text, times.parse().unwrap()),
            _ => (cell, 1),
        };
        let value: Value = serde_json::from_str(text).unwrap_or_else(|why| panic!("{cell}: {why}"));
        let value = match value {
            Value::String(text) => Value::String(text.repeat(times)),
            Value::Array(all) => {
                let count = all.len() * times;
                all.into_iter().cycle().take(count).collect()
            }
            other => other,
        };
        self.fill(value)
    }
}

/// Every defect of a function's own members.
pub(super) fn all(names: &Names<'_>) -> Vec<Defect> {
    let rows = rows().into_iter().filter(|row| row[0] != HEADER);
    rows.map(|[base, pointer, value, path, code]| {
        let (method, mut own) = self::base(base, names);
        put(&mut own, pointer, names.value(value));
        Defect {
            method,
            own,
            path: path.trim_start_matches('-').to_owned(),
            code: code.to_owned(),
        }
    })
    .collect()
}

/// The defects of what every message has: a member, its value, the result code.
pub(super) fn of_header(names: &Names<'_>) -> Vec<(String, Value, String)> {
    let rows = rows().into_iter().filter(|row| row[0] == HEADER);
    rows.map(|[_, pointer, value, _, code]| {
        let member = pointer.trim_start_matches('/').to_owned();
        (member, names.value(value), code.to_owned())
    })
    .collect()
}

fn lines(kind: &'static str) -> impl Iterator<Item = Vec<&'static str>> {
    let lines = TABLE.lines().map(|line| line.split('\t').collect());
    lines.filter_map(move |cells: Vec<&str>| (cells[0] == kind).then(|| cells[1..].to_vec()))
}

fn rows() -> Vec<[&'static str; 5]> {
    let rows = lines("defect");
    rows.map(|cells| cells.try_into().unwrap()).collect()
}

fn base(name: &str, names: &Names<'_>) -> (String, Value) {
    let found = lines("base").find(|cells| cells[0] == name);
    let cells = found.unwrap_or_else(|| panic!("no base is called {name}"));
    (cells[1].to_owned(), names.value(cells[2]))
}

/// Puts a value where a pointer says; its last member need not be there yet.
fn put(own: &mut Value, pointer: &str, value: Value) {
    let (outer, last) = pointer.rsplit_once('/').unwrap();
    own.pointer_mut(outer).unwrap()[last] = value;
}
