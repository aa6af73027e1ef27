//! `code grid-matrix`: a code's text as Grid Matrix (GB/T 27766), for devices that read nothing else.
//!
//! No kept library in Rust writes it; Zint does. The text goes to it by a file, not on its command line, which
//! everybody on the machine can see.

use std::io::{ErrorKind, Write as _};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};
use hc_code::text::CodeText;

use crate::args::GridMatrix;
use crate::command::Outcome;
use crate::input::text;
use crate::screen::Screen;

/// Zint's number of the symbology.
const GRID_MATRIX: &str = "--barcode=142";

pub(in crate::command) fn run(command: &GridMatrix, screen: &mut Screen) -> Result<Outcome> {
    let mut given = Vec::new();
    text::each(&command.text, |text| {
        given.push(text.to_owned());
        Ok(())
    })?;
    let [text] = given.as_slice() else {
        bail!("one text is drawn at a time; {} were given", given.len());
    };
    CodeText::parse(text).context("this is no code's text")?;
    let out = &command.out;
    let ending = out.extension().and_then(|ending| ending.to_str());
    ensure!(
        matches!(ending, Some("png" | "svg")),
        "--out ends in .png or .svg"
    );
    ensure!(!out.exists(), "{} exists", out.display());
    let mut input = tempfile::NamedTempFile::new()?;
    input.write_all(text.as_bytes())?;
    input.flush()?;
    let drawn = Command::new("zint")
        .arg(GRID_MATRIX)
        .arg("--notext")
        .arg(format!("--output={}", out.display()))
        .arg(format!("--input={}", input.path().display()))
        .output();
    let drawn = match drawn {
        Ok(drawn) => drawn,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            bail!("zint is not installed; on Debian and Ubuntu: apt-get install zint")
        }
        Err(error) => return Err(error).context("zint cannot be run"),
    };
    let said = String::from_utf8_lossy(&drawn.stderr);
    ensure!(
        drawn.status.success() && out.exists(),
        "zint: {}",
        said.trim()
    );
    screen.line(out.display().to_string())?;
    Ok(Outcome::Clean)
}
