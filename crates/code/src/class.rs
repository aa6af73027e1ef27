//! The class of a code.

use core::fmt;

use serde::{Deserialize, Serialize};

/// How long a code lives and what else it needs to be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Class {
    /// About a minute; needs nothing else.
    Live,
    /// Until the end of its day; needs a showing by the holder's key and the day's status list.
    Carried,
    /// Months; a pointer without facts, needs the paper list.
    Paper,
}

impl Class {
    /// All classes, by number.
    pub const ALL: [Self; 3] = [Self::Live, Self::Carried, Self::Paper];

    /// The letter in the standard domain of a code's text.
    pub const fn letter(self) -> char {
        match self {
            Self::Live => 'L',
            Self::Carried => 'C',
            Self::Paper => 'P',
        }
    }

    /// The class of a letter.
    pub fn from_letter(letter: char) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.letter() == letter)
    }

    /// The number in the signed statement.
    pub const fn number(self) -> u64 {
        match self {
            Self::Live => 0,
            Self::Carried => 1,
            Self::Paper => 2,
        }
    }

    /// The class of a number.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|class| class.number() == number)
    }

    /// The word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Carried => "carried",
            Self::Paper => "paper",
        }
    }
}

impl fmt::Display for Class {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
