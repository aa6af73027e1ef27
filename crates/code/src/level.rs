//! The level of a code.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// What a decision says about a person: the service level of GB/T 38961.
///
/// The two digits are those of deployed national-interface clients (00 / 01 / 10, and 20 where
/// nothing is known). A colour is how a level is *shown*; it is never stored, compared or parsed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Level {
    /// `00`: nothing known against passing.
    Low,
    /// `01`: something to be observed or checked first.
    Medium,
    /// `10`: a case, or someone who must stay isolated.
    High,
    /// `20`: no valid declaration or evidence. Neither a pass nor a refusal.
    Unknown,
}

impl Level {
    /// All levels, in the order of their codes.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Unknown];

    /// The two digits that interfaces carry.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Low => "00",
            Self::Medium => "01",
            Self::High => "10",
            Self::Unknown => "20",
        }
    }

    /// The word that rule packs and people use, in English.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Unknown => "unknown",
        }
    }

    /// The word in Chinese.
    pub const fn word_zh(self) -> &'static str {
        match self {
            Self::Low => "低风险",
            Self::Medium => "中风险",
            Self::High => "高风险",
            Self::Unknown => "未知",
        }
    }

    /// Whether the level restricts the person; such a level needs a reason with an end.
    pub const fn is_above_low(self) -> bool {
        matches!(self, Self::Medium | Self::High)
    }

    /// Rank among the levels that a rule can give: low 0, medium 1, high 2. `None` for unknown,
    /// which is not comparable to any of them.
    pub const fn severity(self) -> Option<u8> {
        match self {
            Self::Low => Some(0),
            Self::Medium => Some(1),
            Self::High => Some(2),
            Self::Unknown => None,
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A text that is neither the code nor the word of a level.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a level: low (00), medium (01), high (10) or unknown (20)")]
pub struct UnknownLevel(pub String);

impl FromStr for Level {
    type Err = UnknownLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|level| text == level.code() || text == level.word())
            .ok_or_else(|| UnknownLevel(text.to_owned()))
    }
}

impl TryFrom<String> for Level {
    type Error = UnknownLevel;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Level> for String {
    fn from(level: Level) -> Self {
        level.code().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_word_both_name_the_level() {
        for level in Level::ALL {
            assert_eq!(level.code().parse(), Ok(level));
            assert_eq!(level.word().parse(), Ok(level));
        }
    }

    #[test]
    fn a_colour_is_not_a_level() {
        for colour in ["green", "red", "", "0", "000", "Low"] {
            assert_eq!(
                colour.parse::<Level>(),
                Err(UnknownLevel(colour.to_owned()))
            );
        }
    }
}
