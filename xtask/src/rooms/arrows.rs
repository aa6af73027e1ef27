//! Which room may lean on which.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

/// Floors of the house; a room may lean only on rooms of lower floors.
const FLOORS: [&[&str]; 7] = [
    &["hc-code", "hc-tlog"],
    &["hc-core", "hc-pki", "hc-qr", "hc-wasm"],
    &["hc-node", "hc-people", "hc-gbt", "hc-hub"],
    &["hc-store-sqlite", "hc-store-postgres", "hc-http"],
    &["hc-testkit"],
    &["healthcode", "hc-load"],
    &["xtask"],
];
/// Where errors may be gathered without a type: programs, not libraries.
const PROGRAMS: [&str; 3] = ["healthcode", "hc-load", "xtask"];
/// Who may lean on the testkit other than in tests.
const PROVERS: [&str; 2] = ["hc-load", "xtask"];

/// A crate of the workspace and what it leans on outside of its tests.
#[derive(Debug)]
pub(super) struct Member {
    pub(super) name: String,
    pub(super) folder: PathBuf,
    pub(super) leans_on: Vec<String>,
}

/// Reads the members out of `cargo metadata --no-deps`.
pub(super) fn members(metadata: &str) -> Result<Vec<Member>> {
    let metadata: Value = serde_json::from_str(metadata)?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let packages = packages.context("cargo metadata names no packages")?;
    packages
        .iter()
        .map(|package| member(package).context("a package of another form"))
        .collect()
}

fn member(package: &Value) -> Option<Member> {
    let manifest = Path::new(package.get("manifest_path")?.as_str()?);
    let dependencies = package.get("dependencies")?.as_array()?.iter();
    let lasting =
        dependencies.filter(|other| other.get("kind").and_then(Value::as_str) != Some("dev"));
    Some(Member {
        name: package.get("name")?.as_str()?.to_owned(),
        folder: manifest.parent()?.to_owned(),
        leans_on: lasting
            .map(|other| Some(other.get("name")?.as_str()?.to_owned()))
            .collect::<Option<_>>()?,
    })
}

/// Every arrow that points up or sideways, and every library that gathers errors without a type.
pub(super) fn faults(members: &[Member]) -> Vec<String> {
    let floor = |name: &str| FLOORS.iter().position(|floor| floor.contains(&name));
    let mut faults = Vec::new();
    for Member { name, leans_on, .. } in members {
        let Some(own) = floor(name) else {
            faults.push(format!(
                "{name} has no floor yet: give it one in xtask/src/rooms/arrows.rs"
            ));
            continue;
        };
        for other in leans_on {
            if floor(other).is_some_and(|other| other >= own) {
                faults.push(format!("{name} may not lean on {other}: arrows point down"));
            }
            if other == "hc-testkit" && !PROVERS.contains(&name.as_str()) {
                faults.push(format!("{name} may lean on hc-testkit in tests only"));
            }
            if other == "anyhow" && !PROGRAMS.contains(&name.as_str()) {
                faults.push(format!(
                    "{name} is a library: its errors have types, not anyhow"
                ));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn leaning(name: &str, leans_on: &[&str]) -> Vec<String> {
        faults(&[Member {
            name: name.to_owned(),
            folder: PathBuf::new(),
            leans_on: leans_on.iter().map(|&other| other.to_owned()).collect(),
        }])
    }

    #[test]
    fn arrows_point_down() {
        assert_eq!(
            leaning("hc-core", &["hc-code", "hc-tlog", "serde"]),
            Vec::<String>::new()
        );
        assert_eq!(leaning("hc-code", &["hc-core"]).len(), 1);
        assert_eq!(leaning("hc-http", &["hc-store-sqlite"]).len(), 1);
        assert_eq!(leaning("hc-unheard-of", &[]).len(), 1);
    }

    #[test]
    fn the_testkit_is_for_tests_and_proofs() {
        assert_eq!(leaning("healthcode", &["hc-testkit"]).len(), 1);
        assert_eq!(leaning("xtask", &["hc-testkit"]), Vec::<String>::new());
    }

    #[test]
    fn libraries_name_their_errors() {
        assert_eq!(leaning("hc-http", &["anyhow"]).len(), 1);
        assert_eq!(leaning("healthcode", &["anyhow"]), Vec::<String>::new());
    }

    #[test]
    fn dependencies_of_tests_do_not_count() {
        let metadata = r#"{"packages": [{"name": "hc-code", "manifest_path": "/x/crates/code/Cargo.toml",
            "dependencies": [{"name": "hc-testkit", "kind": "dev"}, {"name": "serde", "kind": null}]}]}"#;
        let members = members(metadata).unwrap();
        assert_eq!(members[0].leans_on, ["serde"]);
        assert_eq!(members[0].folder, Path::new("/x/crates/code"));
        assert!(super::members("{}").is_err());
    }
}
