//! `list paper`: the signed list of sheets that are not low or were withdrawn.

use anyhow::{Context, Result, ensure};
use hc_code::paper::Pointer;
use hc_code::paper_list::{PaperList, Salt};
use hc_code::signing::Signer;
use hc_code::status_list::{EditionTimes, ListIssuer};
use hc_code::{DivisionCode, Level, Offset, Span, Timestamp};
use serde::Serialize;

use super::level;
use crate::args::SignPaper;
use crate::command::Outcome;
use crate::input::{key_file, sheets};
use crate::output::{self, Readers};
use crate::screen::Screen;
use crate::{clock, random};

/// How long a list is good where nothing else is asked for.
const LIFE: Span = Span::days(1);

pub(in crate::command) fn run(command: &SignPaper, screen: &mut Screen) -> Result<Outcome> {
    ensure!(
        command.region != DivisionCode::COUNTRY,
        "000000 is the whole country and issues no paper"
    );
    let key = key_file::signing_key(&command.key)?;
    let sheets = sheets::read(&command.entries)?;
    let at = command.at.unwrap_or_else(clock::now);
    let times = EditionTimes {
        as_of: command.as_of.unwrap_or(at),
        issued_at: at,
        expires_at: command.until.unwrap_or_else(|| at.plus(LIFE)),
    };
    // Drawn anew for every list: nobody can join two of them, and no sheet meets the same stranger's
    // hash twice.
    let salt = Salt::from_random(*random::bytes()?);
    let listed = sheets.iter().map(|(pointer, value)| (*pointer, *value));
    let list = PaperList::new(command.region, command.sequence, times, salt, listed)?;
    let signed = list.sign(&key)?;
    // What cannot be read back must not leave the house.
    let issuer = ListIssuer {
        region: command.region,
        key: key.public_key(),
        // A paper list has no day.
        offset: Offset::CHINA,
    };
    let read = PaperList::open(&signed, &issuer).context("the signed list does not read")?;
    ensure!(
        read == list,
        "the signed list does not read as what was signed"
    );
    output::create(&command.out, &signed, Readers::Anybody)?;
    shown(&list, signed.len(), screen)?;
    Ok(Outcome::Clean)
}

/// A paper list in words or as one object.
pub(super) fn shown(list: &PaperList, bytes: usize, screen: &mut Screen) -> Result<()> {
    let times = list.times();
    if screen.json() {
        return screen.object(&PaperLine {
            kind: "paper-list",
            region: list.region().to_string(),
            sequence: list.sequence(),
            as_of: times.as_of,
            issued_at: times.issued_at,
            expires_at: times.expires_at,
            entries: list.count(),
            hash_bits: list.hash_bits(),
            bytes,
        });
    }
    screen.heading(format!(
        "{} {} · {} {}",
        screen.say("纸质码表", "paper list"),
        list.region(),
        screen.say("版次", "edition"),
        list.sequence()
    ))?;
    screen.line(format!(
        "  {} {} · {} {} · {} {}",
        screen.say("依据时间", "facts as of"),
        times.as_of,
        screen.say("签发于", "issued at"),
        times.issued_at,
        screen.say("失效于", "expires at"),
        times.expires_at,
    ))?;
    screen.line(format!(
        "  {} {} · {} {} · {bytes} {}",
        list.count(),
        screen.say("项", "entries"),
        list.hash_bits(),
        screen.say("位摘要", "bits to a hash"),
        screen.say("字节", "bytes"),
    ))
}

/// What a list says of sheets.
pub(super) fn answers(list: &PaperList, pointers: &[Pointer], screen: &mut Screen) -> Result<()> {
    for pointer in pointers {
        let level = level(list.value(*pointer));
        let pointer = hex::encode(pointer.as_bytes());
        if screen.json() {
            screen.object(&SheetLine { pointer, level })?;
        } else {
            let level = screen.level(level);
            screen.line(format!("  {pointer}  {level}"))?;
        }
    }
    Ok(())
}

#[derive(Serialize)]
struct PaperLine {
    kind: &'static str,
    region: String,
    sequence: u32,
    as_of: Timestamp,
    issued_at: Timestamp,
    expires_at: Timestamp,
    entries: u64,
    hash_bits: u8,
    bytes: usize,
}

#[derive(Serialize)]
struct SheetLine {
    pointer: String,
    level: Level,
}
