//! `code verify`: what a gate without network would say.

mod door;

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use hc_code::Timestamp;
use hc_code::verify::{
    Action, ClockFloor, Gate, RecognitionPolicy, Remembered, ShowingMemory, TrustLookup,
};
use serde::{Deserialize, Serialize};

use self::door::{Door, Signer};
use crate::args::Verify;
use crate::clock;
use crate::command::Outcome;
use crate::input::gate_lists::GateLists;
use crate::input::seen::Seen;
use crate::input::{at_most, key_file, text};
use crate::output::{self, Turn};
use crate::screen::Screen;

pub(in crate::command) fn run(command: &Verify, screen: &mut Screen) -> Result<Outcome> {
    // First of all what was scanned, which may take its time: nobody waits for this run meanwhile,
    // and a code is judged at the time at which it is here.
    let mut texts = Vec::new();
    text::each(&command.text, |text| {
        texts.push(text.to_owned());
        Ok(())
    })?;
    let kept = command.seen.iter().chain(&command.memory);
    let turn = Turn::wait(kept.map(PathBuf::as_path))?;
    let at = command.at.unwrap_or_else(clock::now);
    let hub = key_file::public_keys(&command.hub)?;
    let seen = match &command.seen {
        Some(path) => Seen::read(path)?,
        None => Seen::default(),
    };
    let mut lists = GateLists::begin(&command.trust, &hub, &seen, at)?;
    lists.take(&command.lists)?;
    let policy = match &command.policy {
        Some(path) => policy(path)?,
        None => RecognitionPolicy::plain(),
    };
    let mut memory = match &command.memory {
        Some(path) => remembered(path)?,
        None => ShowingMemory::default(),
    };
    let trust = lists.trust.at(at);
    let papers = lists.paper.marks();
    let times = lists.status.issued().chain(lists.keys.times());
    let times = times.chain(papers.map(|mark| (mark.region, mark.issued_at)));
    let gate = Gate {
        trust: &trust,
        keys: &lists.keys,
        status: &lists.status,
        paper: &lists.paper,
        policy: &policy,
        clock: ClockFloor::new(trust.issued_at(), times),
    };
    let texts = texts.iter();
    let verdicts: Vec<_> = texts
        .clone()
        .map(|text| gate.verify(text, at, &mut memory))
        .collect();
    if let Some(path) = &command.seen {
        output::replace(path, &lists.seen().written()?)?;
    }
    // Remembered before it is said: whoever opens the gate on our word must not be told twice.
    if let Some(path) = &command.memory {
        output::replace(path, &written(&memory)?)?;
    }
    drop(turn);
    let signer = Signer::of(command)?;
    let mut all_pass = true;
    for (text, verdict) in texts.clone().zip(&verdicts) {
        let door = Door::at(command, verdict, &lists.policies);
        let receipts = match &signer {
            Some(signer) => signer.receipts(text, verdict, &door)?,
            None => Vec::new(),
        };
        all_pass &= door.action() == Action::Pass;
        door.tell(screen, verdict, &receipts)?;
    }
    Ok(Outcome::from_found(!all_pass))
}

/// A thousand rules with everything that a rule may have are less.
const MAX_POLICY_BYTES: usize = 1 << 22;

fn policy(path: &Path) -> Result<RecognitionPolicy> {
    let text = at_most(path, MAX_POLICY_BYTES)?;
    serde_json::from_slice(&text)
        .with_context(|| format!("{} is no recognition policy", path.display()))
}

/// The replay state as it lies in a file. It names nobody.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct MemoryFile {
    shown: Vec<ShownOnce>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ShownOnce {
    fingerprint: String,
    first_seen: Timestamp,
    end: Timestamp,
}

/// Showings that a memory file holds at most.
const CAPACITY: usize = 1 << 16;
/// An entry has about 150 bytes.
const MAX_BYTES: usize = 1 << 24;

/// The memory of a file; an empty one where there is no file yet.
fn remembered(path: &Path) -> Result<ShowingMemory> {
    if let Err(error) = fs::metadata(path)
        && error.kind() == std::io::ErrorKind::NotFound
    {
        return Ok(ShowingMemory::new(CAPACITY));
    }
    let what = || format!("{} is no memory of showings", path.display());
    let text = at_most(path, MAX_BYTES)?;
    let file: MemoryFile = serde_json::from_slice(&text).with_context(what)?;
    ensure!(
        file.shown.len() <= CAPACITY,
        "{}: {} entries are more than {CAPACITY}",
        what(),
        file.shown.len()
    );
    let mut entries = Vec::new();
    for shown in file.shown {
        let mut fingerprint = [0; 16];
        hex::decode_to_slice(&shown.fingerprint, &mut fingerprint)
            .map_err(|_| anyhow::anyhow!("a fingerprint is not 32 hexadecimal digits"))
            .with_context(what)?;
        entries.push(Remembered {
            fingerprint,
            first_seen: shown.first_seen,
            end: shown.end,
        });
    }
    Ok(ShowingMemory::with_remembered(CAPACITY, entries))
}

fn written(memory: &ShowingMemory) -> Result<Vec<u8>> {
    let shown = memory.remembered().map(|entry| ShownOnce {
        fingerprint: hex::encode(entry.fingerprint),
        first_seen: entry.first_seen,
        end: entry.end,
    });
    let file = MemoryFile {
        shown: shown.collect(),
    };
    let mut bytes = serde_json::to_vec(&file)?;
    bytes.push(b'\n');
    Ok(bytes)
}
