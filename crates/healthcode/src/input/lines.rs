//! Files of short JSON lines.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, ensure};
use serde::de::DeserializeOwned;

/// Longer lines are none of these.
const MAX_LINE: u64 = 1 << 12;

/// Goes through the lines of a file, or of standard input for `-`; empty ones are skipped. Every
/// error names file and line.
pub(crate) fn each<T: DeserializeOwned>(
    path: &Path,
    mut with: impl FnMut(T) -> Result<()>,
) -> Result<()> {
    let mut input: Box<dyn BufRead> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
        Box::new(BufReader::new(file))
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
        let line = serde_json::from_slice(&bytes).with_context(here)?;
        with(line).with_context(here)?;
    }
    Ok(())
}
