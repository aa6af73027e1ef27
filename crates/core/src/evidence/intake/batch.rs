//! All rows of one batch, compared with each other.

use super::references::Said;
use super::{Quarantined, References, Row};

/// What came out of one batch: the rows that count, the lines that do not, and what was said twice.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    rows: Vec<Row>,
    quarantined: Vec<Quarantined>,
    repetitions: Vec<Repetition>,
}

/// A line that says what an earlier line of the batch said under the same reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Repetition {
    /// The later line.
    pub line: u64,
    /// The first line, which counts, with the earliest receipt of both.
    pub of: u64,
}

impl Batch {
    /// The rows that count, by line.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The rows that count, by line, to be taken over.
    pub fn into_rows(self) -> Vec<Row> {
        self.rows
    }

    /// The lines that do not count, by line.
    pub fn quarantined(&self) -> &[Quarantined] {
        &self.quarantined
    }

    /// The lines that say nothing new, by line.
    pub fn repetitions(&self) -> &[Repetition] {
        &self.repetitions
    }
}

/// A batch in the making.
#[derive(Default)]
pub(super) struct Gathering {
    rows: Vec<(Said, Row)>,
    references: References,
    quarantined: Vec<Quarantined>,
}

impl Gathering {
    pub(super) fn take(&mut self, read: Result<Row, Quarantined>) {
        match read {
            Ok(row) => {
                let said = Said::of(&row);
                self.references.note_said(said, row.line());
                self.rows.push((said, row));
            }
            Err(quarantined) => self.quarantined.push(quarantined),
        }
    }

    /// Compares the rows, now that all are there.
    pub(super) fn close(self) -> Batch {
        let mut batch = Batch {
            rows: Vec::with_capacity(self.rows.len()),
            quarantined: self.quarantined,
            repetitions: Vec::new(),
        };
        for (said, row) in self.rows {
            let line = row.line();
            let row = match self.references.check_said(said, row) {
                Ok(row) => row,
                Err(quarantined) => {
                    batch.quarantined.push(quarantined);
                    continue;
                }
            };
            let of = self.references.first_line(said).unwrap_or(line);
            let first = batch.rows.binary_search_by_key(&of, Row::line).ok();
            match first.and_then(|first| batch.rows.get_mut(first)) {
                Some(first) => {
                    first.received_as(row);
                    batch.repetitions.push(Repetition { line, of });
                }
                None => batch.rows.push(row),
            }
        }
        batch.quarantined.sort_by_key(Quarantined::line);
        batch
    }
}
