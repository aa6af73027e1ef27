//! From the evidence tables of a scenario to evidence lines, and through the reader of lines to a
//! person's evidence.

use hc_code::Timestamp;
use hc_core::evidence::EvidenceSet;
use hc_core::evidence::intake::{self, Desk, Record};
use hc_core::place::PlaceTable;
use serde_json::{Map, Value};

/// A document that scenarios are about: type, number and, for passports, country.
pub(crate) type Document = (&'static str, &'static str, Option<&'static str>);

/// Documents that the same evidence is stated about: one identity must fare as another.
pub(crate) const DOCUMENTS: [Document; 4] = [
    ("111", "11010519491231002X", None),
    ("111", "440524188001010014", None),
    ("516", "H12345678", None),
    ("414", "12345678", Some("USA")),
];

/// What the lines of a scenario bring: the evidence, and when something of it was taken back.
pub(crate) struct Story {
    pub(crate) places: PlaceTable,
    pub(crate) evidence: EvidenceSet,
    pub(crate) corrected: Vec<Timestamp>,
}

/// Reads the tables as one batch of lines, in this order; no line may be quarantined.
///
/// The reference of a row is its number, from 1, unless it states one; it is received when it is
/// reported or over, unless it states when.
pub(crate) fn read<'a>(
    tables: impl IntoIterator<Item = (usize, &'a toml::Table)>,
    document: Document,
) -> Story {
    let mut lines = String::new();
    for (number, table) in tables {
        lines.push_str(&line(number, table, document));
        lines.push('\n');
    }
    let mut story = Story {
        places: PlaceTable::new(),
        evidence: EvidenceSet::default(),
        corrected: Vec::new(),
    };
    let mut desk = Desk::new(Timestamp::MAX, &mut story.places);
    let batch = intake::ndjson(lines.as_bytes(), &mut desk);
    assert!(batch.quarantined().is_empty(), "{:?}", batch.quarantined());
    for row in batch.into_rows() {
        let (_, _, _, record) = row.into_parts();
        match record {
            Record::Evidence(evidence) => story.evidence.add(evidence),
            Record::Correction(correction) => {
                story.corrected.push(correction.known);
                story.evidence.correct(correction);
            }
            Record::Link(_) => panic!("a scenario is about one document"),
        }
    }
    story
}

fn line(number: usize, table: &toml::Table, (kind, document, country): Document) -> String {
    let mut line = Map::new();
    let mut set = |field: &str, value: Value| line.insert(field.to_owned(), value);
    set("ref", number.to_string().into());
    set("document_type", kind.into());
    set("document", document.into());
    if let Some(country) = country {
        set("country", country.into());
    }
    set("received", received(table).to_string().into());
    for (field, value) in table {
        set(field, serde_json::to_value(value).unwrap());
    }
    Value::Object(line).to_string()
}

/// When a row that does not say so is received: as soon as it can be.
fn received(table: &toml::Table) -> Timestamp {
    let is_order = table.get("kind").and_then(toml::Value::as_str) == Some("quarantine");
    let times = ["at", "until", "reported"].into_iter();
    times
        .filter(|field| !(is_order && *field == "until"))
        .filter_map(|field| table.get(field)?.as_str())
        .map(|time| time.parse().unwrap())
        .max()
        .unwrap()
}
