//! A gate without any network: `code verify` on files that were fetched before, in a namespace in which
//! there is nothing to ask.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use hc_testkit::federation::World;
use serde_json::Value;

/// What a gate has in its hands.
pub(super) struct Gate {
    binary: PathBuf,
    hub: PathBuf,
    folder: PathBuf,
    trust: PathBuf,
    lists: Vec<PathBuf>,
    remembers: bool,
}

/// What it said.
pub(super) struct Said {
    /// What it does; `none` where it takes no such files.
    pub(super) action: String,
    /// The word of the verdict, or what is wrong with the files.
    pub(super) cause: String,
    /// From its start on.
    pub(super) took: Duration,
}

#[expect(
    clippy::disallowed_methods,
    reason = "how long people wait is measured"
)]
fn now() -> Instant {
    Instant::now()
}

/// What is said of files of before.
pub(super) const OLDER: &str = "refused: older than what was seen";

impl Gate {
    /// A gate of a region, with the trust list and the removals that the region gives it.
    pub(super) fn of(world: &World, binary: &Path, region: &str, name: &str) -> Result<Self> {
        let folder = world.folder().join(name);
        fs::create_dir(&folder)?;
        let mut gate = Self {
            binary: binary.to_owned(),
            hub: world.folder().join("offline.json.pub"),
            trust: folder.join("trust-list"),
            folder,
            lists: Vec::new(),
            remembers: false,
        };
        gate.follow(world, region)?;
        Ok(gate)
    }

    /// The region's trust list and removals as they are now, in the place of those that it has.
    pub(super) fn follow(&mut self, world: &World, region: &str) -> Result<()> {
        let region = world.region(region);
        fs::write(&self.trust, region.file("/v1/trust-list"))?;
        let removals = region.file("/v1/removals");
        if !removals.is_empty() {
            self.take("removals", &removals)?;
        }
        Ok(())
    }

    /// Has a list from now on.
    pub(super) fn take(&mut self, name: &str, bytes: &[u8]) -> Result<()> {
        fs::write(self.folder.join(name), bytes)?;
        self.have_again(name);
        Ok(())
    }

    /// Has a list again that it had before.
    pub(super) fn have_again(&mut self, name: &str) {
        let path = self.folder.join(name);
        if !self.lists.contains(&path) {
            self.lists.push(path);
        }
    }

    /// Has a list no more.
    pub(super) fn lose(&mut self, name: &str) {
        let path = self.folder.join(name);
        self.lists.retain(|list| *list != path);
    }

    /// Remembers from now on what it has seen, as gates do.
    pub(super) const fn remember(&mut self) {
        self.remembers = true;
    }

    /// The trust list that it has, to be put back later.
    pub(super) fn trust(&self) -> Result<Vec<u8>> {
        Ok(fs::read(&self.trust)?)
    }

    /// Has this trust list in the place of its own.
    pub(super) fn put_trust(&self, bytes: &[u8]) -> Result<()> {
        Ok(fs::write(&self.trust, bytes)?)
    }

    /// What it says of a text.
    pub(super) fn verify(&self, text: &str) -> Result<Said> {
        let begun = now();
        let mut command = Command::new("unshare");
        command.args(["-n", "--"]).arg(&self.binary);
        command.args(["code", "verify", "--json", "--trust"]);
        command.arg(&self.trust).arg("--hub").arg(&self.hub);
        for list in &self.lists {
            command.arg("--list").arg(list);
        }
        if self.remembers {
            command.arg("--seen").arg(self.folder.join("seen"));
        }
        let told = command.arg(text).output()?;
        let took = begun.elapsed();
        let errors = String::from_utf8_lossy(&told.stderr).into_owned();
        // Files that are not to be believed end it before there is a verdict.
        if !matches!(told.status.code(), Some(0 | 1)) {
            let line = errors.lines().next().unwrap_or_default();
            let folder = format!("{}/", self.folder.display());
            let cause = line.replace(&folder, "");
            let action = "none".to_owned();
            return Ok(Said {
                action,
                cause,
                took,
            });
        }
        let line = String::from_utf8(told.stdout)?;
        let line = line.lines().last();
        let line = line.with_context(|| format!("nothing: {errors}"))?;
        let told: Value = serde_json::from_str(line)?;
        let word = |name: &str| {
            let word = told.get(name).and_then(Value::as_str);
            word.map(str::to_owned)
                .with_context(|| format!("no {name} in {told}"))
        };
        Ok(Said {
            action: word("action")?,
            cause: word("cause")?,
            took,
        })
    }
}

impl Said {
    /// What is said of a file that is older than one that was seen, by the name that it was taken under; what
    /// else was said otherwise.
    pub(super) fn of_older(&self, name: &str) -> String {
        let named = self.cause.contains(&format!(" {name} (")) && self.cause.contains("seen");
        if self.action == "none" && named {
            OLDER.to_owned()
        } else {
            self.words()
        }
    }

    /// Action and cause.
    pub(super) fn words(&self) -> String {
        format!("{} ({})", self.action, self.cause)
    }
}
