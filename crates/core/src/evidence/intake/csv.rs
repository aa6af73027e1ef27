//! Evidence lines as CSV: a header, then one row on each line.
//!
//! RFC 4180, but a cell never holds a line end: no field may, and so a quotation mark that is not
//! closed spoils its own line only. Libraries for CSV read on to the next mark and repair marks that
//! stand wrong, which loses good lines; that is why the cells are cut here.

mod cells;
mod header;

pub use header::{HeaderError, HeaderFault};

use super::lines::{Line, Lines};
use super::{Desk, Fault, Field, Quarantined, Reason, Row, row};
use crate::evidence::EventKind;
use crate::word::Word;
use header::Header;

use super::cells::Cells;

/// Reads CSV that comes in pieces of any size; holds at most one line of it.
///
/// It does not compare lines with each other; [`References`](super::References) does.
#[derive(Debug, Default)]
pub struct CsvStream {
    lines: Lines,
    /// Nothing before the header line; a refusal stays.
    header: Option<Result<Header, HeaderError>>,
}

impl CsvStream {
    /// A stream of which nothing has come yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece; each line that ends in it goes to `sink` as a row or quarantined.
    ///
    /// # Errors
    /// [`HeaderError`] where the header is refused, now and for every later piece; then no line of
    /// the file is read.
    pub fn feed(
        &mut self,
        mut piece: &[u8],
        desk: &mut Desk<'_>,
        mut sink: impl FnMut(Result<Row, Quarantined>),
    ) -> Result<(), HeaderError> {
        if let Some(Err(error)) = &self.header {
            return Err(error.clone());
        }
        while let Some(line) = self.lines.next(&mut piece) {
            if let Some(read) = read(&mut self.header, line, desk)? {
                sink(read);
            }
        }
        Ok(())
    }

    /// Reads the last line, where the file does not end with a line end.
    ///
    /// # Errors
    /// [`HeaderError`] where the header is refused or never came.
    pub fn finish(
        mut self,
        desk: &mut Desk<'_>,
        mut sink: impl FnMut(Result<Row, Quarantined>),
    ) -> Result<(), HeaderError> {
        if let Some(Err(error)) = self.header {
            return Err(error);
        }
        if let Some(line) = self.lines.last()
            && let Some(read) = read(&mut self.header, line, desk)?
        {
            sink(read);
        }
        match self.header {
            Some(_) => Ok(()),
            None => Err(HeaderError::absent()),
        }
    }
}

/// Reads one line; nothing for the header and for lines of white space only.
fn read(
    header: &mut Option<Result<Header, HeaderError>>,
    line: Line<'_>,
    desk: &mut Desk<'_>,
) -> Result<Option<Result<Row, Quarantined>>, HeaderError> {
    if line
        .bytes
        .is_some_and(|bytes| bytes.iter().all(u8::is_ascii_whitespace))
    {
        return Ok(None);
    }
    let known = match header {
        Some(Ok(known)) => known,
        Some(Err(error)) => return Err(error.clone()),
        None => {
            let read = Header::read(line);
            let refusal = read.as_ref().err().cloned();
            *header = Some(read);
            return refusal.map_or(Ok(None), Err);
        }
    };
    let read = texts(known, line)
        .map_err(|reason| vec![Fault::of_line(reason)])
        .and_then(|cells| row::read(line.number, cells, desk))
        .map_err(|faults| Quarantined::new(line.number, faults));
    Ok(Some(read))
}

/// Puts the cells of a line under the fields of the header.
fn texts<'a>(header: &Header, line: Line<'a>) -> Result<Cells<'a>, Reason> {
    let bytes = line.bytes.ok_or(Reason::LineTooLong)?;
    let text = str::from_utf8(bytes).map_err(|_| Reason::NotUtf8)?;
    let expected = header.columns().len();
    let mut cells = Cells::new();
    let mut found = 0;
    let mut answers = None;
    for cell in cells::split(text) {
        let cell = cell?;
        let field = header.columns().get(found).copied();
        found += 1;
        match field {
            Some(Field::Answers) => answers = Some(cell),
            Some(field) if !cell.is_empty() => {
                cells.see(field);
                cells.put(field, cell);
            }
            // An empty cell is a field that is not there.
            _ => {}
        }
    }
    if found != expected {
        return Err(Reason::CellCount { expected, found });
    }
    match answers {
        Some(list) if !list.is_empty() => {
            cells.see(Field::Answers);
            cells.put_answers(list.split('^').map(|text| text.to_owned().into()).collect());
        }
        // In a declaration it says that every answer was the healthy one.
        Some(_) if cells.text(Field::Kind) == Some(EventKind::Declaration.word()) => {
            cells.see(Field::Answers);
            cells.put_answers(Vec::new());
        }
        _ => {}
    }
    Ok(cells)
}
