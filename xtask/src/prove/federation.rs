//! Proof: mutual recognition holds between hosts of their own, whatever happens to wires, hub and keys.

mod converting;
mod ended;
mod gate;
mod moving;
mod older;
mod packets;
mod story;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use clap::Args;
use hc_testkit::federation::{Ground, Hosts, Planned, Program, World, somebody};
use serde_json::{Value, json};

use super::region::built;
use story::Story;

use super::report::Report;
use crate::checkout::{Checkout, say};

#[derive(Debug, Args)]
pub(super) struct Federation {
    /// How many positive tests are taken in another region, half of them named by document and half by
    /// scanned code; a region lets no neighbour raise more than a hundred of its people a day without an officer
    #[arg(long, default_value_t = 80, value_parser = clap::value_parser!(u32).range(50..=90))]
    rounds: u32,

    /// The program that is run [default: it is built as it is released]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

const HOME: &str = "510000";
const AWAY: &str = "440000";
const THIRD: &str = "500000";
/// It has no code of its own: the hub serves its people.
const OF_THE_HUB: &str = "520000";
/// How old facts of the third region may be, so that nobody has to wait for four hours.
const STALE: Duration = Duration::from_mins(2);
/// From the answer to the laboratory until the code at home has turned.
const MOST: Duration = Duration::from_secs(5);

impl Federation {
    /// The whole proof runs again on a host of its own, whose network the regions are in; how that ended.
    pub(super) fn ended_elsewhere(&self, checkout: &Checkout) -> Result<Option<bool>> {
        // What is built needs the machine's own network, perhaps.
        self.binary(checkout)?;
        let hosts = Hosts::enter().map_err(anyhow::Error::msg);
        Ok(hosts
            .context("network namespaces are needed, and tcpdump")?
            .err())
    }

    fn binary(&self, checkout: &Checkout) -> Result<PathBuf> {
        match &self.program {
            Some(program) => Ok(program.canonicalize()?),
            None => built(checkout, "healthcode"),
        }
    }

    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let binary = self.binary(checkout)?;
        let Ok(hosts) = Hosts::enter().map_err(anyhow::Error::msg)? else {
            bail!("not on a host of its own");
        };
        say("starting a hub and four regions")?;
        let program = Program::new(&binary, &checkout.path(""));
        let mut ground = Ground::Apart(hosts);
        let regions = [
            Planned::new(HOME, "policies/sichuan-2020.toml"),
            Planned::new(AWAY, "policies/guangdong-2020.toml"),
            Planned::new(THIRD, "policies/chongqing-2020.toml").stale_after("2m"),
            Planned::new(OF_THE_HUB, "policies/sichuan-2020.toml").by_the_hub(),
        ];
        let mut world = World::open_on(&program, &mut ground, &regions);
        let mut report = Report::new(
            "Mutual recognition between hosts of their own",
            "Travellers pass in other regions with the code of home, or with the hub's where their region has none; a positive test \
             that is uploaded in one region turns the code that another region issued within 5 s at the 99th percentile, whether the \
             person is named by their document or by the code that was scanned; who moves takes what counts along without a form, \
             once; codes are converted through the hub's; and neither a cut wire, nor the loss of the hub until its lists have ended, \
             nor lists that are delayed, replayed or older, nor a stolen key makes a verdict wrong. Nothing of anybody can be read \
             on the way.",
        );
        report.text(&format!(
            "A hub and three regions as processes in network namespaces of their own, joined by a switch, and in the hub's process a \
             fourth region, {OF_THE_HUB}, that has no code of its own: TLS to people and laboratories, mutual TLS between regions and to the hub's directory. {} rounds, each about somebody who has just enrolled: the laboratory of {AWAY} \
             uploads, and the person's device asks {HOME} for its code every 25 ms until it has turned. The time is from before the \
             upload on.{}",
            self.rounds,
            match self.program {
                Some(_) => " Measured with the program that was given, which may be one for tests.",
                None => "",
            }
        ));
        let mut rows = Vec::new();
        for (named, by_code) in [("by document", false), ("by scanned code", true)] {
            say(named)?;
            let mut took = self.rounds_of(&world, by_code);
            took.sort_unstable();
            let at = |share: u32| {
                let place = took.len() * share as usize / 100;
                took.get(place.min(took.len().saturating_sub(1)))
                    .copied()
                    .unwrap_or_default()
            };
            let (half, most, worst) = (at(50), at(99), at(100));
            if most > MOST {
                report.fail(format!(
                    "{named}: {} ms at the 99th percentile",
                    most.as_millis()
                ));
            }
            let millis = |took: Duration| took.as_millis().to_string();
            rows.push(vec![
                named.to_owned(),
                took.len().to_string(),
                millis(half),
                millis(most),
                millis(worst),
            ]);
        }
        report.table(
            &[
                "the person is named",
                "rounds",
                "p50 ms",
                "p99 ms",
                "longest ms",
            ],
            &rows,
        );
        if let Ground::Apart(hosts) = &ground {
            let mut story = Story::new(&mut world, binary);
            story.play(hosts)?;
            let mut rows = Vec::new();
            for (what, seen, promised, holds) in story.rows {
                if !holds {
                    report.fail(format!("{what}: {seen}, not {promised}"));
                }
                rows.push(vec![what, seen, promised]);
            }
            report.text(&format!(
                "Then, in this order, wires are cut and mended, people move, codes are converted, the hub is stopped and started, a gate \
                 keeps the lists of {THIRD} until they are too old (that region says after 2 min, where 4 h are usual), the key that \
                 signs codes at home is removed by the hub, the hub is put back to what it had before, and is stopped until its \
                 trust list has ended. Everything that passes the switch is written down by tcpdump and looked through for the \
                 numbers, names, tokens and codes of everybody in the story and of fifty people who stayed at home and were not \
                 tested; what the proof itself asks operators' ports in plain text is left out.",
            ));
            report.table(&["what", "seen", "promised"], &rows);
        }
        Ok(report)
    }

    fn rounds_of(&self, world: &World, by_code: bool) -> Vec<Duration> {
        let (home, away) = (world.region(HOME), world.region(AWAY));
        let rounds = 0..self.rounds / 2;
        let took = rounds.map(|round| {
            let number = somebody(2 * round + u32::from(by_code));
            let token = home.enrol(&number);
            let (_, code) = home.code(&token);
            let person: Value = if by_code {
                json!({ "code": code })
            } else {
                // Whom the directory does not know yet is told to nobody.
                home.until_sent();
                json!({ "document_type": "111", "document": number })
            };
            let reference = format!("{}-{round}", u8::from(by_code));
            home.timed(&token, "10", || {
                away.report(&person, "positive", &reference);
            })
        });
        took.collect()
    }
}
