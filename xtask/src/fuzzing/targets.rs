//! Which targets there are, and where each finds inputs to begin with.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};

use crate::checkout::Checkout;

/// The targets of the manifest.
///
/// # Errors
/// When a file lies in the folder of targets that the manifest does not name: it would never run.
pub(super) fn all(checkout: &Checkout) -> Result<Vec<String>> {
    let named = named(&checkout.read("fuzz/Cargo.toml")?)?;
    let mut present = BTreeSet::new();
    for entry in fs::read_dir(checkout.path("fuzz/fuzz_targets"))? {
        let path = entry?.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str());
        present.insert(stem.context("a fuzz target has no name")?.to_owned());
    }
    ensure!(
        named == present,
        "fuzz/Cargo.toml and fuzz/fuzz_targets differ in {:?}",
        named.symmetric_difference(&present).collect::<Vec<_>>()
    );
    Ok(named.into_iter().collect())
}

fn named(manifest: &str) -> Result<BTreeSet<String>> {
    let manifest: toml::Table = manifest.parse().context("fuzz/Cargo.toml")?;
    let programs = manifest.get("bin").and_then(toml::Value::as_array);
    let names = programs.context("fuzz/Cargo.toml names no target")?.iter();
    let name = |program: &toml::Value| program.get("name")?.as_str().map(str::to_owned);
    names
        .map(|program| name(program).context("a target without a name"))
        .collect()
}

/// Files of the repository that are good inputs already, besides the kept corpus.
pub(super) fn seeds(target: &str) -> &'static [&'static str] {
    match target {
        "division_table" | "domain_table" | "element_table" | "zone_table" => {
            &["crates/core/tables", "spec/gbt38962"]
        }
        "rule_pack" => &["policies"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_are_those_of_the_manifest() {
        let names = named("[[bin]]\nname = \"b\"\n[[bin]]\nname = \"a\"\n").unwrap();
        assert_eq!(names.into_iter().collect::<Vec<_>>(), ["a", "b"]);
        assert!(named("[[bin]]\npath = \"b\"\n").is_err());
        assert!(named("[package]\n").is_err());
    }

    #[test]
    fn every_target_of_this_checkout_is_named() {
        let targets = all(&Checkout::new().unwrap()).unwrap();
        assert!(targets.contains(&"rule_pack".to_owned()), "{targets:?}");
    }

    #[test]
    fn seeds_are_there() {
        let checkout = Checkout::new().unwrap();
        for target in all(&checkout).unwrap() {
            for seeds in seeds(&target) {
                assert!(checkout.path(seeds).is_dir(), "{seeds}");
            }
        }
    }
}
