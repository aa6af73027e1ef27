//! The checked-in vectors: they are what the code makes, and the code does what they say.
//!
//! `HC_BLESS=1 cargo test -p hc-code --test vectors` writes them anew.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use hc_testkit::key_list_vectors::{self, KeyListVector};
use hc_testkit::signature_vectors::{self, SignatureVector};
use hc_testkit::vectors::{self, Vector};

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../vectors")
        .join(name)
}

fn compare(folder_name: &str, made: &[(String, serde_json::Value)]) {
    let folder = folder(folder_name);
    let bless = std::env::var("HC_BLESS").is_ok_and(|bless| bless == "1");
    if bless {
        std::fs::create_dir_all(&folder).unwrap();
    }
    let mut names = BTreeSet::new();
    for (name, value) in made {
        let path = folder.join(format!("{name}.json"));
        assert!(names.insert(path.clone()), "{name} occurs twice");
        let text = serde_json::to_string_pretty(value).unwrap() + "\n";
        if bless {
            std::fs::write(&path, text).unwrap();
        } else {
            let found = std::fs::read_to_string(&path)
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert!(
                found == text,
                "{} is not what the code makes",
                path.display()
            );
        }
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(
            names.contains(&path),
            "{} belongs to no vector",
            path.display()
        );
    }
}

#[test]
fn verdict_vectors_are_what_the_code_makes() {
    let made: Vec<_> = vectors::all()
        .into_iter()
        .map(|vector| (vector.name.clone(), serde_json::to_value(&vector).unwrap()))
        .collect();
    compare("verify", &made);
}

#[test]
fn every_verdict_vector_comes_out_as_expected() {
    let mut wrong = Vec::new();
    for vector in vectors::all() {
        let text = serde_json::to_string(&vector).unwrap();
        let read: Vector = serde_json::from_str(&text).unwrap();
        let found = read
            .run()
            .unwrap_or_else(|error| panic!("{}: {error}", vector.name));
        if found != vector.expect {
            wrong.push(format!(
                "{}: {found:?}, not {:?}",
                vector.name, vector.expect
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn signature_vectors_are_what_the_code_makes() {
    let made: Vec<_> = signature_vectors::all()
        .into_iter()
        .map(|vector| (vector.name.clone(), serde_json::to_value(&vector).unwrap()))
        .collect();
    compare("signature", &made);
}

#[test]
fn every_signature_vector_comes_out_as_expected() {
    for vector in signature_vectors::all() {
        let text = serde_json::to_string(&vector).unwrap();
        let read: SignatureVector = serde_json::from_str(&text).unwrap();
        assert_eq!(read.run(), Some(vector.expect), "{}", vector.name);
    }
}

#[test]
fn key_list_vectors_are_what_the_code_makes() {
    let made: Vec<_> = key_list_vectors::all()
        .into_iter()
        .map(|vector| (vector.name.clone(), serde_json::to_value(&vector).unwrap()))
        .collect();
    compare("key-list", &made);
}

#[test]
fn every_key_list_vector_comes_out_as_expected() {
    for vector in key_list_vectors::all() {
        let text = serde_json::to_string(&vector).unwrap();
        let read: KeyListVector = serde_json::from_str(&text).unwrap();
        let expected: Vec<_> = vector
            .offers
            .iter()
            .map(|offer| offer.expect.as_str())
            .collect();
        assert_eq!(read.run().unwrap(), expected, "{}", vector.name);
    }
}
