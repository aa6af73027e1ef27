//! Proof: making and verifying a code costs little more than the signature in it.

use std::collections::BTreeMap;

use anyhow::{Context, Result, ensure};
use clap::Args;

use super::report::Report;
use crate::checkout::{Checkout, output, say};

#[derive(Debug, Args)]
pub(super) struct Codes {
    /// How often everything is measured; the run in the middle counts
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=21))]
    runs: u8,
}

/// What is promised for a row of the bench.
const LEAST_RATIO: [(&str, f64); 6] = [
    ("Ed25519 issue live", 0.85),
    ("ES256 issue live", 0.85),
    ("Ed25519 verify live", 0.9),
    ("ES256 verify live", 0.9),
    ("Ed25519 verify carried", 0.9),
    ("ES256 verify carried", 0.9),
];
const DAY_INDEX: &str = "day index";
const LEAST_POSITIONS: f64 = 1e6;

impl Codes {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let mut rows: BTreeMap<usize, Row> = BTreeMap::new();
        for number in 1..=self.runs {
            say(format!("run {number} of {}", self.runs))?;
            let bench = ["bench", "--locked", "-p", "hc-code", "--bench", "codes"];
            let text = output(checkout.command("cargo").args(bench))?;
            for (place, (name, measured)) in read(&text)?.into_iter().enumerate() {
                let row = rows.entry(place).or_insert_with(|| Row {
                    name: name.clone(),
                    runs: Vec::new(),
                });
                ensure!(row.name == name, "{name} came out in place of {}", row.name);
                row.runs.push(measured);
            }
        }
        let rows: Vec<Row> = rows.into_values().collect();
        let mut report = Report::new(
            "Codes a second",
            "With Ed25519 and ES256 a code is issued at no less than 0.85 of the rate of bare signing and verified at \
             no less than 0.9 of the rate of bare verifying; one core finds a million positions of the status list a \
             second.",
        );
        report.text(&format!(
            "One core; {} runs, of which the one with the middle ratio is shown. *Code* is the whole way: from a \
             decision to a text, and from a text to a verdict at a gate with trust list, key list, status list and \
             memory of showings. *Bare* is the library alone on messages of the same length, AWS-LC for Ed25519 and \
             ES256 and RustCrypto's `sm2` for SM2, with keys that were parsed before. A carried code has two \
             signatures, the issuer's and that of the holder's showing (always ES256). The holder's key is in the code \
             itself, as 33 bytes: nobody can have parsed it before, and finding the point takes a square \
             root. So the bare side of *verify carried* reads it each time, as fast as we know; the row *holder's key \
             known* is against a bare side that would have it already, and is for comparison only.",
            self.runs,
        ));
        let cells: Vec<Vec<String>> = rows.iter().map(Row::cells).collect();
        report.table(
            &[
                "",
                "bare a second",
                "codes a second",
                "ratio",
                "of all runs",
            ],
            &cells,
        );
        for shortfall in shortfalls(&rows) {
            report.fail(shortfall);
        }
        Ok(report)
    }
}

/// One line of the bench.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Measured {
    /// Bare and whole, a second.
    Pair { bare: f64, code: f64 },
    /// A second.
    Alone(f64),
}

impl Measured {
    /// What is compared: the ratio, or the rate.
    fn figure(self) -> f64 {
        match self {
            Self::Pair { bare, code } => code / bare,
            Self::Alone(rate) => rate,
        }
    }
}

/// One measure over all runs; at least one.
#[derive(Clone, Debug)]
struct Row {
    name: String,
    runs: Vec<Measured>,
}

impl Row {
    /// The run in the middle; of an even number the lower of the two.
    fn middle(&self) -> Measured {
        let mut runs = self.runs.clone();
        runs.sort_by(|a, b| a.figure().total_cmp(&b.figure()));
        let middle = runs.len().saturating_sub(1) / 2;
        runs.get(middle).copied().unwrap_or(Measured::Alone(0.0))
    }

    fn cells(&self) -> Vec<String> {
        let digits = |measured: &Measured| match measured {
            Measured::Pair { .. } => format!("{:.3}", measured.figure()),
            Measured::Alone(rate) => format!("{rate:.0}"),
        };
        let all: Vec<String> = self.runs.iter().map(digits).collect();
        let all = all.join(", ");
        match self.middle() {
            Measured::Pair { bare, code } => vec![
                self.name.clone(),
                format!("{bare:.0}"),
                format!("{code:.0}"),
                format!("{:.3}", code / bare),
                all,
            ],
            Measured::Alone(rate) => vec![
                self.name.clone(),
                String::new(),
                format!("{rate:.0}"),
                String::new(),
                all,
            ],
        }
    }
}

/// The rows of the bench's output: a name that ends where numbers begin.
fn read(text: &str) -> Result<Vec<(String, Measured)>> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let mut words: Vec<&str> = line.split_whitespace().collect();
        let mut numbers = Vec::new();
        while let Some(number) = words.last().and_then(|word| word.parse::<f64>().ok()) {
            numbers.insert(0, number);
            words.pop();
        }
        let measured = match numbers.as_slice() {
            [bare, code, _ratio] if *bare > 0.0 => Measured::Pair {
                bare: *bare,
                code: *code,
            },
            [rate] => Measured::Alone(*rate),
            _ => continue,
        };
        rows.push((words.join(" "), measured));
    }
    let known = |name: &str| rows.iter().any(|(row, _)| row == name);
    for name in LEAST_RATIO.iter().map(|(name, _)| *name).chain([DAY_INDEX]) {
        known(name)
            .then_some(())
            .with_context(|| format!("the bench has no row {name:?}:\n{text}"))?;
    }
    Ok(rows)
}

fn shortfalls(rows: &[Row]) -> Vec<String> {
    let due = LEAST_RATIO.iter().chain([&(DAY_INDEX, LEAST_POSITIONS)]);
    let short = due.filter_map(|(name, least)| {
        let row = rows.iter().find(|row| row.name == *name);
        let figure = row.map_or(0.0, |row| row.middle().figure());
        (figure < *least).then(|| format!("{name}: {figure:.3}, less than {least}"))
    });
    short.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BENCH: &str = "\
                                               bare/s     code/s   ratio
Ed25519 issue live                             159642     148053   0.927
Ed25519 verify live                             38907      38843   0.998
Ed25519 verify carried                          13941      13603   0.976
Ed25519 verify carried, holder's key known      15986      13535   0.847
ES256 issue live                                80191      77171   0.962
ES256 verify live                               27135      26444   0.975
ES256 verify carried                            12016      11780   0.980
day index                                                2427459        
";

    fn rows(texts: &[&str]) -> Vec<Row> {
        let mut rows: Vec<Row> = Vec::new();
        for text in texts {
            for (name, measured) in read(text).unwrap() {
                match rows.iter_mut().find(|row| row.name == name) {
                    Some(row) => row.runs.push(measured),
                    None => rows.push(Row {
                        name,
                        runs: vec![measured],
                    }),
                }
            }
        }
        rows
    }

    #[test]
    fn lines_of_the_bench_are_read() {
        let rows = rows(&[BENCH]);
        assert_eq!(rows.len(), 8);
        assert_eq!(rows[3].name, "Ed25519 verify carried, holder's key known");
        assert_eq!(rows[7].runs, [Measured::Alone(2_427_459.0)]);
        assert_eq!(shortfalls(&rows), Vec::<String>::new());
    }

    #[test]
    fn a_bench_without_a_promised_row_is_an_error() {
        assert!(read(&BENCH.replace("ES256 verify live", "ES256 look live")).is_err());
        assert!(read("").is_err());
    }

    #[test]
    fn the_middle_run_decides() {
        let slow = BENCH.replace("77171", "50000").replace("2427459", "900000");
        let twice_slow = rows(&[BENCH, &slow, &slow]);
        let short = shortfalls(&twice_slow);
        assert_eq!(short.len(), 2, "{short:?}");
        assert!(short[0].starts_with("ES256 issue live: 0.624"), "{short:?}");
        assert!(short[1].starts_with("day index"), "{short:?}");
        assert_eq!(shortfalls(&rows(&[BENCH, &slow, BENCH])).len(), 0);
    }
}
