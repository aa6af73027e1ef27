//! `audit verify`: a whole log computed again.

use std::cell::RefCell;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail, ensure};
use hc_core::store::{LogRow, Reading, StoreError};
use hc_node::heads::HeadMemory as _;
use hc_store_sqlite::{InspectError, SqliteStore};
use hc_tlog::audit::{Audit, AuditFault, AuditReport, Record};
use hc_tlog::checkpoint::SignedCheckpoint;
use hc_tlog::note::{Note, VerifierKey};
use hc_tlog::tile::{TileId, entries_path};
use hc_tlog::tree::TileReader;
use hc_tlog::{Opening, bundle};
use serde_json::{Map, json};

use super::Outcome;
use super::published::Published;
use crate::args::VerifyLog;
use crate::screen::Screen;
use crate::service::head_file::HeadFile;
use crate::service::{Configured, Secrets};
use crate::{output, progress};

/// Entries that are read from a database at once.
const AT_ONCE: u32 = 4096;

/// What came of an audit that could be done.
enum Verdict {
    Good(Box<AuditReport>),
    Fault(String),
}

/// A log, its key, and the heads that it must agree with, by their size.
struct Asked {
    key: VerifierKey,
    heads: Vec<(u64, Vec<u8>)>,
    /// Whether contents are to be there: a region publishes none.
    opened: bool,
}

pub(super) fn run(command: &VerifyLog, screen: &mut Screen) -> Result<Outcome> {
    let remembered = command.remember.as_deref().map(remembered).transpose()?;
    let remembered = remembered.flatten();
    let (asked, verdict) = match (&command.config, &command.url, &command.key) {
        (Some(config), _, _) => stored(config, remembered)?,
        (None, Some(url), Some(key)) => published(url, key.clone(), remembered)?,
        _ => bail!("nothing to verify: give --config, or --url with --key"),
    };
    match verdict {
        Verdict::Fault(fault) => {
            if screen.json() {
                screen.object(&json!({"good": false, "fault": fault}))?;
            } else {
                let says = screen.say("日志有误：", "the log is not good:");
                screen.line(format!("{says} {fault}"))?;
            }
            Ok(Outcome::Found)
        }
        Verdict::Good(report) => {
            say(&asked, &report, screen)?;
            if let Some((path, (_, head))) = command.remember.as_deref().zip(asked.heads.last()) {
                output::replace(path, head)?;
            }
            let unsigned = report.signed_size.is_none();
            let unexplained = asked.opened && !report.unexplained.is_empty();
            Ok(Outcome::from_found(unsigned || unexplained))
        }
    }
}

/// The head of a file, not believed yet; none where there is no file.
fn remembered(path: &Path) -> Result<Option<Vec<u8>>> {
    match fs::read(path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Sorts heads by size. One that its log did not sign is no head to hold anything to.
fn heads(key: &VerifierKey, all: Vec<Vec<u8>>) -> Result<Vec<(u64, Vec<u8>)>> {
    let mut sized = Vec::new();
    for bytes in all {
        let opened = SignedCheckpoint::open(&bytes, std::slice::from_ref(key));
        let opened = opened.context("a head that is to be held to")?;
        sized.push((opened.checkpoint().size(), bytes));
    }
    sized.sort_by_key(|(size, _)| *size);
    Ok(sized)
}

fn stored(config: &Path, remembered: Option<Vec<u8>>) -> Result<(Asked, Verdict)> {
    let configured = Configured::read(config)?;
    let secrets = Secrets::read(&configured.path(&configured.config.secrets))?;
    let database = configured.path(&configured.config.database);
    let key = secrets.log.verifier_key().clone();
    // Read before the entries: what is signed meanwhile is larger than what is read.
    let last = HeadFile::of(&database).last()?;
    let heads = heads(&key, last.into_iter().chain(remembered).collect())?;
    let asked = Asked {
        key,
        heads,
        opened: true,
    };
    let cipher = secrets.columns.cipher();
    let verdict = SqliteStore::inspect(&database, &cipher, |reading| {
        Ok::<_, InspectError>(of_store(&asked, reading))
    });
    let verdict = verdict.with_context(|| format!("cannot read {}", database.display()))?;
    Ok((asked, verdict))
}

fn of_store(asked: &Asked, reading: &mut dyn Reading) -> Verdict {
    let reading = RefCell::new(reading);
    let tiles = |tile: TileId| reading.borrow_mut().log_tile(tile);
    let mut waiting: Vec<LogRow> = Vec::new();
    let mut next = 0;
    let each = || {
        if waiting.is_empty() {
            // Where many cannot be read together, the first that cannot be read is found alone.
            let mut some = reading.borrow_mut().log_from(next, AT_ONCE);
            if some.is_err() {
                some = reading.borrow_mut().log_from(next, 1);
            }
            waiting = some.map_err(|error| format!("entry {next} cannot be read: {error}"))?;
            waiting.reverse();
        }
        let Some(row) = waiting.pop() else {
            return Ok(None);
        };
        if row.sequence != next {
            return Err(format!("entry {next} is missing"));
        }
        next += 1;
        Ok(Some(Record {
            commitment: row.commitment,
            opening: row
                .opened
                .map(|(salt, entry)| Opening::new(salt, entry.content())),
        }))
    };
    audit(asked, &tiles, each)
}

fn published(url: &str, key: VerifierKey, remembered: Option<Vec<u8>>) -> Result<(Asked, Verdict)> {
    let log = Published::at(url)?;
    let head = log.file("checkpoint")?;
    let head = head.with_context(|| format!("{url} has no checkpoint"))?;
    let opened = SignedCheckpoint::open(&head, std::slice::from_ref(&key));
    let size = opened
        .with_context(|| format!("the head that {url} gives is not to be believed"))?
        .checkpoint()
        .size();
    let heads = heads(&key, remembered.into_iter().chain([head]).collect())?;
    let asked = Asked {
        key,
        heads,
        opened: false,
    };
    let largest = asked.heads.last().map_or(0, |(size, _)| *size);
    if largest > size {
        let fault =
            format!("the log has {size} entries, and a head of {largest} was signed before");
        return Ok((asked, Verdict::Fault(fault)));
    }
    let tiles = |tile: TileId| {
        log.file(&tile.path())
            .map_err(|error| StoreError::Unavailable(format!("{error:#}")))
    };
    let mut leaves = Vec::new().into_iter();
    let mut next = 0_u64;
    let each = || {
        if next == size {
            return Ok(None);
        }
        if leaves.len() == 0 {
            let tile = TileId::in_tree(0, next / 256, size);
            let path = tile.and_then(|tile| Some((tile.width(), entries_path(tile)?)));
            let (width, path) = path.ok_or_else(|| format!("entry {next} has no place"))?;
            let bytes = log.file(&path).map_err(|error| format!("{error:#}"))?;
            let bytes = bytes.ok_or_else(|| format!("{path} is missing: entry {next} on"))?;
            let found = bundle::decode(&bytes).map_err(|error| format!("{path}: {error}"))?;
            if found.len() != usize::from(width) {
                return Err(format!("{path} has {} entries, not {width}", found.len()));
            }
            leaves = found.into_iter();
        }
        next += 1;
        Ok(leaves.next().map(|commitment| Record {
            commitment,
            opening: None,
        }))
    };
    let verdict = audit(&asked, &tiles, each);
    Ok((asked, verdict))
}

/// Goes through a log, with each head at its size.
fn audit<R: TileReader<Error = StoreError>>(
    asked: &Asked,
    tiles: &R,
    mut each: impl FnMut() -> Result<Option<Record>, String>,
) -> Verdict {
    let bar = progress::counter("entries");
    let keys = std::slice::from_ref(&asked.key);
    let mut audit = Audit::new(asked.key.name(), keys, tiles);
    let mut heads = asked.heads.iter().peekable();
    let mut go = || {
        loop {
            while let Some((_, head)) = heads.next_if(|(size, _)| *size <= audit.size()) {
                audit.checkpoint(head).map_err(|fault| tell(&fault))?;
            }
            let Some(record) = each()? else { break };
            audit.entry(&record).map_err(|fault| tell(&fault))?;
            if audit.size().is_multiple_of(1024) {
                bar.set_position(audit.size());
            }
        }
        if let Some((size, _)) = heads.next() {
            let kept = audit.size();
            return Err(format!(
                "the log has {kept} entries, and a head of {size} was signed: entries at the end are gone"
            ));
        }
        Ok(())
    };
    let gone_through = go();
    let verdict = gone_through.and_then(|()| audit.finish().map_err(|fault| tell(&fault)));
    match verdict {
        Ok(report) => Verdict::Good(Box::new(report)),
        Err(fault) => Verdict::Fault(fault),
    }
}

/// A fault with all that led to it.
fn tell(fault: &AuditFault<StoreError>) -> String {
    let place = match fault {
        // Of a leaf's own tile the entry can be named, which is what somebody looks for.
        AuditFault::Tile {
            tile,
            error: hc_tlog::audit::TileFault::OtherHash { place, .. },
        } if tile.level() == 0 => {
            format!(" (entry {})", tile.index() * 256 + *place as u64)
        }
        _ => String::new(),
    };
    format!("{}{place}", anyhow!(fault.clone()))
}

fn say(asked: &Asked, report: &AuditReport, screen: &mut Screen) -> Result<()> {
    ensure!(
        report.size >= report.signed_size.unwrap_or(0),
        "a head past the log"
    );
    let kinds: Map<String, serde_json::Value> = report
        .kinds
        .iter()
        .map(|(kind, count)| (kind.word().to_owned(), (*count).into()))
        .collect();
    let latest = asked
        .heads
        .last()
        .and_then(|(_, head)| Note::parse(head).ok());
    if screen.json() {
        return screen.object(&json!({
            "good": true,
            "log": asked.key.name().as_str(),
            "entries": report.size,
            "signed": report.signed_size,
            "root": report.root.to_string(),
            "heads": report.checkpoints,
            "tiles": report.tiles,
            "kinds": kinds,
            "erased": asked.opened.then(|| report.erased.count()),
            "unexplained": asked.opened.then(|| report.unexplained.count()),
            "earlierTimes": report.earlier_times,
            "head": latest.map(|note| note.text().to_owned()),
        }));
    }
    screen.heading(format!(
        "{} {}: {} {}",
        screen.say("日志完好", "the log is good:"),
        asked.key.name(),
        report.size,
        screen.say("条记录", "entries")
    ))?;
    let signed = report.signed_size.map_or_else(
        || {
            screen
                .say("尚无签名", "none is under a signed head")
                .to_owned()
        },
        |size| {
            format!(
                "{size} {}",
                screen.say("条已签名", "are under a signed head")
            )
        },
    );
    screen.line(signed)?;
    screen.line(format!(
        "{} {}, {} {}",
        report.tiles,
        screen.say("个分块已核对", "tiles compared"),
        report.checkpoints,
        screen.say("个签名头已核对", "heads held to")
    ))?;
    for (kind, count) in &report.kinds {
        screen.line(format!("  {kind}: {count}"))?;
    }
    if !asked.opened {
        return screen.line(screen.say(
            "公开的日志不含内容，只核对承诺、分块与签名",
            "contents are not published: commitments, tiles and heads were checked",
        ));
    }
    screen.line(format!(
        "{} {}, {} {}",
        report.erased.count(),
        screen.say("条内容已删除", "contents erased"),
        report.unexplained.count(),
        screen.say(
            "条无删除记录说明",
            "of them explained by no erasure in the log"
        )
    ))?;
    for range in report.unexplained.iter().take(10) {
        screen.line(format!("  {}..{}", range.first(), range.end()))?;
    }
    Ok(())
}
