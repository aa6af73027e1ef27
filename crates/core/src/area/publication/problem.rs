//! What can be wrong with a publication.

use hc_code::Timestamp;

use super::{LARGEST_PUBLICATION, LONGEST_NAME, LONGEST_PLACE, MOST_PLACES, MOST_ROWS};

/// Why there is no publication in a text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FeedError {
    /// More bytes than any publication.
    #[error("{0} bytes, more than {LARGEST_PUBLICATION}")]
    TooLong(usize),
    /// Not JSON, nested too deeply, or a field stands twice.
    #[error("not JSON: {0}")]
    Json(String),
    /// The text or its field `data` is not an object.
    #[error("{0} instead of an object with the lists")]
    NotAnObject(&'static str),
    /// None of the lists of risk areas.
    #[error("none of the lists highlist, middlelist, lowlist")]
    NoLists,
    /// No field `end_update_time`, and no time in the name of the file.
    #[error("no field end_update_time")]
    NoTime,
    /// The time is not like `2022-04-15 11时`.
    #[error("field end_update_time: {0:?} is not a time like 2022-04-15 11时")]
    Time(String),
    /// More rows than any list.
    #[error("{list} has {rows} rows, more than {MOST_ROWS}")]
    TooManyRows {
        /// Name of the list.
        list: &'static str,
        /// How many.
        rows: usize,
    },
}

/// What is wrong or new in a publication of which the rest could be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FeedProblem {
    /// A list of a name that we do not know: the format has changed.
    #[error("unknown list {name} with {rows} entries")]
    UnknownList {
        /// Its name.
        name: String,
        /// How many entries it has.
        rows: usize,
    },
    /// Any other field that we do not know.
    #[error("unknown field {0}")]
    UnknownField(String),
    /// A known list is not a list; it counts as absent.
    #[error("{list} is {found} instead of a list")]
    NotAList {
        /// Its name.
        list: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// A count is not a number; it is not compared.
    #[error("{name} is {found} instead of a count")]
    NotACount {
        /// Its name.
        name: String,
        /// What it is.
        found: &'static str,
    },
    /// The feed counts its own places differently.
    #[error("{list} has {found} places but states {stated}")]
    CountDiffers {
        /// Name of the list.
        list: &'static str,
        /// The stated count.
        stated: u64,
        /// The places that could be read.
        found: usize,
    },
    /// The stated time cannot be read or is missing; that of the file's name was taken.
    #[error("end_update_time {stated:?} is not a time; took {named} from the name")]
    TimeOfName {
        /// The text of the field.
        stated: String,
        /// The time of the name.
        named: Timestamp,
    },
    /// The file is named for another time than it states; the stated one was taken.
    #[error("states {at} but is named for {named}")]
    NameDiffers {
        /// The stated time.
        at: Timestamp,
        /// The time of the name.
        named: Timestamp,
    },
    /// A row, or a place of it, could not be read and was left out.
    #[error("{list} row {row}: {problem}")]
    Row {
        /// Name of the list.
        list: &'static str,
        /// Number of the row, from 1.
        row: usize,
        /// What is wrong.
        problem: RowProblem,
    },
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// The row is not an object.
    #[error("{0} instead of an object")]
    NotAnObject(&'static str),
    /// A field is missing or empty.
    #[error("field {field} is missing or empty")]
    Missing {
        /// Its name.
        field: &'static str,
    },
    /// A field is of the wrong kind.
    #[error("field {field} is {found}")]
    NotText {
        /// Its name.
        field: &'static str,
        /// What it is.
        found: &'static str,
    },
    /// The name of a division is too long or has control characters.
    #[error("field {field}: {text:?} is not a name of at most {LONGEST_NAME} characters")]
    Name {
        /// Its name.
        field: &'static str,
        /// The beginning of its text.
        text: String,
    },
    /// The list of places is empty.
    #[error("field communitys is empty")]
    NoPlaces,
    /// The list of places is longer than any.
    #[error("field communitys has {0} places, more than {MOST_PLACES}")]
    TooManyPlaces(usize),
    /// One place is empty, too long, has control characters or is no text; the others of the row count.
    #[error(
        "field communitys, place {number}: {text:?} is not a place of at most {LONGEST_PLACE} characters"
    )]
    Place {
        /// Number of the place, from 1.
        number: usize,
        /// The beginning of its text, or what it is.
        text: String,
    },
}

impl FeedProblem {
    /// Whether areas that the publication names are lost by it.
    pub const fn loses_areas(&self) -> bool {
        matches!(
            self,
            Self::NotAList { .. } | Self::Row { .. } | Self::UnknownList { .. }
        )
    }
}
