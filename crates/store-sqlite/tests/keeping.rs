//! Copies under load, and what the check finds.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use hc_core::store::{Store, StoreError};
use hc_store_sqlite::{BackupError, CheckError, Checked, SqliteStore};
use hc_testkit::store::region::{document, look, noon};
use hc_testkit::store::{read, write};
use rusqlite::Connection;

use common::open;

fn add<S: Store>(store: &S, index: u32) {
    write(store, move |store| {
        let number = store.add_subject(document(index), noon(), b"somebody")?;
        store.add_document(number, document(index), b"a document")?;
        store.log(&look(Some(number.expose_number()), noon()))?;
        Ok(())
    })
    .unwrap();
}

fn people(store: &SqliteStore) -> u64 {
    read(store, |store| Ok(store.active()?)).unwrap()
}

fn check(store: &SqliteStore) -> Result<Checked, CheckError> {
    pollster::block_on(store.check())
}

#[test]
fn a_copy_under_load_is_a_whole_store() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("region.db"));
    (0..300).for_each(|index| add(&store, index));
    let stop = AtomicBool::new(false);
    let copies: Vec<PathBuf> = (0..5)
        .map(|copy| folder.path().join(format!("copy-{copy}.db")))
        .collect();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            for index in 300.. {
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                add(&store, index);
            }
        });
        for copy in &copies {
            let before = people(&store);
            let made = pollster::block_on(store.backup(copy));
            let (opened, after) = (made.map(|()| open(copy)), people(&store));
            stop.store(
                copy == copies.last().unwrap() || opened.is_err(),
                Ordering::SeqCst,
            );
            let opened = opened.unwrap();
            let copied = people(&opened);
            assert!(
                (before..=after).contains(&copied),
                "{before} {copied} {after}"
            );
            assert_eq!(check(&opened).unwrap().entries, copied);
        }
    });
}

#[test]
fn a_copy_overwrites_nothing_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder.path().join("region.db"));
    let there = folder.path().join("there.db");
    fs::write(&there, "mine").unwrap();
    let refused = pollster::block_on(store.backup(&there));
    assert!(
        matches!(refused, Err(BackupError::Exists(_))),
        "{refused:?}"
    );
    assert_eq!(fs::read_to_string(&there).unwrap(), "mine");
    let nowhere = folder.path().join("nowhere/copy.db");
    let refused = pollster::block_on(store.backup(&nowhere));
    assert!(
        matches!(refused, Err(BackupError::File { .. })),
        "{refused:?}"
    );
    pollster::block_on(store.backup(&folder.path().join("copy.db"))).unwrap();
    let names: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("partial") || name.contains("copy.db-"))
        .collect();
    assert_eq!(names, Vec::<String>::new());
}

/// A store of 600 people, changed by somebody who has SQLite but not the key.
fn changed(sql: &str) -> (Result<Checked, CheckError>, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    let store = open(&path);
    write(&store, |store| {
        for index in 0..600 {
            let number = store.add_subject(document(index), noon(), b"somebody")?;
            store.add_document(number, document(index), b"a document")?;
            store.log(&look(Some(number.expose_number()), noon()))?;
        }
        Ok(())
    })
    .unwrap();
    assert_eq!(check(&store).unwrap().entries, 600);
    drop(store);
    tamper(&path, sql);
    (check(&open(&path)), folder)
}

fn tamper(path: &Path, sql: &str) {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch("PRAGMA foreign_keys = OFF")
        .unwrap();
    let changed = connection.execute(sql, []).unwrap();
    assert!(changed > 0, "{sql}");
}

#[test]
fn a_log_that_was_changed_is_found_out() {
    let found = |sql: &str| changed(sql).0;
    let sql = "UPDATE log_entry SET commitment = randomblob(32) WHERE sequence = 17";
    assert_eq!(found(sql), Err(CheckError::Content(17)));
    let sql =
        "UPDATE log_entry SET commitment = randomblob(32), content = NULL WHERE sequence = 17";
    assert_eq!(found(sql), Err(CheckError::Tree));
    let sql = "DELETE FROM log_entry WHERE sequence = 17";
    assert_eq!(found(sql), Err(CheckError::Gap(17)));
    let sql = "UPDATE log_tile SET hashes = randomblob(8192) WHERE level = 0 AND position = 1";
    assert_eq!(found(sql), Err(CheckError::Tree));
    let sql = "UPDATE log_entry SET content = (SELECT content FROM log_entry WHERE sequence = 3)
               WHERE sequence = 17";
    assert!(matches!(
        found(sql),
        Err(CheckError::Store(StoreError::Damaged { .. }))
    ));
    let sql = "UPDATE document SET number = 4000000 WHERE hash = (SELECT min(hash) FROM document)";
    assert!(matches!(found(sql), Err(CheckError::Reference { .. })));
    let sql = "UPDATE log_entry SET content = NULL, number = NULL WHERE sequence = 17";
    assert_eq!(
        found(sql).map(|checked| checked.opened),
        Ok(599),
        "an erased content is no damage"
    );
}

#[test]
fn a_sealed_value_that_was_moved_is_no_value() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    let store = open(&path);
    (0..2).for_each(|index| add(&store, index));
    drop(store);
    tamper(
        &path,
        "UPDATE profile SET content = (SELECT content FROM profile ORDER BY number LIMIT 1)
         WHERE number = (SELECT max(number) FROM profile)",
    );
    let store = open(&path);
    let found = read(&store, |store| {
        let numbers = store.active_after(None, 9)?;
        let mut outcomes = Vec::new();
        for number in numbers {
            outcomes.push(store.subject(number).map(|row| row.is_some()));
        }
        Ok(outcomes)
    })
    .unwrap();
    assert_eq!(found.first(), Some(&Ok(true)));
    let damaged = matches!(
        found.last(),
        Some(Err(StoreError::Damaged {
            table: "profile",
            ..
        }))
    );
    assert!(damaged, "{found:?}");
}
