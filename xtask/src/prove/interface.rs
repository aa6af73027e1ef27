//! Proof: a tester that knows nothing but the description asks everything that the description allows,
//! and much that it does not.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::Value;

use super::region::{ADDRESS, Ground};
use super::report::Report;
use crate::checkout::{Checkout, output, say};

#[derive(Debug, Args)]
pub(super) struct Interface {
    /// The most examples of an operation
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    examples: u32,
}

/// The tester, from the Python Package Index.
const TESTER: &str = "schemathesis==4.32.5";
/// The operators' listener.
const OPERATORS: &str = "127.0.0.1:18481";
const PEOPLE: u32 = 1000;
/// What is asked of every answer. Whether bad input is refused is not among it: a region takes texts
/// that JSON Schema cannot tell from bad ones only by their content.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";
/// After these the token with which the rest is asked is good no more.
const LAST: [&str; 2] = ["withdraw", "erase"];

impl Interface {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let tester = tester(checkout)?;
        let folder = checkout.path("target/prove-interface");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let ground = Ground::prepare(checkout, &folder, PEOPLE)?;
        ground.set(&[("operators", OPERATORS.into())])?;
        let (region, _) = ground.start()?;
        let mut report = Report::new(
            "The interface, asked by a stranger",
            "Whatever is sent, no answer has a status of 5xx, and every answer is one that the description has, in \
             its media type and its schema.",
        );
        report.text(&format!(
            "{TESTER}, up to {} examples of each operation, on the listener that offers it, with the token of a person who is enrolled; officers, gates and sources are strangers here, whose requests end at the signature. `withdraw` and `erase` are left out, as they end the token.",
            self.examples
        ));
        let token = ground.token()?;
        let description: Value = serde_json::from_str(&checkout.read("crates/http/openapi.json")?)?;
        let mut rows = Vec::new();
        for (listener, address) in [("public", ADDRESS), ("operators", OPERATORS)] {
            let operations = offered(&description, listener)?;
            say(format!("{listener}: {} operations", operations.len()))?;
            let mut ask = Command::new(&tester);
            ask.args(["run", "--no-color", "--workers", "1", "--checks", CHECKS]);
            ask.args(["--max-examples", &self.examples.to_string()]);
            ask.args(["--seed", "38963", "--phases", "coverage,fuzzing"]);
            ask.args(["-H", &format!("Authorization: Bearer {token}")]);
            for operation in &operations {
                ask.args(["--include-operation-id", operation]);
            }
            ask.args(["--url", &format!("http://{address}")]);
            ask.arg(checkout.path("crates/http/openapi.json"));
            let asked = ask.output().context("the tester does not start")?;
            let said = String::from_utf8_lossy(&asked.stdout);
            let summary = said.lines().rev().find(|line| line.contains(" in "));
            rows.push(vec![
                listener.to_owned(),
                operations.len().to_string(),
                summary
                    .unwrap_or_default()
                    .trim_matches(['=', ' '])
                    .to_owned(),
            ]);
            if !asked.status.success() {
                let found = said
                    .lines()
                    .filter(|line| line.starts_with("- ST") || line.starts_with("____"));
                let found: Vec<&str> = found.take(40).collect();
                report.fail(format!("{listener}: {}", found.join("; ")));
            }
        }
        drop(region);
        report.table(&["listener", "operations", "what the tester says"], &rows);
        Ok(report)
    }
}

/// The ids of the operations that a listener offers.
fn offered(description: &Value, listener: &str) -> Result<Vec<String>> {
    let paths = description.get("paths").and_then(Value::as_object);
    let paths = paths.context("the description has no paths")?;
    let operations = paths.values().filter_map(Value::as_object).flatten();
    let mut found = Vec::new();
    for (_, operation) in operations {
        let listeners = operation.get("x-listeners").and_then(Value::as_array);
        let here = listeners.is_some_and(|all| all.iter().any(|one| one == listener));
        let id = operation.get("operationId").and_then(Value::as_str);
        found.extend(
            id.filter(|id| here && !LAST.contains(id))
                .map(str::to_owned),
        );
    }
    Ok(found)
}

/// Installs the tester in the target folder, where it is not.
fn tester(checkout: &Checkout) -> Result<PathBuf> {
    let place = checkout.path("target/schemathesis");
    let program = place.join("bin/schemathesis");
    if !program.exists() {
        say(format!("installing {TESTER} in {}", place.display()))?;
        let mut make = Command::new("python3");
        output(make.args(["-m", "venv"]).arg(&place))
            .context("python3 with its module venv is needed: apt-get install python3-venv")?;
        let mut install = Command::new(place.join("bin/pip"));
        output(install.args(["install", "--quiet", TESTER]))?;
    }
    Ok(program)
}
