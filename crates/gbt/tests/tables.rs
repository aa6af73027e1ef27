//! What is written from the tables is what is checked in.

#![expect(
    clippy::unwrap_used,
    reason = "all of this file is tests and what they share"
)]

use std::path::{Path, PathBuf};

use hc_core::record::{DataElements, Group};
use hc_gbt::handbook::{self, Language};
use hc_gbt::schema;
use serde_json::Value;

fn place(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../..")
        .join(path)
}

fn held_to(path: &str, ours: &str) {
    let place = place(path);
    if std::env::var_os("HEALTHCODE_WRITE").is_some() {
        std::fs::create_dir_all(place.parent().unwrap()).unwrap();
        std::fs::write(&place, ours).unwrap();
    }
    let written = std::fs::read_to_string(&place).unwrap();
    assert!(
        written == ours,
        "{path} is not up to date: run this test once with HEALTHCODE_WRITE=1"
    );
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap() + "\n"
}

#[test]
fn the_schemas_that_are_checked_in_are_those_of_the_tables() {
    let elements = DataElements::bundled();
    for group in Group::ALL {
        let path = format!("spec/gbt38962/schema/{}.json", schema::name(group));
        held_to(&path, &pretty(&schema::of_group(elements, group)));
    }
    held_to(
        "spec/gbt38962/schema/record.json",
        &pretty(&schema::of_record()),
    );
}

#[test]
fn the_documentation_that_is_checked_in_is_that_of_the_tables() {
    for language in Language::ALL {
        let path = format!("docs/gbt38962.{}.md", language.code());
        held_to(&path, &handbook::page(DataElements::bundled(), language));
    }
}
