//! Risk areas that the region states itself, one JSON object per line.

use hc_code::{DivisionCode, Timestamp};
use serde::Deserialize;

use super::{Area, AreaLevel};
use crate::place::{Place, PlaceError};
use crate::word::UnknownWord;

/// No line is longer, in bytes.
const LONGEST_LINE: usize = 16 << 10;
/// No source has a longer name, in characters.
const LONGEST_SOURCE: usize = 200;

/// One area, one level, one time, and who says so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaStatement {
    area: Area,
    level: AreaLevel,
    from: Timestamp,
    until: Option<Timestamp>,
    source: Box<str>,
}

/// Why a line is not a statement.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AreaStatementError {
    /// Longer than any statement, in bytes.
    #[error("the line has {0} bytes, more than {LONGEST_LINE}")]
    TooLong(usize),
    /// Not a JSON object with the fields of a statement.
    #[error("not a statement of a risk area: {0}")]
    Json(String),
    /// The level is unknown.
    #[error("field level: {0}")]
    Level(#[from] UnknownWord),
    /// The place cannot be read.
    #[error("field place: {0}")]
    Place(#[from] PlaceError),
    /// The country as a whole cannot be a risk area.
    #[error("field division: 000000 is the whole country")]
    Country,
    /// The end is not after the beginning.
    #[error("field until: {until} is not after from, {from}")]
    Empty {
        /// Beginning.
        from: Timestamp,
        /// End.
        until: Timestamp,
    },
    /// The source is empty, too long or has control characters.
    #[error("field source: must be 1 to {LONGEST_SOURCE} characters of plain text")]
    Source,
}

/// The line as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    division: DivisionCode,
    place: String,
    level: String,
    from: Timestamp,
    until: Option<Timestamp>,
    source: String,
}

impl AreaStatement {
    /// Reads one line: `{"division":"110105","place":"酒仙桥街道","level":"high",
    /// "from":"2022-06-28T09:00:00+08:00","until":"2022-07-05T09:00:00+08:00","source":"…"}`; `until` may
    /// be left out, and the place is `全域` for a whole division.
    ///
    /// # Errors
    /// [`AreaStatementError`] names the field and what is wrong with it.
    pub fn parse(line: &str) -> Result<Self, AreaStatementError> {
        if line.len() > LONGEST_LINE {
            return Err(AreaStatementError::TooLong(line.len()));
        }
        let line: Line = serde_json::from_str(line)
            .map_err(|error| AreaStatementError::Json(error.to_string()))?;
        let level = line.level.parse()?;
        let area = Area::new(line.division, Place::parse(&line.place)?);
        Self::new(area, level, (line.from, line.until), &line.source)
    }

    /// A statement that an area has a level from an instant on, until another if that is known.
    ///
    /// # Errors
    /// [`AreaStatementError`] for the whole country, an end that is not after the beginning, or a
    /// source that is no name.
    pub fn new(
        area: Area,
        level: AreaLevel,
        (from, until): (Timestamp, Option<Timestamp>),
        source: &str,
    ) -> Result<Self, AreaStatementError> {
        if area.division() == DivisionCode::COUNTRY {
            return Err(AreaStatementError::Country);
        }
        if let Some(until) = until.filter(|until| *until <= from) {
            return Err(AreaStatementError::Empty { from, until });
        }
        let source = source.trim();
        let length = source.chars().count();
        if length == 0 || length > LONGEST_SOURCE || source.chars().any(char::is_control) {
            return Err(AreaStatementError::Source);
        }
        Ok(Self {
            area,
            level,
            from,
            until,
            source: source.into(),
        })
    }

    /// Reads a whole file, line by line; empty lines are skipped. Good lines come out even where others
    /// are bad; those come with their number, from 1.
    pub fn parse_lines(
        text: &str,
    ) -> impl Iterator<Item = Result<Self, (usize, AreaStatementError)>> {
        (1..)
            .zip(text.lines())
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(number, line)| Self::parse(line).map_err(|error| (number, error)))
    }

    /// The area.
    pub const fn area(&self) -> &Area {
        &self.area
    }

    /// The level.
    pub const fn level(&self) -> AreaLevel {
        self.level
    }

    /// First instant.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// First instant after; `None` while it lasts.
    pub const fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Who says so.
    pub const fn source(&self) -> &str {
        &self.source
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = r#"{"division":"110105","place":"酒仙桥街道","level":"high","from":"2022-06-28T09:00:00+08:00","source":"朝阳区通告 12"}"#;

    #[test]
    fn a_statement_is_read() {
        let read = AreaStatement::parse(GOOD).unwrap();
        assert_eq!(read.area().division().to_string(), "110105");
        assert_eq!(read.area().place().township(), Some("酒仙桥街道"));
        assert_eq!((read.level(), read.until()), (AreaLevel::High, None));
        assert_eq!(read.from().to_string(), "2022-06-28T09:00:00+08:00");
        assert_eq!(read.source(), "朝阳区通告 12");
    }

    #[test]
    fn every_wrong_field_is_named() {
        for (from, to, field) in [
            ("\"110105\"", "\"11010\"", "six digits"),
            ("\"110105\"", "\"000000\"", "field division"),
            ("\"酒仙桥街道\"", "\" \"", "field place"),
            ("\"high\"", "\"red\"", "field level"),
            ("2022-06-28T09:00:00+08:00", "2022-06-28", "is not a time"),
            ("\"朝阳区通告 12\"", "\"\"", "field source"),
            ("\"source\"", "\"sauce\"", "unknown field"),
            (
                ",\"source\"",
                ",\"until\":\"2022-06-28T09:00:00+08:00\",\"source\"",
                "field until",
            ),
        ] {
            let error = AreaStatement::parse(&GOOD.replace(from, to)).unwrap_err();
            assert!(error.to_string().contains(field), "{error} names {field}");
        }
        let long = " ".repeat(LONGEST_LINE + 1);
        assert_eq!(
            AreaStatement::parse(&long),
            Err(AreaStatementError::TooLong(LONGEST_LINE + 1))
        );
    }

    #[test]
    fn a_bad_line_does_not_spoil_the_others() {
        let text = format!("{GOOD}\n\n{{}}\n{GOOD}\n");
        let lines: Vec<_> = AreaStatement::parse_lines(&text).collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].is_ok() && lines[2].is_ok());
        assert_eq!(lines[1].as_ref().unwrap_err().0, 3);
    }
}
