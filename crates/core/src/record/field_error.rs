//! What is wrong with a record, element by element.

use core::fmt;

use super::{Format, TemperatureError};
use crate::document::DocumentError;
use crate::personal::PersonalError;

/// One fault of a record: where and what. Values are never repeated; they are personal data.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {problem}")]
pub struct FieldError {
    path: String,
    problem: FieldProblem,
}

/// What is wrong with an element.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldProblem {
    /// The element must be there.
    #[error("is missing")]
    Missing,
    /// The group has no such element.
    #[error("is no element of the group")]
    Unknown,
    /// The element stands without the one it goes with.
    #[error("only goes with {0}")]
    WithoutCompanion(String),
    /// The JSON value has the wrong kind.
    #[error("is not {0}")]
    Shape(Shape),
    /// An item has a member that items do not have.
    #[error("has members besides value, source, observedAt and expiresAt")]
    ItemMember,
    /// The text does not have the format.
    #[error("is not {0}")]
    Format(Format),
    /// A list has too many values.
    #[error("has more than {0} values")]
    TooMany(usize),
    /// A list names a value twice.
    #[error("names a value twice")]
    Twice,
    /// A list says "none" and something else.
    #[error("says \"none\" and something else")]
    NoneAndMore,
    /// The code is not in its table.
    #[error("is not a code of the table {0}")]
    NotInTable(String),
    /// Not a division code.
    #[error("is not a division code of GB/T 2260")]
    Division,
    /// The division never existed.
    #[error("is a division that never existed")]
    NoSuchDivision,
    /// Not a level.
    #[error("is not a level: 00, 01, 10 or 20")]
    Level,
    /// The source is not in its table.
    #[error("has a source that is not in the table item-sources")]
    Source,
    /// The time of observation is not a time.
    #[error("has an observedAt that is not a time like 2022-06-28T09:00:00+08:00")]
    ObservedAt,
    /// Observed in the future.
    #[error("is observed in the future")]
    ObservedInFuture,
    /// The expiry is not a time, or not after the observation.
    #[error("has an expiresAt that is not a time after observedAt")]
    ExpiresAt,
    /// Two elements that are one thing have different sources or times.
    #[error("has another source or time than {0}")]
    OtherProvenance(&'static str),
    /// A time before the one it must follow.
    #[error("is before {0}")]
    Before(&'static str),
    /// A name, telephone number or address.
    #[error(transparent)]
    Personal(#[from] PersonalError),
    /// A document.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// A temperature.
    #[error(transparent)]
    Temperature(#[from] TemperatureError),
}

/// A kind of JSON value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A string.
    Text,
    /// A string or number.
    TextOrNumber,
    /// An array of at least one value.
    List,
    /// An object.
    Object,
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text => "a text",
            Self::TextOrNumber => "a text or number",
            Self::List => "a list of at least one value",
            Self::Object => "an object",
        })
    }
}

impl FieldError {
    /// A fault of a place.
    pub fn at(path: impl Into<String>, problem: FieldProblem) -> Self {
        Self {
            path: path.into(),
            problem,
        }
    }

    /// The same fault inside a larger record.
    #[must_use]
    pub fn inside(self, outer: &str) -> Self {
        Self {
            path: format!("{outer}.{}", self.path),
            problem: self.problem,
        }
    }

    /// Where: the element's name, with an index for a value of a list: `regionReports[2].level`.
    /// Names that no element can have are shown as `?`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What.
    pub fn problem(&self) -> &FieldProblem {
        &self.problem
    }
}
