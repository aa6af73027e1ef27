//! One data element: its format, domain and obligation.

use core::fmt;

use hc_code::{DivisionCode, Level, Timestamp};

use crate::division::DivisionTable;
use crate::domain_table::{DomainTable, Grade};

use super::FieldProblem;
use super::mask::Mask;

/// A group of data elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// Who the person is (个人基本信息).
    Basic,
    /// How the person is (个人健康信息).
    Health,
    /// Where the person goes (行程信息); one object is one trip.
    Itinerary,
    /// What services say about the person (健康证明信息).
    Certificate,
    /// What one region says, inside a certificate.
    RegionReport,
}

impl Group {
    /// All groups.
    pub const ALL: [Self; 5] = [
        Self::Basic,
        Self::Health,
        Self::Itinerary,
        Self::Certificate,
        Self::RegionReport,
    ];

    /// The word of the group in the element table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Basic => "basic",
            Self::Health => "health",
            Self::Itinerary => "itinerary",
            Self::Certificate => "certificate",
            Self::RegionReport => "region-report",
        }
    }

    /// The group of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|group| group.word() == word)
    }
}

/// One row of the element table.
#[derive(Clone, Debug)]
pub struct DataElement {
    pub(super) group: Group,
    pub(super) name: String,
    pub(super) zh: String,
    pub(super) en: String,
    pub(super) format: Format,
    pub(super) most: Option<usize>,
    pub(super) domain: ValueDomain,
    pub(super) obligation: Obligation,
    pub(super) deployed: Option<String>,
    pub(super) grade: Grade,
    pub(super) mask: Mask,
}

/// The form of one value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `AN..n`: 1 to n characters.
    Text {
        /// Most characters.
        most: usize,
    },
    /// `An`: exactly n capital letters A to Z.
    Letters {
        /// How many.
        count: usize,
    },
    /// `Nn`: exactly n digits.
    Digits {
        /// How many.
        count: usize,
    },
    /// `N..n`: 1 to n digits.
    Number {
        /// Most digits.
        most: usize,
    },
    /// `Nw,p`: up to w digits, and up to p after a point.
    Decimal {
        /// Most digits before the point.
        whole: usize,
        /// Most digits after it.
        places: usize,
    },
    /// `DT`: RFC 3339 with an offset.
    Time,
    /// `G`: an object of another group.
    Object,
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum ValueDomain {
    /// Anything of the format.
    Any,
    /// A code of a table.
    Table(&'static DomainTable),
    /// A division that exists or ever existed.
    Division,
    /// A division code by its form: regions that issue codes need not be divisions of GB/T 2260 (the
    /// Xinjiang Production and Construction Corps is none).
    Region,
    /// A level.
    Level,
    /// An object of a group.
    Group(Group),
}

/// Whether the element must be there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Obligation {
    /// Always.
    Mandatory,
    /// May be left out.
    Optional,
    /// Exactly when the other element is there.
    With(String),
}

impl DataElement {
    /// The group it belongs to.
    pub fn group(&self) -> Group {
        self.group
    }

    /// The name in records.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The name in Chinese.
    pub fn zh(&self) -> &str {
        &self.zh
    }

    /// The name in English.
    pub fn en(&self) -> &str {
        &self.en
    }

    /// The form of a value, or of each value of a list.
    pub fn format(&self) -> Format {
        self.format
    }

    /// Most values of a list; `None` where there is one value and no list.
    pub fn most_values(&self) -> Option<usize> {
        self.most
    }

    /// What a value may be.
    pub fn domain(&self) -> ValueDomain {
        self.domain
    }

    /// Whether it must be there.
    pub fn obligation(&self) -> &Obligation {
        &self.obligation
    }

    /// The name under which deployed software carries it.
    pub fn deployed_name(&self) -> Option<&str> {
        self.deployed.as_deref()
    }

    /// How well the element is known.
    pub fn grade(&self) -> Grade {
        self.grade
    }

    /// How others see it.
    pub fn mask(&self) -> Mask {
        self.mask
    }

    /// Checks one value's text against format and domain.
    ///
    /// # Errors
    /// [`FieldProblem`], without the text.
    pub fn check_text(&self, text: &str) -> Result<(), FieldProblem> {
        if !self.format.fits(text) {
            return Err(FieldProblem::Format(self.format));
        }
        match self.domain {
            ValueDomain::Any | ValueDomain::Group(_) => Ok(()),
            ValueDomain::Table(table) => match table.by_code(text) {
                Some(_) => Ok(()),
                None => Err(FieldProblem::NotInTable(table.name().to_owned())),
            },
            ValueDomain::Division => match text.parse::<DivisionCode>() {
                Err(_) => Err(FieldProblem::Division),
                Ok(code) if DivisionTable::bundled().existed_ever(code) => Ok(()),
                Ok(_) => Err(FieldProblem::NoSuchDivision),
            },
            ValueDomain::Region => match text.parse() {
                Ok(DivisionCode::COUNTRY) | Err(_) => Err(FieldProblem::Division),
                Ok(_) => Ok(()),
            },
            ValueDomain::Level if Level::ALL.iter().any(|level| level.code() == text) => Ok(()),
            ValueDomain::Level => Err(FieldProblem::Level),
        }
    }
}

impl Format {
    /// The format of its sign in the element table.
    pub fn of_sign(sign: &str) -> Option<Self> {
        let count = |text: &str| text.parse().ok().filter(|count| (1..=1000).contains(count));
        if let Some(most) = sign.strip_prefix("AN..") {
            return count(most).map(|most| Self::Text { most });
        }
        if let Some(most) = sign.strip_prefix("N..") {
            return count(most).map(|most| Self::Number { most });
        }
        match sign {
            "DT" => return Some(Self::Time),
            "G" => return Some(Self::Object),
            _ => {}
        }
        if let Some(letters) = sign.strip_prefix('A') {
            return count(letters).map(|count| Self::Letters { count });
        }
        let digits = sign.strip_prefix('N')?;
        match digits.split_once(',') {
            None => count(digits).map(|count| Self::Digits { count }),
            Some((whole, places)) => Some(Self::Decimal {
                whole: count(whole)?,
                places: count(places)?,
            }),
        }
    }

    /// Whether a JSON number may stand for the text: a quantity, or one digit. A code of several digits is text, because
    /// a number has no leading zeros.
    pub fn is_numeric(self) -> bool {
        matches!(
            self,
            Self::Digits { count: 1 } | Self::Number { .. } | Self::Decimal { .. }
        )
    }

    fn fits(self, text: &str) -> bool {
        let digits = |text: &str, counts: core::ops::RangeInclusive<usize>| {
            counts.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        match self {
            Self::Text { most } => (1..=most).contains(&text.chars().count()),
            Self::Letters { count } => {
                text.len() == count && text.bytes().all(|byte| byte.is_ascii_uppercase())
            }
            Self::Digits { count } => digits(text, count..=count),
            Self::Number { most } => digits(text, 1..=most),
            Self::Decimal { whole, places } => match text.split_once('.') {
                None => digits(text, 1..=whole),
                Some((before, after)) => digits(before, 1..=whole) && digits(after, 1..=places),
            },
            Self::Time => text.parse::<Timestamp>().is_ok(),
            Self::Object => false,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text { most } => write!(f, "a text of 1 to {most} characters"),
            Self::Letters { count } => write!(f, "{count} capital letters A to Z"),
            Self::Digits { count: 1 } => f.write_str("one digit"),
            Self::Digits { count } => write!(f, "{count} digits"),
            Self::Number { most } => write!(f, "1 to {most} digits"),
            Self::Decimal { whole, places } => {
                write!(
                    f,
                    "a decimal of up to {whole} digits and {places} after the point"
                )
            }
            Self::Time => f.write_str("a time like 2022-06-28T09:00:00+08:00"),
            Self::Object => f.write_str("an object"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_name_formats() {
        for (sign, format) in [
            ("AN..100", Format::Text { most: 100 }),
            ("A3", Format::Letters { count: 3 }),
            ("N6", Format::Digits { count: 6 }),
            ("N..2", Format::Number { most: 2 }),
            (
                "N2,1",
                Format::Decimal {
                    whole: 2,
                    places: 1,
                },
            ),
            ("DT", Format::Time),
            ("G", Format::Object),
        ] {
            assert_eq!(Format::of_sign(sign), Some(format));
        }
        for sign in [
            "", "AN", "AN..", "AN..0", "N", "N2,", "B3", "DT15", "N-1", "A100000",
        ] {
            assert_eq!(Format::of_sign(sign), None, "{sign}");
        }
    }

    #[test]
    fn texts_fit_their_format_exactly() {
        let decimal = Format::Decimal {
            whole: 2,
            places: 1,
        };
        for (format, good, bad) in [
            (
                Format::Text { most: 2 },
                vec!["张", "张三"],
                vec!["", "张三丰"],
            ),
            (
                Format::Letters { count: 3 },
                vec!["CHN"],
                vec!["chn", "CH", "CHNN", "CH1"],
            ),
            (
                Format::Digits { count: 2 },
                vec!["01"],
                vec!["1", "011", "０1", "+1"],
            ),
            (
                Format::Number { most: 2 },
                vec!["1", "12"],
                vec!["", "123", "-1"],
            ),
            (
                decimal,
                vec!["36.5", "36", "6.5"],
                vec!["36.55", "136", "36.", ".5", "3.6e1"],
            ),
            (
                Format::Time,
                vec!["2022-06-28T09:00:00+08:00"],
                vec!["2022-06-28", "20220628"],
            ),
            (Format::Object, vec![], vec!["{}"]),
        ] {
            assert!(good.into_iter().all(|text| format.fits(text)), "{format}");
            assert!(!bad.into_iter().any(|text| format.fits(text)), "{format}");
        }
    }
}
