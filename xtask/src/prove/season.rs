//! Proof: a travel season of many regions.

use std::collections::BTreeMap;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use super::report::Report;
use crate::checkout::{Checkout, say};

#[derive(Debug, Args)]
pub(super) struct Season {
    /// How much of the country and of its journeys is played, in millionths
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    millionths: u64,

    /// The same for the season that is played without the rule for regions that were away
    #[arg(long, default_value_t = 1000, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    hasty: u64,

    /// Another number plays another season
    #[arg(long, default_value_t = 2020)]
    seed: u64,
}

/// What hc-load calls by these names must not be.
const MUST_BE_NONE: [(&str, &str); 6] = [
    (
        "/not low passed beyond the declared delay",
        "people who were not low passed later than was declared",
    ),
    (
        "/low restricted beyond the declared delay",
        "low people were restricted later than was declared",
    ),
    (
        "/high here and low there beyond it",
        "people were high at one door and low at another beyond the declared delay",
    ),
    ("/refused without a rule", "refusals named no rule"),
    (
        "/refused without a receipt that verifies",
        "refusals gave no receipt that verifies",
    ),
    (
        "/stolen key/passed at gates that were told",
        "codes of a stolen key passed at gates that had been told",
    ),
];

impl Season {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        say("building hc-load")?;
        let built = Command::new(env!("CARGO"))
            .args(["build", "--release", "--locked", "--package", "hc-load"])
            .current_dir(checkout.path(""))
            .status()?;
        anyhow::ensure!(built.success(), "hc-load does not build");
        let played = self.play(checkout, self.millionths, &[])?;
        // What a rule of the federation is for: without it a region that was away knows less than it says.
        let hasty = self.play(checkout, self.hasty, &["--hasty"])?;
        let mut report = Report::new(
            "A travel season",
            "Of all journeys of a season nobody who is not low by the rules of their own region passes a gate of \
             another later than is declared, nobody low is restricted longer, nobody is high at one door and low at \
             another beyond that delay, and every refusal names its rule and gives a receipt that verifies; whatever \
             of the plan goes wrong.",
        );
        for (pointer, what) in MUST_BE_NONE {
            match played.pointer(pointer).and_then(Value::as_u64) {
                Some(0) => {}
                Some(count) => report.fail(format!("{count} {what}")),
                None => report.fail(format!("the simulator does not say how many {what}")),
            }
        }
        self.tell(&mut report, &played, &hasty);
        Ok(report)
    }

    fn play(&self, checkout: &Checkout, millionths: u64, more: &[&str]) -> Result<Value> {
        say(format!("playing the season {}", more.join(" ")))?;
        let target = std::env::var_os("CARGO_TARGET_DIR");
        let target = target.map_or_else(|| checkout.path("target"), Into::into);
        let output = Command::new(target.join("release/hc-load"))
            .args(["--json", "season", "--seed", &self.seed.to_string()])
            .args(["--millionths", &millionths.to_string()])
            .args(more)
            .current_dir(checkout.path(""))
            .stderr(Stdio::inherit())
            .output()?;
        // It ends with an error where something must not be; its report says what.
        let line = output.stdout.split(|byte| *byte == b'\n').next();
        serde_json::from_slice(line.unwrap_or_default()).context("hc-load gave no report")
    }

    fn tell(&self, report: &mut Report, played: &Value, hasty: &Value) {
        let of = |pointer: &str| text(played.pointer(pointer));
        report.text(&format!(
            "{} millionths of the country and of the 1,476 million journeys of spring 2020 (Ministry of Transport): {} \
             people, {} days, {} regions, of which four are played whole with rules of their own (Guangdong, \
             Chongqing, Sichuan, Hubei) and the others only issue. Codes, lists, keys and verdicts are the real ones; \
             time, people and the network are made up (seed {}). {} scans, {} of them of people who were not low. \
             It took {} s.",
            self.millionths, of("/people"), of("/days"), of("/regions"), of("/seed"), of("/scans"), of("/of people not low"),
            of("/took, seconds"),
        ));
        report.text(
            "What goes wrong: one of fifty messages between regions and one of twenty questions of gates is lost; one \
             of fifty lists is not published in its turn; gates' clocks are up to 10 s off; two regions are gone for a \
             day each; two regions cannot reach each other for six hours; the hub stands still for eight; a node's key \
             is stolen and used for six hours before that is noticed; a region gets another root.",
        );
        report.text(
            "Declared: evidence about somebody from elsewhere is with the region that decides within an hour of being \
             stated, or when that region is back; a live code is of the last 150 s; a carried or paper code counts for \
             as long as its list, whose facts are at most four hours old.",
        );
        report.table(
            &["", "people"],
            &[
                "not low passed beyond the declared delay",
                "not low passed within it",
                "low restricted beyond the declared delay",
                "high here and low there beyond it",
                "refused",
                "refused without a rule",
                "refused without a receipt that verifies",
                "nothing to show",
            ]
            .map(|name| vec![name.to_owned(), of(&format!("/{name}"))]),
        );
        report.text(&format!(
            "Latest of those who passed within the declared delay, in seconds after it could have been known: {}. Genuine codes that were called invalid: {}.",
            map(played.pointer("/latest of those, seconds")),
            map(played.pointer("/genuine called invalid")),
        ));
        verdicts(report, played);
        report.table(
            &["gates", "unknown because", "times"],
            &rows(played, "/unknown", &["gate", "because", "count"]),
        );
        report.table(
            &["codes of the stolen key", "times"],
            &[
                "passed before it was noticed",
                "passed at gates not told yet",
                "passed at gates that were told",
                "stopped",
            ]
            .map(|name| vec![name.to_owned(), of(&format!("/stolen key/{name}"))]),
        );
        report.table(&["seconds", "p50", "p99", "most"], &latencies(played));
        report.table(
            &[
                "a gate's day, bytes (median, most)",
                "own region",
                "other regions",
                "keys and trust",
            ],
            &loaded(played),
        );
        let late = |of: &Value| text(of.pointer("/not low passed beyond the declared delay"));
        report.text(&format!(
            "A region that was away takes what waits for it at its neighbours before its facts count as new. In {} millionths of a season without that rule {} people who were not low pass beyond the declared delay, of {} scans of such people.",
            self.hasty,
            late(hasty),
            text(hasty.pointer("/of people not low"))
        ));
    }
}

fn text(value: Option<&Value>) -> String {
    match value {
        Some(Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => "?".to_owned(),
    }
}

/// `a 1, b 2`, or `none`.
fn map(value: Option<&Value>) -> String {
    let Some(Value::Object(map)) = value else {
        return "?".to_owned();
    };
    let parts: Vec<String> = map
        .iter()
        .map(|(name, count)| format!("{name} {count}"))
        .collect();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}

fn rows(played: &Value, pointer: &str, fields: &[&str]) -> Vec<Vec<String>> {
    let list = played.pointer(pointer).and_then(Value::as_array);
    let list = list.map(Vec::as_slice).unwrap_or_default();
    list.iter()
        .map(|row| fields.iter().map(|field| text(row.get(field))).collect())
        .collect()
}

/// One row for a kind of gate and class of code, one column for an action.
fn verdicts(report: &mut Report, played: &Value) {
    const ACTIONS: [&str; 5] = ["pass", "check", "refuse", "unknown", "invalid"];
    let mut table: BTreeMap<(String, String), [String; 5]> = BTreeMap::new();
    for row in rows(played, "/verdicts", &["gate", "class", "action", "count"]) {
        let [gate, class, action, count] = row.as_slice() else {
            continue;
        };
        let cells = table.entry((gate.clone(), class.clone())).or_default();
        let place = ACTIONS.iter().position(|name| name == action);
        if let Some(cell) = place.and_then(|place| cells.get_mut(place)) {
            cell.clone_from(count);
        }
    }
    let rows: Vec<Vec<String>> = table
        .into_iter()
        .map(|((gate, class), cells)| [vec![gate, class], cells.to_vec()].concat())
        .collect();
    report.table(&[&["gates", "codes"][..], &ACTIONS[..]].concat(), &rows);
}

fn latencies(played: &Value) -> Vec<Vec<String>> {
    let cells = |name: &str, of: Option<&Value>| {
        let cell = |field| text(of.and_then(|of| of.get(field)));
        vec![name.to_owned(), cell("p50"), cell("p99"), cell("most")]
    };
    let mut rows = vec![cells(
        "evidence from elsewhere, from stated to decided",
        played.pointer("/evidence from elsewhere/seconds"),
    )];
    let ages = played.pointer("/age of facts at verdicts");
    for age in ages.and_then(Value::as_array).into_iter().flatten() {
        let gate = text(age.get("gate"));
        rows.push(cells(
            &format!("age of facts at {gate} gates"),
            age.get("seconds"),
        ));
    }
    rows
}

fn loaded(played: &Value) -> Vec<Vec<String>> {
    let list = played
        .pointer("/bytes a gate and day")
        .and_then(Value::as_array);
    let cell = |row: &Value, of: &str| {
        let cell = |field| text(row.get(of).and_then(|of| of.get(field)));
        format!("{}, {}", cell("median"), cell("most"))
    };
    list.into_iter()
        .flatten()
        .map(|row| {
            vec![
                text(row.get("gate")),
                cell(row, "own"),
                cell(row, "foreign"),
                cell(row, "keys"),
            ]
        })
        .collect()
}
