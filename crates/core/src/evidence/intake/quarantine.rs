//! Why a line is quarantined.

use core::fmt;

use super::Field;
use super::field::LineKind;
use crate::document::DocumentError;
use crate::domain_table::NotInTable;
use crate::evidence::NotACode;

/// A line that is not used, with everything that is wrong with it. The other lines go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    line: u64,
    faults: Vec<Fault>,
}

/// One thing that is wrong with a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    field: Option<Field>,
    reason: Reason,
}

/// What is wrong. Never shows a value of the line, because errors travel to logs and other people's
/// screens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Reason {
    /// More bytes than a line may have.
    #[error("the line has more than {} bytes", super::LONGEST_LINE)]
    LineTooLong,
    /// Not UTF-8.
    #[error("the line is not UTF-8")]
    NotUtf8,
    /// Not one JSON value.
    #[error("not JSON from column {column} on")]
    NotJson {
        /// In bytes, from 1.
        column: usize,
    },
    /// JSON, but not an object.
    #[error("not a JSON object")]
    NotAnObject,
    /// A cell with quotation marks in the wrong place.
    #[error(
        "cell {cell}: a cell with quotation marks begins and ends with one, doubles those inside, and ends on its line"
    )]
    Quotation {
        /// From 1.
        cell: usize,
    },
    /// More or fewer cells than the header.
    #[error("{found} cells where the header has {expected}")]
    CellCount {
        /// Cells of the header.
        expected: usize,
        /// Cells of the line.
        found: usize,
    },
    /// A key that no evidence line has.
    #[error("key {position} of the object is no field of an evidence line")]
    UnknownField {
        /// Among the keys of the object, from 1.
        position: usize,
    },
    /// A key stands twice.
    #[error("the field stands twice")]
    FieldTwice,
    /// A JSON value of another type.
    #[error("not {expected}")]
    OtherType {
        /// What it has to be.
        expected: &'static str,
    },
    /// The field is required and not there.
    #[error("the field is missing")]
    Missing,
    /// The field is there without a value.
    #[error("the field is empty; leave out what is not known")]
    Empty,
    /// The field says nothing about lines of this kind.
    #[error("lines of kind {kind} do not have this field")]
    OtherKind {
        /// The kind of the line.
        kind: &'static str,
    },
    /// More characters than the field may have.
    #[error("more than {limit} characters")]
    TextTooLong {
        /// The most characters.
        limit: usize,
    },
    /// A control character.
    #[error("a control character stands in it")]
    Control,
    /// A word that the vocabulary does not have.
    #[error("not a {what}: it is one of {known}")]
    Word {
        /// What the vocabulary names.
        what: &'static str,
        /// Its words.
        known: String,
    },
    /// Not a time.
    #[error("not a time of RFC 3339 with seconds and offset, like 2022-06-28T09:00:00+08:00")]
    Time,
    /// After the receipt.
    #[error("more than 10 minutes after the receipt")]
    Future,
    /// An end before its begin.
    #[error("before `at`")]
    BeforeAt,
    /// Expired before it happened.
    #[error("not after `at`: such a line would never count")]
    NeverCounts,
    /// Not a temperature.
    #[error("not a body temperature from 30.0 to 45.0 °C with at most one decimal")]
    Temperature,
    /// Not the number of a dose.
    #[error("not the number of a dose from 1 to 20")]
    Dose,
    /// Not a code of its table.
    #[error(transparent)]
    NotInTable(#[from] NotInTable),
    /// A document that cannot be.
    #[error(transparent)]
    Document(#[from] DocumentError),
    /// Not a code.
    #[error(transparent)]
    NotACode(#[from] NotACode),
    /// A code where nobody can tell whose it is.
    #[error("a person is named by a code only in what a region receives from its sources")]
    CodeNotTaken,
    /// A document beside a code.
    #[error("the person is named by a code already: no document beside it")]
    NamedTwice,
    /// Not a division.
    #[error("not a division that exists or ever existed (six digits of GB/T 2260)")]
    Division,
    /// Not a place.
    #[error("not the text of a place")]
    Place,
    /// The table of places cannot take another one.
    #[error("the table of places is full")]
    PlacesFull,
    /// The source may not state that two documents are one person's.
    #[error("a link is stated by a health authority, a community or border control only")]
    MayNotLink,
    /// A line about itself.
    #[error("the line names itself")]
    Itself,
    /// Another line of the batch has the same reference and says something else.
    #[error("reference used twice: line {line} of the same source says something else under it")]
    ReferenceUsedTwice {
        /// The other line.
        line: u64,
    },
}

impl Quarantined {
    pub(super) const fn new(line: u64, faults: Vec<Fault>) -> Self {
        Self { line, faults }
    }

    /// The line in its file, from 1; in CSV the header is line 1.
    pub const fn line(&self) -> u64 {
        self.line
    }

    /// All that is wrong, at least one.
    pub fn faults(&self) -> &[Fault] {
        &self.faults
    }
}

impl Fault {
    pub(super) const fn of_line(reason: Reason) -> Self {
        Self {
            field: None,
            reason,
        }
    }

    pub(super) const fn of_field(field: Field, reason: Reason) -> Self {
        Self {
            field: Some(field),
            reason,
        }
    }

    /// The field that it is about; `None` where it is about the line as a whole.
    pub const fn field(&self) -> Option<Field> {
        self.field
    }

    /// What is wrong.
    pub const fn reason(&self) -> &Reason {
        &self.reason
    }
}

impl Reason {
    /// The refusal of a word, with the words that exist.
    pub(super) fn word(what: &'static str, known: impl IntoIterator<Item = &'static str>) -> Self {
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        Self::Word { what, known }
    }

    /// The refusal of a field that lines of this kind do not have.
    pub(super) fn other_kind(kind: LineKind) -> Self {
        Self::OtherKind { kind: kind.word() }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field {
            Some(field) => write!(f, "{field}: {}", self.reason),
            None => self.reason.fmt(f),
        }
    }
}

impl fmt::Display for Quarantined {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        for (index, fault) in self.faults.iter().enumerate() {
            let mark = if index == 0 { ": " } else { "; " };
            write!(f, "{mark}{fault}")?;
        }
        Ok(())
    }
}
