//! Proof: more is asked than a region carries.

use std::io::Write;
use std::net::TcpStream;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use super::load::steps_table;
use super::region::{ADDRESS, Ground, number, wait};
use super::report::Report;
use crate::checkout::{Checkout, say};

#[derive(Debug, Args)]
pub(super) struct Overload {
    /// The configured capacity, requests a second: so low that the generator can offer ten times it
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..=100_000))]
    capacity: u32,

    /// Seconds of each step
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
}

/// Times the capacity, and the least share of it that is still served well.
const STEPS: [(u32, f64); 5] = [(1, 0.9), (2, 0.9), (4, 0.8), (7, 0.8), (10, 0.8)];
/// How much larger the resident memory may be afterwards, in megabytes.
const MOST_GROWTH: u64 = 64;
/// So many clients begin a request and never end it.
const HALF_OPEN: usize = 500;
const PEOPLE: u32 = 10_000;

impl Overload {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let folder = checkout.path("target/prove-overload");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let ground = Ground::prepare(checkout, &folder, PEOPLE)?;
        ground.set(&[("limits.capacity", i64::from(self.capacity).into())])?;
        let (region, _) = ground.start()?;
        region.settle()?;
        let mut report = Report::new(
            "More is asked than is carried",
            "A region that is configured for a capacity answers at no less than 0.9 of it when twice as much is \
             offered, 0.8 at ten times; every request that it read gets an answer, its memory stays flat, it is as \
             before within 30 s, and clients that never end their request hold nobody up.",
        );
        report.text(&format!(
            "Capacity {} requests a second (`limits.capacity`); {PEOPLE} people; showings, 512 connections kept open, {} s a step. Refused is 503 or 429.",
            self.capacity, self.seconds
        ));
        let before = region.resident_megabytes()?;
        let mut steps = Vec::new();
        for (times, least) in STEPS {
            let step = self.step(&ground, times)?;
            self.judge(
                &mut report,
                &step,
                &format!("at {times} times the capacity"),
                least,
            );
            steps.push(step);
        }
        wait(Duration::from_secs(20));
        let after = self.step(&ground, 1)?;
        self.judge(&mut report, &after, "20 s later", 0.9);
        steps.push(after);
        say(format!("{HALF_OPEN} clients that never end their request"))?;
        let half: Vec<TcpStream> = (0..HALF_OPEN).map(|_| half_open()).collect::<Result<_>>()?;
        let beside = self.step(&ground, 1)?;
        drop(half);
        self.judge(&mut report, &beside, "beside half-open clients", 0.9);
        steps.push(beside);
        steps_table(&mut report, &steps);
        report.text(&format!(
            "The last two rows: 20 s after the last step, and beside {HALF_OPEN} clients that sent half a request and nothing more."
        ));
        let resident = region.resident_megabytes()?;
        if resident > before + MOST_GROWTH {
            report.fail(format!(
                "resident memory went from {before} to {resident} MB"
            ));
        }
        report.text(&format!(
            "Resident memory: {before} MB before, {resident} MB after."
        ));
        Ok(report)
    }

    fn step(&self, ground: &Ground<'_>, times: u32) -> Result<Value> {
        let (rate, seconds) = (
            (self.capacity * times).to_string(),
            self.seconds.to_string(),
        );
        let words = [
            "offer",
            "--scenario",
            "show",
            "--connections",
            "512",
            "--rate",
            &rate,
        ];
        let said = ground.load(&[&words[..], &["--seconds", &seconds]].concat())?;
        said.into_iter().next().context("no step was measured")
    }

    fn judge(&self, report: &mut Report, step: &Value, when: &str, least: f64) {
        let share = number(step, "goodput") / f64::from(self.capacity);
        if !(share >= least) {
            report.fail(format!("{when} {share:.2} of the capacity is served"));
        }
        let broken = number(step, "broken");
        if broken > 0.0 {
            report.fail(format!("{when} {broken} requests got no answer"));
        }
    }
}

fn half_open() -> Result<TcpStream> {
    let mut stream = TcpStream::connect(ADDRESS)?;
    stream.write_all(b"GET /v1/code HTTP/1.1\r\nHost: ")?;
    Ok(stream)
}
