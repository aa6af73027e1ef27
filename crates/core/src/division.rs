//! Divisions of GB/T 2260: which codes exist or once existed, what they are called, and what lies in what.

use std::fmt;

use hc_code::DivisionCode;

mod table;

pub use table::{DivisionTable, DivisionTableError, DivisionTableProblem};

/// One code of GB/T 2260 with all that it was ever called.
///
/// Built by [`DivisionTable::parse`] only; a division has at least one [`NamePeriod`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Division {
    code: DivisionCode,
    latest: NamePeriod,
    /// In order of years, none overlapping, all before `latest`.
    former: Vec<NamePeriod>,
}

/// The years in which a code bore a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamePeriod {
    name: Box<str>,
    years: Years,
}

/// Which years; in order of time as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Years {
    /// Once; the code lives on in identity numbers only.
    Unknown,
    /// From the first year seen to the last; without the last while it is current.
    Seen(u16, Option<u16>),
}

/// Names that stand in the tables between a city or province and its counties and govern nothing.
const GROUPINGS: [&str; 10] = [
    "市辖区",
    "县",
    "市",
    "市区",
    "省直辖县级行政区划",
    "省直辖县级行政单位",
    "省直辖行政单位",
    "直辖行政单位",
    "自治区直辖县级行政区划",
    "自治区直辖县级行政单位",
];

impl Division {
    /// The six digits.
    pub const fn code(&self) -> DivisionCode {
        self.code
    }

    /// The name it bears, or bore last, e.g. `西湖区`; without the names of what it lies in.
    pub fn name(&self) -> &str {
        &self.latest.name
    }

    /// The name at the end of a year; `None` where the code was not in use then.
    pub fn name_in(&self, year: u16) -> Option<&str> {
        self.periods()
            .find(|period| period.covers(year))
            .map(NamePeriod::name)
    }

    /// Every name with its years, oldest first.
    pub fn periods(&self) -> impl DoubleEndedIterator<Item = &NamePeriod> {
        self.former.iter().chain(std::iter::once(&self.latest))
    }

    /// Whether the code was in use at the end of that year.
    pub fn existed_in(&self, year: u16) -> bool {
        self.periods().any(|period| period.covers(year))
    }

    /// Whether the newest list of the table still has it.
    pub const fn is_current(&self) -> bool {
        matches!(self.latest.years, Years::Seen(_, None))
    }

    /// The last year in which it was seen; `None` while it is current, and where it is not known.
    pub const fn last_year(&self) -> Option<u16> {
        self.latest.last()
    }

    /// Whether this is a mere heading of the tables, such as `110100 市辖区`.
    pub fn is_grouping(&self) -> bool {
        GROUPINGS.contains(&self.name())
    }
}

impl NamePeriod {
    /// The name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The first year seen; `None` where no year is known.
    pub const fn first(&self) -> Option<u16> {
        match self.years {
            Years::Seen(first, _) => Some(first),
            Years::Unknown => None,
        }
    }

    /// The last year seen; `None` while it is current, and where no year is known.
    pub const fn last(&self) -> Option<u16> {
        match self.years {
            Years::Seen(_, last) => last,
            Years::Unknown => None,
        }
    }

    /// Whether the name is known to have been in use at the end of that year.
    pub fn covers(&self, year: u16) -> bool {
        match self.years {
            Years::Seen(first, last) => first <= year && last.is_none_or(|last| year <= last),
            Years::Unknown => false,
        }
    }
}

impl fmt::Display for Division {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.code, self.name())
    }
}
