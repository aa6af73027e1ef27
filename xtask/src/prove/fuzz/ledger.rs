//! The list of all fuzzing runs: tab-separated, one run of one target a line, oldest first.

use std::fmt;

use anyhow::{Context, Result};

use crate::fuzzing::Run;

const HEAD: &str = "target\tcommit\tseconds\truns\tedges\tpeak MB\tfaults";

/// Every run that counts.
#[derive(Debug, Default)]
pub(super) struct Ledger(Vec<Entry>);

/// One run of one target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) target: String,
    pub(super) commit: String,
    pub(super) seconds: u64,
    pub(super) executions: u64,
    pub(super) coverage: u64,
    pub(super) peak_megabytes: u64,
    pub(super) faults: u64,
}

impl Entry {
    /// What a run of a target at a commit did.
    pub(super) fn of(target: &str, commit: &str, run: &Run) -> Self {
        Self {
            target: target.to_owned(),
            commit: commit.to_owned(),
            seconds: run.seconds,
            executions: run.executions,
            coverage: run.coverage,
            peak_megabytes: run.peak_megabytes,
            faults: u64::try_from(run.faults.len()).unwrap_or(u64::MAX),
        }
    }

    fn parse(line: &str) -> Option<Self> {
        let mut cells = line.split('\t');
        let mut text = || cells.next().map(str::to_owned);
        let (target, commit) = (text()?, text()?);
        let mut number = || cells.next()?.parse().ok();
        let entry = Self {
            target,
            commit,
            seconds: number()?,
            executions: number()?,
            coverage: number()?,
            peak_megabytes: number()?,
            faults: number()?,
        };
        cells.next().is_none().then_some(entry)
    }
}

impl Ledger {
    /// Reads the file; an empty text is an empty ledger.
    pub(super) fn parse(text: &str) -> Result<Self> {
        let lines = text.lines().filter(|&line| line != HEAD);
        let entry =
            |line| Entry::parse(line).with_context(|| format!("not a fuzzing run: {line:?}"));
        lines.map(entry).collect::<Result<_>>().map(Self)
    }

    pub(super) fn add(&mut self, entry: Entry) {
        self.0.push(entry);
    }

    /// The runs of a target, oldest first.
    pub(super) fn of(&self, target: &str) -> impl Iterator<Item = &Entry> {
        self.0.iter().filter(move |entry| entry.target == target)
    }
}

impl fmt::Display for Ledger {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{HEAD}")?;
        for Entry {
            target,
            commit,
            seconds,
            executions,
            coverage,
            peak_megabytes,
            faults,
        } in &self.0
        {
            writeln!(
                f,
                "{target}\t{commit}\t{seconds}\t{executions}\t{coverage}\t{peak_megabytes}\t{faults}"
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let mut ledger = Ledger::default();
        let entry = Entry {
            target: "place".to_owned(),
            commit: "0123 with uncommitted changes".to_owned(),
            seconds: 60,
            executions: 1000,
            coverage: 12,
            peak_megabytes: 30,
            faults: 1,
        };
        ledger.add(entry.clone());
        let again = Ledger::parse(&ledger.to_string()).unwrap();
        assert_eq!(again.of("place").collect::<Vec<_>>(), [&entry]);
        assert_eq!(again.of("document").count(), 0);
    }

    #[test]
    fn a_line_that_is_no_run_is_an_error() {
        assert!(Ledger::parse("place\t0123\t60\n").is_err());
        assert!(Ledger::parse("place\t0123\t60\t1\t1\t1\t1\t1\n").is_err());
        assert!(Ledger::parse("").is_ok());
    }
}
