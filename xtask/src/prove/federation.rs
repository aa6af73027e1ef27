//! Proof: what one region learns of another's people counts there within seconds.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Args;
use hc_testkit::federation::{Program, World, somebody};
use serde_json::{Value, json};

use super::region::built;
use super::report::Report;
use crate::checkout::{Checkout, say};

#[derive(Debug, Args)]
pub(super) struct Federation {
    /// How many positive tests are taken in another region, half of them named by document and half by
    /// scanned code
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(50..=10_000))]
    rounds: u32,

    /// The program that is run [default: it is built as it is released]
    #[arg(long, value_name = "FILE")]
    program: Option<PathBuf>,
}

const HOME: &str = "510000";
const AWAY: &str = "440000";
/// From the answer to the laboratory until the code at home has turned.
const MOST: Duration = Duration::from_secs(5);

impl Federation {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let binary = match &self.program {
            Some(program) => program.canonicalize()?,
            None => built(checkout, "healthcode")?,
        };
        say("starting a hub and two regions")?;
        let program = Program::new(&binary, &checkout.path(""));
        let world = World::open(
            &program,
            &[
                (HOME, "policies/sichuan-2020.toml"),
                (AWAY, "policies/guangdong-2020.toml"),
            ],
        );
        let mut report = Report::new(
            "A test taken in another region",
            "A positive test that is uploaded in one region turns the code that another region issued within 5 s at the \
             99th percentile, whether the person is named by their document or by the code that was scanned.",
        );
        report.text(&format!(
            "A hub and two regions as processes of their own on one machine: TLS to people and laboratories, mutual TLS between \
             regions and to the hub's directory. {} rounds, each about somebody who has just enrolled: the laboratory of {AWAY} \
             uploads, and the person's device asks {HOME} for its code every 25 ms until it has turned. The time is from before the \
             upload on.{}",
            self.rounds,
            match self.program {
                Some(_) => " Measured with a program that was built for tests, without optimization of its own room.",
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
