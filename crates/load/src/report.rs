//! What was measured, as a table or as JSON.

use std::io::{Write, stderr, stdout};
use std::time::Duration;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use crate::args::Scenario;
use crate::limit::Limits;
use crate::run::Tally;

/// One step.
#[derive(Debug, Serialize)]
pub(crate) struct Step {
    scenario: String,
    /// Requests a second that were due.
    offered: Option<u32>,
    /// Good answers a second.
    goodput: f64,
    good: u64,
    refused: u64,
    other: u64,
    broken: u64,
    /// Milliseconds from when a request was due to its good answer.
    p50: f64,
    p90: f64,
    p99: f64,
    p999: f64,
    max: f64,
}

impl Step {
    #[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
    pub(crate) fn of(
        scenario: Scenario,
        offered: Option<u32>,
        tally: &Tally,
        took: Duration,
    ) -> Self {
        let millis = |quantile| tally.micros.value_at_quantile(quantile) as f64 / 1000.0;
        Self {
            scenario: scenario
                .to_possible_value()
                .map(|value| value.get_name().to_owned())
                .unwrap_or_default(),
            offered,
            goodput: tally.good as f64 / took.as_secs_f64(),
            good: tally.good,
            refused: tally.refused,
            other: tally.other,
            broken: tally.broken,
            p50: millis(0.5),
            p90: millis(0.9),
            p99: millis(0.99),
            p999: millis(0.999),
            max: tally.micros.max() as f64 / 1000.0,
        }
    }
}

pub(crate) fn step(step: &Step, json: bool) -> Result<()> {
    if json {
        writeln!(stdout(), "{}", serde_json::to_string(step)?)?;
        return Ok(());
    }
    let offered = step
        .offered
        .map_or_else(|| "-".to_owned(), |rate| rate.to_string());
    writeln!(
        stdout(),
        "{:8} offered {offered}/s: {:.0}/s good; {} refused, {} other, {} broken; ms: p50 {:.2}, p90 {:.2}, p99 {:.2}, p99.9 {:.2}, most {:.2}",
        step.scenario,
        step.goodput,
        step.refused,
        step.other,
        step.broken,
        step.p50,
        step.p90,
        step.p99,
        step.p999,
        step.max
    )?;
    Ok(())
}

pub(crate) fn limits(limits: &Limits, json: bool) -> Result<()> {
    if json {
        writeln!(stdout(), "{}", serde_json::to_string(limits)?)?;
        return Ok(());
    }
    let mut out = stdout();
    writeln!(
        out,
        "bare HTTP           {:>10.0} a second",
        limits.bare_http
    )?;
    writeln!(out, "bare signing        {:>10.0}", limits.bare_signing)?;
    writeln!(out, "bare verifying      {:>10.0}", limits.bare_verifying)?;
    writeln!(
        out,
        "show                {:>10.0} of {:.0} in series: {:.2}",
        limits.show, limits.show_limit, limits.show_of_limit
    )?;
    writeln!(
        out,
        "verify              {:>10.0} of {:.0} in series: {:.2}",
        limits.verify, limits.verify_limit, limits.verify_of_limit
    )?;
    if let Some(fresh) = &limits.fresh {
        writeln!(
            out,
            "show, TLS each time {:>10.0} of {:.0} bare handshakes: {:.2}",
            fresh.show, fresh.handshakes, fresh.show_of_handshakes
        )?;
    }
    Ok(())
}

/// Anything else that was measured: JSON, or a line for each member.
pub(crate) fn measured(what: &impl Serialize, json: bool) -> Result<()> {
    let value = serde_json::to_value(what)?;
    if json {
        writeln!(stdout(), "{value}")?;
    } else if let serde_json::Value::Object(members) = value {
        for (name, value) in members {
            writeln!(stdout(), "{name:24} {value}")?;
        }
    }
    Ok(())
}

pub(crate) fn failed(error: &anyhow::Error) {
    // Nothing is left to do where standard error is closed.
    drop(writeln!(stderr(), "hc-load: {error:#}"));
}
