//! Evidence lines: how evidence comes in, as NDJSON or CSV.
//!
//! `spec/evidence.md` is the normative description. Good lines go on and bad ones are quarantined
//! with everything that is wrong with them; a line never spoils another one. Small batches are read
//! whole with [`ndjson()`] and [`csv()`]; files of any size through [`NdjsonStream`] and [`CsvStream`],
//! which hold one line, and [`References`].

mod batch;
mod cells;
mod csv;
mod event;
mod field;
mod lines;
mod moments;
mod ndjson;
mod quarantine;
mod references;
mod row;
mod write;

pub use batch::{Batch, Repetition};
pub use csv::{CsvStream, HeaderError, HeaderFault};
pub use field::{Field, LineKind};
pub use ndjson::NdjsonStream;
pub use quarantine::{Fault, Quarantined, Reason};
pub use references::{References, RepeatedReferences};
pub use row::{Named, Record, Row};
pub use write::{line_of_evidence, line_of_known, line_of_row};

use hc_code::Timestamp;

use crate::place::PlaceTable;

/// The most bytes that a line may have without its end: 64 KiB.
pub const LONGEST_LINE: usize = 64 << 10;

/// When lines were received that do not state it themselves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Receipt {
    /// All at this instant: a batch that comes in now.
    At(Timestamp),
    /// Each when it was reported, or else when what it states was over; the archive is read at this
    /// instant, and no line may be later.
    Archived(Timestamp),
}

impl Receipt {
    /// The instant that no line may be later than.
    pub(crate) const fn latest(self) -> Timestamp {
        match self {
            Self::At(instant) | Self::Archived(instant) => instant,
        }
    }
}

impl From<Timestamp> for Receipt {
    fn from(instant: Timestamp) -> Self {
        Self::At(instant)
    }
}

/// What lines are read with.
#[derive(Debug)]
pub struct Desk<'a> {
    received: Receipt,
    places: &'a mut PlaceTable,
    codes: bool,
}

impl<'a> Desk<'a> {
    /// Reads lines that are received now.
    ///
    /// `received` is the receipt of every line that does not state its own; one that does, as an
    /// archive that is read again, may state an earlier one. The places of stays get their numbers in
    /// `places`.
    pub fn new(received: impl Into<Receipt>, places: &'a mut PlaceTable) -> Self {
        Self {
            received: received.into(),
            places,
            codes: false,
        }
    }

    /// Takes lines that name their person by a code, too: a batch that a region receives, and nothing that
    /// is read later, when nobody can tell any more whose code it was.
    #[must_use]
    pub const fn with_codes(mut self) -> Self {
        self.codes = true;
        self
    }
}

/// Reads a batch of NDJSON. Never fails as a whole: every line is a row, a repetition, quarantined,
/// or blank.
pub fn ndjson(bytes: &[u8], desk: &mut Desk<'_>) -> Batch {
    let mut gathering = batch::Gathering::default();
    let mut stream = NdjsonStream::new();
    stream.feed(bytes, desk, |read| gathering.take(read));
    stream.finish(desk, |read| gathering.take(read));
    gathering.close()
}

/// Reads a batch of CSV.
///
/// # Errors
/// [`HeaderError`] where the header is refused; no line is read then. Lines are judged each for
/// itself, as in [`ndjson()`].
pub fn csv(bytes: &[u8], desk: &mut Desk<'_>) -> Result<Batch, HeaderError> {
    let mut gathering = batch::Gathering::default();
    let mut stream = CsvStream::new();
    stream.feed(bytes, desk, |read| gathering.take(read))?;
    stream.finish(desk, |read| gathering.take(read))?;
    Ok(gathering.close())
}
