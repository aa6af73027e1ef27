//! Proof: a code is there soon on a slow phone, and little is sent for it.

use anyhow::{Context, Result, ensure};
use clap::Args;

use super::report::Report;
use crate::checkout::{Checkout, output};

#[derive(Debug, Args)]
pub(super) struct Pages {}

impl Pages {
    pub(super) fn run(checkout: &Checkout) -> Result<Report> {
        let mut report = Report::new(
            "Pages on a slow phone",
            "Behind a round trip of 150 ms and 1.6 Mb/s, on a processor four times slower than this machine's, the first \
             code stands within 2.5 s of the first visit (typing left out) and within 1 s of a repeat visit, \
             less than 60 KB are sent for it, and an open page shows another level within 2 s.",
        );
        let mut test = checkout.command("cargo");
        test.args(["test", "--locked", "-p", "healthcode", "--test", "pages"])
            .args(["timings", "--", "--ignored", "--nocapture"])
            .env("CI", "true");
        let said = output(&mut test)?;
        let mut rows = Vec::new();
        for line in said
            .lines()
            .filter_map(|line| line.split_once("measured\t"))
        {
            let cells: Vec<&str> = line.1.split('\t').collect();
            let &[what, value, most, unit] = cells.as_slice() else {
                anyhow::bail!("not a line of the table: {}", line.1);
            };
            let (measured, bound): (f64, f64) = (value.parse()?, most.parse()?);
            if measured > bound {
                report.fail(format!("{what}: {value} {unit}, more than {most}"));
            }
            rows.push(vec![
                what.to_owned(),
                format!("{value} {unit}"),
                format!("{most} {unit}"),
            ]);
        }
        ensure!(!rows.is_empty(), "the test measured nothing");
        report.table(&["what", "measured", "at most"], &rows);
        let sizes = std::fs::read_to_string(checkout.path("spec/pages.tsv"));
        let sizes = sizes.context("spec/pages.tsv")?;
        let files = sizes
            .lines()
            .filter(|line| line.contains("/assets/"))
            .count();
        report.text(&format!(
            "The middle of five visits in Chromium, with the network and the processor slowed by its own tools. \
             {files} files are built in; `spec/pages.tsv` has the size of each."
        ));
        Ok(report)
    }
}
