//! What a register says that a region does not keep: counted by element, so that nothing is lost in silence.

use std::collections::BTreeMap;

use hc_core::document::Document;
use hc_core::record::Object;
use serde_json::Value;

/// How many people had each element, by name: `basic.sex`, `column remarks`.
#[derive(Clone, Debug, Default)]
pub(super) struct NotKept(BTreeMap<String, u64>);

/// The items of `basic` that are kept as they are.
const KEPT: [&str; 4] = ["name", "idType", "idNumber", "phone"];
/// Where and when the items of `basic` were collected.
const PROVENANCE: &str = "basic (source, times)";

impl NotKept {
    /// Counts what one person had.
    pub(super) fn note(&mut self, elements: impl IntoIterator<Item = String>) {
        for element in elements {
            *self.0.entry(element).or_default() += 1;
        }
    }

    /// The counts, by element.
    pub(super) fn counts(&self) -> &BTreeMap<String, u64> {
        &self.0
    }
}

/// The elements of a record, under this project's names, that are not kept: of `basic` whatever does not say who the
/// person is, and the whole certificate, which is somebody else's word. Health and itinerary are kept whole.
pub(super) fn of_record(record: &Object, document: &Document) -> Vec<String> {
    let mut elements = Vec::new();
    for (name, item) in items(record, "basic") {
        // The country of a passport is a part of the document.
        let kept = KEPT.contains(&name.as_str())
            || (name == "nationality" && document.country().is_some());
        if !kept {
            elements.push(format!("basic.{name}"));
        } else if item.as_object().is_some_and(|item| item.len() > 1)
            && !elements.iter().any(|element| element == PROVENANCE)
        {
            elements.push(PROVENANCE.to_owned());
        }
    }
    let certificate = items(record, "certificate");
    elements.extend(certificate.map(|(name, _)| format!("certificate.{name}")));
    elements
}

fn items<'a>(record: &'a Object, group: &str) -> impl Iterator<Item = (&'a String, &'a Value)> {
    let group = record.get(group).and_then(Value::as_object);
    let items = group.into_iter().flatten();
    items.filter(|(_, item)| !item.is_null())
}
