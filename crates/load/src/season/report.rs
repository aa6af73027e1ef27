//! The report of a season, for people and for programs.

use std::io::{self, Write};

use anyhow::Result;
use hdrhistogram::Histogram;
use serde_json::{Value, json};

use super::gate::{Kind, Loaded};
use super::play::Played;

/// Writes it.
pub(super) fn write(played: &Played, json: bool) -> Result<()> {
    let report = report(played);
    let mut out = io::stdout().lock();
    if json {
        writeln!(out, "{report}")?;
    } else {
        writeln!(out, "{report:#}")?;
    }
    Ok(())
}

fn report(played: &Played) -> Value {
    let tally = &played.tally;
    let actions: Vec<Value> = tally
        .actions
        .iter()
        .map(|((kind, class, action), count)| {
            json!({ "gate": kind.name(), "class": class, "action": action, "count": count })
        })
        .collect();
    let unknown: Vec<Value> = tally
        .unknown
        .iter()
        .map(|((kind, why), count)| json!({ "gate": kind.name(), "because": why, "count": count }))
        .collect();
    let ages: Vec<Value> = tally
        .age
        .iter()
        .map(|(kind, ages)| json!({ "gate": kind.name(), "seconds": quantiles(ages) }))
        .collect();
    let bytes: Vec<Value> = Kind::ALL
        .iter()
        .filter_map(|kind| Some((kind, tally.loaded.get(kind)?)))
        .map(|(kind, days)| {
            json!({
                "gate": kind.name(),
                "own": middle_and_most(days, |day| day.own),
                "foreign": middle_and_most(days, |day| day.foreign),
                "keys": middle_and_most(days, |day| day.keys),
            })
        })
        .collect();
    json!({
        "people": played.people,
        "regions": played.regions,
        "days": played.plan.days,
        "seed": played.plan.seed,
        "drains": played.plan.drains,
        "scans": tally.scans,
        "of people not low": tally.not_low,
        "verdicts": actions,
        "unknown": unknown,
        "genuine called invalid": tally.invalid,
        "nothing to show": tally.no_code,
        "not low passed beyond the declared delay": tally.wrong_green,
        "not low passed within it": tally.green_in_time,
        "latest of those, seconds": tally.latest_green,
        "low restricted beyond the declared delay": tally.wrong_red,
        "high here and low there beyond it": tally.split,
        "refused": tally.refused,
        "refused without a rule": tally.refused_without_rule,
        "refused without a receipt that verifies": tally.refused - tally.receipts,
        "stolen key": {
            "passed before it was noticed": tally.forged_before,
            "passed at gates not told yet": tally.forged_until_told,
            "passed at gates that were told": tally.forged_after,
            "stopped": tally.forged_refused,
        },
        "evidence from elsewhere": {
            "facts": tally.evidence.len(),
            "attempts": played.attempts,
            "through the hub": played.through_the_hub,
            "seconds": quantiles(&tally.evidence),
        },
        "age of facts at verdicts": ages,
        "bytes a gate and day": bytes,
        "lists not taken": played.not_taken,
        "took, seconds": played.took.as_secs(),
    })
}

fn quantiles(of: &Histogram<u64>) -> Value {
    json!({
        "p50": of.value_at_quantile(0.5),
        "p99": of.value_at_quantile(0.99),
        "most": of.max(),
    })
}

fn middle_and_most(days: &[Loaded], of: impl Fn(&Loaded) -> u64) -> Value {
    let mut bytes: Vec<u64> = days.iter().map(of).collect();
    bytes.sort_unstable();
    json!({ "median": bytes.get(bytes.len() / 2), "most": bytes.last() })
}
