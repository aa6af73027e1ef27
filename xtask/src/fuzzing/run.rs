//! One run of one target.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::fmt::{self, Write};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use super::{Fuzzer, processor, targets};

/// The longest input, in bytes: long enough to show work or memory that grows faster than the input.
const LONGEST_INPUT: usize = 64 << 10;
/// The longest input that is kept, in bytes; longer ones are cut. Whole files of a format are seeds.
const LONGEST_KEPT: usize = 4 << 10;
/// An input that keeps a parser busy for longer is a fault. A gate decides in under a second; the
/// rest is for a busy machine.
const SECONDS_FOR_ONE_INPUT: u64 = 5;
/// The whole process may take this much, many times what 64 KiB of input need.
const MEGABYTES: u64 = 512;
/// How much of an input that makes a target fail is shown.
const SHOWN_BYTES: usize = 512;

/// What a run did and found.
#[derive(Debug)]
pub(crate) struct Run {
    /// Of processor time where the system tells it, else of the clock: on a busy machine an hour by
    /// the clock says little.
    pub(crate) seconds: u64,
    pub(crate) executions: u64,
    /// Edges of the program that inputs reached.
    pub(crate) coverage: u64,
    pub(crate) peak_megabytes: u64,
    /// A description of every input that made the target fail.
    pub(crate) faults: Vec<String>,
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            seconds,
            executions,
            coverage,
            peak_megabytes,
            faults,
        } = self;
        let faults = faults.len();
        write!(
            f,
            "{seconds:5} s {executions:12} runs {coverage:7} edges {peak_megabytes:5} MB {faults:3} faults"
        )
    }
}

impl Fuzzer<'_> {
    /// Runs a target for some seconds from the kept corpus and the seeds; new inputs go to `grown`.
    ///
    /// # Errors
    /// When the target cannot be run at all. What it finds is in [`Run::faults`].
    pub(crate) fn fuzz(&self, target: &str, seconds: u64, grown: &Path) -> Result<Run> {
        let artifacts = self.checkout.path("fuzz/artifacts").join(target);
        for folder in [&artifacts, grown, &self.corpus(target)] {
            fs::create_dir_all(folder)?;
        }
        let mut command = self.program(target, LONGEST_INPUT);
        command.arg(format!("-max_total_time={seconds}"));
        command.arg("-print_final_stats=1");
        command.arg(prefix(&artifacts));
        let dictionary = self
            .checkout
            .path("fuzz/dictionaries")
            .join(format!("{target}.dict"));
        if dictionary.is_file() {
            command.arg(format!("-dict={}", dictionary.display()));
        }
        command.arg(grown).args(self.inputs(target));
        let before = processor::seconds_of_children();
        let done = command
            .output()
            .with_context(|| format!("cannot start {command:?}"))?;
        let used = processor::seconds_of_children()
            .zip(before)
            .map(|(after, before)| after.saturating_sub(before));
        let log = String::from_utf8_lossy(&done.stderr);
        let found = log
            .lines()
            .filter_map(|line| line.split_once("Test unit written to "));
        let faults = found.map(|(_, path)| fault(target, Path::new(path), &log));
        let faults: Vec<String> = faults.collect::<Result<_>>()?;
        ensure!(
            done.status.success() || !faults.is_empty(),
            "{target} stopped ({}) and left no input:\n{}",
            done.status,
            tail(&log)
        );
        let mut run =
            Run::read(&log, faults).with_context(|| format!("{target} wrote:\n{}", tail(&log)))?;
        run.seconds = used.unwrap_or(run.seconds);
        Ok(run)
    }

    /// Replaces the kept corpus of a target by the fewest small inputs that reach the same edges as
    /// it, the seeds and `grown` together. Returns how many there are and their bytes.
    pub(crate) fn minimise(&self, target: &str, grown: &Path) -> Result<(usize, u64)> {
        let kept = self.corpus(target);
        let chosen = self.programs.join("fuzz-chosen").join(target);
        if chosen.exists() {
            fs::remove_dir_all(&chosen)?;
        }
        fs::create_dir_all(&chosen)?;
        let mut command = self.program(target, LONGEST_KEPT);
        command.args(["-set_cover_merge=1", "-use_counters=0"]);
        command.arg(&chosen).arg(grown).args(self.inputs(target));
        let done = command
            .output()
            .with_context(|| format!("cannot start {command:?}"))?;
        let log = String::from_utf8_lossy(&done.stderr);
        ensure!(
            done.status.success(),
            "{target} was not minimised:\n{}",
            tail(&log)
        );
        fs::remove_dir_all(&kept)?;
        fs::create_dir_all(&kept)?;
        let mut bytes = 0;
        let chosen = files(&chosen)?;
        for path in &chosen {
            let name = path.file_name().context("an input has no name")?;
            bytes += fs::copy(path, kept.join(name))?;
        }
        Ok((chosen.len(), bytes))
    }

    fn program(&self, target: &str, longest: usize) -> Command {
        let mut command = self.checkout.command(self.programs.join(target));
        command.arg(format!("-max_len={longest}"));
        command.arg(format!("-timeout={SECONDS_FOR_ONE_INPUT}"));
        command.arg(format!("-rss_limit_mb={MEGABYTES}"));
        command
    }

    fn corpus(&self, target: &str) -> PathBuf {
        self.checkout.path("fuzz/corpus").join(target)
    }

    fn inputs(&self, target: &str) -> Vec<PathBuf> {
        let seeds = targets::seeds(target)
            .iter()
            .map(|below| self.checkout.path(below));
        std::iter::once(self.corpus(target)).chain(seeds).collect()
    }
}

impl Run {
    /// This run and one after it of the same target.
    pub(crate) fn and(mut self, later: Self) -> Self {
        self.seconds += later.seconds;
        self.executions += later.executions;
        self.coverage = self.coverage.max(later.coverage);
        self.peak_megabytes = self.peak_megabytes.max(later.peak_megabytes);
        self.faults.extend(later.faults);
        self
    }

    /// Reads what libFuzzer writes at the end of a run.
    fn read(log: &str, faults: Vec<String>) -> Result<Self> {
        // Statistics are in lines `stat::name: value`, also where the run was cut short by a fault.
        let stat = |name: &str| {
            let line = log
                .lines()
                .rev()
                .find_map(|line| line.strip_prefix("stat::")?.strip_prefix(name));
            let value = line.and_then(|rest| rest.trim_start_matches(':').trim().parse().ok());
            value.with_context(|| format!("no statistic {name}"))
        };
        // Progress is in lines `#123 NEW cov: 45 ft: 67 ...`; the last has the most.
        let coverage = log.lines().rev().find_map(|line| {
            line.split_once(" cov: ")?
                .1
                .split_whitespace()
                .next()?
                .parse()
                .ok()
        });
        // `Done 123 runs in 45 second(s)` is missing after a fault.
        let seconds = log.lines().rev().find_map(|line| {
            let words = line.strip_prefix("Done ")?.split_once(" runs in ")?.1;
            words.split_whitespace().next()?.parse().ok()
        });
        let executions: u64 = stat("number_of_executed_units")?;
        let per_second: u64 = stat("average_exec_per_sec")?;
        Ok(Self {
            seconds: seconds.unwrap_or_else(|| executions.checked_div(per_second).unwrap_or(0)),
            executions,
            coverage: coverage.unwrap_or(0),
            peak_megabytes: stat("peak_rss_mb")?,
            faults,
        })
    }
}

/// The option that says where failing inputs go; libFuzzer wants the slash.
fn prefix(folder: &Path) -> OsString {
    let mut option = OsString::from("-artifact_prefix=");
    option.push(folder);
    option.push("/");
    option
}

fn files(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let entries =
        fs::read_dir(folder).with_context(|| format!("cannot read {}", folder.display()))?;
    entries.map(|entry| Ok(entry?.path())).collect()
}

/// A failing input in words: where it lies, what it is, what was said.
fn fault(target: &str, path: &Path, log: &str) -> Result<String> {
    let input = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let said = log
        .lines()
        .skip_while(|line| !line.contains("panicked at") && !line.contains("ERROR:"));
    let said: Vec<&str> = said.take(3).collect();
    let mut text = format!(
        "{target}: {} ({} bytes): {}: ",
        path.display(),
        input.len(),
        said.join(" ")
    );
    for byte in input.iter().take(SHOWN_BYTES) {
        write!(text, "{byte:02x}")?;
    }
    Ok(text)
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().collect();
    lines
        .get(lines.len().saturating_sub(20)..)
        .unwrap_or_default()
        .join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "\
#2\tINITED cov: 12 ft: 13 corp: 1/1b exec/s: 0 rss: 30Mb
#90022\tDONE   cov: 812 ft: 913 corp: 9/99b lim: 40 exec/s: 10002 rss: 31Mb
Done 90022 runs in 9 second(s)
stat::number_of_executed_units: 90022
stat::average_exec_per_sec:     10002
stat::new_units_added:          2078
stat::slowest_unit_time_sec:    0
stat::peak_rss_mb:              30
";

    #[test]
    fn statistics_are_read_from_the_end_of_the_log() {
        let run = Run::read(LOG, Vec::new()).unwrap();
        assert_eq!(
            (
                run.seconds,
                run.executions,
                run.coverage,
                run.peak_megabytes
            ),
            (9, 90022, 812, 30)
        );
    }

    #[test]
    fn a_run_that_was_cut_short_has_its_time_from_its_speed() {
        let cut = LOG.replace("Done 90022 runs in 9 second(s)\n", "");
        assert_eq!(Run::read(&cut, Vec::new()).unwrap().seconds, 9);
    }

    #[test]
    fn a_log_without_statistics_is_an_error() {
        assert!(Run::read("#2\tINITED cov: 12\n", Vec::new()).is_err());
    }
}
