//! Proof: one gate's page keeps up with a queue.

use anyhow::{Result, ensure};
use clap::Args;

use super::report::Report;
use crate::checkout::{Checkout, output};

#[derive(Debug, Args)]
pub(super) struct GatePage {
    /// How many different codes are shown, two seconds each
    #[arg(long, default_value_t = 300)]
    codes: u32,
}

impl GatePage {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let mut report = Report::new(
            "A gate's page and a queue",
            "Thirty different codes a minute, held before the camera of one gate's page by hand, tilted, noisy and first out of \
             focus, are each decided within 300 ms after the picture is sharp, and nothing of them stays in memory.",
        );
        let mut test = checkout.command("cargo");
        test.args(["test", "--locked", "-p", "healthcode", "--test", "pages"])
            .args(["gate_pace", "--", "--ignored", "--nocapture"])
            .env("CI", "true")
            .env("HEALTHCODE_CODES", self.codes.to_string());
        let said = output(&mut test)?;
        let mut rows = Vec::new();
        for line in said.lines() {
            if let Some((_, shown)) = line.split_once("shown\t") {
                report.text(&format!("Shown were {shown}."));
            }
            let Some((_, line)) = line.split_once("measured\t") else {
                continue;
            };
            let cells: Vec<&str> = line.split('\t').collect();
            let &[what, value, most, unit] = cells.as_slice() else {
                anyhow::bail!("not a line of the table: {line}");
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
        report.text(
            "Chromium takes a film for its camera, five pictures a second; squares at the side of each picture say of which code \
             it is and whether that is sharp, and a script beside the page notes when it sees them and when the verdict changes. \
             A verdict belongs to the code that can be seen when it is given. The region runs on the same machine and confirms \
             each verdict.",
        );
        Ok(report)
    }
}
