//! Paper codes that are not low, one a line: `{"pointer": "5a…", "level": "10"}`. A sheet that was
//! withdrawn is unknown (`20`): whoever shows it is to be checked.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, ensure};
use hc_code::Level;
use hc_code::paper::Pointer;
use hc_code::verify::Listed;
use serde::Deserialize;

use super::lines;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    pointer: String,
    level: Level,
}

/// Reads a file, or standard input for `-`. A sheet twice is an error: which line would count?
pub(crate) fn read(path: &Path) -> Result<BTreeMap<Pointer, Listed>> {
    let mut sheets = BTreeMap::new();
    lines::each(path, |line: Line| {
        let pointer = pointer(&line.pointer).map_err(anyhow::Error::msg)?;
        let before = sheets.insert(pointer, Listed::from(line.level));
        ensure!(before.is_none(), "this sheet occurs a second time");
        Ok(())
    })?;
    Ok(sheets)
}

/// A pointer as `code inspect` writes it.
pub(crate) fn pointer(text: &str) -> Result<Pointer, String> {
    let mut bytes = [0; 16];
    match hex::decode_to_slice(text, &mut bytes) {
        Ok(()) => Ok(Pointer::from_bytes(bytes)),
        Err(_) => Err("a pointer is 32 hexadecimal digits".to_owned()),
    }
}
