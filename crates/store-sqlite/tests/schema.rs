//! The schema as it lives against the files that describe it.
//!
//! After an intended change `UPDATE_DOCS=1 cargo test -p hc-store-sqlite --test schema` writes
//! `schema.sql` anew; `columns.tsv` is written by hand, because each line is a decision.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod common;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use rusqlite::Connection;

fn beside(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// A new store's file, opened with SQLite alone.
fn live() -> (Connection, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("region.db");
    drop(common::open(&path));
    (Connection::open(path).unwrap(), folder)
}

fn texts(connection: &Connection, sql: &str) -> Vec<String> {
    let mut statement = connection.prepare(sql).unwrap();
    let rows = statement.query_map([], |row| row.get(0)).unwrap();
    rows.map(Result::unwrap).collect()
}

#[test]
fn the_written_schema_is_the_live_one() {
    let (connection, _folder) = live();
    let statements = texts(
        &connection,
        "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY tbl_name, type DESC, name",
    );
    let head =
        "-- The whole schema, written by a test from a new store. Migrations are what counts.\n";
    let text = format!("{head}\n{};\n", statements.join(";\n\n"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(beside("schema.sql"), &text).unwrap();
    }
    let written = fs::read_to_string(beside("schema.sql")).unwrap();
    assert_eq!(written, text, "see the head of this test");
}

struct Line {
    class: String,
    retention: String,
    sealed: bool,
}

/// `columns.tsv`: table, column, class, retention, sealed.
fn classified() -> BTreeMap<(String, String), Line> {
    let text = fs::read_to_string(beside("columns.tsv")).unwrap();
    let mut found = BTreeMap::new();
    for line in text.lines().filter(|line| !line.starts_with('#')).skip(1) {
        let cells: Vec<_> = line.split('\t').map(str::to_owned).collect();
        let [table, column, class, retention, sealed] = cells.try_into().unwrap();
        let line = Line {
            class,
            retention,
            sealed: match &*sealed {
                "yes" => true,
                "no" => false,
                other => panic!("{table}.{column}: sealed is yes or no, not {other}"),
            },
        };
        let name = format!("{table}.{column}");
        assert!(
            found.insert((table, column), line).is_none(),
            "{name} twice"
        );
    }
    found
}

#[test]
fn every_column_has_a_class_and_every_line_its_column() {
    let (connection, _folder) = live();
    let mut live = BTreeSet::new();
    for table in texts(
        &connection,
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    ) {
        let sql = format!("SELECT name FROM pragma_table_info('{table}')");
        for column in texts(&connection, &sql) {
            live.insert((table.clone(), column));
        }
    }
    let written: BTreeSet<_> = classified().into_keys().collect();
    assert_eq!(written, live);
}

#[test]
fn classes_and_retentions_are_known_words() {
    for ((table, column), line) in classified() {
        let known = ["public", "pseudonymous", "personal", "health", "secret"];
        assert!(
            known.contains(&&*line.class),
            "{table}.{column}: {}",
            line.class
        );
        // Span of `Retention`, or: with the subject; while the region works.
        let known = ["evidence", "log", "records", "subject", "always"];
        assert!(
            known.contains(&&*line.retention),
            "{table}.{column}: {}",
            line.retention
        );
    }
}

/// Read at start by the tens of millions, and worth nothing without the key that leads from a
/// document to a number.
const HEALTH_IN_CLEAR: [(&str, &str); 2] = [("subject", "horizon"), ("subject", "standing")];

#[test]
fn what_is_personal_is_sealed() {
    for ((table, column), line) in classified() {
        assert_eq!(line.sealed, column == "content", "{table}.{column}");
        let in_clear = HEALTH_IN_CLEAR.contains(&(&*table, &*column));
        let may_lie_open = match &*line.class {
            "personal" | "secret" => false,
            "health" => in_clear,
            _ => true,
        };
        assert!(line.sealed || may_lie_open, "{table}.{column} lies open");
    }
}

#[test]
fn every_table_is_strict() {
    let (connection, _folder) = live();
    let loose = texts(
        &connection,
        "SELECT name FROM pragma_table_list
         WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%' AND NOT strict",
    );
    assert_eq!(loose, Vec::<String>::new());
}
