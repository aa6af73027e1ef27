//! Proof: a gate can carry the whole country, is kept up to date with little, and decides at once.

mod country;

use std::fs;

use anyhow::{Context, Result, ensure};
use clap::Args;
use hc_code::Timestamp;
use hc_code::verify::ShowingMemory;
use hc_wasm::{Gate, Settings};
use serde::{Deserialize, Serialize};

use self::country::{Country, Step, StepKind};
use super::report::Report;
use crate::checkout::{Checkout, output, say};
use crate::wasm::{Kind, Module};

#[derive(Debug, Args)]
pub(super) struct GateCountry {
    /// Of a million people, how many are not low
    #[arg(long, default_value_t = 1_000)]
    not_low_per_million: u32,

    /// Carried codes of each region that are verified
    #[arg(long, default_value_t = 20)]
    codes: u32,

    /// Only so many regions, the first by their codes, to try the proof
    #[arg(long)]
    regions: Option<usize>,

    /// The seed of who is not low
    #[arg(long, default_value_t = 20_220_628)]
    seed: u64,

    /// Without WebAssembly
    #[arg(long)]
    native_only: bool,
}

const MOST_SIGNED: usize = 4_000_000;
const MOST_DELTA: usize = 32_768;
const CHANGES: usize = 10_000;
const MOST_NATIVE: f64 = 5.0;
const MOST_WASM: f64 = 20.0;

/// How long verifying took, in milliseconds, and what came out.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Timed {
    loading_seconds: f64,
    milliseconds: Vec<f64>,
    actions: Vec<String>,
    /// What all is held in, where it can be said.
    memory_bytes: Option<u64>,
}

impl Timed {
    fn at(&self, share: f64) -> f64 {
        let mut sorted = self.milliseconds.clone();
        sorted.sort_by(f64::total_cmp);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place within a short list"
        )]
        let place = ((sorted.len() as f64 * share) as usize).min(sorted.len().saturating_sub(1));
        sorted.get(place).copied().unwrap_or(f64::MAX)
    }
}

impl GateCountry {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let most = self.regions.unwrap_or(usize::MAX);
        let country = Country::build((self.not_low_per_million, self.seed), (most, self.codes))?;
        say(format!("{} regions are built", country.regions.len()))?;
        let native = native(&country)?;
        let wasm = if self.native_only {
            None
        } else {
            Some(in_node(checkout, &country)?)
        };
        let mut report = Report::new(
            "A gate that carries the country",
            "The signed lists of 1.4 billion people, of whom one in a thousand is not low, in the 31 regions of the \
             mainland with the trust list and all key lists, take a gate at most 4 MB; 10,000 changes at most 32 KB; and \
             a carried code of any region is judged in at most 5 ms natively and 20 ms in WebAssembly.",
        );
        report.text(&format!(
            "Regions are the provinces of GB/T 2260 with their people by the census of 2020 (National Bureau of Statistics, \
             communiqué no. 3 of 2021), each with its own day key, domain and keys; subjects stand where the day key puts them. \
             Each region's list is its signed whole; changes fall on regions as their people do, one delta each. Codes are \
             carried ones with a showing, {} of each region, half of them of people who are not low; the time is from the text \
             to the verdict, the 99th of a hundred counts. Seed {}.",
            self.codes, self.seed
        ));
        let signed = country.wholes() + country.keys() + country.trust.len();
        let mut rows = vec![
            vec!["regions".to_owned(), country.regions.len().to_string()],
            vec!["people".to_owned(), country.people().to_string()],
            vec!["not low".to_owned(), country.not_low().to_string()],
            vec![
                "status lists, bytes".to_owned(),
                country.wholes().to_string(),
            ],
            vec![
                "trust list and key lists, bytes".to_owned(),
                (country.keys() + country.trust.len()).to_string(),
            ],
            vec!["signed in all, bytes".to_owned(), signed.to_string()],
            vec![
                format!("{CHANGES} changes, bytes"),
                country.deltas().to_string(),
            ],
            vec!["codes verified".to_owned(), country.codes.len().to_string()],
        ];
        let mut check = |name: &str, timed: &Timed, limit: f64| {
            let wrong = country.wrong(&timed.actions);
            let p99 = timed.at(0.99);
            rows.extend([
                vec![
                    format!("{name}: taking everything"),
                    format!("{:.1} s", timed.loading_seconds),
                ],
                vec![
                    format!("{name}: verdict, median and 99th of a hundred"),
                    format!("{:.2} ms, {p99:.2} ms", timed.at(0.5)),
                ],
                vec![format!("{name}: wrong verdicts"), wrong.to_string()],
            ]);
            if let Some(memory) = timed.memory_bytes {
                let megabytes = memory / 1_000_000;
                rows.push(vec![
                    format!("{name}: memory that holds it"),
                    format!("{megabytes} MB"),
                ]);
            }
            let mut short = Vec::new();
            if wrong > 0 {
                short.push(format!("{name}: {wrong} verdicts are wrong"));
            }
            if p99 > limit {
                short.push(format!("{name}: {p99:.2} ms, more than {limit} ms"));
            }
            short
        };
        let mut short = check("native", &native, MOST_NATIVE);
        if let Some(wasm) = &wasm {
            short.extend(check("WebAssembly", wasm, MOST_WASM));
        }
        report.table(&["", ""], &rows);
        for why in short {
            report.fail(why);
        }
        if signed > MOST_SIGNED {
            report.fail(format!("{signed} bytes, more than {MOST_SIGNED}"));
        }
        if country.deltas() > MOST_DELTA {
            let bytes = country.deltas();
            report.fail(format!("{bytes} bytes of changes, more than {MOST_DELTA}"));
        }
        if self.regions.is_some() || self.native_only {
            report.fail("only a part was tried");
        }
        Ok(report)
    }
}

/// Seconds since something began.
#[expect(clippy::disallowed_methods, reason = "a proof of speed measures")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let begun = std::time::Instant::now();
    let result = work();
    (result, begun.elapsed().as_secs_f64())
}

fn native(country: &Country) -> Result<Timed> {
    let mut gate = Gate::new(Settings::parse(country.settings.as_bytes())?)?;
    let (taken, loading_seconds) = timed(|| -> Result<()> {
        for step in country.steps() {
            take(&mut gate, &step)?;
        }
        Ok(())
    });
    taken?;
    let mut memory = ShowingMemory::default();
    let (mut milliseconds, mut actions) = (Vec::new(), Vec::new());
    for code in &country.codes {
        let (verdict, seconds) = timed(|| gate.verify(&code.text, code.at, &mut memory));
        milliseconds.push(seconds * 1000.0);
        actions.push(verdict.action().word().to_owned());
    }
    Ok(Timed {
        loading_seconds,
        milliseconds,
        actions,
        memory_bytes: None,
    })
}

fn take(gate: &mut Gate, step: &Step<'_>) -> Result<()> {
    let (bytes, region, now) = (step.bytes, step.region, step.at);
    let taken = match step.kind {
        StepKind::Trust => gate.take_trust_list(bytes, now),
        StepKind::Keys => gate.take_key_list(bytes, region, now),
        StepKind::Status => gate.take_delta(bytes, region, now),
    };
    taken.map_err(|refused| anyhow::anyhow!("{region}: {:?}: {}", step.kind, refused.word()))?;
    Ok(())
}

/// What Node reads: files with the lists, and the codes.
#[derive(Serialize)]
struct Plan<'a> {
    settings: &'a str,
    steps: Vec<PlanStep>,
    codes: Vec<PlanCode<'a>>,
}

#[derive(Serialize)]
struct PlanStep {
    kind: &'static str,
    file: String,
    region: String,
    at: i64,
}

#[derive(Serialize)]
struct PlanCode<'a> {
    text: &'a str,
    at: i64,
}

const SCRIPT: &str = include_str!("gate_country/country.mjs");

fn in_node(checkout: &Checkout, country: &Country) -> Result<Timed> {
    let module = Module::build(checkout, Kind::Verifier)?;
    let folder = module.folder().join("country");
    fs::create_dir_all(&folder)?;
    let mut steps = Vec::new();
    for (number, step) in country.steps().into_iter().enumerate() {
        let file = folder.join(format!("{number}.cwt"));
        fs::write(&file, step.bytes)?;
        steps.push(PlanStep {
            kind: step.kind.method(),
            file: file.display().to_string(),
            region: step.region.to_string(),
            at: step.at.unix(),
        });
    }
    let codes = country.codes.iter().map(|code| PlanCode {
        text: &code.text,
        at: code.at.unix(),
    });
    let plan = Plan {
        settings: &country.settings,
        steps,
        codes: codes.collect(),
    };
    let (plan_file, script) = (folder.join("plan.json"), folder.join("country.mjs"));
    fs::write(&plan_file, serde_json::to_vec(&plan)?)?;
    fs::write(&script, SCRIPT)?;
    let loader = checkout.path("web/verifier/verifier.mjs");
    let mut node = checkout.command("node");
    let said = output(
        node.arg(&script)
            .arg(&loader)
            .arg(module.file())
            .arg(&plan_file),
    )?;
    let timed: Timed = serde_json::from_str(said.trim()).context("what Node measured")?;
    ensure!(
        timed.actions.len() == country.codes.len(),
        "Node verified {} codes of {}",
        timed.actions.len(),
        country.codes.len()
    );
    Ok(timed)
}

/// A carried code as it was shown, and what the gate must make of it.
struct Shown {
    text: String,
    at: Timestamp,
    due: &'static str,
}
