//! `audit show`: entries of a time or kind. Nobody is named: a subject is said to be there, no more.

use anyhow::Result;
use hc_code::Timestamp;
use hc_core::store::LogRow;
use hc_store_sqlite::{InspectError, SqliteStore};
use hc_tlog::entry::Entry;
use serde_json::{Value, json};

use super::{Outcome, time, value};
use crate::args::ShowLog;
use crate::progress;
use crate::screen::Screen;
use crate::service::{Configured, Secrets};

/// Entries that are read at once.
const AT_ONCE: u32 = 4096;

pub(super) fn run(command: &ShowLog, screen: &mut Screen) -> Result<Outcome> {
    let configured = Configured::read(&command.config)?;
    let secrets = Secrets::read(&configured.path(&configured.config.secrets))?;
    let database = configured.path(&configured.config.database);
    let cipher = secrets.columns.cipher();
    let bar = progress::counter("entries");
    let mut erased = 0_u64;
    let mut first = 0;
    loop {
        let rows: Result<Vec<LogRow>, InspectError> =
            SqliteStore::inspect(&database, &cipher, |reading| {
                Ok(reading.log_from(first, AT_ONCE)?)
            });
        let rows = rows?;
        let Some(last) = rows.last() else { break };
        first = last.sequence + 1;
        bar.set_position(first);
        for row in &rows {
            match &row.opened {
                None => erased += 1,
                Some((_, entry)) if wanted(command, entry) => line(screen, row, entry)?,
                Some(_) => {}
            }
        }
    }
    bar.finish_and_clear();
    if erased > 0 {
        let says = screen.say(
            "条记录的内容已按期删除",
            "entries whose contents are erased",
        );
        if screen.json() {
            screen.object(&json!({ "erased": erased }))?;
        } else {
            screen.line(format!("{erased} {says}"))?;
        }
    }
    Ok(Outcome::Clean)
}

fn wanted(command: &ShowLog, entry: &Entry) -> bool {
    let at = i64::try_from(entry.at()).map_or(Timestamp::MAX, Timestamp::from_unix);
    command.from.is_none_or(|from| at >= from)
        && command.until.is_none_or(|until| at < until)
        && (command.kind.is_empty() || command.kind.contains(&entry.kind()))
}

fn line(screen: &mut Screen, row: &LogRow, entry: &Entry) -> Result<()> {
    let actor = entry.actor();
    let about = if entry.subject().is_some() {
        "person"
    } else {
        "nobody"
    };
    if screen.json() {
        let details: Vec<Value> = entry
            .details()
            .map(|detail| json!({"field": detail.field().word(), "value": value(detail)}))
            .collect();
        return screen.object(&json!({
            "sequence": row.sequence,
            "at": time(entry.at()),
            "kind": entry.kind().word(),
            "about": about,
            "actor": {"role": actor.role().to_string(), "id": actor.id().as_str()},
            "details": details,
        }));
    }
    let details: Vec<String> = entry
        .details()
        .map(|detail| format!("{}={}", detail.field(), value(detail)))
        .collect();
    screen.line(format!(
        "{:>8}  {}  {}  {about}  {} {}  {}",
        row.sequence,
        time(entry.at()),
        entry.kind(),
        actor.role(),
        actor.id().as_str(),
        details.join(" ")
    ))
}
