//! What GB/T 38963 costs: making and verifying by an application, beside the native interface in one run.

use anyhow::{Context, Result};
use serde_json::Value;

use super::super::region::{Ground, cell, number};
use super::super::report::Report;

/// Making and verifying where the second step has a code of authentication, of the native rates.
const LEAST_OF_NATIVE: f64 = 0.7;

/// Measures both forms of the second step, and says what falls short.
pub(super) fn measure(report: &mut Report, ground: &Ground<'_>, seconds: u32) -> Result<()> {
    let (key, seconds) = (
        ground.application().display().to_string(),
        seconds.to_string(),
    );
    let (region, _) = ground.start()?;
    region.settle()?;
    let run = |more: &[&str]| {
        let words = ["national", "--key", &key, "--seconds", &seconds];
        let found = ground.load(&[&words[..], more].concat())?;
        found.into_iter().next().context("nothing was measured")
    };
    let found = [run(&[])?, run(&["--signed"])?];
    drop(region);
    report.text(&format!(
        "**Through GB/T 38963.** The region on one core, the generator on the other, 64 connections kept open; region and application with \
         {} keys; applying for calls, a hundred at once, is in the rates. Medians of three rounds in turn. *Limit in series*: bare HTTP \
         and the bare signatures and verifications of the call, one after the other. Where the second step is signed, that is a \
         verification and a signature more than the native call has: no rate near the native one can be had there, and none is \
         claimed.",
        cell(&found[0], "algorithm")
    ));
    let head = [
        "",
        "native a second",
        "through 38963",
        "of native",
        "limit in series",
        "of the limit",
    ];
    let rows: Vec<Vec<String>> = found.iter().flat_map(rows).collect();
    report.table(&head, &rows);
    for shortfall in shortfalls(&found) {
        report.fail(shortfall);
    }
    Ok(())
}

const PARTS: [(&str, &str, &str, &str, &str, &str); 2] = [
    (
        "make",
        "show",
        "make",
        "make_of_show",
        "make_limit",
        "make_of_limit",
    ),
    (
        "verify",
        "verify_native",
        "verify",
        "verify_of_native",
        "verify_limit",
        "verify_of_limit",
    ),
];

fn rows(found: &Value) -> Vec<Vec<String>> {
    let step = cell(found, "second_step");
    let step = step.trim_matches('"');
    let rows = PARTS.iter().map(|(name, native, rate, share, limit, of)| {
        vec![
            format!("{name}, second step {step}"),
            format!("{:.0}", number(found, native)),
            format!("{:.0}", number(found, rate)),
            format!("{:.2}", number(found, share)),
            format!("{:.0}", number(found, limit)),
            format!("{:.2}", number(found, of)),
        ]
    });
    rows.collect()
}

fn shortfalls([coded, signed]: &[Value; 2]) -> Vec<String> {
    let mut shortfalls = Vec::new();
    for (name, _, _, share, _, _) in PARTS {
        let share = number(coded, share);
        if !(LEAST_OF_NATIVE..).contains(&share) {
            shortfalls.push(format!("{name} makes {share:.2} of the native rate"));
        }
    }
    for found in [coded, signed] {
        let refused = number(found, "refused");
        if !(0.0..1.0).contains(&refused) {
            shortfalls.push(format!("{refused:.0} messages were refused"));
        }
    }
    shortfalls
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(step: &str, share: f64, of: f64, refused: u32) -> Value {
        json!({
            "second_step": step, "show": 30_000.0, "make": 30_000.0 * share, "make_of_show": share,
            "make_limit": 20_000.0, "make_of_limit": of, "verify_native": 20_000.0,
            "verify": 20_000.0 * share, "verify_of_native": share, "verify_limit": 15_000.0,
            "verify_of_limit": of, "refused": refused,
        })
    }

    #[test]
    fn a_coded_second_step_is_held_to_its_claim_and_no_message_may_be_refused() {
        let of = |coded, signed| shortfalls(&[coded, signed]).len();
        let (coded, signed) = (found("coded", 0.8, 0.6, 0), found("signed", 0.4, 0.8, 0));
        assert_eq!(of(coded.clone(), signed.clone()), 0);
        assert_eq!(of(found("coded", 0.69, 0.9, 0), signed.clone()), 2);
        assert_eq!(of(coded.clone(), found("signed", 0.1, 0.1, 0)), 0);
        assert_eq!(of(coded.clone(), found("signed", 0.4, 0.8, 1)), 1);
        assert_eq!(
            of(json!({}), signed),
            3,
            "what was not measured falls short"
        );
        let row = &rows(&coded)[0];
        let shown = [
            "make, second step coded",
            "30000",
            "24000",
            "0.80",
            "20000",
            "0.60",
        ];
        assert_eq!(row, &shown);
    }
}
