//! `list inspect`: what a signed list says, if one of the given keys signed it.

use anyhow::{Context, Result, bail, ensure};
use hc_code::keys::SignedKeyList;
use hc_code::paper_list::PaperList;
use hc_code::signing::PublicKey;
use hc_code::status_list::{Delta, ListIssuer, SignedShard};
use hc_code::trust_list::{RemovalList, TrustList};
use hc_code::{Level, Timestamp};
use serde::Serialize;

use super::{level, paper, shown};
use crate::args::InspectList;
use crate::command::Outcome;
use crate::input::key_file;
use crate::input::signed::{ListKind, SignedFile};
use crate::screen::Screen;
use crate::show::keys;

pub(in crate::command) fn run(command: &InspectList, screen: &mut Screen) -> Result<Outcome> {
    let file = SignedFile::read(&command.file)?;
    let given = key_file::public_keys(&command.signed_by)?;
    ensure!(
        command.pointers.is_empty() || file.kind == ListKind::Paper,
        "{} is no paper list: it knows no pointers",
        file.what()
    );
    let Some(key) = given.iter().find(|key| key.id() == file.key) else {
        not_checked(&file, screen)?;
        return Ok(Outcome::Found);
    };
    let what = || format!("{} ({})", command.file.display(), file.kind.word());
    content(command, &file, key, screen).with_context(what)?;
    Ok(Outcome::Clean)
}

fn content(
    command: &InspectList,
    file: &SignedFile,
    key: &PublicKey,
    screen: &mut Screen,
) -> Result<()> {
    let bytes = &file.bytes;
    match file.kind {
        ListKind::Trust => {
            let list = TrustList::open(bytes, std::slice::from_ref(key))?;
            return keys::trust_list(&list, key.id(), screen);
        }
        ListKind::Removals => {
            let list = RemovalList::open(bytes, std::slice::from_ref(key))?;
            return keys::removal_list(&list, key.id(), screen);
        }
        ListKind::Policy => bail!("{} is shown by `recognition show`", command.file.display()),
        ListKind::Keys | ListKind::Shard | ListKind::Delta | ListKind::Paper => {}
    }
    let region = command
        .region
        .context("--region is needed: whose list it must be")?;
    let issuer = ListIssuer {
        region,
        key,
        offset: command.offset,
    };
    match file.kind {
        ListKind::Keys => {
            let signed = SignedKeyList::from_bytes(bytes.clone());
            let (list, root) = signed.verify(region, std::slice::from_ref(key))?;
            keys::key_list(&list, root, screen)
        }
        ListKind::Delta => {
            let list = Delta::open(bytes, &issuer)?;
            shown(&list, bytes.len(), screen)?;
            let entries = list.changes().entries().iter();
            let entries = entries.map(|(index, value)| (index.position(), *value));
            entries_shown(command, entries, screen)
        }
        ListKind::Shard => {
            let shard = SignedShard::open(bytes, &issuer)?;
            let edition = shard.edition();
            screen_object(
                screen,
                &ShardLine {
                    kind: file.kind.word(),
                    region: edition.name().region.to_string(),
                    day: edition.name().day.to_string(),
                    epoch: edition.name().epoch,
                    bits: edition.name().domain.bits(),
                    sequence: edition.sequence(),
                    shard: shard.number(),
                    as_of: edition.as_of(),
                    issued_at: edition.issued_at(),
                    expires_at: edition.expires_at(),
                    not_low: shard.shard().exceptions().count(),
                    bytes: bytes.len(),
                },
            )?;
            let first = shard.number() << hc_code::status_list::Shard::BITS;
            let entries = shard.shard().exceptions();
            entries_shown(
                command,
                entries.map(|(place, value)| (first | place, value)),
                screen,
            )
        }
        ListKind::Paper => {
            let list = PaperList::open(bytes, &issuer)?;
            paper::shown(&list, bytes.len(), screen)?;
            paper::answers(&list, &command.pointers, screen)
        }
        ListKind::Trust | ListKind::Removals | ListKind::Policy => Ok(()),
    }
}

/// One object; for people its names and values, a line each.
fn screen_object(screen: &mut Screen, object: &impl Serialize) -> Result<()> {
    if screen.json() {
        return screen.object(object);
    }
    let serde_json::Value::Object(fields) = serde_json::to_value(object)? else {
        return Ok(());
    };
    for (name, value) in fields {
        let value = match value {
            serde_json::Value::String(text) => text,
            other => other.to_string(),
        };
        screen.line(format!("  {name}: {value}"))?;
    }
    Ok(())
}

fn entries_shown(
    command: &InspectList,
    entries: impl Iterator<Item = (u32, hc_code::verify::Listed)>,
    screen: &mut Screen,
) -> Result<()> {
    if !command.entries {
        return Ok(());
    }
    for (index, value) in entries {
        let level = level(value);
        if screen.json() {
            screen.object(&EntryLine { index, level })?;
        } else {
            let level = screen.level(level);
            screen.line(format!("{index:>10}  {level}"))?;
        }
    }
    Ok(())
}

/// Without its key a list is only bytes that claim something.
fn not_checked(file: &SignedFile, screen: &mut Screen) -> Result<()> {
    if screen.json() {
        return screen.object(&NotChecked {
            kind: file.kind.word(),
            key_id: file.key.to_string(),
            bytes: file.bytes.len(),
            checked: false,
        });
    }
    let note = screen.say(
        "签名未经核验，内容不予显示：请用 --signed-by 给出该密钥",
        "the signature was not checked, so the content is not shown: give its key with --signed-by",
    );
    screen.heading(format!(
        "{} · {} {} · {} {}",
        file.kind.word(),
        screen.say("密钥", "key"),
        file.key,
        file.bytes.len(),
        screen.say("字节", "bytes"),
    ))?;
    screen.line(format!("  {note}"))
}

#[derive(Serialize)]
struct NotChecked {
    kind: &'static str,
    key_id: String,
    bytes: usize,
    checked: bool,
}

#[derive(Serialize)]
struct EntryLine {
    index: u32,
    level: Level,
}

#[derive(Serialize)]
struct ShardLine {
    kind: &'static str,
    region: String,
    day: String,
    epoch: u8,
    bits: u8,
    sequence: u32,
    shard: u32,
    as_of: Timestamp,
    issued_at: Timestamp,
    expires_at: Timestamp,
    not_low: usize,
    bytes: usize,
}
