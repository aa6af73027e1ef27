//! The schema, step by step. Steps are only added, never changed and never undone.

use rusqlite::{Connection, TransactionBehavior};

/// What SQLite's header says whose file this is: "hcst".
pub(crate) const APPLICATION: i32 = 0x6863_7374;

/// A step of the schema.
struct Migration {
    name: &'static str,
    sql: &'static str,
}

/// All steps; the version of a schema is how many of them it has.
const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "0001_region",
        sql: include_str!("../migrations/0001_region.sql"),
    },
    Migration {
        name: "0002_due",
        sql: include_str!("../migrations/0002_due.sql"),
    },
    Migration {
        name: "0003_appeals",
        sql: include_str!("../migrations/0003_appeals.sql"),
    },
    Migration {
        name: "0004_desk",
        sql: include_str!("../migrations/0004_desk.sql"),
    },
    Migration {
        name: "0005_marks",
        sql: include_str!("../migrations/0005_marks.sql"),
    },
    Migration {
        name: "0006_outgoing",
        sql: include_str!("../migrations/0006_outgoing.sql"),
    },
    Migration {
        name: "0007_plain",
        sql: include_str!("../migrations/0007_plain.sql"),
    },
    Migration {
        name: "0008_recognition",
        sql: include_str!("../migrations/0008_recognition.sql"),
    },
    Migration {
        name: "0009_brief",
        sql: include_str!("../migrations/0009_brief.sql"),
    },
];

/// Why the schema could not be brought up to date.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MigrationError {
    #[error("step {place} of its schema is {found}, not {expected}")]
    Other {
        place: usize,
        found: String,
        expected: &'static str,
    },
    #[error("its schema has {found} steps, and this program knows {known}")]
    Newer { found: usize, known: usize },
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
}

/// Takes every step that the file does not have yet: all of them, or none.
pub(crate) fn migrate(connection: &mut Connection) -> Result<(), MigrationError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Exclusive)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS migration (
             version INTEGER PRIMARY KEY,
             name TEXT NOT NULL
         ) STRICT",
    )?;
    let taken: Vec<String> = transaction
        .prepare("SELECT name FROM migration ORDER BY version")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    for (place, (found, known)) in (1..).zip(taken.iter().zip(MIGRATIONS)) {
        if found != known.name {
            return Err(MigrationError::Other {
                place,
                found: found.clone(),
                expected: known.name,
            });
        }
    }
    if taken.len() > MIGRATIONS.len() {
        return Err(MigrationError::Newer {
            found: taken.len(),
            known: MIGRATIONS.len(),
        });
    }
    for (version, step) in (1_i64..).zip(MIGRATIONS).skip(taken.len()) {
        transaction.execute_batch(step.sql)?;
        transaction.execute(
            "INSERT INTO migration (version, name) VALUES (?1, ?2)",
            (version, step.name),
        )?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.commit()?;
    Ok(())
}
