//! The one place where errors become HTTP: problem details (RFC 9457).
//!
//! A problem says what is wrong and where, and never repeats a value: values are personal. What is
//! ours to mend is `internal` and says nothing about the inside.

mod from;
mod kind;

pub use kind::ProblemType;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, Response};
use serde_json::{Map, Value, json};

/// The media type of problems.
pub const MEDIA: &str = "application/problem+json";
/// What the types are called: this and the slug.
pub const TYPE_PREFIX: &str = "urn:healthcode:problem:";

/// A problem, to be answered with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    kind: ProblemType,
    detail: Option<String>,
    faults: Vec<Fault>,
    retry_after: Option<u32>,
}

/// One thing that is wrong with a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `declaration.health.temperature`, `declaration.itinerary[2].arriveTime`.
    pub path: String,
    /// What.
    pub problem: String,
}

/// The most faults that one answer names.
pub(crate) const MOST_FAULTS: usize = 100;

impl Problem {
    /// A problem of a type.
    pub const fn new(kind: ProblemType) -> Self {
        Self {
            kind,
            detail: None,
            faults: Vec::new(),
            retry_after: None,
        }
    }

    /// With a sentence about this one. Never personal.
    #[must_use]
    pub fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// With what is wrong where.
    #[must_use]
    pub fn with_faults(mut self, faults: Vec<Fault>) -> Self {
        self.faults = faults;
        self
    }

    /// With the seconds after which to ask again.
    #[must_use]
    pub const fn with_retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// The type.
    pub const fn kind(&self) -> ProblemType {
        self.kind
    }

    /// What is wrong where.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }

    /// The JSON of the answer.
    pub fn to_json(&self) -> Value {
        let kind = self.kind;
        let mut members = Map::new();
        let kind_uri = format!("{TYPE_PREFIX}{}", kind.slug());
        members.insert("type".to_owned(), kind_uri.into());
        members.insert("title".to_owned(), kind.title().into());
        members.insert("titleZh".to_owned(), kind.title_zh().into());
        members.insert("status".to_owned(), kind.status().into());
        if let Some(detail) = &self.detail {
            members.insert("detail".to_owned(), detail.as_str().into());
        }
        if !self.faults.is_empty() {
            let shown = self.faults.iter().take(MOST_FAULTS);
            let errors: Vec<Value> = shown
                .map(|fault| json!({"path": fault.path, "problem": fault.problem}))
                .collect();
            members.insert("errors".to_owned(), errors.into());
        }
        Value::Object(members)
    }

    /// The answer.
    pub fn response(&self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.to_json().to_string()));
        *response.status_mut() = self.kind.status_code();
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(MEDIA));
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, seconds.into());
        }
        if self.kind.status() == 401 {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

impl Fault {
    /// A fault of a place.
    pub fn new(path: impl Into<String>, problem: &(impl ToString + ?Sized)) -> Self {
        Self {
            path: path.into(),
            problem: problem.to_string(),
        }
    }

    /// The same inside a larger request.
    #[must_use]
    pub fn inside(self, outer: &str) -> Self {
        let path = match self.path.as_str() {
            "" => outer.to_owned(),
            inner if inner.starts_with('[') => format!("{outer}{inner}"),
            inner => format!("{outer}.{inner}"),
        };
        Self { path, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_of_problem_types_is_the_programs() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/problems.tsv");
        let table = std::fs::read_to_string(path).unwrap();
        let head = table.lines().position(|line| line.starts_with("type\t"));
        if std::env::var_os("HEALTHCODE_WRITE").is_some() {
            let kept = table.lines().take(head.unwrap() + 1).map(str::to_owned);
            let rows = ProblemType::ALL.iter().map(|kind| {
                let (slug, status) = (kind.slug(), kind.status());
                let (title, zh, meaning) = (kind.title(), kind.title_zh(), kind.meaning());
                format!("{slug}\t{status}\t{title}\t{zh}\t{meaning}")
            });
            let lines: Vec<String> = kept.chain(rows).collect();
            std::fs::write(path, lines.join("\n") + "\n").unwrap();
            return;
        }
        let rows: Vec<Vec<&str>> = table
            .lines()
            .filter(|line| !line.starts_with('#'))
            .map(|line| line.split('\t').collect())
            .collect();
        let ours: Vec<Vec<String>> = ProblemType::ALL
            .iter()
            .map(|kind| {
                let texts = [kind.slug(), kind.title(), kind.title_zh(), kind.meaning()];
                let [slug, title, zh, meaning] = texts.map(str::to_owned);
                vec![slug, kind.status().to_string(), title, zh, meaning]
            })
            .collect();
        assert_eq!(rows.first().unwrap()[0], "type");
        let written: Vec<String> = ours.iter().map(|row| row.join("\t")).collect();
        let wanted: Vec<String> = rows.iter().skip(1).map(|row| row.join("\t")).collect();
        assert_eq!(written.join("\n"), wanted.join("\n"));
    }

    #[test]
    fn a_problem_says_type_title_status_and_what_is_wrong_where() {
        let fault = Fault::new("[1].departTime", "is missing").inside("declaration.itinerary");
        assert_eq!(fault.path, "declaration.itinerary[1].departTime");
        let problem = Problem::new(ProblemType::BadFields).with_faults(vec![fault]);
        let json = problem.to_json();
        assert_eq!(json["type"], "urn:healthcode:problem:bad-fields");
        assert_eq!(json["status"], 422);
        assert_eq!(json["errors"][0]["problem"], "is missing");
        let busy = Problem::new(ProblemType::Overloaded).with_retry_after(3);
        assert_eq!(busy.response().headers()["retry-after"], "3");
        assert_eq!(busy.response().status(), 503);
    }
}
