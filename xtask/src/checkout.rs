//! The checkout that a chore works on.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The root folder of the checkout, and the state it is in.
#[derive(Debug)]
pub(crate) struct Checkout {
    root: PathBuf,
}

impl Checkout {
    /// The checkout that cargo runs this program in; started without cargo, the one it was built in.
    ///
    /// Checkouts that share a target folder share the program too, so what was known when it was
    /// built may be another one.
    pub(crate) fn new() -> Result<Self> {
        let package = std::env::var_os("CARGO_MANIFEST_DIR")
            .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = package.parent().context("xtask lies in no folder")?;
        Ok(Self {
            root: root.to_owned(),
        })
    }

    /// A path in the checkout.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.root.join(below)
    }

    /// The text of a file in the checkout.
    pub(crate) fn read(&self, below: &str) -> Result<String> {
        fs::read_to_string(self.path(below)).with_context(|| format!("cannot read {below}"))
    }

    /// Writes a file of the checkout, with the folder it lies in.
    pub(crate) fn write(&self, below: &str, text: &str) -> Result<()> {
        let path = self.path(below);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, text).with_context(|| format!("cannot write {below}"))
    }

    /// A command that will run in the root folder.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// The commit, and whether the files differ from it.
    pub(crate) fn commit(&self) -> Result<String> {
        let commit = output(
            self.command("git")
                .args(["rev-parse", "--short=12", "HEAD"]),
        )?;
        let changes = output(self.command("git").args(["status", "--porcelain"]))?;
        let dirty = if changes.trim().is_empty() {
            ""
        } else {
            " with uncommitted changes"
        };
        Ok(format!("{}{dirty}", commit.trim()))
    }
}

/// What a command wrote to standard output.
///
/// # Errors
/// When it cannot start or fails; its standard error is part of the message.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let done = command
        .output()
        .with_context(|| format!("cannot start {command:?}"))?;
    let complaint = String::from_utf8_lossy(&done.stderr);
    ensure!(
        done.status.success(),
        "{command:?} failed ({}):\n{complaint}",
        done.status
    );
    String::from_utf8(done.stdout).with_context(|| format!("{command:?} wrote no UTF-8"))
}

/// Tells whoever waits what is being done.
pub(crate) fn say(line: impl AsRef<str>) -> Result<()> {
    Ok(writeln!(io::stdout(), "{}", line.as_ref())?)
}
