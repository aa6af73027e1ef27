//! Building the fuzz targets and running them, for the gate and for the proof.

mod processor;
mod run;
mod targets;

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, ScopedJoinHandle};

use anyhow::{Context, Result, bail, ensure};
use clap::Args;

use crate::checkout::{Checkout, output, say};
pub(crate) use run::Run;

/// Runs every target for some seconds; keeps nothing but what makes a target fail.
#[derive(Debug, Args)]
pub(crate) struct Smoke {
    /// Seconds for each target
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..))]
    seconds: u64,
}

impl Smoke {
    /// # Errors
    /// When a target cannot be built or run, or any fails.
    pub(crate) fn run(&self, checkout: &Checkout) -> Result<()> {
        let fuzzer = Fuzzer::build(checkout)?;
        // One target is one thread: as many at once as there are cores.
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let next = AtomicUsize::new(0);
        let faults: Result<Vec<Vec<String>>> = thread::scope(|scope| {
            let working: Vec<_> = (0..cores)
                .map(|_| scope.spawn(|| self.some(&fuzzer, &next)))
                .collect();
            let join = |one: ScopedJoinHandle<'_, Result<Vec<String>>>| {
                one.join()
                    .unwrap_or_else(|_| bail!("a fuzzer's thread broke off"))
            };
            working.into_iter().map(join).collect()
        });
        let faults = faults?.concat();
        ensure!(faults.is_empty(), "fuzzing found:\n{}", faults.join("\n"));
        Ok(())
    }

    /// Runs the targets that nobody else has taken; gives what they found.
    fn some(&self, fuzzer: &Fuzzer<'_>, next: &AtomicUsize) -> Result<Vec<String>> {
        let mut faults = Vec::new();
        while let Some(target) = fuzzer.targets().get(next.fetch_add(1, Ordering::Relaxed)) {
            let fresh = fuzzer.programs.join("fuzz-smoke").join(target);
            if fresh.exists() {
                fs::remove_dir_all(&fresh)?;
            }
            let run = fuzzer.fuzz(target, self.seconds, &fresh)?;
            fs::remove_dir_all(&fresh)?;
            // Not its seconds: those of the processor are counted for all targets that run at once.
            say(format!(
                "{target:18} {:12} runs {:7} edges {:5} MB {:3} faults",
                run.executions,
                run.coverage,
                run.peak_megabytes,
                run.faults.len()
            ))?;
            faults.extend(run.faults);
        }
        Ok(faults)
    }
}

/// The built fuzz targets of a checkout.
#[derive(Debug)]
pub(crate) struct Fuzzer<'a> {
    checkout: &'a Checkout,
    targets: Vec<String>,
    /// The folder of the programs, one for each target.
    programs: PathBuf,
}

impl<'a> Fuzzer<'a> {
    /// Builds every target, with the pinned toolchain and without sanitizers: our code forbids
    /// `unsafe`, and without them memory is what the parser takes and nothing else.
    ///
    /// # Errors
    /// When the manifest and the folder of targets disagree, the lock file is stale, cargo-fuzz is
    /// missing, or a target does not compile.
    pub(crate) fn build(checkout: &'a Checkout) -> Result<Self> {
        let targets = targets::all(checkout)?;
        let locked = [
            "metadata",
            "--locked",
            "--format-version=1",
            "--manifest-path=fuzz/Cargo.toml",
        ];
        output(checkout.command("cargo").args(locked)).context(
            "fuzz/Cargo.lock does not fit its manifests; \
             `cargo metadata --manifest-path fuzz/Cargo.toml` mends it",
        )?;
        let folder = std::env::var_os("CARGO_TARGET_DIR").map_or_else(
            || checkout.path("fuzz/target"),
            |folder| checkout.path("").join(folder),
        );
        say("building the fuzz targets")?;
        let status = checkout
            .command("cargo")
            .args([
                "fuzz",
                "build",
                "--sanitizer=none",
                "--codegen-units=8",
                "--target-dir",
            ])
            .arg(&folder)
            // The coverage counters are an unstable option of the compiler; nothing else is unstable.
            .env("RUSTC_BOOTSTRAP", "1")
            .status()
            .context("cannot start cargo")?;
        ensure!(
            status.success(),
            "the fuzz targets were not built; without cargo-fuzz: `cargo install --locked cargo-fuzz`"
        );
        let host = output(checkout.command("rustc").args(["--print", "host-tuple"]))?;
        let programs = folder.join(host.trim()).join("release");
        Ok(Self {
            checkout,
            targets,
            programs,
        })
    }

    /// The names of all targets, sorted.
    pub(crate) fn targets(&self) -> &[String] {
        &self.targets
    }
}
