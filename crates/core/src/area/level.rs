//! The level of an area.

use std::fmt;
use std::str::FromStr;

/// How risky an area is, as published. Not the [`Level`](hc_code::Level) of a person: rules decide what
/// follows from a stay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AreaLevel {
    /// 低风险区, published since July 2022.
    Low,
    /// 中风险区.
    Medium,
    /// 高风险区.
    High,
}

impl AreaLevel {
    /// All levels, the lowest first.
    pub const ALL: [Self; 3] = [Self::Low, Self::Medium, Self::High];

    /// The word that files carry: `low`, `medium`, `high`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }

    /// The word that notices carry.
    pub const fn word_zh(self) -> &'static str {
        match self {
            Self::Low => "低风险区",
            Self::Medium => "中风险区",
            Self::High => "高风险区",
        }
    }
}

impl fmt::Display for AreaLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A text that is not the level of an area.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not the level of an area: low, medium or high")]
pub struct UnknownAreaLevel(pub String);

impl FromStr for AreaLevel {
    type Err = UnknownAreaLevel;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|level| level.word() == text)
            .ok_or_else(|| UnknownAreaLevel(text.to_owned()))
    }
}
