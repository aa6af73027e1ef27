//! `kill -9` and power loss at any moment: what was acknowledged is there, and nothing is there by half.
//!
//! For a power loss the process runs with a shim that notes what no sync has made durable yet
//! (`unsynced/shim.c`); when it was killed, that is taken back, all of it or the latest part.
//!
//! `HC_KILLS` says how often; the default suits the gate.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;
#[cfg(target_os = "linux")]
#[path = "common/power.rs"]
mod power;

use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use hc_core::store::{ConsentRow, DocumentHash, Reading, StoreError};
use hc_testkit::Seeded;
use hc_testkit::store::region::{document_in, look, noon, row};
use hc_testkit::store::{read, write};

use common::open;

/// Where the child writes.
const FOLDER: &str = "HC_KILLED_STORE";
/// The first person that it writes.
const FIRST: &str = "HC_KILLED_FIRST";
const THREADS: u32 = 8;
const EVIDENCE: u8 = 3;

fn document(index: u32) -> DocumentHash {
    let mut bytes = *document_in(u16::try_from(index % 4096).unwrap(), 0).as_bytes();
    for (to, from) in bytes.iter_mut().skip(8).zip(index.to_be_bytes()) {
        *to = from;
    }
    DocumentHash::from_bytes(bytes)
}

/// The child: writes people, each in one act of many parts, and says so when each is acknowledged,
/// until it is killed.
#[test]
#[ignore = "run by the other test, and killed"]
fn writes_until_it_is_killed() {
    let (Some(path), Ok(first)) = (env::var_os(FOLDER), env::var(FIRST)) else {
        eprintln!("skipped: there is no {FOLDER}");
        return;
    };
    let store = open(Path::new(&path));
    let first: u32 = first.parse().unwrap();
    std::thread::scope(|scope| {
        for thread in 0..THREADS {
            let store = &store;
            scope.spawn(move || {
                for index in (first + thread..).step_by(THREADS as usize) {
                    write(store, move |store| {
                        let number = store.add_subject(document(index), noon(), b"somebody")?;
                        store.add_document(number, document(index), b"a document")?;
                        let evidence: Vec<_> = (0..EVIDENCE)
                            .map(|id| (document(index), row(id, noon())))
                            .collect();
                        store.add_evidence(&evidence)?;
                        store.log(&look(Some(number.expose_number()), noon()))?;
                        store.set_consent(
                            number,
                            &ConsentRow {
                                purpose: "code".to_owned(),
                                version: 1,
                                at: noon(),
                                until: noon(),
                            },
                        )?;
                        Ok(())
                    })
                    .unwrap();
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "acknowledged {index}").unwrap();
                    out.flush().unwrap();
                }
            });
        }
    });
}

/// Runs the child until it has acknowledged so many acts, kills it, and gives all that it said.
fn killed_after(acts: usize, path: &Path, first: u32, shim: Option<&Path>) -> Vec<u32> {
    let mut child = Command::new(env::current_exe().unwrap());
    if let Some(shim) = shim {
        child.env("LD_PRELOAD", shim);
    }
    let mut child = child
        .args([
            "--exact",
            "writes_until_it_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(FOLDER, path)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut said = Vec::new();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let index = |line: &str| -> Option<u32> { line.strip_prefix("acknowledged ")?.parse().ok() };
    while said.len() < acts {
        let line = lines.next().expect("the child goes on until it is killed");
        said.extend(index(&line.unwrap()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    // What it had said when it died; a line that was cut off was not said.
    for line in lines.map_while(Result::ok) {
        said.extend(index(&line));
    }
    said
}

/// Whether a person is there with every part, or with none.
fn is_whole(store: &mut dyn Reading, index: u32) -> Result<bool, StoreError> {
    let evidence = store.evidence(&[document(index)])?.concat().len();
    let Some(number) = store
        .numbers(&[document(index)])?
        .into_iter()
        .flatten()
        .next()
    else {
        assert_eq!(evidence, 0, "evidence of {index} without the person");
        return Ok(false);
    };
    assert_eq!(evidence, usize::from(EVIDENCE), "person {index}");
    assert_eq!(store.subject(number)?.unwrap().content, b"somebody");
    assert_eq!(store.documents(number)?.len(), 1);
    assert_eq!(store.consents(number)?.len(), 1);
    assert_eq!(store.log_of(number, 9)?.len(), 1);
    Ok(true)
}

#[test]
fn every_acknowledged_act_survives_a_kill_and_none_is_half_done() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    let (kills, acknowledged) = kill_often(&path, None, |_| ());
    println!("{kills} kills, {acknowledged} acts acknowledged, all there");
}

#[cfg(target_os = "linux")]
#[test]
fn every_acknowledged_act_survives_a_loss_of_what_was_not_synced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    let shim = power::shim(folder.path());
    let mut lost = 0;
    let (kills, acknowledged) = kill_often(&path, Some(&shim), |choice| {
        lost += power::fail(&path, choice);
    });
    assert!(lost > 0, "nothing was ever lost: the shim does not work");
    println!(
        "{kills} power failures, {lost} writes lost, {acknowledged} acts acknowledged, all there"
    );
}

/// Kills the child often, does to the files what else is to befall them, and holds what is left to
/// what was acknowledged. Gives how often, and how many acts.
fn kill_often(
    path: &Path,
    shim: Option<&Path>,
    mut befall: impl FnMut(&mut Seeded),
) -> (u32, usize) {
    let kills = env::var("HC_KILLS").map_or(24, |kills| kills.parse().unwrap());
    let mut choice = Seeded::new(9);
    let (mut first, mut acknowledged) = (0, 0);
    for kill in 0..kills {
        let acts = choice.below(200) as usize;
        let said = killed_after(acts, path, first, shim);
        befall(&mut choice);
        acknowledged += said.len();
        // Threads that had begun their act may be one step further than any that was heard.
        let end = said.iter().max().map_or(first, |last| last + 1) + 64 * THREADS;
        let begin = first;
        let store = open(path);
        let (whole, active, log) = read(&store, move |store| {
            let mut whole = Vec::new();
            for index in begin..end {
                if is_whole(store, index)? {
                    whole.push(index);
                }
            }
            Ok((whole, store.active()?, store.log_frontier()?.size()))
        })
        .unwrap();
        for index in &said {
            assert!(
                whole.contains(index),
                "kill {kill}: person {index} was acknowledged"
            );
        }
        assert_eq!(active, log, "kill {kill}: one entry for each person");
        let checked = pollster::block_on(store.check()).unwrap();
        assert_eq!((checked.entries, checked.opened), (log, log), "kill {kill}");
        first = end;
    }
    (kills, acknowledged)
}
