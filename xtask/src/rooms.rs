//! Whether the rooms of the house keep their places: no arrow points up, pure rooms stay pure.
//!
//! `deny.toml` says who may use which library; here are the rules that cargo-deny cannot hold.

mod arrows;
mod purity;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::checkout::{Checkout, output, say};
use purity::PURE;

/// # Errors
/// Every arrow that points up and every impurity, one line each.
pub(crate) fn check(checkout: &Checkout) -> Result<()> {
    let metadata = ["metadata", "--no-deps", "--locked", "--format-version=1"];
    let metadata = output(checkout.command("cargo").args(metadata))?;
    let members = arrows::members(&metadata)?;
    let mut faults = arrows::faults(&members);
    let pure: Vec<_> = members
        .iter()
        .filter(|member| PURE.contains(&member.name.as_str()))
        .collect();
    for member in &pure {
        let tree = [
            "tree",
            "--locked",
            "--edges=normal,build",
            "--prefix=none",
            "--format={p}",
            "-p",
        ];
        let tree = output(checkout.command("cargo").args(tree).arg(&member.name))?;
        faults.extend(purity::library_faults(&member.name, &tree));
        for file in sources(&member.folder.join("src"))? {
            let text = fs::read_to_string(&file)?;
            let shown = file
                .strip_prefix(checkout.path(""))
                .unwrap_or(&file)
                .display()
                .to_string();
            faults.extend(purity::source_faults(&shown, &text));
        }
    }
    ensure!(faults.is_empty(), "rooms:\n{}", faults.join("\n"));
    say(format!(
        "{} rooms in their places, {} of them pure",
        members.len(),
        pure.len()
    ))
}

/// Every Rust file below a folder that is not a test's, sorted.
fn sources(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs")
            && !path.ends_with("tests.rs")
        {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
