//! Proof: what one region carries on one core, with the generator on another.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Args;
use serde_json::Value;

use super::report::Report;
use crate::checkout::{Checkout, output, say};

#[derive(Debug, Args)]
pub(super) struct Load {
    /// How many seeded people live in the region
    #[arg(long, default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(1..=3_000_000))]
    people: u32,

    /// Seconds of each measured part
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
}

/// Showing and verifying online, of what their parts make in series.
const LEAST_OF_LIMIT: f64 = 0.7;
/// At 80 % of the measured capacity, in milliseconds.
const MOST_P99: f64 = 20.0;
/// A region at rest takes less than a twentieth of a core.
const TICKS_AT_REST: u64 = 10;
const WAIT: Duration = Duration::from_secs(2);
const MOST_WAITS: u32 = 150;
const ADDRESS: &str = "127.0.0.1:18480";

/// A region that is stopped when the proof ends, however it ends.
struct Region(Child);

impl Load {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let build = [
            "build",
            "--locked",
            "--release",
            "-p",
            "healthcode",
            "-p",
            "hc-load",
        ];
        output(checkout.command("cargo").args(build))?;
        let region = Region::start(checkout, self.people)?;
        region.settle()?;
        let seconds = self.seconds.to_string();
        let limits = load(checkout, &["limit", "--seconds", &seconds])?;
        let limits = limits.first().context("no limits were measured")?;
        let mut report = Report::new(
            "What a region carries",
            "One core shows and verifies at no less than 0.7 of the rate that bare HTTP of the same stack and the \
             bare signature make in series, and answers 99 of 100 within 20 ms at 80 % of its capacity.",
        );
        report.text(&format!(
            "A region of {} people on SQLite, from `healthcode demo` on one core, when its start is over; the generator on the other, with 64 \
             connections kept open, no TLS. *Bare HTTP* asks the same service for a fixed answer. Medians of three \
             rounds in turn. Latencies are counted from when a request was due, so that a service that falls behind is \
             seen to do so.",
            self.people
        ));
        let number = |name: &str| limits.get(name).and_then(Value::as_f64).unwrap_or(0.0);
        let rows = [
            ("bare HTTP", number("bare_http"), None),
            ("bare Ed25519 signing", number("bare_signing"), None),
            ("bare Ed25519 verifying", number("bare_verifying"), None),
            (
                "show",
                number("show"),
                Some(("show_limit", "show_of_limit")),
            ),
            (
                "verify online",
                number("verify"),
                Some(("verify_limit", "verify_of_limit")),
            ),
        ];
        let mut table = Vec::new();
        for (name, rate, of) in rows {
            let (limit, share) = of.map_or((String::new(), String::new()), |(limit, share)| {
                (
                    format!("{:.0}", number(limit)),
                    format!("{:.2}", number(share)),
                )
            });
            if of.is_some_and(|(_, share)| number(share) < LEAST_OF_LIMIT) {
                report.fail(format!("{name} makes {share} of its limit"));
            }
            table.push(vec![name.to_owned(), format!("{rate:.0}"), limit, share]);
        }
        report.table(&["", "a second", "limit in series", "of the limit"], &table);
        let mut steps = Vec::new();
        for (scenario, capacity) in [("show", number("show")), ("verify", number("verify"))] {
            let rate = format!("{:.0}", capacity * 0.8);
            let offered = [
                "offer",
                "--scenario",
                scenario,
                "--rate",
                &rate,
                "--seconds",
                &seconds,
            ];
            steps.extend(load(checkout, &offered)?);
        }
        for scenario in ["enrol", "declare"] {
            let offered = [
                "offer",
                "--scenario",
                scenario,
                "--rate",
                "500",
                "--seconds",
                &seconds,
            ];
            steps.extend(load(checkout, &offered)?);
        }
        let mut table = Vec::new();
        for step in &steps {
            let cell = |name: &str| match step.get(name) {
                Some(Value::String(text)) => text.clone(),
                Some(number) => number
                    .as_f64()
                    .map_or_else(String::new, |number| format!("{number:.1}")),
                None => String::new(),
            };
            let scenario = cell("scenario");
            let p99 = step.get("p99").and_then(Value::as_f64).unwrap_or(f64::MAX);
            if matches!(scenario.as_str(), "show" | "verify") && p99 > MOST_P99 {
                report.fail(format!("{scenario}: 99 of 100 take up to {p99:.1} ms"));
            }
            let names = [
                "offered", "goodput", "refused", "broken", "p50", "p99", "max",
            ];
            let mut row = vec![scenario];
            row.extend(names.map(cell));
            table.push(row);
        }
        report.table(
            &[
                "",
                "offered a second",
                "good a second",
                "refused",
                "no answer",
                "p50 ms",
                "p99 ms",
                "most ms",
            ],
            &table,
        );
        let resident = region.resident_megabytes()?;
        report.text(&format!("Resident memory at the end: {resident} MB."));
        Ok(report)
    }
}

impl Region {
    fn start(checkout: &Checkout, people: u32) -> Result<Self> {
        say("starting the region")?;
        let mut command = checkout.command("taskset");
        command
            .args(["-c", "1"])
            .arg(program(checkout, "healthcode"));
        command.args(["demo", "--listen", ADDRESS, "--people", &people.to_string()]);
        let mut child = command
            .stdout(Stdio::piped())
            .spawn()
            .context("cannot start the region (taskset of util-linux is needed)")?;
        let out = child.stdout.take().context("the region says nothing")?;
        let region = Self(child);
        for line in BufReader::new(out).lines() {
            if line?.contains(ADDRESS) {
                return Ok(region);
            }
        }
        anyhow::bail!("the region ended before it served");
    }

    /// Waits until what a start brings with it is over: everybody is decided anew in the background.
    fn settle(&self) -> Result<()> {
        say("waiting until the region is at rest")?;
        let mut before = self.ticks()?;
        for _ in 0..MOST_WAITS {
            #[expect(
                clippy::disallowed_methods,
                reason = "a proof waits for another process to come to rest, and measures that it has"
            )]
            std::thread::sleep(WAIT);
            let now = self.ticks()?;
            if now - before < TICKS_AT_REST {
                return Ok(());
            }
            before = now;
        }
        anyhow::bail!("the region does not come to rest")
    }

    /// Processor time so far, in hundredths of a second: fields 14 and 15 of `/proc/PID/stat`.
    fn ticks(&self) -> Result<u64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.0.id()))?;
        let fields = stat.rsplit(')').next().unwrap_or_default();
        let spent = fields.split_whitespace().skip(11).take(2);
        let spent: Vec<u64> = spent.filter_map(|ticks| ticks.parse().ok()).collect();
        ensure!(spent.len() == 2, "the region's processor time is not known");
        Ok(spent.iter().sum())
    }

    /// From `/proc`, in megabytes.
    fn resident_megabytes(&self) -> Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
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

/// What the generator says, line by line.
fn load(checkout: &Checkout, words: &[&str]) -> Result<Vec<Value>> {
    say(words.join(" "))?;
    let mut command = checkout.command("taskset");
    command
        .args(["-c", "0"])
        .arg(program(checkout, "hc-load"))
        .arg("--json");
    command.args(words).args(["--address", ADDRESS]);
    let said = output(&mut command)?;
    let lines: Result<Vec<Value>, _> = said.lines().map(serde_json::from_str).collect();
    let lines = lines.context("the generator says something else than JSON")?;
    ensure!(!lines.is_empty(), "the generator says nothing");
    Ok(lines)
}

/// A program of the release build.
fn program(checkout: &Checkout, name: &str) -> std::path::PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR")
        .map_or_else(|| checkout.path("target"), std::path::PathBuf::from);
    target.join("release").join(name)
}
