//! The class of a reason: the only part of a reason that a gate may see.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a level is not plainly low, in one of at most sixteen words.
///
/// A code carries the class (four bits); the rule, the evidence and the texts stay with the holder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
#[repr(u8)]
pub enum ReasonClass {
    /// No reason: the level is low, or nothing is known.
    None = 0,
    /// A confirmed, suspected or asymptomatic case.
    Case = 1,
    /// A contact of a case, of any degree.
    Contact = 2,
    /// A positive or undecided test that is not yet a case.
    Test = 3,
    /// A stay in an area while it was at risk.
    RiskArea = 4,
    /// Something to be checked first: a stay known too coarsely, a possible match.
    Check = 5,
    /// An arrival from abroad or from a region under control.
    Arrival = 6,
    /// A quarantine or observation that has been ordered and not yet ended.
    Quarantine = 7,
    /// Symptoms or a raised temperature.
    Symptoms = 8,
    /// A declaration that is needed and missing, or has lapsed.
    Declaration = 9,
    /// A test that is due and missing.
    TestDue = 10,
    /// An exposure at a venue of which the person was notified.
    Exposure = 11,
    /// Health monitoring after recovery or release.
    Monitoring = 12,
}

impl ReasonClass {
    /// All classes, in the order of their numbers.
    pub const ALL: [Self; 13] = [
        Self::None,
        Self::Case,
        Self::Contact,
        Self::Test,
        Self::RiskArea,
        Self::Check,
        Self::Arrival,
        Self::Quarantine,
        Self::Symptoms,
        Self::Declaration,
        Self::TestDue,
        Self::Exposure,
        Self::Monitoring,
    ];

    /// The number that a code carries: 0 to 15, of which 13 to 15 are not assigned.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The class of a number, if one is assigned.
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL.get(usize::from(number)).copied()
    }

    /// The word that rule packs and interfaces use.
    pub const fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Case => "case",
            Self::Contact => "contact",
            Self::Test => "test",
            Self::RiskArea => "risk-area",
            Self::Check => "check",
            Self::Arrival => "arrival",
            Self::Quarantine => "quarantine",
            Self::Symptoms => "symptoms",
            Self::Declaration => "declaration",
            Self::TestDue => "test-due",
            Self::Exposure => "exposure",
            Self::Monitoring => "monitoring",
        }
    }

    /// The words in Chinese.
    pub const fn word_zh(self) -> &'static str {
        match self {
            Self::None => "无",
            Self::Case => "病例",
            Self::Contact => "接触者",
            Self::Test => "检测异常",
            Self::RiskArea => "风险区旅居",
            Self::Check => "待排查",
            Self::Arrival => "入境或来返",
            Self::Quarantine => "隔离观察",
            Self::Symptoms => "症状或体温",
            Self::Declaration => "待申报",
            Self::TestDue => "应检未检",
            Self::Exposure => "场所暴露",
            Self::Monitoring => "健康监测",
        }
    }
}

impl fmt::Display for ReasonClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}

/// A text that is not the word of a reason class.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a reason class; the classes are: {words}", words = words())]
pub struct UnknownReasonClass(pub String);

fn words() -> String {
    ReasonClass::ALL.map(ReasonClass::word).join(", ")
}

impl FromStr for ReasonClass {
    type Err = UnknownReasonClass;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|class| text == class.word())
            .ok_or_else(|| UnknownReasonClass(text.to_owned()))
    }
}

impl TryFrom<String> for ReasonClass {
    type Error = UnknownReasonClass;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ReasonClass> for String {
    fn from(class: ReasonClass) -> Self {
        class.word().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_fit_four_bits_and_name_their_class() {
        for class in ReasonClass::ALL {
            assert!(class.number() < 16);
            assert_eq!(ReasonClass::from_number(class.number()), Some(class));
            assert_eq!(class.word().parse(), Ok(class));
        }
        assert_eq!(ReasonClass::from_number(13), None);
    }
}
