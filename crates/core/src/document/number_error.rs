//! Why a number is refused.

use super::{Bearer, Class};

/// Which rule a number breaks, and where. Never the number or a part of it: errors travel to logs,
/// operators and other people's screens.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NumberError {
    /// Nothing is left once spaces and marks are dropped.
    #[error("the number is empty")]
    Empty,
    /// The text is longer than any number.
    #[error("the number is longer than {limit} characters")]
    TooLong {
        /// Characters that are looked at.
        limit: usize,
    },
    /// The number has a wrong count of characters.
    #[error("the number has {found} characters where {expected} are expected")]
    Length {
        /// The lengths that exist, in words.
        expected: &'static str,
        /// Characters without decoration.
        found: usize,
    },
    /// A character cannot stand at its place.
    #[error("character {position} of the number is not {expected}")]
    Character {
        /// Counted from 1 in the text as written.
        position: usize,
        /// What may stand there.
        expected: Class,
    },
    /// The division digits name nothing.
    #[error("the digits of the division name none that exists or ever existed (GB/T 2260)")]
    Division,
    /// The birth date is not in the calendar.
    #[error("the birth date in the number does not exist")]
    BirthDate,
    /// The birth date is after today.
    #[error("the birth date in the number is in the future")]
    BirthInFuture,
    /// The birth date is before any living person's.
    #[error("the birth date in the number is before {earliest}")]
    BirthTooEarly {
        /// The first year that is accepted.
        earliest: i16,
    },
    /// The check character does not fit the others.
    #[error(
        "the last character does not fit the others: a digit is wrong or two are exchanged (ISO 7064 MOD 11-2)"
    )]
    CheckCharacter,
    /// The number belongs to a kind of document that the declared type cannot be.
    #[error("this is the number of {found}, not of a document of the declared type")]
    OtherBearer {
        /// Whose number it is.
        found: Bearer,
    },
    /// The letters are no country.
    #[error("letters 1 to 3 are no country or area (ISO 3166-1 alpha-3)")]
    Country,
    /// No digit at all.
    #[error("the number has no digit")]
    NoDigit,
    /// A child's number does not have its parts.
    #[error(
        "a child without a card is written as guardian's type/guardian's number/birth date/ordinal"
    )]
    ChildParts,
    /// The ordinal is not 1 to 9.
    #[error("the ordinal among the guardian's children born on one day is not 1 to 9")]
    ChildOrdinal,
    /// The guardian's document is not one of a guardian.
    #[error("the guardian's document is itself that of a child without a card")]
    GuardianIsChild,
    /// The guardian's document is refused.
    #[error("the guardian's document: {0}")]
    Guardian(Box<super::DocumentError>),
}
