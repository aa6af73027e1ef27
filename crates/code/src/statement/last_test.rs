//! The last negative test, to the hour.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// How a test was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TestKind {
    /// Nucleic acid.
    NucleicAcid,
    /// Antigen.
    Antigen,
}

impl TestKind {
    /// All kinds, by number.
    pub const ALL: [Self; 2] = [Self::NucleicAcid, Self::Antigen];

    /// The number in a signed statement.
    pub const fn number(self) -> u64 {
        match self {
            Self::NucleicAcid => 0,
            Self::Antigen => 1,
        }
    }

    /// The kind of a number.
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.number() == number)
    }

    /// `nucleic-acid`, `antigen`.
    pub const fn word(self) -> &'static str {
        match self {
            Self::NucleicAcid => "nucleic-acid",
            Self::Antigen => "antigen",
        }
    }
}

/// When and how the last negative test was taken. The hour is enough for every rule in practice
/// (24 h, 48 h, 72 h) and tells less of a person's day than the minute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LastTest {
    hour: u32,
    kind: TestKind,
}

impl LastTest {
    /// The hour in which the sample was taken; `None` before 1970.
    pub fn at(time: Timestamp, kind: TestKind) -> Option<Self> {
        let hour = u32::try_from(time.unix().div_euclid(3600)).ok()?;
        Self::in_hour(hour, kind)
    }

    /// The hour counted from 1970-01-01T00:00Z; `None` beyond the year 9999.
    pub fn in_hour(hour: u32, kind: TestKind) -> Option<Self> {
        (i64::from(hour) * 3600 <= Timestamp::MAX.unix()).then_some(Self { hour, kind })
    }

    /// The hour counted from 1970-01-01T00:00Z.
    pub const fn hour(self) -> u32 {
        self.hour
    }

    /// The first second of the hour: ages are counted from here, so a test never looks younger
    /// than it is.
    pub const fn time(self) -> Timestamp {
        Timestamp::from_unix(self.hour as i64 * 3600)
    }

    /// How the test was done.
    pub const fn kind(self) -> TestKind {
        self.kind
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_never_looks_younger_than_it_is() {
        let taken: Timestamp = "2022-06-28T09:59:59+08:00".parse().unwrap();
        let test = LastTest::at(taken, TestKind::NucleicAcid).unwrap();
        assert_eq!(test.time(), "2022-06-28T09:00:00+08:00".parse().unwrap());
        assert_eq!(LastTest::at(Timestamp::MIN, TestKind::Antigen), None);
        assert_eq!(LastTest::in_hour(u32::MAX, TestKind::Antigen), None);
    }
}
