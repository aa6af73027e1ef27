//! Proof: a region's process is killed at any moment under write load, and nothing acknowledged is lost.

use anyhow::{Context, Result};
use clap::Args;

use super::report::Report;
use crate::checkout::{Checkout, output};

#[derive(Debug, Args)]
pub(super) struct Kill {
    /// How often
    #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    times: u32,
}

impl Kill {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let mut report = Report::new(
            "Killed at any moment",
            "A process that writes is killed at random moments, and in a second run loses with its power all writes, \
             or the latest ones, that no sync had made durable; afterwards every acknowledged act is there, none \
             by half, and the log's proofs hold.",
        );
        let mut test = checkout.command("cargo");
        test.args([
            "test",
            "--locked",
            "-p",
            "hc-store-sqlite",
            "--test",
            "killed",
        ])
        .args(["--", "--nocapture"])
        .env("HC_KILLS", self.times.to_string());
        match output(&mut test) {
            Ok(said) => {
                for what in ["kills", "power failures"] {
                    let told = said.lines().find(|line| line.contains(what));
                    report.text(told.context("the test tells no count")?);
                }
            }
            Err(error) => report.fail(format!("{error:#}")),
        }
        Ok(report)
    }
}
