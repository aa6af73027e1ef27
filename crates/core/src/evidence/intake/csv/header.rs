//! The header of a CSV file.

use super::cells;
use crate::evidence::intake::Field;
use crate::evidence::intake::lines::Line;

/// The columns of a file, each once, in the order of the file.
#[derive(Clone, Debug)]
pub(super) struct Header(Vec<Field>);

/// A header that cannot be one, so that no line of the file can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the header is refused: {}", listed(.faults))]
pub struct HeaderError {
    faults: Vec<HeaderFault>,
}

/// One thing that is wrong with a header. Never shows what stands there: where the header was
/// forgotten, that is somebody's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum HeaderFault {
    /// The file is empty.
    #[error("there is none")]
    Absent,
    /// The line is too long, not UTF-8, or has quotation marks in wrong places.
    #[error("the line cannot be read as CSV")]
    Unreadable,
    /// A column that no evidence line has.
    #[error("column {position} is no field of an evidence line")]
    UnknownColumn {
        /// From 1.
        position: usize,
    },
    /// A column stands twice.
    #[error("the column {0} stands twice")]
    ColumnTwice(Field),
    /// A column that every line needs is not there.
    #[error("the column {0} is missing")]
    ColumnMissing(Field),
}

impl HeaderError {
    /// All that is wrong, at least one.
    pub fn faults(&self) -> &[HeaderFault] {
        &self.faults
    }

    pub(super) fn absent() -> Self {
        Self {
            faults: vec![HeaderFault::Absent],
        }
    }
}

impl Header {
    pub(super) fn read(line: Line<'_>) -> Result<Self, HeaderError> {
        let unreadable = || HeaderError {
            faults: vec![HeaderFault::Unreadable],
        };
        let text = line
            .bytes
            .and_then(|bytes| str::from_utf8(bytes).ok())
            .ok_or_else(unreadable)?;
        let mut columns = Vec::new();
        let mut faults = Vec::new();
        for (position, name) in (1..).zip(cells::split(text)) {
            match Field::from_name(&name.map_err(|_| unreadable())?) {
                None => faults.push(HeaderFault::UnknownColumn { position }),
                Some(field) if columns.contains(&field) => {
                    faults.push(HeaderFault::ColumnTwice(field));
                }
                Some(field) => columns.push(field),
            }
        }
        let missing = Field::ALL.iter().filter(|field| {
            let names = matches!(field, Field::DocumentType | Field::Document);
            let due = field.is_required_of_all() || (names && !columns.contains(&Field::Code));
            due && !columns.contains(field)
        });
        faults.extend(missing.map(|field| HeaderFault::ColumnMissing(*field)));
        if faults.is_empty() {
            Ok(Self(columns))
        } else {
            Err(HeaderError { faults })
        }
    }

    pub(super) fn columns(&self) -> &[Field] {
        &self.0
    }
}

fn listed(faults: &[HeaderFault]) -> String {
    let faults: Vec<String> = faults.iter().map(ToString::to_string).collect();
    faults.join("; ")
}
