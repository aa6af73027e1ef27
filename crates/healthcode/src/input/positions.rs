//! Positions of a status list, one a line: `{"index": 7, "level": "10"}`.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, ensure};
use hc_code::Level;
use hc_code::day_index::{DayIndex, Domain};
use hc_code::verify::Listed;
use serde::Deserialize;

use super::lines;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    index: u32,
    level: Level,
}

/// Reads a file, or standard input for `-`. A position twice is an error: which line would count?
pub(crate) fn read(path: &Path, domain: Domain) -> Result<BTreeMap<DayIndex, Listed>> {
    let mut entries = BTreeMap::new();
    lines::each(path, |Line { index, level }| {
        let place = DayIndex::new(index);
        ensure!(
            domain.contains(place),
            "position {index} lies outside 2^{}",
            domain.bits()
        );
        let before = entries.insert(place, Listed::from(level));
        ensure!(before.is_none(), "position {index} occurs a second time");
        Ok(())
    })?;
    Ok(entries)
}
