//! What is counted: requests by operation and status. Never by person.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::StatusCode;

use crate::operation::{Operation, all};

/// The statuses that are counted each for itself; any other counts as the last.
const STATUSES: [u16; 19] = [
    200, 201, 202, 204, 400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503, 504, 0,
];

/// Counters of answers.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// By operation, as [`all`] lists them, then by status.
    answers: Vec<[AtomicU64; STATUSES.len()]>,
    /// Answers to paths and methods that do not exist.
    elsewhere: AtomicU64,
}

impl Default for Metrics {
    fn default() -> Self {
        let counters = || std::array::from_fn(|_| AtomicU64::new(0));
        Self {
            answers: all().iter().map(|_| counters()).collect(),
            elsewhere: AtomicU64::new(0),
        }
    }
}

impl Metrics {
    /// Counts an answer.
    pub(crate) fn count(&self, operation: &Operation, status: StatusCode) {
        let place = all().iter().position(|known| known.id == operation.id);
        let column = STATUSES
            .iter()
            .position(|known| *known == status.as_u16())
            .unwrap_or(STATUSES.len() - 1);
        let counter = place
            .and_then(|place| self.answers.get(place))
            .and_then(|row| row.get(column));
        counter
            .unwrap_or(&self.elsewhere)
            .fetch_add(1, Ordering::Relaxed);
    }

    /// Counts an answer to nothing of ours.
    pub(crate) fn count_elsewhere(&self) {
        self.elsewhere.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes the counters in the text format of Prometheus.
    pub(crate) fn write(&self, text: &mut String) {
        head(
            text,
            "healthcode_requests_total",
            "counter",
            "Answers by operation and status.",
        );
        for (operation, row) in all().iter().zip(&self.answers) {
            for (status, counter) in STATUSES.iter().zip(row) {
                let count = counter.load(Ordering::Relaxed);
                if count > 0 {
                    let id = operation.id;
                    line(
                        text,
                        format_args!(
                            "healthcode_requests_total{{operation=\"{id}\",status=\"{status}\"}} {count}"
                        ),
                    );
                }
            }
        }
        let elsewhere = self.elsewhere.load(Ordering::Relaxed);
        line(
            text,
            format_args!(
                "healthcode_requests_total{{operation=\"none\",status=\"404\"}} {elsewhere}"
            ),
        );
    }
}

/// The two lines before a metric.
pub(crate) fn head(text: &mut String, name: &str, kind: &str, help: &str) {
    line(text, format_args!("# HELP {name} {help}"));
    line(text, format_args!("# TYPE {name} {kind}"));
}

/// One line.
pub(crate) fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    // A string takes everything.
    let written = writeln!(text, "{content}");
    debug_assert!(written.is_ok(), "a string takes everything");
}
