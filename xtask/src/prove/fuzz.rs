//! Proof: every parser has been fuzzed for its share of at least an hour, and none failed.
//!
//! Runs add up: each is a row of `docs/results/fuzz.tsv`, and the page is made from all rows.

mod ledger;

use std::fs;

use anyhow::{Result, ensure};
use clap::Args;

use super::report::Report;
use crate::checkout::{Checkout, say};
use crate::fuzzing::Fuzzer;
use ledger::{Entry, Ledger};

const LEDGER: &str = "docs/results/fuzz.tsv";
/// All parsers together, in seconds.
const AT_LEAST: u64 = 3600;
/// Starting anew has its cost: no run is shorter, in seconds.
const SHORTEST: u64 = 5;

#[derive(Debug, Args)]
pub(super) struct Fuzz {
    /// Minutes of processor time for all targets together
    #[arg(long, default_value_t = 60, value_parser = clap::value_parser!(u64).range(1..))]
    minutes: u64,

    /// Only this target; may be given several times
    #[arg(long, value_name = "NAME")]
    target: Vec<String>,
}

impl Fuzz {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let commit = checkout.commit()?;
        let fuzzer = Fuzzer::build(checkout)?;
        for name in &self.target {
            ensure!(
                fuzzer.targets().contains(name),
                "{name} is not a fuzz target"
            );
        }
        let wanted = |target: &&String| self.target.is_empty() || self.target.contains(target);
        let targets: Vec<&String> = fuzzer.targets().iter().filter(wanted).collect();
        let share = self
            .minutes
            .saturating_mul(60)
            .div_ceil(u64::try_from(targets.len())?.max(1));
        let mut ledger =
            Ledger::parse(&fs::read_to_string(checkout.path(LEDGER)).unwrap_or_default())?;
        for target in targets {
            let grown = checkout.path("fuzz/grown").join(target);
            let mut run = fuzzer.fuzz(target, share, &grown)?;
            while run.seconds < share && run.faults.is_empty() {
                let left = (share - run.seconds).max(SHORTEST);
                run = run.and(fuzzer.fuzz(target, left, &grown)?);
            }
            say(format!("{target:18} {run}"))?;
            for fault in &run.faults {
                say(fault)?;
            }
            ledger.add(Entry::of(target, &commit, &run));
            // After every target, so that an interrupted hour keeps what it did.
            checkout.write(LEDGER, &ledger.to_string())?;
            let (files, bytes) = fuzzer.minimise(target, &grown)?;
            say(format!("{target:18} keeps {files} inputs, {bytes} bytes"))?;
        }
        page(checkout, &ledger, fuzzer.targets())
    }
}

fn page(checkout: &Checkout, ledger: &Ledger, targets: &[String]) -> Result<Report> {
    let mut report = Report::new(
        "Fuzzing",
        "Every parser reads whatever bytes it is given: none panics, takes more than 5 s for an input \
         of up to 64 KiB, or lets the process grow beyond 512 MB. An hour of processor time in \
         all; runs add up (`fuzz.tsv` has each), and after a change a target counts by its last run.",
    );
    let mut rows = Vec::new();
    for target in targets {
        let entries: Vec<&Entry> = ledger.of(target).collect();
        let Some(last) = entries.last() else {
            report.fail(format!("{target} was never run"));
            continue;
        };
        if last.faults > 0 {
            report.fail(format!(
                "{target}: the last run found {} faults",
                last.faults
            ));
        }
        let seconds: u64 = entries.iter().map(|entry| entry.seconds).sum();
        let executions: u64 = entries.iter().map(|entry| entry.executions).sum();
        let faults: u64 = entries.iter().map(|entry| entry.faults).sum();
        let (files, bytes) = size(checkout, target)?;
        rows.push(vec![
            target.clone(),
            seconds.to_string(),
            executions.to_string(),
            executions.checked_div(seconds).unwrap_or(0).to_string(),
            last.coverage.to_string(),
            format!("{files} / {bytes}"),
            last.peak_megabytes.to_string(),
            faults.to_string(),
            last.commit.clone(),
        ]);
    }
    let head = [
        "target",
        "seconds",
        "runs",
        "runs/s",
        "edges reached",
        "corpus files / bytes",
        "peak MB",
        "faults found ever",
        "last run at commit",
    ];
    report.table(&head, &rows);
    let total: u64 = targets
        .iter()
        .flat_map(|target| ledger.of(target))
        .map(|entry| entry.seconds)
        .sum();
    report.text(&format!("In all: {} minutes.", total / 60));
    if total < AT_LEAST {
        report.fail(format!("{total} s of fuzzing are less than {AT_LEAST} s"));
    }
    Ok(report)
}

/// Files and bytes of the kept corpus of a target.
fn size(checkout: &Checkout, target: &str) -> Result<(usize, u64)> {
    let (mut files, mut bytes) = (0, 0);
    for entry in fs::read_dir(checkout.path("fuzz/corpus").join(target))? {
        files += 1;
        bytes += entry?.metadata()?.len();
    }
    Ok((files, bytes))
}
