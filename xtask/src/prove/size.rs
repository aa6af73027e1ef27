//! Proof: one region of ten million people, few or a third of them not plainly low.

use std::path::PathBuf;
use std::time::Instant;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use super::load::steps_table;
use super::region::{Ground, Region, cell, number};
use super::report::Report;
use crate::checkout::Checkout;

#[derive(Debug, Args)]
pub(super) struct Size {
    /// How many seeded people live in the region
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u32).range(10_000..=20_000_000))]
    people: u32,

    /// Seconds of each measured part
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,

    /// The region's folder; where it has one already, that one is measured
    #[arg(long)]
    folder: Option<PathBuf>,
}

/// Not plainly low, of a thousand.
const FEW: u32 = 5;
const MANY: u32 = 300;
const ROWS: u32 = 5000;
/// Showings a second while people turn: the worst burst of a city of five million.
const SHOWN: &str = "20000";
const MOST_START: f64 = 20.0;
const MOST_MEGABYTES: u64 = 1073;
const LEAST_ROWS: f64 = 20_000.0;
const MOST_TURNING: f64 = 60.0;
const MOST_P99: f64 = 100.0;
/// Two runs of the same region differ by as much.
const NOISE: f64 = 0.95;
/// The small region: as many people as the generator enrols.
const SMALL: u32 = 1000;
/// The people who show in the large one.
const SHOWING: &str = "20000";

const PACK: &str = include_str!("../../../policies/zhejiang-2022-06.toml");

impl Size {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let own = checkout.path("target/prove-size");
        let folder = self.folder.as_deref().unwrap_or(&own);
        let ground = Ground::prepare(checkout, folder, self.people)?;
        let mut report = Report::new(
            "Ten million people",
            "A region of ten million people on one machine answers within 20 s of its start and takes less than a \
             gibibyte where 0.5 % are not plainly low; it shows as fast as one of a thousand, also where 30 % are not; \
             20,000 rows of evidence a second are stored durably and decided; and rules that turn 30 % of the people \
             within a minute leave 99 of 100 showings below 100 ms.",
        );
        report.text(&format!(
            "{} people who enrolled and declared, from `healthcode demo` on one core; the generator on the other. \
             Rules decide by undecided tests at one time and not at another; so many people have one.",
            self.people
        ));
        ground.rule(&rules(1, false)?)?;
        let mut starts = Vec::new();
        let mut taken = Vec::new();
        {
            let (region, _) = ground.start()?;
            region.settle()?;
            taken.push(self.tests(&ground, FEW)?);
        }
        let few = self.rest(&ground, 2, true, &mut starts)?;
        if few.megabytes > MOST_MEGABYTES {
            report.fail(format!("{} MB at 0.5 %", few.megabytes));
        }
        {
            // The same people are plainly low again, so that tests of others change nothing yet.
            ground.rule(&rules(3, false)?)?;
            let (region, _) = ground.start()?;
            region.settle()?;
            taken.push(self.tests(&ground, MANY)?);
        }
        ground.rule(&rules(4, true)?)?;
        self.turning(&mut report, &ground)?;
        let many = self.rest(&ground, 4, true, &mut starts)?;
        let small_folder = checkout.path("target/prove-size-small");
        if small_folder.exists() {
            std::fs::remove_dir_all(&small_folder)?;
        }
        let small = Ground::prepare(checkout, &small_folder, SMALL)?;
        let small = self.rest(&small, 1, false, &mut Vec::new())?;

        report.text("From the start to the first answer, the memory when everybody was looked at again, and showings at the most, medians of three rounds:");
        let row = |name: &str, rest: &Rest| {
            vec![
                name.to_owned(),
                rest.exceptions.to_string(),
                format!("{:.1}", rest.start),
                rest.megabytes.to_string(),
                format!("{:.0}", rest.shown),
                format!("{:.2}", rest.shown / small.shown),
            ]
        };
        let people = |share: &str| format!("{} people, {share}", self.people);
        report.table(
            &[
                "",
                "not plainly low",
                "first answer, s",
                "MB",
                "show a second",
                "of the small one",
            ],
            &[
                row(&format!("{SMALL} people"), &small),
                row(&people("few"), &few),
                row(&people("many"), &many),
            ],
        );
        for (name, rest) in [("0.5 %", &few), ("30 %", &many)] {
            if rest.start > MOST_START {
                report.fail(format!(
                    "the first answer after {:.1} s at {name}",
                    rest.start
                ));
            }
            if rest.shown < small.shown * NOISE {
                report.fail(format!(
                    "at {name} it shows {:.2} of the small region",
                    rest.shown / small.shown
                ));
            }
        }
        evidence(&mut report, &taken);
        Ok(report)
    }

    /// Starts a region by a version of the rules and looks at it when it is at rest.
    fn rest(
        &self,
        ground: &Ground<'_>,
        version: u32,
        undecided: bool,
        starts: &mut Vec<f64>,
    ) -> Result<Rest> {
        ground.rule(&rules(version, undecided)?)?;
        let (region, start) = ground.start()?;
        starts.push(start);
        region.settle()?;
        let (megabytes, exceptions) = (region.resident_megabytes()?, ground.exceptions()?);
        let seconds = self.seconds.to_string();
        let showing = if version == 1 { "1000" } else { SHOWING };
        let limits = ground.load(&["limit", "--seconds", &seconds, "--people", showing])?;
        let limits = limits.first().context("no limits were measured")?;
        Ok(Rest {
            start,
            megabytes,
            exceptions,
            shown: number(limits, "show"),
        })
    }

    /// Sends undecided tests of so many of a thousand people.
    fn tests(&self, ground: &Ground<'_>, of_thousand: u32) -> Result<Value> {
        let rows = u64::from(self.people) * u64::from(of_thousand) / 1000;
        let batches = rows.div_ceil(u64::from(ROWS)).to_string();
        let (about, rows) = (self.people.to_string(), ROWS.to_string());
        let key = ground.laboratory().display().to_string();
        let taken = ground.load(&[
            "ingest",
            "--source",
            "load",
            "--name",
            "load",
            "--key",
            &key,
            "--about",
            &about,
            "--rows",
            &rows,
            "--batches",
            &batches,
            "--result",
            "undecided",
        ])?;
        taken.into_iter().next().context("no batch was taken")
    }

    /// Starts with rules that turn many, and has people show meanwhile.
    fn turning(&self, report: &mut Report, ground: &Ground<'_>) -> Result<()> {
        let (region, _) = ground.start()?;
        #[expect(
            clippy::disallowed_methods,
            reason = "how long people take to turn is measured"
        )]
        let begun = Instant::now();
        let goal = u64::from(self.people) * u64::from(MANY) / 1000;
        let mut steps = Vec::new();
        let mut before = ground.exceptions()?;
        let took = loop {
            steps.extend(ground.load(&[
                "offer",
                "--scenario",
                "show",
                "--rate",
                SHOWN,
                "--seconds",
                "5",
            ])?);
            let now = ground.exceptions()?;
            if now == before && now >= goal {
                break begun.elapsed().as_secs_f64();
            }
            before = now;
        };
        let rest = region.resident_megabytes()?;
        report.text(&format!(
            "Rules that turn {before} people. Until all had turned, to the next five seconds: {took:.0} s, while people \
             showed; {rest} MB then. Each step is five seconds:",
        ));
        steps_table(report, &steps);
        if took > MOST_TURNING {
            report.fail(format!("{before} people turned in {took:.0} s"));
        }
        let worst = steps
            .iter()
            .map(|step| number(step, "p99"))
            .fold(0.0, f64::max);
        if !(..MOST_P99).contains(&worst) {
            report.fail(format!(
                "99 of 100 showings take up to {worst:.0} ms while people turn"
            ));
        }
        drop::<Region>(region);
        Ok(())
    }
}

/// A region at rest.
struct Rest {
    /// Seconds.
    start: f64,
    megabytes: u64,
    exceptions: u64,
    /// A second.
    shown: f64,
}

fn evidence(report: &mut Report, taken: &[Value]) {
    let names = [
        "batches",
        "rows",
        "new",
        "changed",
        "seconds",
        "rows_a_second",
        "slowest",
    ];
    let rows: Vec<Vec<String>> = taken
        .iter()
        .map(|taken| names.map(|name| cell(taken, name)).to_vec())
        .collect();
    report.text("Signed batches of tests about people all over the region, four under way at once, stored durably and decided before they are answered:");
    report.table(
        &[
            "batches",
            "rows",
            "new",
            "people decided otherwise",
            "seconds",
            "rows a second",
            "slowest batch, ms",
        ],
        &rows,
    );
    let slowest = taken
        .iter()
        .map(|taken| number(taken, "rows_a_second"))
        .fold(f64::INFINITY, f64::min);
    if slowest < LEAST_ROWS {
        report.fail(format!("{slowest:.0} rows of evidence a second"));
    }
}

/// The rules in a version: the first positive test's, for undecided ones as well or not.
fn rules(version: u32, undecided: bool) -> Result<String> {
    let (before, after) = PACK
        .split_once("result = [\"positive\"]")
        .context("the pack has no rule for a first positive test")?;
    let results = if undecided {
        "[\"positive\", \"undecided\"]"
    } else {
        "[\"positive\"]"
    };
    let before = before.replacen("version = 1", &format!("version = {version}"), 1);
    Ok(format!("{before}result = {results}{after}"))
}
