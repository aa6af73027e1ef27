//! `restore`: a database from a copy, when the one that was there is lost.

use std::fs::{self, File};
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use hc_core::store::{ColumnCipher, Reading, StoreError};
use hc_node::heads::HeadMemory as _;
use hc_node::keys::RegionTerms;
use hc_node::region::skip_epochs;
use hc_store_sqlite::{InspectError, Options, SqliteStore};
use hc_tlog::NodeHash;
use hc_tlog::checkpoint::SignedCheckpoint;
use hc_tlog::note::KeyName;
use hc_tlog::tree::Tree;

use super::Outcome;
use crate::args::Restore;
use crate::screen::Screen;
use crate::service::head_file::HeadFile;
use crate::service::marks::{self, Marks};
use crate::service::secrets::{LOG, make_log_key};
use crate::service::{Configured, Secrets, serving};
use crate::{clock, output, random};

pub(super) fn run(command: &Restore, screen: &mut Screen) -> Result<Outcome> {
    let configured = Configured::read(&command.config)?;
    let config = &configured.config;
    let folder = configured.path(&config.secrets);
    let secrets = Secrets::read(&folder)?;
    let database = configured.path(&config.database);
    for ending in ["", "-wal", "-shm"] {
        let there = output::beside(&database, ending);
        ensure!(
            !there.exists(),
            "{} is there: move it away first, nothing is written over",
            there.display()
        );
    }
    let runtime = serving::runtime()?;
    let cipher = secrets.columns.cipher();
    let copy = &command.from;
    let checked = runtime
        .block_on(SqliteStore::check_of(copy, cipher.clone()))
        .with_context(|| format!("{} is not good", copy.display()))?;
    let head = HeadFile::of(&database);
    let older = is_older(copy, &cipher, &head, &secrets)?;
    if let Some(signed) = older.filter(|_| !command.new_log) {
        bail!(
            "the copy has {} log entries and does not go on from the head of {signed} that was signed: \
             use a later copy, or --new-log to go on with another log",
            checked.entries
        );
    }
    place(copy, &database)?;
    // Keys of today may have been drawn after the copy was made: the next ones come after all of them.
    let terms = RegionTerms {
        division: config.region,
        offset: config.offset,
        staleness_limit: config.staleness_limit,
        algorithm: hc_code::signing::Signer::public_key(&secrets.root).algorithm(),
    };
    let store = SqliteStore::open(&database, cipher, random::source()?, &Options::default())?;
    let now = clock::now();
    let own = Marks::of(&secrets);
    let foreign = runtime.block_on(hc_core::store::Store::write(&store, move |writing| {
        skip_epochs(writing, &terms, now)?;
        own.foreign(writing)
    }))?;
    if let Err(error) = marks::own(&foreign) {
        drop(store);
        for ending in ["", "-wal", "-shm"] {
            drop(fs::remove_file(output::beside(&database, ending)));
        }
        return Err(error);
    }
    if older.is_some() {
        let name = next_name(secrets.log.verifier_key().name())?;
        let old = folder.join(LOG);
        let ending = format!(".until-{}", now.unix());
        fs::rename(&old, output::beside(&old, &ending))?;
        make_log_key(&old, &name)?;
        let own = Marks::of(&Secrets::read(&folder)?);
        runtime.block_on(hc_core::store::Store::write(&store, move |writing| {
            own.keep(writing)
        }))?;
        fs::rename(head.path(), output::beside(head.path(), &ending))?;
        screen.line(format!(
            "{} {name}",
            screen.say(
                "决策日志以新名称继续：",
                "the decision log goes on under a new name:"
            )
        ))?;
    }
    screen.line(format!(
        "{} {}: {} {}",
        screen.say("已恢复到", "restored to"),
        database.display(),
        checked.entries,
        screen.say("条日志", "log entries")
    ))?;
    Ok(Outcome::from_found(older.is_some()))
}

/// The size of the remembered head, where the copy does not begin with what it signed.
fn is_older(
    copy: &Path,
    cipher: &ColumnCipher,
    head: &HeadFile,
    secrets: &Secrets,
) -> Result<Option<u64>> {
    let Some(bytes) = head.last()? else {
        return Ok(None);
    };
    let key = std::slice::from_ref(secrets.log.verifier_key());
    let signed = SignedCheckpoint::open(&bytes, key)
        .context("what is remembered beside the database is no head of this log")?;
    let (size, root) = (signed.checkpoint().size(), *signed.checkpoint().root());
    let found: Result<Option<NodeHash>, InspectError> =
        SqliteStore::inspect(copy, cipher, |reading| {
            let kept = reading.log_frontier()?.size();
            if kept < size {
                return Ok(None);
            }
            Ok(Some(root_of(reading, size)?))
        });
    Ok((found? != Some(root)).then_some(size))
}

fn root_of(reading: &mut dyn Reading, size: u64) -> Result<NodeHash, StoreError> {
    let reading = std::cell::RefCell::new(reading);
    let tiles = |tile| reading.borrow_mut().log_tile(tile);
    let root = Tree::new(size, &tiles).and_then(|tree| tree.root());
    root.map_err(|error| StoreError::Damaged {
        table: "log_tile",
        what: error.to_string(),
    })
}

/// Puts the copy in its place: whole, or not at all.
fn place(copy: &Path, database: &Path) -> Result<()> {
    let partial = output::beside(database, ".partial");
    let failed = || format!("cannot write {}", partial.display());
    fs::copy(copy, &partial).with_context(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(&partial, fs::Permissions::from_mode(0o600)).with_context(failed)?;
    }
    File::options()
        .write(true)
        .open(&partial)
        .and_then(|file| file.sync_all())
        .with_context(failed)?;
    fs::rename(&partial, database).with_context(failed)
}

/// The name of the log after this one: `…/2` after the first, then `…/3`.
fn next_name(name: &KeyName) -> Result<KeyName> {
    let text = name.as_str();
    let counted = text
        .rsplit_once('/')
        .and_then(|(before, last)| Some((before, last.parse::<u32>().ok()?)));
    let next = match counted {
        Some((before, last)) => format!("{before}/{}", last.saturating_add(1)),
        None => format!("{text}/2"),
    };
    Ok(next.parse()?)
}
