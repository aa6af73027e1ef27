//! A region that serves, and the load generator, each on a core of their own.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{fs, thread};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::checkout::{Checkout, output, say};

/// Where the region of a proof listens.
pub(super) const ADDRESS: &str = "127.0.0.1:18480";
const REGION_CORE: &str = "1";
const GENERATOR_CORE: &str = "0";
/// A region at rest takes less than a twentieth of a core.
const TICKS_AT_REST: u64 = 10;
const WAIT: Duration = Duration::from_secs(2);
const MOST_WAITS: u32 = 900;

/// The folder of a demonstration region, with its people, and how to run it.
pub(super) struct Ground<'a> {
    checkout: &'a Checkout,
    folder: PathBuf,
}

/// A region that is stopped when the proof ends, however it ends.
pub(super) struct Region(Child);

impl<'a> Ground<'a> {
    /// Builds the programs, and the region where its folder does not have one.
    pub(super) fn prepare(checkout: &'a Checkout, folder: &Path, people: u32) -> Result<Self> {
        let programs = ["-p", "healthcode", "-p", "hc-load"];
        let mut build = checkout.command("cargo");
        output(
            build
                .args(["build", "--locked", "--release"])
                .args(programs),
        )?;
        let ground = Self {
            checkout,
            folder: folder.to_owned(),
        };
        if !ground.config().exists() {
            say(format!("enrolling {people} people"))?;
            let mut seed = Command::new(program(checkout, "healthcode"));
            seed.args([
                "demo",
                "--once",
                "--people",
                &people.to_string(),
                "--folder",
            ]);
            output(seed.arg(folder))?;
        }
        Ok(ground)
    }

    fn config(&self) -> PathBuf {
        self.folder.join("healthcode.toml")
    }

    /// Sets values of the configuration, as `table.key` or `key` with a value in TOML.
    pub(super) fn set(&self, values: &[(&str, toml::Value)]) -> Result<()> {
        let text = fs::read_to_string(self.config())?;
        let mut config: toml::Table = toml::from_str(&text)?;
        for (name, value) in values {
            match name.split_once('.') {
                None => drop(config.insert((*name).to_owned(), value.clone())),
                Some((table, key)) => {
                    let table = config
                        .entry(table)
                        .or_insert_with(|| toml::Value::Table(toml::Table::new()));
                    let table = table.as_table_mut().context("no table of this name")?;
                    table.insert(key.to_owned(), value.clone());
                }
            }
        }
        fs::write(self.config(), toml::to_string(&config)?)?;
        Ok(())
    }

    /// A file of the checkout as a file of the region that only its user reads.
    pub(super) fn keep(&self, file: &str, name: &str) -> Result<()> {
        let path = self.folder.join(name);
        fs::copy(self.checkout.path(file), &path)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600))?;
        }
        Ok(())
    }

    /// The key of the region's laboratory, `load`.
    pub(super) fn laboratory(&self) -> PathBuf {
        self.folder.join("laboratory.json")
    }

    /// The key of the region's application of the national interface, `load-app`.
    pub(super) fn application(&self) -> PathBuf {
        self.folder.join("application.json")
    }

    /// Starts the region; gives it with the seconds until it answered.
    pub(super) fn start(&self) -> Result<(Region, f64)> {
        say("starting the region")?;
        let mut command = Command::new("taskset");
        command
            .args(["-c", REGION_CORE])
            .arg(program(self.checkout, "healthcode"))
            .args(["demo", "--listen", ADDRESS, "--folder"])
            .arg(&self.folder);
        #[expect(
            clippy::disallowed_methods,
            reason = "how long a start takes is measured"
        )]
        let begun = Instant::now();
        let mut child = command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start the region (taskset of util-linux is needed)")?;
        let out = child.stdout.take().context("the region says nothing")?;
        let region = Region(child);
        for line in BufReader::new(out).lines() {
            if line?.contains(ADDRESS) {
                return Ok((region, begun.elapsed().as_secs_f64()));
            }
        }
        bail!("the region ended before it served")
    }

    /// Has the region decide by other rules from its next start on.
    pub(super) fn rule(&self, pack: &str) -> Result<()> {
        let path = self.folder.join("rules.toml");
        fs::write(&path, pack).with_context(|| path.display().to_string())
    }

    /// How many people of the region are not plainly low.
    pub(super) fn exceptions(&self) -> Result<u64> {
        let said = self.load(&["counts"])?;
        let count = said
            .first()
            .and_then(|said| said.get("exceptions")?.as_u64());
        count.context("the region does not say how many are not plainly low")
    }

    /// The token of somebody who enrols now.
    pub(super) fn token(&self) -> Result<String> {
        let said = self.load(&["token"])?;
        let token = said.first().and_then(|line| line.get("token")?.as_str());
        Ok(token.context("nobody enrolled")?.to_owned())
    }

    /// What the generator says, line by line.
    pub(super) fn load(&self, words: &[&str]) -> Result<Vec<Value>> {
        say(words.join(" "))?;
        let mut command = Command::new("taskset");
        command
            .args(["-c", GENERATOR_CORE])
            .arg(program(self.checkout, "hc-load"))
            .arg("--json")
            .args(words)
            .args(["--address", ADDRESS]);
        let said = output(&mut command)?;
        let lines: Result<Vec<Value>, _> = said.lines().map(serde_json::from_str).collect();
        let lines = lines.context("the generator says something else than JSON")?;
        ensure!(!lines.is_empty(), "the generator says nothing");
        Ok(lines)
    }
}

impl Region {
    /// Waits until what a start brings with it is over: everybody is decided anew in the background.
    pub(super) fn settle(&self) -> Result<()> {
        say("waiting until the region is at rest")?;
        let mut before = self.ticks()?;
        for _ in 0..MOST_WAITS {
            wait(WAIT);
            let now = self.ticks()?;
            if now - before < TICKS_AT_REST {
                return Ok(());
            }
            before = now;
        }
        bail!("the region does not come to rest")
    }

    /// Processor time so far, in hundredths of a second: fields 14 and 15 of `/proc/PID/stat`.
    pub(super) fn ticks(&self) -> Result<u64> {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let spent = fields.split_whitespace().skip(11).take(2);
        let spent: Vec<u64> = spent.filter_map(|ticks| ticks.parse().ok()).collect();
        ensure!(spent.len() == 2, "the region's processor time is not known");
        Ok(spent.iter().sum())
    }

    /// From `/proc`, in megabytes.
    pub(super) fn resident_megabytes(&self) -> Result<u64> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
        Ok(kilobytes.context("the region's memory is not known")? / 1000)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // It is gone already, or it goes now.
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Waits for another process.
pub(super) fn wait(time: Duration) {
    #[expect(
        clippy::disallowed_methods,
        reason = "a proof waits for another process, and measures what it did"
    )]
    thread::sleep(time);
}

/// A number of what the generator said.
pub(super) fn number(line: &Value, name: &str) -> f64 {
    line.get(name).and_then(Value::as_f64).unwrap_or(f64::NAN)
}

/// A number as a cell.
pub(super) fn cell(line: &Value, name: &str) -> String {
    match line.get(name) {
        Some(Value::String(text)) => text.clone(),
        Some(value) if value.is_u64() => value.to_string(),
        Some(value) => value
            .as_f64()
            .map_or_else(String::new, |number| format!("{number:.1}")),
        None => String::new(),
    }
}

/// A program of the release build.
/// Builds a program as it is released; gives where it lies.
pub(super) fn built(checkout: &Checkout, name: &str) -> Result<PathBuf> {
    let mut build = checkout.command("cargo");
    output(build.args(["build", "--locked", "--release", "-p", name]))?;
    Ok(program(checkout, name))
}

fn program(checkout: &Checkout, name: &str) -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| checkout.path("target"), PathBuf::from);
    target.join("release").join(name)
}
