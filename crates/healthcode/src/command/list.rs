//! `list`: one file per thing that is done with a signed list.

mod build;
mod delta;
mod inspect;
mod paper;

use anyhow::Result;
use hc_code::Level;
use hc_code::Timestamp;
use hc_code::status_list::{Delta, DeltaBase};
use hc_code::verify::Listed;
use serde::Serialize;

use super::Outcome;
use crate::args::List;
use crate::screen::Screen;

pub(super) fn run(command: &List, screen: &mut Screen) -> Result<Outcome> {
    match command {
        List::Build(command) => build::run(command, screen),
        List::Delta(command) => delta::run(command, screen),
        List::Paper(command) => paper::run(command, screen),
        List::Inspect(command) => inspect::run(command, screen),
    }
}

/// The level that a list's value stands for.
const fn level(value: Listed) -> Level {
    match value {
        Listed::Low => Level::Low,
        Listed::High => Level::High,
        Listed::Medium => Level::Medium,
        Listed::Recheck => Level::Unknown,
    }
}

/// How many entries have each value, by its number.
fn counts(delta: &Delta) -> [u64; 4] {
    let mut counts = [0; 4];
    for (_, value) in delta.changes().entries() {
        if let Some(count) = counts.get_mut(usize::from(value.bits())) {
            *count += 1;
        }
    }
    counts
}

/// A whole list or a delta in words or as one object.
fn shown(delta: &Delta, bytes: usize, screen: &mut Screen) -> Result<()> {
    let edition = delta.edition();
    let name = edition.name();
    let [low, high, medium, recheck] = counts(delta);
    let from = match delta.base() {
        DeltaBase::AllLow => None,
        DeltaBase::Sequence(base) => Some(base),
    };
    if screen.json() {
        return screen.object(&ListLine {
            kind: if from.is_some() {
                "status-list-delta"
            } else {
                "status-list"
            },
            region: name.region.to_string(),
            day: name.day.to_string(),
            epoch: name.epoch,
            bits: name.domain.bits(),
            sequence: edition.sequence(),
            from_sequence: from,
            as_of: edition.as_of(),
            issued_at: edition.issued_at(),
            expires_at: edition.expires_at(),
            entries: delta.changes().count(),
            low,
            medium,
            high,
            unknown: recheck,
            bytes,
        });
    }
    let title = match from {
        Some(base) => format!(
            "{} {} {} · {base} → {}",
            screen.say("增量", "delta"),
            name.region,
            name.day,
            edition.sequence()
        ),
        None => format!(
            "{} {} {} · {} {}",
            screen.say("状态表", "status list"),
            name.region,
            name.day,
            screen.say("版次", "edition"),
            edition.sequence()
        ),
    };
    screen.heading(title)?;
    let times = format!(
        "  {} {} · {} {} · {} {}",
        screen.say("依据时间", "facts as of"),
        edition.as_of(),
        screen.say("签发于", "issued at"),
        edition.issued_at(),
        screen.say("失效于", "expires at"),
        edition.expires_at(),
    );
    screen.line(times)?;
    let size = format!(
        "  2^{} {} · {} {} · {bytes} {}",
        name.domain.bits(),
        screen.say("个位置", "positions"),
        delta.changes().count(),
        screen.say("项", "entries"),
        screen.say("字节", "bytes"),
    );
    screen.line(size)?;
    let by_level = [
        (Level::Low, low),
        (Level::Medium, medium),
        (Level::High, high),
        (Level::Unknown, recheck),
    ];
    for (level, count) in by_level.into_iter().filter(|(_, count)| *count > 0) {
        let level = screen.level(level);
        screen.line(format!("{count:>9}  {level}"))?;
    }
    Ok(())
}

#[derive(Serialize)]
struct ListLine {
    kind: &'static str,
    region: String,
    day: String,
    epoch: u8,
    bits: u8,
    sequence: u32,
    from_sequence: Option<u32>,
    as_of: Timestamp,
    issued_at: Timestamp,
    expires_at: Timestamp,
    entries: u64,
    low: u64,
    medium: u64,
    high: u64,
    unknown: u64,
    bytes: usize,
}
