//! Proof: SM2 is signed as fast as the other algorithms, in constant time, and no kept library does it; and what
//! making and verifying cost through GB/T 38963.

mod applications;

use anyhow::{Context, Result, ensure};
use clap::Args;

use super::region::Ground;
use super::report::Report;
use crate::checkout::{Checkout, output};

#[derive(Debug, Args)]
pub(super) struct National {
    /// How many seeded people live in the region that is asked through GB/T 38963
    #[arg(long, default_value_t = 10_000, value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    people: u32,

    /// Seconds of each measured part of that
    #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..=40))]
    seconds: u32,
}

/// What is promised: SM2 as this house makes it, over the fastest library of the registry; that one is
/// not constant in time.
const LEAST_OVER_LIBRARIES: f64 = 1.5;
/// And over the fastest that is.
const LEAST_OVER_CONSTANT: (&str, f64) = ("SM2 sm2 0.14 (RustCrypto)", 3.0);
/// Where the times of two kinds of nonces can be told apart (Reparaz and others 2017).
const TELLING: f64 = 4.5;
const OURS: &str = "SM2 (this house)";
const BASES: [&str; 2] = ["Ed25519 (this house: AWS-LC)", "ES256 (this house: AWS-LC)"];

impl National {
    pub(super) fn run(&self, checkout: &Checkout) -> Result<Report> {
        let program = [
            "run",
            "--release",
            "--manifest-path",
            "candidates/Cargo.toml",
        ];
        let found = read(&output(checkout.command("cargo").args(program))?)?;
        let mut report = Report::new(
            "The national suite and interface: rates and constant time",
            "SM2 is signed and verified at one and a half times the rate of the fastest library of the Rust registry, \
             three times that of the fastest one in constant time, or more; the time of a signature does not tell \
             its nonce; and through GB/T 38963 codes are made and verified at 0.7 of the native rates or more where the \
             second step has a code of authentication.",
        );
        report.text(
            "**The ciphers.** One core, one run, everything in turns, by the time on the processor, the best turn of each; messages of \
             160 bytes, Z and SM3 included, keys parsed before. `candidates/` is the program; it checks that each \
             library's signature verifies here before it is measured.",
        );
        let head = [
            "",
            "signs a second",
            "verifies a second",
            "signs, of Ed25519",
            "of ES256",
        ];
        report.table(&head, &found.rows());
        report.text(
            "What stands in the way of more: by count, a signature is some 560 multiplications for 43 additions of points \
             and 270 for one inversion, in Rust for every x86-64. AWS-LC's assembly takes instructions (mulx, adx) \
             that safe Rust takes only where the processor is named when it is built; eight signatures at once (AVX-512) \
             need unsafe calls; pools of nonces made ahead would keep secrets in memory.",
        );
        report.text(
            "Whether time depends on the nonce: times of multiplication by a fixed and by random nonces, in random \
             turns, 200,000 of them; Welch's t of the faster nine tenths. |t| above 4.5 tells the kinds apart. The \
             multiplication that verifying takes is not constant and is there to show that the test can see.",
        );
        let head = ["fixed nonce", "t, signing", "t, verifying"];
        report.table(&head, &found.times());
        for shortfall in found.shortfalls() {
            report.fail(shortfall);
        }
        let folder = checkout.path("target/prove-national");
        if folder.exists() {
            std::fs::remove_dir_all(&folder)?;
        }
        let ground = Ground::prepare(checkout, &folder, self.people)?;
        applications::measure(&mut report, &ground, self.seconds)?;
        Ok(report)
    }
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Found {
    /// Name, signatures and verifications a second.
    rates: Vec<(String, f64, f64)>,
    /// Kind, t of signing and of verifying.
    times: Vec<(String, f64, f64)>,
}

fn read(text: &str) -> Result<Found> {
    let mut found = Found::default();
    for line in text.lines() {
        let cells: Vec<_> = line.split('\t').collect();
        let [what, name, one, other] = *cells else {
            anyhow::bail!("the candidates say {line:?}, which is no line of theirs");
        };
        let number = |cell: &str| -> Result<f64> {
            cell.parse()
                .with_context(|| format!("no number in {line:?}"))
        };
        let row = (name.to_owned(), number(one)?, number(other)?);
        match what {
            "rate" => found.rates.push(row),
            "time" => found.times.push(row),
            _ => anyhow::bail!("the candidates say {line:?}, which is no line of theirs"),
        }
    }
    for name in BASES.into_iter().chain([OURS]) {
        ensure!(found.rate(name).is_some(), "{name} was not measured");
    }
    ensure!(!found.times.is_empty(), "no times were measured");
    Ok(found)
}

impl Found {
    fn rate(&self, name: &str) -> Option<(f64, f64)> {
        let row = self.rates.iter().find(|(other, ..)| other == name);
        row.map(|(_, signs, verifies)| (*signs, *verifies))
    }

    fn rows(&self) -> Vec<Vec<String>> {
        let [ed25519, es256] = BASES.map(|name| self.rate(name).unwrap_or_default().0);
        let row = |(name, signs, verifies): &(String, f64, f64)| {
            vec![
                name.clone(),
                format!("{signs:.0}"),
                format!("{verifies:.0}"),
                format!("{:.3}", signs / ed25519),
                format!("{:.3}", signs / es256),
            ]
        };
        self.rates.iter().map(row).collect()
    }

    fn times(&self) -> Vec<Vec<String>> {
        let row = |(kind, signing, verifying): &(String, f64, f64)| {
            vec![
                kind.clone(),
                format!("{signing:.2}"),
                format!("{verifying:.2}"),
            ]
        };
        self.times.iter().map(row).collect()
    }

    fn shortfalls(&self) -> Vec<String> {
        let mut shortfalls = Vec::new();
        let (signs, verifies) = self.rate(OURS).unwrap_or_default();
        let libraries = self
            .rates
            .iter()
            .filter(|(name, ..)| name != OURS && !BASES.contains(&name.as_str()));
        for (name, their_signs, their_verifies) in libraries {
            for (what, ours, theirs) in [
                ("signs", signs, *their_signs),
                ("verifies", verifies, *their_verifies),
            ] {
                let (constant, least) = LEAST_OVER_CONSTANT;
                let least = if name == constant {
                    least
                } else {
                    LEAST_OVER_LIBRARIES
                };
                if ours < theirs * least {
                    shortfalls.push(format!(
                        "{name} {what} {theirs:.0} a second, this house {ours:.0}"
                    ));
                }
            }
        }
        for (kind, signing, _) in &self.times {
            if signing.abs() > TELLING {
                shortfalls.push(format!(
                    "the nonce \"{kind}\" is told by the time: t = {signing:.2}"
                ));
            }
        }
        if self
            .times
            .iter()
            .all(|(.., verifying)| verifying.abs() < TELLING)
        {
            shortfalls.push("the test of times sees nothing where there is something".to_owned());
        }
        shortfalls
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(ours: u32, t: f64, control: f64) -> String {
        format!(
            "rate\t{}\t100000\t30000\nrate\t{}\t50000\t15000\nrate\t{OURS}\t{ours}\t{ours}\n\
             rate\tSM2 other\t10000\t5000\ntime\tone\t{t}\t{control}\n",
            BASES[0], BASES[1]
        )
    }

    #[test]
    fn what_is_slow_or_told_by_its_time_is_a_shortfall() {
        let shortfalls = |text: &str| read(text).unwrap().shortfalls().len();
        assert_eq!(shortfalls(&said(60_000, 1.0, -80.0)), 0);
        assert_eq!(shortfalls(&said(14_000, 1.0, -80.0)), 1);
        let slow = said(60_000, 1.0, -80.0)
            .replace("SM2 other\t10000", "SM2 sm2 0.14 (RustCrypto)\t21000");
        assert_eq!(shortfalls(&slow), 1);
        assert_eq!(shortfalls(&said(60_000, -5.0, -80.0)), 1);
        assert_eq!(shortfalls(&said(60_000, 1.0, 2.0)), 1);
    }

    #[test]
    fn rates_are_shown_beside_those_of_the_other_algorithms() {
        let rows = read(&said(60_000, 1.0, -80.0)).unwrap().rows();
        assert_eq!(rows[2], [OURS, "60000", "60000", "0.600", "1.200"]);
    }

    #[test]
    fn other_lines_are_refused() {
        assert!(read("").is_err());
        assert!(read("speed\ta\t1\t2\n").is_err());
        assert!(read("rate\ta\tfast\t2\n").is_err());
    }
}
