//! Proof: the real feed goes through whole, and turns a seeded population publication by publication.

use anyhow::Result;
use clap::Args;
use hc_code::{Level, Span};
use hc_core::area::{AreaLevel, Mapping, MappingReport};
use hc_core::place::{Grain, PlaceTable};
use hc_core::replay::{Replay, Step};
use hc_core::rules::RulePack;
use hc_core::word::Word;
use hc_testkit::people::Model;

use super::report::Report;
use super::source::{self, Feed};
use crate::checkout::Checkout;

/// Of ten thousand rows so many must have a division.
const LEAST_MAPPED: usize = 9950;

#[derive(Debug, Args)]
pub(super) struct FeedProof {
    /// How many seeded people are decided for every publication
    #[arg(long, default_value_t = 100_000)]
    people: usize,

    /// The seed of the people
    #[arg(long, default_value_t = 38_961)]
    seed: u64,
}

impl FeedProof {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let feed = Feed::open(checkout)?;
        let (begin, end) = feed.span();
        let pack = source::ninth_protocol(checkout, (begin, end))?;
        let mut report = Report::new(
            "The feed of risk areas, and whom it turns",
            "Every publication is read in the order of time; at least 99.5 % of all rows get a division and every \
             other row is named; after each publication a seeded population is decided anew.",
        );
        report.text(&format!(
            "Source: {}, {} publications from {begin} to {end}. Rules: `policies/zhejiang-2022-06.toml`, with \
             its validity widened to the time of the feed. Population: {} people (seed {}) with five pieces of \
             evidence each; stays at every grain in places that were listed at some time, and beside them.",
            feed.source,
            feed.located.len(),
            self.people,
            self.seed,
        ));
        mapping(&mut report, &feed);
        self.impact(&mut report, &feed, &pack)?;
        Ok(report)
    }

    fn impact(&self, report: &mut Report, feed: &Feed, pack: &RulePack) -> Result<()> {
        let mut places = PlaceTable::new();
        let haunts = feed.haunts(&mut places)?;
        let (begin, end) = feed.span();
        let model = Model {
            seed: self.seed,
            haunts: &haunts,
            begin: begin.minus(Span::days(2)),
            length: end.since(begin),
            contacts: 2,
        };
        let population = model.five_pieces_each(self.people)?;
        let mut replay = Replay::new(pack, &population, &places);
        let mut rows = Vec::new();
        let mut held_ever = [[0u64; 3]; 2];
        for located in &feed.located {
            let step = replay.publish(&located.snapshot);
            if step.tally.people(Level::Low) == 0 {
                report.fail(format!("{}: nobody is low", step.at));
            }
            let met = held(&step, pack, &["high-area", "medium-area"]);
            let possible = held(&step, pack, &["possible-area"]);
            for (sum, count) in held_ever
                .iter_mut()
                .flatten()
                .zip(met.iter().chain(&possible))
            {
                *sum += count;
            }
            let areas = AreaLevel::ALL.iter().rev().map(|level| {
                let listed = located.snapshot.has_list(*level);
                let count = located
                    .snapshot
                    .areas()
                    .filter(|(of, _)| of == level)
                    .count();
                if listed {
                    count.to_string()
                } else {
                    "–".to_owned()
                }
            });
            let mut row = vec![step.at.to_string()];
            row.extend(areas);
            row.extend(Level::ALL.map(|level| step.tally.people(level).to_string()));
            row.push(turned(&step));
            row.push(format!("{} / {} / {}", met[0], met[1], met[2]));
            row.push(format!(
                "{} / {} / {}",
                possible[0], possible[1], possible[2]
            ));
            rows.push(row);
        }
        let [met, possible] = held_ever;
        if met[2] > 0 || met[0] == 0 || possible[2] == 0 {
            report.fail(format!(
                "grains: met by place, township, county {met:?}, possible {possible:?}; a stay known by county \
                 met a place, or none was tried"
            ));
        }
        report.text(
            "People by level after each publication; *turned* is what the publication itself did: everybody decided for its instant without it and with it. *Met* and \
             *possible* count the people that the rules for high and medium areas and the rule for stays known \
             too coarsely hold, by the grain of the stay: place / township / county.",
        );
        report.table(
            &[
                "published",
                "high areas",
                "medium",
                "low",
                "people low",
                "medium",
                "high",
                "unknown",
                "turned",
                "met",
                "possible",
            ],
            &rows,
        );
        Ok(())
    }
}

/// How many people some rules hold above low, by the grain of their stays.
fn held(step: &Step, pack: &RulePack, rules: &[&str]) -> [u64; 3] {
    let numbers = (0u16..)
        .zip(&pack.rules)
        .filter(|(_, rule)| rules.contains(&rule.id.as_str()));
    let mut sums = [0; 3];
    for (number, _) in numbers {
        for level in [Level::Medium, Level::High] {
            for (sum, grain) in sums
                .iter_mut()
                .zip([Grain::Place, Grain::Township, Grain::County])
            {
                *sum += step.tally.held(number, level, Some(grain));
            }
        }
    }
    sums
}

fn turned(step: &Step) -> String {
    let turns: Vec<_> = step
        .turned
        .iter()
        .map(|(turn, people)| format!("{}→{} {people}", turn.from, turn.to))
        .collect();
    turns.join(", ")
}

/// How rows were mapped; fails where too few were.
fn mapping(report: &mut Report, feed: &Feed) {
    let mut mapped = MappingReport::default();
    for located in &feed.located {
        mapped.merge(&located.report);
    }
    let (good, all) = mapped.mapped_rows();
    let share = good * 10_000 / all.max(1);
    report.text(&format!(
        "{good} of {all} readable rows have a division ({}.{:02} %).",
        share / 100,
        share % 100
    ));
    if share < LEAST_MAPPED {
        report.fail(format!("only {good} of {all} rows have a division"));
    }
    let ways: Vec<_> = Mapping::ALL
        .iter()
        .map(|way| {
            vec![
                way.word().to_owned(),
                mapped.rows(*way).to_string(),
                mapped.places(*way).to_string(),
            ]
        })
        .collect();
    report.table(&["mapped by", "rows", "places"], &ways);
    let coarse: Vec<_> = mapped
        .coarse()
        .map(|(text, rows)| {
            vec![
                text.names.join(" "),
                text.mapping.word().to_owned(),
                rows.to_string(),
            ]
        })
        .collect();
    if !coarse.is_empty() {
        report.text("Names that were mapped to something wider than a county:");
        report.table(&["names", "mapped by", "rows"], &coarse);
    }
    let lost: Vec<_> = mapped
        .lost()
        .map(|(lost, times)| {
            let place = lost.place.as_deref().unwrap_or_default();
            vec![
                lost.names.join(" "),
                place.to_owned(),
                lost.reason.to_string(),
                times.to_string(),
            ]
        })
        .collect();
    report.text(if lost.is_empty() {
        "No row and no place was lost."
    } else {
        "Rows and places without a division:"
    });
    if !lost.is_empty() {
        report.table(&["names", "place", "why", "times"], &lost);
    }
    report.text(&format!(
        "Problems of form in publications: {}.",
        feed.problems.len()
    ));
    for problem in &feed.problems {
        report.text(&format!("Problem: {problem}"));
    }
}
