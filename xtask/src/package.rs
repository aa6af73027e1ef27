//! The verifier as a package for others: what `packages/verifier` and `web/verifier` hold, in one folder and one file.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::checkout::{Checkout, output, say};

/// Files of the pages that are part of the package.
const SHARED: [&str; 3] = ["verifier.mjs", "verifier.wasm", "door.wasm"];

/// Puts the package into `target/package/` and, where npm is there, packs it.
///
/// # Errors
/// Where a file cannot be copied, or npm refuses the package.
pub(crate) fn run(checkout: &Checkout) -> Result<()> {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| checkout.path("target"), std::path::PathBuf::from);
    let (all, folder) = (target.join("package"), target.join("package/verifier"));
    if folder.exists() {
        fs::remove_dir_all(&folder)?;
    }
    copy(&checkout.path("packages/verifier"), &folder)?;
    for name in SHARED {
        let from = checkout.path("web/verifier").join(name);
        fs::copy(&from, folder.join(name)).with_context(|| from.display().to_string())?;
    }
    fs::copy(checkout.path("LICENSE"), folder.join("LICENSE"))?;
    say(format!("{}", folder.display()))?;
    let mut npm = checkout.command("npm");
    if npm.arg("--version").output().is_err() {
        return say("npm is not there: the folder is not packed (apt-get install npm)");
    }
    let mut pack = checkout.command("npm");
    pack.args(["pack", "--silent", "--pack-destination"])
        .arg(&all)
        .arg(&folder);
    let name = output(&mut pack)?;
    let file = all.join(name.trim());
    let bytes = fs::metadata(&file)
        .with_context(|| file.display().to_string())?
        .len();
    say(format!("{}: {bytes} bytes", file.display()))
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from).with_context(|| from.display().to_string())? {
        let entry = entry?;
        let place = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &place)?;
        } else {
            fs::copy(entry.path(), place)?;
        }
    }
    Ok(())
}
