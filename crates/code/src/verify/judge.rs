//! The total table: what a code and a list say together.
//!
//! `spec/verdict.md` shows every cell; a test prints this function and compares.

use crate::verify::lookup::Listed;
use crate::{Class, Level};

/// Whether facts are younger than the issuer's staleness limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Age {
    /// Younger.
    Fresh,
    /// As old or older: no facts.
    Stale,
}

/// What a code says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CodeWord {
    /// A live or carried code's level, and the age of its facts.
    Level(Level, Age),
    /// Paper says nothing.
    Pointer,
}

/// What the list that the code points to says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListWord {
    /// The gate holds none.
    Missing,
    /// The gate holds one whose time is over.
    Expired,
    /// The gate holds one that is good.
    Held {
        /// What it says.
        listed: Listed,
        /// How its facts compare with the code's.
        against_code: Recency,
        /// How old its facts are.
        age: Age,
    },
}

/// How the as-of of a list compares with that of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recency {
    /// The list's facts are as new or newer: the list's word counts.
    NotOlder,
    /// The code's facts are newer: the code's word counts.
    Older,
}

/// The level that counts, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// The level that counts.
    pub level: Level,
    /// Whose word it is.
    pub basis: Basis,
}

/// Whose word a judgement is, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Basis {
    /// The code's.
    Code,
    /// The list's.
    List,
    /// Nobody's: the facts are older than the issuer's limit.
    Stale,
    /// Nobody's: the code needs a list, and the gate holds none.
    NoList,
    /// Nobody's: the code needs a list, and the gate's has ended.
    ListExpired,
}

impl Basis {
    /// The word in verdicts and vectors.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::List => "list",
            Self::Stale => "stale",
            Self::NoList => "no-list",
            Self::ListExpired => "list-expired",
        }
    }
}

/// What counts. The newer facts win; stale facts are none; low is believed only from a live code
/// or where a list supports or precedes the code.
pub const fn judge(class: Class, code: CodeWord, list: ListWord) -> Judgement {
    match (class, code) {
        // A live code needs no list.
        (Class::Live, CodeWord::Level(level, age)) => from_code(level, age),
        (Class::Carried, CodeWord::Level(level, age)) => carried(level, age, list),
        (Class::Paper, _) | (_, CodeWord::Pointer) => match list {
            ListWord::Missing => nobody(Basis::NoList),
            ListWord::Expired => nobody(Basis::ListExpired),
            ListWord::Held { listed, age, .. } => from_list(listed, age),
        },
    }
}

const fn carried(level: Level, age: Age, list: ListWord) -> Judgement {
    match list {
        ListWord::Held {
            listed,
            against_code: Recency::NotOlder,
            age,
        } => from_list(listed, age),
        // Without a list nobody is cleared, and nobody who is restricted is set free.
        ListWord::Missing if matches!((level, age), (Level::Low, Age::Fresh)) => {
            nobody(Basis::NoList)
        }
        ListWord::Expired if matches!((level, age), (Level::Low, Age::Fresh)) => {
            nobody(Basis::ListExpired)
        }
        ListWord::Missing
        | ListWord::Expired
        | ListWord::Held {
            against_code: Recency::Older,
            ..
        } => from_code(level, age),
    }
}

const fn from_code(level: Level, age: Age) -> Judgement {
    match age {
        Age::Fresh => Judgement {
            level,
            basis: Basis::Code,
        },
        Age::Stale => nobody(Basis::Stale),
    }
}

const fn from_list(listed: Listed, age: Age) -> Judgement {
    let level = match listed {
        Listed::Low => Level::Low,
        Listed::High => Level::High,
        Listed::Medium => Level::Medium,
        Listed::Recheck => Level::Unknown,
    };
    match age {
        Age::Fresh => Judgement {
            level,
            basis: Basis::List,
        },
        Age::Stale => nobody(Basis::Stale),
    }
}

const fn nobody(basis: Basis) -> Judgement {
    Judgement {
        level: Level::Unknown,
        basis,
    }
}
