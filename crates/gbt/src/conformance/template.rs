//! Names in braces, and what stands for them.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What names stand for.
#[derive(Clone, Debug, Default)]
pub(super) struct Names(BTreeMap<String, String>);

impl Names {
    pub(super) fn put(&mut self, name: &str, value: impl Into<String>) {
        self.0.insert(format!("{{{name}}}"), value.into());
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&format!("{{{name}}}")).map(String::as_str)
    }

    /// A text with every name filled in.
    pub(super) fn text(&self, text: &str) -> String {
        let mut filled = text.to_owned();
        for (name, value) in &self.0 {
            if filled.contains(name.as_str()) {
                filled = filled.replace(name.as_str(), value);
            }
        }
        filled
    }

    /// A value with every name in its texts filled in.
    pub(super) fn value(&self, value: &Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(text)),
            Value::Array(all) => all.iter().map(|one| self.value(one)).collect(),
            Value::Object(members) => Value::Object(self.object(members)),
            other => other.clone(),
        }
    }

    pub(super) fn object(&self, members: &Map<String, Value>) -> Map<String, Value> {
        let filled = members.iter();
        filled
            .map(|(name, value)| (name.clone(), self.value(value)))
            .collect()
    }
}
