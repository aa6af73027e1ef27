//! The journal as it is written: one line of JSON for each record, on standard error.
//!
//! A thread of its own writes, so that a terminal or a collector that does not read holds nobody up.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use hc_http::journal::{Journal, Level, Record};
use serde_json::{Map, Value};

/// So many records wait for the thread.
const ROOM: usize = 4096;
/// So long the end waits for what is still to be written.
const LAST: Duration = Duration::from_secs(1);

/// The thread that writes.
pub(crate) struct Writer {
    done: Receiver<()>,
}

/// Begins a journal.
pub(crate) fn begin(level: Level) -> Result<(Journal, Writer)> {
    let (journal, records) = Journal::new(level, ROOM);
    let (finished, done) = channel::<()>();
    thread::Builder::new()
        .name("journal".to_owned())
        .spawn(move || {
            write(&records);
            drop(finished);
        })
        .context("cannot start the thread of the journal")?;
    Ok((journal, Writer { done }))
}

impl Writer {
    /// Waits until everything is written; every journal must be gone by then.
    pub(crate) fn finish(self) {
        match self.done.recv_timeout(LAST) {
            // Whoever still holds a journal, or does not read, has had the time.
            Ok(()) | Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
        }
    }
}

fn write(records: &Receiver<Record>) {
    let mut bytes = Vec::with_capacity(512);
    for record in records {
        bytes.clear();
        let line = Value::Object(line(&record));
        if serde_json::to_writer(&mut bytes, &line).is_ok() {
            bytes.push(b'\n');
            // Nothing is left to do where standard error is closed.
            drop(io::stderr().write_all(&bytes));
        }
    }
}

/// The members of a line.
fn line(record: &Record) -> Map<String, Value> {
    let mut members = Map::new();
    let mut put = |name: &str, value: Value| drop(members.insert(name.to_owned(), value));
    put("at", crate::clock::now().to_string().into());
    put("level", record.level().word().into());
    match record {
        Record::Event { what, why, .. } => {
            put("what", (*what).into());
            if let Some(why) = why {
                put("why", why.as_str().into());
            }
        }
        Record::Request {
            id,
            operation,
            status,
            micros,
            problem,
            ..
        } => {
            put("what", "request".into());
            put("id", format!("{id:016x}").into());
            put("operation", (*operation).into());
            put("status", (*status).into());
            put("micros", (*micros).into());
            if let Some(problem) = problem {
                put("why", problem.slug().into());
            }
        }
    }
    members
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_has_when_how_grave_what_and_why() {
        let event = Record::Event {
            level: Level::Error,
            what: "purge",
            why: Some("a \"reason\"\nof two lines".to_owned()),
        };
        let members = line(&event);
        assert_eq!(members["level"], "error");
        assert_eq!(members["what"], "purge");
        assert!(!Value::Object(members).to_string().contains('\n'));
        let request = Record::Request {
            level: Level::Warn,
            id: 7,
            operation: "enrol",
            status: 503,
            micros: 1500,
            problem: Some(hc_http::problem::ProblemType::Overloaded),
        };
        let members = line(&request);
        assert_eq!(members["id"], "0000000000000007");
        assert_eq!(members["why"], "overloaded");
        assert_eq!(
            (&members["status"], &members["micros"]),
            (&503.into(), &1500.into())
        );
    }
}
