//! The checked-in vectors of lists and day keys: they are what the code makes, and the code does
//! what they say.
//!
//! `HC_BLESS=1 cargo test -p hc-code --test list_vectors` writes them anew.

#![expect(
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test that cannot go on fails"
)]

use std::collections::BTreeSet;
use std::path::PathBuf;

use hc_testkit::list_vectors::{day_key, paper, status, trust};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Compares what is made with what is checked in; gives what is checked in.
fn compare<T: Serialize + DeserializeOwned>(
    folder: &str,
    made: Vec<(String, T)>,
) -> Vec<(String, T)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../vectors")
        .join(folder);
    let bless = std::env::var_os("HC_BLESS").is_some();
    if bless {
        std::fs::create_dir_all(&folder).unwrap();
    }
    let mut names = BTreeSet::new();
    let mut read = Vec::new();
    for (name, value) in made {
        let path = folder.join(format!("{name}.json"));
        assert!(names.insert(path.clone()), "{name} occurs twice");
        let text = serde_json::to_string_pretty(&value).unwrap() + "\n";
        if bless {
            std::fs::write(&path, &text).unwrap();
        }
        let found = std::fs::read_to_string(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert!(
            found == text,
            "{} is not what the code makes",
            path.display()
        );
        read.push((name, serde_json::from_str(&found).unwrap()));
    }
    for entry in std::fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(
            names.contains(&path),
            "{} belongs to no vector",
            path.display()
        );
    }
    read
}

#[test]
fn status_lists_do_what_their_vectors_say() {
    let made = status::all()
        .into_iter()
        .map(|vector| (vector.name.clone(), vector));
    for (name, vector) in compare("status-list", made.collect()) {
        let (words, answers) = vector.run().unwrap();
        let expected: Vec<_> = vector
            .offers
            .iter()
            .map(|offer| offer.expect.as_str())
            .collect();
        assert_eq!(words, expected, "{name}");
        assert_eq!(answers, vector.look_ups, "{name}");
    }
}

#[test]
fn paper_lists_do_what_their_vectors_say() {
    let made = paper::all()
        .into_iter()
        .map(|vector| (vector.name.clone(), vector));
    for (name, vector) in compare("paper-list", made.collect()) {
        let (words, answers) = vector.run().unwrap();
        let expected: Vec<_> = vector
            .offers
            .iter()
            .map(|offer| offer.expect.as_str())
            .collect();
        assert_eq!(words, expected, "{name}");
        assert_eq!(answers, vector.look_ups, "{name}");
    }
}

#[test]
fn trust_lists_do_what_their_vectors_say() {
    let made = trust::all()
        .into_iter()
        .map(|vector| (vector.name.clone(), vector));
    for (name, vector) in compare("trust-list", made.collect()) {
        let (words, answers) = vector.run().unwrap();
        let expected: Vec<_> = vector
            .offers
            .iter()
            .map(|offer| offer.expect.as_str())
            .collect();
        assert_eq!(words, expected, "{name}");
        assert_eq!(answers, vector.questions, "{name}");
    }
}

#[test]
fn day_keys_give_what_their_vectors_say() {
    let made = day_key::all()
        .into_iter()
        .map(|vector| (vector.name.clone(), vector));
    for (name, vector) in compare("day-key", made.collect()) {
        let again = vector.run().unwrap();
        assert_eq!(
            (again.check_value, again.subjects),
            (vector.check_value, vector.subjects),
            "{name}"
        );
    }
}

#[test]
fn custody_gives_back_with_enough_shares_only() {
    let read = compare("day-key-custody", day_key::custody());
    assert!(read.iter().any(|(_, vector)| vector.check_value.is_some()));
    assert!(read.iter().any(|(_, vector)| vector.check_value.is_none()));
}
