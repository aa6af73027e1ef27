//! What is counted: requests by operation, status and time, refusals by reason. Never by person.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::http::StatusCode;

use crate::operation::{Lane, Operation, all};
use crate::problem::ProblemType;

/// The statuses that are counted each for itself; any other counts as the last.
const STATUSES: [u16; 19] = [
    200, 201, 202, 204, 400, 401, 403, 404, 405, 408, 409, 413, 415, 422, 429, 500, 503, 504, 0,
];

/// The upper bounds of the classes of time, in microseconds, and as Prometheus writes them.
const CLASSES: [(u64, &str); 15] = [
    (100, "0.0001"),
    (250, "0.00025"),
    (500, "0.0005"),
    (1_000, "0.001"),
    (2_500, "0.0025"),
    (5_000, "0.005"),
    (10_000, "0.01"),
    (25_000, "0.025"),
    (50_000, "0.05"),
    (100_000, "0.1"),
    (250_000, "0.25"),
    (500_000, "0.5"),
    (1_000_000, "1"),
    (5_000_000, "5"),
    (30_000_000, "30"),
];

/// Counters of answers.
#[derive(Debug)]
pub(crate) struct Metrics {
    /// As [`all`] lists the operations.
    operations: Vec<Answers>,
    /// Answers to paths and methods that do not exist.
    elsewhere: AtomicU64,
    /// As [`ProblemType::ALL`] lists them.
    problems: Vec<AtomicU64>,
}

/// What is counted of one operation.
#[derive(Debug)]
struct Answers {
    statuses: [AtomicU64; STATUSES.len()],
    /// Each class for itself; the last has no bound.
    classes: [AtomicU64; CLASSES.len() + 1],
    micros: AtomicU64,
}

/// The place of an operation among the counters, looked up once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place(usize);

impl Default for Answers {
    fn default() -> Self {
        Self {
            statuses: std::array::from_fn(|_| AtomicU64::new(0)),
            classes: std::array::from_fn(|_| AtomicU64::new(0)),
            micros: AtomicU64::new(0),
        }
    }
}

impl Default for Metrics {
    fn default() -> Self {
        Self {
            operations: all().iter().map(|_| Answers::default()).collect(),
            elsewhere: AtomicU64::new(0),
            problems: ProblemType::ALL.iter().map(|_| AtomicU64::new(0)).collect(),
        }
    }
}

impl Place {
    pub(crate) fn of(operation: &Operation) -> Self {
        let place = all().iter().position(|known| known.id == operation.id);
        // An operation that is not listed would be counted nowhere.
        Self(place.unwrap_or(usize::MAX))
    }
}

impl Metrics {
    /// Counts an answer, with how long it took.
    pub(crate) fn count(&self, place: Place, status: StatusCode, took: Duration) -> u64 {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let Some(answers) = self.operations.get(place.0) else {
            return micros;
        };
        let column = STATUSES.iter().position(|known| *known == status.as_u16());
        let column = column.unwrap_or(STATUSES.len() - 1);
        let class = CLASSES.partition_point(|(bound, _)| *bound < micros);
        let counters = [answers.statuses.get(column), answers.classes.get(class)];
        for counter in counters.into_iter().flatten() {
            counter.fetch_add(1, Ordering::Relaxed);
        }
        answers.micros.fetch_add(micros, Ordering::Relaxed);
        micros
    }

    /// Counts a refusal by its reason.
    pub(crate) fn refuse(&self, problem: ProblemType) {
        let place = ProblemType::ALL.iter().position(|known| *known == problem);
        if let Some(counter) = place.and_then(|place| self.problems.get(place)) {
            counter.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Counts an answer to nothing of ours.
    pub(crate) fn count_elsewhere(&self) {
        self.elsewhere.fetch_add(1, Ordering::Relaxed);
    }

    /// Writes the counters in the text format of Prometheus.
    pub(crate) fn write(&self, text: &mut String) {
        self.write_requests(text);
        self.write_times(text);
        self.write_acts(text);
        let name = "healthcode_refused_total";
        head(text, name, "counter", "Requests refused, by the problem.");
        for (problem, counter) in ProblemType::ALL.iter().zip(&self.problems) {
            let count = counter.load(Ordering::Relaxed);
            if count > 0 {
                let slug = problem.slug();
                line(text, format_args!("{name}{{reason=\"{slug}\"}} {count}"));
            }
        }
    }

    fn write_requests(&self, text: &mut String) {
        let name = "healthcode_requests_total";
        head(text, name, "counter", "Answers by operation and status.");
        for (operation, answers) in all().iter().zip(&self.operations) {
            for (status, counter) in STATUSES.iter().zip(&answers.statuses) {
                let (id, count) = (operation.id, counter.load(Ordering::Relaxed));
                if count > 0 {
                    line(
                        text,
                        format_args!("{name}{{operation=\"{id}\",status=\"{status}\"}} {count}"),
                    );
                }
            }
        }
        let elsewhere = self.elsewhere.load(Ordering::Relaxed);
        line(
            text,
            format_args!("{name}{{operation=\"none\",status=\"404\"}} {elsewhere}"),
        );
    }

    fn write_times(&self, text: &mut String) {
        let name = "healthcode_request_seconds";
        head(
            text,
            name,
            "histogram",
            "How long requests took from their head to their answer, by operation.",
        );
        for (operation, answers) in all().iter().zip(&self.operations) {
            let counts = answers
                .classes
                .each_ref()
                .map(|class| class.load(Ordering::Relaxed));
            let count: u64 = counts.iter().sum();
            if count == 0 {
                continue;
            }
            let id = operation.id;
            let mut so_far = 0;
            let bounds = CLASSES.iter().map(|(_, bound)| *bound).chain(["+Inf"]);
            for (bound, within) in bounds.zip(counts) {
                so_far += within;
                line(
                    text,
                    format_args!("{name}_bucket{{operation=\"{id}\",le=\"{bound}\"}} {so_far}"),
                );
            }
            let micros = answers.micros.load(Ordering::Relaxed);
            let (seconds, rest) = (micros / 1_000_000, micros % 1_000_000);
            line(
                text,
                format_args!("{name}_sum{{operation=\"{id}\"}} {seconds}.{rest:06}"),
            );
            line(
                text,
                format_args!("{name}_count{{operation=\"{id}\"}} {count}"),
            );
        }
    }

    fn write_acts(&self, text: &mut String) {
        let name = "healthcode_acts_total";
        head(
            text,
            name,
            "counter",
            "Acts by kind and what became of them: done, refused or failed.",
        );
        for (operation, answers) in all().iter().zip(&self.operations) {
            if operation.lane == Lane::Memory {
                continue;
            }
            let mut ends = [("done", 0), ("refused", 0), ("failed", 0)];
            for (status, counter) in STATUSES.iter().zip(&answers.statuses) {
                let end = match status {
                    200..=299 => 0,
                    400..=499 => 1,
                    _ => 2,
                };
                if let Some((_, sum)) = ends.get_mut(end) {
                    *sum += counter.load(Ordering::Relaxed);
                }
            }
            let kind = operation.id;
            for (end, count) in ends.iter().filter(|(_, count)| *count > 0) {
                line(
                    text,
                    format_args!("{name}{{kind=\"{kind}\",end=\"{end}\"}} {count}"),
                );
            }
        }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_fall_into_classes_that_add_up() {
        let metrics = Metrics::default();
        let place = Place::of(&crate::people::code::OPERATION);
        for micros in [100, 101, 40_000_000] {
            let took = Duration::from_micros(micros);
            assert_eq!(metrics.count(place, StatusCode::OK, took), micros);
        }
        let mut text = String::new();
        metrics.write(&mut text);
        for line in [
            "healthcode_request_seconds_bucket{operation=\"code\",le=\"0.0001\"} 1",
            "healthcode_request_seconds_bucket{operation=\"code\",le=\"0.00025\"} 2",
            "healthcode_request_seconds_bucket{operation=\"code\",le=\"30\"} 2",
            "healthcode_request_seconds_bucket{operation=\"code\",le=\"+Inf\"} 3",
            "healthcode_request_seconds_sum{operation=\"code\"} 40.000201",
            "healthcode_request_seconds_count{operation=\"code\"} 3",
        ] {
            let line = line.replace(
                "\"code\"",
                &format!("\"{}\"", crate::people::code::OPERATION.id),
            );
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
