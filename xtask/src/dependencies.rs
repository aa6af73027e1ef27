//! Whether `docs/dependencies.md` tells the truth about what the workspace depends on.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};
use toml::{Table, Value};

use crate::checkout::{Checkout, say};

const PAGE: &str = "docs/dependencies.md";

/// Checks that every dependency has its line, is used, and comes by way of the workspace's list.
///
/// # Errors
/// Everything that is not so, one line each.
pub(crate) fn check(checkout: &Checkout) -> Result<()> {
    let listed = listed(&manifest(checkout, "Cargo.toml")?)?;
    let mut faults = page_faults(&checkout.read(PAGE)?, &listed);
    let mut used = BTreeSet::new();
    for member in members(checkout)? {
        let file = format!("{member}/Cargo.toml");
        member_faults(&file, &manifest(checkout, &file)?, &mut used, &mut faults);
    }
    for name in listed.difference(&used) {
        faults.push(format!("Cargo.toml: {name} is used by no member"));
    }
    ensure!(faults.is_empty(), "dependencies:\n{}", faults.join("\n"));
    say(format!("{} dependencies, each with its line", listed.len()))
}

fn manifest(checkout: &Checkout, file: &str) -> Result<Table> {
    checkout
        .read(file)?
        .parse()
        .with_context(|| file.to_owned())
}

/// The folders of the members, as in the workspace's `members`.
fn members(checkout: &Checkout) -> Result<Vec<String>> {
    let mut members = vec!["xtask".to_owned()];
    for entry in fs::read_dir(checkout.path("crates"))? {
        let path = entry?.path();
        if path.join("Cargo.toml").is_file() {
            let name = path.file_name().and_then(|name| name.to_str());
            members.push(format!(
                "crates/{}",
                name.context("a crate's folder has no name")?
            ));
        }
    }
    members.sort();
    Ok(members)
}

/// Names in the workspace's list, our own crates left out.
fn listed(root: &Table) -> Result<BTreeSet<String>> {
    let list = root
        .get("workspace")
        .and_then(|workspace| workspace.get("dependencies"));
    let list = list
        .and_then(Value::as_table)
        .context("Cargo.toml lists no dependencies")?;
    let others = list.iter().filter(|(_, value)| value.get("path").is_none());
    Ok(others.map(|(name, _)| name.clone()).collect())
}

/// Where the page and the list differ. A line is `` | `name` | what | why | who | ``.
fn page_faults(page: &str, listed: &BTreeSet<String>) -> Vec<String> {
    let mut faults = Vec::new();
    let mut described: Vec<&str> = Vec::new();
    for line in page.lines() {
        let Some((name, rest)) = line
            .strip_prefix("| `")
            .and_then(|row| row.split_once("` |"))
        else {
            continue;
        };
        let cells: Vec<&str> = rest
            .trim_end_matches('|')
            .split('|')
            .map(str::trim)
            .collect();
        if cells.len() != 3 || cells.iter().any(|cell| cell.is_empty()) {
            faults.push(format!(
                "{PAGE}: {name} needs what it is, why, and who keeps it"
            ));
        }
        if !listed.contains(name) {
            faults.push(format!("{PAGE}: {name} is no dependency of the workspace"));
        }
        if described.last().is_some_and(|before| *before >= name) {
            faults.push(format!(
                "{PAGE}: {name} is not in the order of names, or twice"
            ));
        }
        described.push(name);
    }
    for name in listed
        .iter()
        .filter(|name| !described.contains(&name.as_str()))
    {
        faults.push(format!("{PAGE}: {name} has no line"));
    }
    faults
}

/// Notes what a member uses, and whatever it takes past the workspace's list.
fn member_faults(
    file: &str,
    member: &Table,
    used: &mut BTreeSet<String>,
    faults: &mut Vec<String>,
) {
    let own = [member];
    let targets = member.get("target").and_then(Value::as_table);
    let of_targets = targets
        .into_iter()
        .flat_map(Table::values)
        .filter_map(Value::as_table);
    for table in own.into_iter().chain(of_targets) {
        for kind in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let dependencies = table.get(kind).and_then(Value::as_table);
            for (name, value) in dependencies.into_iter().flatten() {
                if value.get("workspace").and_then(Value::as_bool) != Some(true) {
                    faults.push(format!(
                        "{file}: {name} is not taken from the workspace's list"
                    ));
                }
                used.insert(name.clone());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn our_own_crates_need_no_line() {
        let root =
            "[workspace.dependencies]\nhc-code = { path = \"crates/code\" }\nserde = \"1\"\n";
        assert_eq!(listed(&root.parse().unwrap()).unwrap(), names(&["serde"]));
    }

    #[test]
    fn a_dependency_without_a_line_is_named() {
        let page = "| `csv` | reader | quoting | BurntSushi |\n";
        assert_eq!(page_faults(page, &names(&["csv"])), Vec::<String>::new());
        assert_eq!(
            page_faults(page, &names(&["csv", "serde"])),
            [format!("{PAGE}: serde has no line")]
        );
    }

    #[test]
    fn a_stale_line_is_named() {
        let page = "| `csv` | reader | quoting | BurntSushi |\n";
        assert_eq!(
            page_faults(page, &names(&[])),
            [format!("{PAGE}: csv is no dependency of the workspace")]
        );
    }

    #[test]
    fn a_line_that_leaves_something_out_is_named() {
        for page in [
            "| `csv` | reader | quoting |\n",
            "| `csv` | reader | | BurntSushi |\n",
        ] {
            assert_eq!(page_faults(page, &names(&["csv"])).len(), 1, "{page}");
        }
    }

    #[test]
    fn lines_stand_in_the_order_of_names_once() {
        for page in [
            "| `b` | x | x | x |\n| `a` | x | x | x |\n",
            "| `a` | x | x | x |\n| `a` | x | x | x |\n",
        ] {
            let listed = if page.contains("`b`") {
                names(&["a", "b"])
            } else {
                names(&["a"])
            };
            assert_eq!(page_faults(page, &listed).len(), 1, "{page}");
        }
    }

    #[test]
    fn a_member_takes_everything_from_the_list() {
        let member = "[dependencies]\nserde.workspace = true\n[target.'cfg(unix)'.dev-dependencies]\nlibc = \"1\"\n";
        let (mut used, mut faults) = (BTreeSet::new(), Vec::new());
        member_faults("a", &member.parse().unwrap(), &mut used, &mut faults);
        assert_eq!(used, names(&["serde", "libc"]));
        assert_eq!(faults, ["a: libc is not taken from the workspace's list"]);
    }
}
