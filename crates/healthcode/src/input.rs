//! Files that commands read.

pub(crate) mod areas;
pub(crate) mod certificates;
pub(crate) mod decisions;
pub(crate) mod evidence;
pub(crate) mod gate_lists;
pub(crate) mod key_file;
mod lines;
pub(crate) mod policies;
pub(crate) mod positions;
pub(crate) mod seen;
pub(crate) mod sheets;
pub(crate) mod signed;
pub(crate) mod text;

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use hc_core::rules::{Findings, MAX_PACK_BYTES, RulePack};

/// The text of a rule pack.
pub(crate) fn pack_text(path: &Path) -> Result<String> {
    let bytes = at_most(path, MAX_PACK_BYTES)?;
    String::from_utf8(bytes).with_context(|| format!("{} is not UTF-8", path.display()))
}

/// The bytes of a regular file that has no more than a limit.
pub(crate) fn at_most(path: &Path, limit: usize) -> Result<Vec<u8>> {
    let reading = || format!("cannot read {}", path.display());
    is_file(path)?;
    let mut bytes = Vec::new();
    let file = File::open(path).with_context(reading)?;
    file.take(limit as u64 + 1)
        .read_to_end(&mut bytes)
        .with_context(reading)?;
    ensure!(
        bytes.len() <= limit,
        "{} has more than {limit} bytes",
        path.display()
    );
    Ok(bytes)
}

/// That a path names a regular file: a pipe or a device can be read only once, or for ever.
pub(crate) fn is_file(path: &Path) -> Result<()> {
    let kind = fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?;
    ensure!(
        kind.is_file(),
        "{} is not a regular file; `-` reads standard input",
        path.display()
    );
    Ok(())
}

/// A rule pack that people may be decided by: parsed and proved.
pub(crate) fn proved_pack(path: &Path) -> Result<RulePack> {
    let text = pack_text(path)?;
    let parsed = RulePack::parse(&text);
    let proved = parsed.and_then(|pack| hc_core::rules::check::check(&pack).map(|()| pack));
    proved.map_err(|findings| {
        let listed: Vec<_> = finding_lines(path, &findings).collect();
        anyhow::anyhow!(
            "nobody can be decided by a pack with findings:\n{}",
            listed.join("\n")
        )
    })
}

/// Findings in the form `file:line: rule x: what`.
pub(crate) fn finding_lines(path: &Path, findings: &Findings) -> impl Iterator<Item = String> {
    findings.iter().map(move |finding| {
        let rule = finding
            .rule
            .as_ref()
            .map(|rule| format!("rule {rule}: "))
            .unwrap_or_default();
        format!(
            "{}:{}: {rule}{}",
            path.display(),
            finding.line,
            finding.message
        )
    })
}

/// The files that were named, and those with one of the endings in the folders that were named, in
/// the order of their names.
pub(crate) fn files(named: &[PathBuf], endings: &[&str]) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in named {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let before = found.len();
        let folder =
            fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
        for entry in folder {
            let entry = entry
                .with_context(|| format!("cannot read {}", path.display()))?
                .path();
            if entry
                .extension()
                .is_some_and(|ending| endings.iter().any(|known| ending == *known))
            {
                found.push(entry);
            }
        }
        if found.len() == before {
            bail!(
                "{} has no file that ends with .{}",
                path.display(),
                endings.join(" or .")
            );
        }
        found.get_mut(before..).unwrap_or(&mut []).sort();
    }
    Ok(found)
}
