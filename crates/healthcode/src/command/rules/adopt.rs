//! `rules adopt`: a published pack becomes a region's own, with a version and dates of its own and nothing else changed.

use anyhow::{Context, Result, bail, ensure};
use hc_code::{Offset, Span, Timestamp};
use hc_core::rules::RulePack;
use hc_core::rules::check::check;

use super::super::Outcome;
use crate::args::AdoptRules;
use crate::clock;
use crate::input;
use crate::output::{self, Readers};
use crate::screen::Screen;

/// How long a pack holds where nobody says until when.
const USUAL: i64 = 180;
/// The least time between publication and effect of a pack that is no emergency's.
const LEAST_LEAD: Span = Span::hours(24);
const DAY: i64 = 86_400;

pub(super) fn run(command: &AdoptRules, screen: &mut Screen) -> Result<Outcome> {
    let old = input::proved_pack(&command.pack)?;
    let text = input::pack_text(&command.pack)?;
    let from = match &command.from {
        Some(date) => day(date).context("--from")?,
        None => clock::now().local_day(old.offset),
    };
    let until = match &command.until {
        Some(date) => day(date).context("--until")?,
        None => from + USUAL,
    };
    let mut wanted = old.clone();
    wanted.version = match command.pack_version {
        Some(version) => version,
        None => old.version.checked_add(1).context("--pack-version")?,
    };
    wanted.valid_from = Timestamp::start_of_local_day(from, old.offset);
    wanted.valid_until = Timestamp::start_of_local_day(until, old.offset);
    let lead = if old.emergency.is_some() {
        old.lead_time
    } else {
        old.lead_time.max(LEAST_LEAD)
    };
    wanted.published = wanted.valid_from.minus(lead);
    let mut text = rewritten(&text, &wanted)?;
    let came_from = command.pack.file_name().unwrap_or_default();
    let note = format!(
        "\n# Version and dates by `healthcode rules adopt` from {}, version {}.\n",
        came_from.to_string_lossy().escape_debug(),
        old.version
    );
    text.push_str(&note);
    let proved = RulePack::parse(&text).and_then(|pack| check(&pack).map(|()| pack));
    let new = match proved {
        Ok(new) => new,
        Err(findings) => {
            let listed: Vec<_> = input::finding_lines(&command.out, &findings).collect();
            bail!("such a pack would have findings:\n{}", listed.join("\n"));
        }
    };
    // Whatever the file looks like: nothing but these four is another.
    ensure!(
        new == wanted,
        "{}: version and dates cannot be told from the rest; write each on a line of its own under [pack]",
        command.pack.display()
    );
    output::create(&command.out, text.as_bytes(), Readers::Anybody)?;
    screen.line(format!(
        "{} {}: {} {} – {}; {} {}",
        screen.say("版本", "version"),
        new.version,
        screen.say("有效期", "valid"),
        told(new.valid_from, new.offset),
        told(new.valid_until, new.offset),
        screen.say("须最迟公布于", "to be published by"),
        told(new.published, new.offset),
    ))?;
    Ok(Outcome::Clean)
}

fn told(at: Timestamp, offset: Offset) -> String {
    at.at_offset(offset)
}

/// The number of a day since 1970-01-01.
fn day(date: &str) -> Result<i64> {
    let at: Option<Timestamp> = format!("{date}T00:00:00Z").parse().ok();
    let at = at.with_context(|| format!("{} is no date like 2026-01-31", date.escape_debug()))?;
    Ok(at.unix().div_euclid(DAY))
}

/// The file with the version and the dates of a pack; every other line stays as it is.
fn rewritten(text: &str, pack: &RulePack) -> Result<String> {
    let time = |at: Timestamp| format!("\"{}\"", at.at_offset(pack.offset));
    let mut new = [
        ("version", pack.version.to_string()),
        ("published", time(pack.published)),
        ("valid-from", time(pack.valid_from)),
        ("valid-until", time(pack.valid_until)),
    ]
    .map(|(key, value)| (key, Some(value)));
    let mut written = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        if line.starts_with('[') {
            inside = line.trim() == "[pack]";
        }
        let key = line.split_once('=').map(|(key, _)| key.trim());
        let found = new.iter_mut().find(|(known, _)| Some(*known) == key);
        match found
            .filter(|_| inside)
            .map(|(key, value)| (key, value.take()))
        {
            Some((key, Some(value))) => {
                let line = format!("{key} = {value}\n");
                written.push_str(&line);
            }
            _ => written.push_str(line),
        }
    }
    if let Some((key, _)) = new.iter().find(|(_, value)| value.is_some()) {
        bail!("the pack has no line of its own for {key} under [pack]");
    }
    Ok(written)
}
