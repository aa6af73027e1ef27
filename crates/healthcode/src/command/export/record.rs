//! One person of an export as a record of GB/T 38962, and what that form has no place for.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use hc_code::{Level, Timestamp};
use hc_core::act::Export;
use hc_core::document::Document;
use hc_core::domain_table::{Code, ItemSource, Sex};
use hc_core::evidence::SourceKind;
use hc_core::record::{DataElements, Object, Provenance, Reading};
use hc_gbt::PersonRecord;
use serde_json::{Value, json};

/// How much of each thing has no place in the form, by the name that the region's own form gives it.
pub(super) type LeftOut = BTreeMap<&'static str, u64>;

/// A record, and what is not in it.
pub(super) struct Written {
    pub(super) record: Object,
    pub(super) left_out: LeftOut,
}

/// Documents that are issued to citizens of China only; their numbers are read as such.
const OF_CITIZENS: [&str; 6] = [
    "resident-id",
    "temporary-id",
    "household-book",
    "officer",
    "armed-police",
    "soldier",
];

/// The record of a person: who they are, what they declared last, and the level at `now`.
///
/// Basic items are bare values, because the region keeps nothing about where they come from. It keeps no sex, so
/// that is "not stated"; the nationality is the document's country, or unspecified (ICAO Doc 9303-3, XXX).
pub(super) fn record(export: &Export, level: Level, now: Timestamp) -> Result<Written> {
    let document = export.documents.first().context("has no document")?;
    let mut left_out = LeftOut::new();
    let mut basic = json!({
        "name": export.profile.name.expose_name(),
        "sex": Code::<Sex>::from_word("not-stated")?.code(),
        "nationality": nationality(document),
        "idType": document.kind().code(),
        "idNumber": document.expose_number(),
    });
    if let (Some(phone), Value::Object(basic)) = (&export.profile.phone, &mut basic) {
        basic.insert("phone".to_owned(), phone.expose_number().into());
    }
    let mut record = Object::new();
    record.insert("basic".to_owned(), basic);
    let said = declared(export);
    if let Some(health) = said.health {
        record.insert("health".to_owned(), health);
    }
    if !said.trips.is_empty() {
        record.insert("itinerary".to_owned(), Value::Array(said.trips));
    }
    let source = Code::<ItemSource>::from_word("region")?;
    let of_region = |value: String| json!({"value": value, "source": source.code(), "observedAt": now.to_string()});
    let certificate = json!({
        "level": of_region(level.code().to_owned()),
        "firstAppliedAt": of_region(export.since.to_string()),
    });
    record.insert("certificate".to_owned(), certificate);
    prove(&record, now)?;
    let mut leave = |name: &'static str, count: usize| {
        if count > 0 {
            left_out.insert(name, u64::try_from(count).unwrap_or(u64::MAX));
        }
    };
    leave("address", usize::from(export.profile.address.is_some()));
    leave("documents", export.documents.len().saturating_sub(1));
    leave("declarations", said.earlier);
    let others = export.evidence.iter();
    // What a person says of themself is in their declaration.
    let others = others.filter(|evidence| evidence.fact().source != SourceKind::Person);
    leave("evidence", others.count());
    leave("consents", export.consents.len());
    leave("grants", export.grants.len());
    leave("appeals", export.appeals.len());
    leave("papers", export.papers.len());
    leave("log", export.log.len());
    Ok(Written { record, left_out })
}

/// Nothing is written that would not be read.
fn prove(record: &Object, now: Timestamp) -> Result<()> {
    let source = Code::<ItemSource>::from_word("region")?;
    let bare = Provenance::new(source, now, None);
    let bare = bare.context("an item that ends before it begins")?;
    let elements = DataElements::bundled();
    let reading = Reading {
        elements,
        now,
        bare,
    };
    match PersonRecord::parse(record, &reading) {
        Ok(_) => Ok(()),
        Err(faults) => {
            let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
            bail!("{}", faults.join("; "))
        }
    }
}

fn nationality(document: &Document) -> &'static str {
    match document.country() {
        Some(country) => country.code(),
        None if OF_CITIZENS.contains(&document.kind().word()) => "CHN",
        None => "XXX",
    }
}

/// The last declaration, with the trips that were declared after it.
#[derive(Default)]
struct Declared {
    health: Option<Value>,
    trips: Vec<Value>,
    /// Declarations before it, and such as cannot be read any more.
    earlier: usize,
}

fn declared(export: &Export) -> Declared {
    let mut said = Declared::default();
    for row in &export.declarations {
        if said.health.is_some() {
            said.earlier += 1;
            continue;
        }
        let Ok(Value::Object(mut content)) = serde_json::from_slice(&row.content) else {
            said.earlier += 1;
            continue;
        };
        said.health = content.remove("health");
        if let Some(Value::Array(mut trips)) = content.remove("itinerary") {
            // The latest row comes first, and its trips last.
            trips.append(&mut said.trips);
            said.trips = trips;
        }
    }
    said
}
