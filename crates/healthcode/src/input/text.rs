//! Texts of codes, from the command line or from standard input.

use std::io::{BufRead, Read};

use anyhow::{Context, Result, ensure};

/// More bytes than a line with a code can have; longer ones are no codes, but must not fill memory.
const MAX_LINE: u64 = 1 << 16;

/// Goes through the text that was given, or through the lines of standard input for `-`.
pub(crate) fn each(given: &str, mut with: impl FnMut(&str) -> Result<()>) -> Result<()> {
    if given != "-" {
        return with(given);
    }
    let mut input = std::io::stdin().lock();
    let mut line = Vec::new();
    let mut count = 0_u64;
    loop {
        line.clear();
        input
            .by_ref()
            .take(MAX_LINE)
            .read_until(b'\n', &mut line)
            .context("cannot read standard input")?;
        if line.is_empty() {
            break;
        }
        count += 1;
        ensure!(
            line.len() as u64 != MAX_LINE || line.ends_with(b"\n"),
            "line {count} of standard input is longer than {MAX_LINE} bytes"
        );
        // A scanner that is wrongly set gives bytes that are no text: the code is then none either.
        let text = String::from_utf8_lossy(&line);
        with(text.trim_end_matches(['\n', '\r']))?;
    }
    ensure!(count > 0, "standard input is empty: no text of a code");
    Ok(())
}
