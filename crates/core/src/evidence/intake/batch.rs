//! All rows of one batch, compared with each other.

use hc_code::DivisionCode;

use super::references::RepeatedReferences;
use super::{Quarantined, References, Row};
use crate::place::PlaceTable;

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

    /// The batch as it came through another region ([`Row::through`]).
    #[must_use]
    pub fn through(mut self, region: DivisionCode, places: &PlaceTable) -> Self {
        let rows = self.rows.into_iter();
        self.rows = rows.map(|row| row.through(region, places)).collect();
        self
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
    rows: Vec<Row>,
    references: References,
    quarantined: Vec<Quarantined>,
}

impl Gathering {
    pub(super) fn take(&mut self, read: Result<Row, Quarantined>) {
        match read {
            Ok(row) => {
                self.references.note(&row);
                self.rows.push(row);
            }
            Err(quarantined) => self.quarantined.push(quarantined),
        }
    }

    /// Compares the rows, now that all are there.
    pub(super) fn close(self) -> Batch {
        let repeated = self.references.close();
        let mut batch = Batch {
            rows: Vec::new(),
            quarantined: self.quarantined,
            repetitions: Vec::new(),
        };
        if repeated.is_empty() {
            batch.rows = self.rows;
            return batch;
        }
        for row in self.rows {
            match repeated.check(row) {
                Ok(row) => batch.take(row, &repeated),
                Err(quarantined) => batch.quarantined.push(quarantined),
            }
        }
        batch.quarantined.sort_by_key(Quarantined::line);
        batch
    }
}

impl Batch {
    fn take(&mut self, row: Row, repeated: &RepeatedReferences) {
        let line = row.line();
        let first = repeated.repetition_of(&row).and_then(|of| {
            let place = self.rows.binary_search_by_key(&of, Row::line).ok()?;
            self.rows.get_mut(place)
        });
        match first {
            Some(first) => {
                let of = first.line();
                first.received_as(row);
                self.repetitions.push(Repetition { line, of });
            }
            None => self.rows.push(row),
        }
    }
}
