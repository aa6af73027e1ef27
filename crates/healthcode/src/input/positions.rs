//! Positions of a status list, one a line: `{"index": 7, "level": "10"}`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use hc_code::Level;
use hc_code::day_index::{DayIndex, Domain};
use hc_code::verify::Listed;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    index: u32,
    level: Level,
}

/// Longer lines are none of these.
const MAX_LINE: u64 = 1 << 12;

/// Reads a file, or standard input for `-`. A position twice is an error: which line would count?
pub(crate) fn read(path: &Path, domain: Domain) -> Result<BTreeMap<DayIndex, Listed>> {
    let mut input: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Box::new(BufReader::new(file))
    };
    let mut entries = BTreeMap::new();
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
        let line: Line = serde_json::from_slice(&bytes).with_context(here)?;
        let index = DayIndex::new(line.index);
        ensure!(
            domain.contains(index),
            "{}: position {} lies outside 2^{}",
            here(),
            line.index,
            domain.bits()
        );
        let before = entries.insert(index, Listed::from(line.level));
        ensure!(
            before.is_none(),
            "{}: position {} occurs a second time",
            here(),
            line.index
        );
    }
    Ok(entries)
}
