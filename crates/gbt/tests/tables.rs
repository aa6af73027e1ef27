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

/// Files and folders that the page of clauses names, by where they may stand.
#[test]
fn every_place_and_test_that_the_page_of_clauses_names_is_there() {
    let root = place("");
    let page = std::fs::read_to_string(root.join("spec/gbt38961.md")).unwrap();
    let places = [
        "",
        "spec",
        "vectors/gbt",
        "crates/http/src",
        "crates/http/src/national",
        "crates/http/tests/interface",
        "crates/gbt/tests",
    ];
    let is_there = |name: &str| {
        let name = name.split('*').next().unwrap().trim_end_matches('/');
        places.iter().any(|place| {
            let path = root.join(place).join(name);
            ["", ".rs", ".json", ".tsv"].iter().any(|end| {
                let mut path = path.clone().into_os_string();
                path.push(end);
                Path::new(&path).exists()
            })
        })
    };
    let mut named = 0;
    for row in page.lines().filter(|line| line.starts_with("| ")) {
        let cells: Vec<&str> = row.split('|').collect();
        // What is said of deviations and algorithms names members, not files.
        let clauses = cells.len() == 6 && cells[2].trim() != "known";
        let is_clause = clauses && ["R", "P", "I"].iter().any(|one| cells[2].contains(one));
        for cell in cells.iter().skip(3).filter(|_| is_clause) {
            for name in cell.split('`').skip(1).step_by(2) {
                let file = name.contains('/') || name.contains('.') || name.starts_with("389");
                if file && !name.contains(' ') {
                    assert!(is_there(name), "{name}: {row}");
                    named += 1;
                }
            }
        }
    }
    assert!(named > 40, "{named}");
}
