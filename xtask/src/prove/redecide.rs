//! Proof: a whole population is decided anew after a change of rules, fast enough for a province.

use std::num::NonZero;
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow};
use clap::Args;
use hc_code::{Level, Span};
use hc_core::area::{AreaIndex, AreaLedger};
use hc_core::place::PlaceTable;
use hc_core::population::{Population, Tally, decide_range};
use hc_core::rules::{RulePack, Then};
use hc_testkit::people::Model;

use super::report::Report;
use super::source::{self, Feed};
use crate::checkout::Checkout;

/// A hundred million people in so many seconds.
const GOAL: f64 = 60.0;
const PROVINCE: usize = 100_000_000;

#[derive(Debug, Args)]
pub(super) struct Redecide {
    /// How many people are decided
    #[arg(long, default_value_t = 10_000_000)]
    people: usize,

    /// The seed of the people
    #[arg(long, default_value_t = 38_962)]
    seed: u64,
}

impl Redecide {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let feed = Feed::open(checkout)?;
        let (begin, end) = feed.span();
        let before = source::ninth_protocol(checkout, (begin, end))?;
        let after = changed(&before);
        let mut places = PlaceTable::new();
        let haunts = feed.haunts(&mut places)?;
        let mut ledger = AreaLedger::new();
        for located in &feed.located {
            ledger.add(&located.snapshot);
        }
        let areas = AreaIndex::build(&places, &ledger.history());
        let model = Model {
            seed: self.seed,
            haunts: &haunts,
            begin: end.minus(Span::days(30)),
            length: Span::days(30),
            contacts: 20,
        };
        let population = model.five_pieces_each(self.people)?;
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let run = |pack: &RulePack, threads| all(pack, &population, &areas, end, threads);
        let (_, old) = run(&before, threads)?;
        let (one_core, _) = run(&after, 1)?;
        let (taken, new) = run(&after, threads)?;
        let mut report = Report::new(
            "A population decided anew after a change of rules",
            "100 million people with five pieces of evidence each are decided anew in less than 60 s on this machine.",
        );
        report.text(&format!(
            "{} people (seed {}), {} facts; areas: {}, {} pairs of place and area. The change: the \
             rules for high and medium areas have one stage of five days.",
            population.len(),
            self.seed,
            population.facts(),
            feed.source,
            areas.len(),
        ));
        let rate = |taken: Duration| as_float(population.len()) / taken.as_secs_f64();
        let province = as_float(PROVINCE) / rate(taken);
        report.table(
            &["measure", "value"],
            &[
                vec![
                    "one core".to_owned(),
                    format!("{:.2} million decisions/s", rate(one_core) / 1e6),
                ],
                vec![
                    format!("{threads} threads"),
                    format!("{:.2} million decisions/s", rate(taken) / 1e6),
                ],
                vec![
                    format!("{} people", population.len()),
                    format!("{:.2} s", taken.as_secs_f64()),
                ],
                vec![
                    "100 million people at that rate".to_owned(),
                    format!("{province:.1} s"),
                ],
                vec![
                    "memory of people and facts".to_owned(),
                    mebibytes(population.bytes()),
                ],
                vec![
                    "the same for 100 million".to_owned(),
                    mebibytes(population.bytes() / population.len().max(1) * PROVINCE),
                ],
            ],
        );
        let rows: Vec<_> = Level::ALL
            .into_iter()
            .map(|level| {
                vec![
                    level.to_string(),
                    old.people(level).to_string(),
                    new.people(level).to_string(),
                ]
            })
            .collect();
        report.table(&["level", "before the change", "after"], &rows);
        if province > GOAL {
            report.fail(format!("100 million people would take {province:.1} s"));
        }
        if old == new {
            report.fail("the change of rules changed nothing, so nothing was shown");
        }
        Ok(report)
    }
}

/// People as a number that divides; there are fewer than 2³².
fn as_float(people: usize) -> f64 {
    u32::try_from(people).map_or(f64::INFINITY, f64::from)
}

fn mebibytes(bytes: usize) -> String {
    format!("{} MiB", bytes >> 20)
}

/// The pack with one short stage for stays in areas at risk.
fn changed(pack: &RulePack) -> RulePack {
    let mut changed = pack.clone();
    changed.version += 1;
    for rule in &mut changed.rules {
        if !matches!(rule.id.as_str(), "high-area" | "medium-area") {
            continue;
        }
        for stage in &mut rule.stages {
            if stage.lasts > Span::days(2) {
                stage.lasts = Span::days(5);
                stage.exits.clear();
                stage.then = Then::End;
            }
        }
        rule.stages.truncate(1);
    }
    changed
}

/// Decides for everybody on so many threads.
fn all(
    pack: &RulePack,
    population: &Population,
    areas: &AreaIndex,
    now: hc_code::Timestamp,
    threads: usize,
) -> Result<(Duration, Tally)> {
    #[expect(clippy::disallowed_methods, reason = "a proof of speed measures")]
    let begin = Instant::now();
    let share = population.len().div_ceil(threads.max(1));
    let tallies: Vec<_> = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads)
            .map(|number| {
                scope.spawn(move || {
                    let mut tally = Tally::default();
                    let range = (number * share, ((number + 1) * share).min(population.len()));
                    decide_range(pack, population, range, areas, now, |_, decision| {
                        tally.add(&decision);
                    });
                    tally
                })
            })
            .collect();
        workers
            .into_iter()
            .map(thread::ScopedJoinHandle::join)
            .collect()
    });
    let mut sum = Tally::default();
    for tally in tallies {
        sum.merge(&tally.map_err(|_| anyhow!("a thread that decided has panicked"))?);
    }
    Ok((begin.elapsed(), sum))
}
