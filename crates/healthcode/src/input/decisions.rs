//! Decisions as `healthcode decide --json` writes them.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use hc_code::{DivisionCode, Level, ReasonClass, Timestamp};
use serde::Deserialize;

/// What a code is made of.
pub(crate) struct DecisionRead {
    pub(crate) at: Timestamp,
    pub(crate) level: Level,
    pub(crate) reason: ReasonClass,
    pub(crate) region: DivisionCode,
    pub(crate) valid_until: Timestamp,
}

/// What a file holds.
pub(crate) struct DecisionsRead {
    pub(crate) decisions: Vec<DecisionRead>,
    /// Lines that name rows which `decide` set aside.
    pub(crate) others: usize,
}

/// The parts of a line that a code needs. The others (documents, reasons) stay with the holder.
#[derive(Deserialize)]
struct Line {
    at: Timestamp,
    level: Level,
    class: ReasonClass,
    region: String,
    valid_until: Option<Timestamp>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SetAside {
    #[expect(dead_code, reason = "only its presence counts")]
    set_aside: serde::de::IgnoredAny,
}

/// Longer lines are no decisions.
const MAX_LINE: u64 = 1 << 20;

/// Reads a file, or standard input for `-`.
pub(crate) fn read(path: &Path) -> Result<DecisionsRead> {
    let mut input: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Box::new(BufReader::new(file))
    };
    let mut read = DecisionsRead {
        decisions: Vec::new(),
        others: 0,
    };
    let mut bytes = Vec::new();
    for number in 1_u64.. {
        bytes.clear();
        input
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut bytes)
            .with_context(|| format!("cannot read {}", path.display()))?;
        if bytes.is_empty() {
            break;
        }
        let here = || format!("{}:{number}", path.display());
        ensure!(
            bytes.len() as u64 != MAX_LINE || bytes.ends_with(b"\n"),
            "{}: longer than {MAX_LINE} bytes",
            here()
        );
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        if serde_json::from_slice::<SetAside>(&bytes).is_ok() {
            read.others += 1;
            continue;
        }
        let line: Line = serde_json::from_slice(&bytes)
            .context("no decision")
            .with_context(here)?;
        read.decisions.push(DecisionRead {
            at: line.at,
            level: line.level,
            reason: line.class,
            region: line.region.parse().with_context(here)?,
            valid_until: line.valid_until.unwrap_or(Timestamp::MAX),
        });
    }
    Ok(read)
}
