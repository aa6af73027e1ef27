//! Ten thousand generated people of every type of document: 38962 to the domain and back is the same.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "all of this file is tests and what they share"
)]

#[path = "round_trip/generated.rs"]
mod generated;
#[path = "round_trip/schema.rs"]
mod schema;

use std::collections::BTreeMap;

use hc_core::record::{DataElements, Provenance, Reading};
use hc_gbt::{PersonRecord, deployed};
use hc_testkit::Seeded;
use serde_json::Value;

use generated::{NOW, person, types};

const PEOPLE: usize = 10_000;

fn reading() -> Reading<'static> {
    let bare = Provenance::new("self".parse().unwrap(), NOW, None).unwrap();
    Reading {
        elements: DataElements::bundled(),
        now: NOW,
        bare,
    }
}

#[test]
fn a_record_is_the_same_after_it_was_in_the_domain() {
    let (elements, types) = (DataElements::bundled(), types());
    let mut choice = Seeded::new(38962);
    let mut of_type: BTreeMap<String, usize> = BTreeMap::new();
    for index in 0..PEOPLE {
        let kind = types[index % types.len()];
        let record = person(&mut choice, kind);
        let read = PersonRecord::parse(&record, &reading())
            .unwrap_or_else(|faults| panic!("{kind} {record:?}: {faults:?}"));
        assert_eq!(read.basic().document().value().kind().code(), kind);
        let back = read.expose_object();
        assert_eq!(Value::Object(back.clone()), Value::Object(record.clone()));
        assert_eq!(PersonRecord::parse(&back, &reading()), Ok(read.clone()));
        // Under the names of deployed software too.
        let renamed = deployed::to_deployed(elements, &record);
        assert_eq!(
            deployed::from_deployed(elements, &renamed),
            Ok(record.clone())
        );
        // What others see has neither number nor whole name.
        let masked = Value::Object(read.masked_object(elements)).to_string();
        let document = read.basic().document().value();
        assert!(!masked.contains(&document.expose_number()), "{kind}");
        let name = read.basic().name().value().expose_name();
        assert!(!masked.contains(name), "{kind}");
        *of_type.entry(kind.to_owned()).or_default() += 1;
    }
    assert_eq!(of_type.len(), types.len());
    assert!(of_type.values().all(|count| *count > 200), "{of_type:?}");
}

#[test]
fn generated_records_fit_the_schemas() {
    let types = types();
    let schemas = schema::Schemas::of_the_tables();
    let mut choice = Seeded::new(7);
    for index in 0..600 {
        let record = person(&mut choice, types[index % types.len()]);
        schemas.fits(&Value::Object(record)).unwrap();
    }
}

#[test]
fn what_no_schema_lets_pass_no_reader_takes() {
    let types = types();
    let schemas = schema::Schemas::of_the_tables();
    let mut choice = Seeded::new(8);
    let (mut refused_by_schema, mut tried) = (0, 0);
    for index in 0..3_000 {
        let record = person(&mut choice, types[index % types.len()]);
        let changed = generated::spoilt(&mut choice, record);
        tried += 1;
        if schemas.fits(&Value::Object(changed.clone())).is_err() {
            refused_by_schema += 1;
            let read = PersonRecord::parse(&changed, &reading());
            assert!(read.is_err(), "{changed:?}");
        }
    }
    assert!(
        refused_by_schema * 2 > tried,
        "{refused_by_schema} of {tried}"
    );
}
