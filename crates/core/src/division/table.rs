//! The table of divisions and its look-ups.

use std::sync::LazyLock;

use hc_code::{DivisionCode, DivisionCodeError, DivisionRank};

use super::{Division, NamePeriod, Years};

/// No list of divisions of a country is longer, in bytes.
const LONGEST_TABLE: usize = 8 << 20;
/// The longest real name has 15 characters (双江拉祜族佤族布朗族傣族自治县).
const LONGEST_NAME: usize = 40;

static BUNDLED: LazyLock<DivisionTable> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the text is part of the program; `the_bundled_table_is_whole` reads it"
    )]
    DivisionTable::parse(include_str!("../../tables/gbt2260.tsv")).expect("the bundled table")
});

/// All divisions of a country over the years, for look-up by code and by name.
///
/// Look-ups are binary searches in sorted lists; nothing is copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DivisionTable {
    /// By code.
    divisions: Vec<Division>,
    /// Name and index into `divisions`, by both; former names too.
    names: Vec<(Box<str>, usize)>,
}

/// A text that is not a table of divisions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("division table, line {line}: {problem}")]
pub struct DivisionTableError {
    line: usize,
    problem: DivisionTableProblem,
}

/// What is wrong with a line of a table of divisions.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DivisionTableProblem {
    /// The text has more bytes than any such table.
    #[error("the table has {0} bytes, more than {LONGEST_TABLE}")]
    TooLong(usize),
    /// Not one division.
    #[error("the table has no division")]
    Empty,
    /// Not the four fields code, name, first year, last year.
    #[error("{0} fields between tabs instead of 4: code, name, first year, last year")]
    FieldCount(usize),
    /// The first field is not a code.
    #[error(transparent)]
    Code(#[from] DivisionCodeError),
    /// `000000` is not a division.
    #[error("000000 is the country, not a division")]
    Country,
    /// The second field is empty, too long, or has spaces or control characters.
    #[error("{0:?} is not a name: 1 to {LONGEST_NAME} characters without spaces")]
    Name(String),
    /// A year is not four digits.
    #[error("{0:?} is not a year of four digits")]
    Year(String),
    /// The last year is before the first.
    #[error("the last year {last} is before the first year {first}")]
    YearOrder {
        /// First year of the line.
        first: u16,
        /// Last year of the line.
        last: u16,
    },
    /// Two lines give one code two names at a time.
    #[error("{code} has two names in {year}")]
    Overlap {
        /// The code.
        code: DivisionCode,
        /// The first year with two names.
        year: u16,
    },
    /// A prefecture or county whose province is nowhere in the table.
    #[error("{0} has no province in the table")]
    NoProvince(DivisionCode),
}

impl DivisionTableError {
    /// The number of the line, from 1; 0 where the text as a whole is meant.
    pub const fn line(&self) -> usize {
        self.line
    }

    /// What is wrong there.
    pub const fn problem(&self) -> &DivisionTableProblem {
        &self.problem
    }
}

impl DivisionTable {
    /// The table that comes with the program: 1980 to 2023, sources in its header.
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Reads a table: lines of code, name, first year, last year (empty: current; both empty: not known),
    /// separated by tabs; empty lines and lines that begin with `#` are comments. The order of lines does not matter.
    ///
    /// # Errors
    /// [`DivisionTableError`] names the first line that is wrong and why; nothing of such a table is used.
    pub fn parse(text: &str) -> Result<Self, DivisionTableError> {
        if text.len() > LONGEST_TABLE {
            return Err(whole(DivisionTableProblem::TooLong(text.len())));
        }
        let mut lines = Vec::new();
        for (line, content) in (1..).zip(text.lines()) {
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let (code, period) =
                parse_line(content).map_err(|problem| DivisionTableError { line, problem })?;
            lines.push((code, period, line));
        }
        lines.sort_by_key(|(code, period, line)| (*code, period.years, *line));
        Self::from_sorted(lines)
    }

    fn from_sorted(
        lines: Vec<(DivisionCode, NamePeriod, usize)>,
    ) -> Result<Self, DivisionTableError> {
        let mut divisions: Vec<Division> = Vec::new();
        for (code, period, line) in lines {
            let at_line = |problem| DivisionTableError { line, problem };
            // Provinces sort before what lies in them.
            let known = |code| {
                divisions
                    .binary_search_by_key(&code, Division::code)
                    .is_ok()
            };
            if code.rank() != DivisionRank::Province && !known(code.province()) {
                return Err(at_line(DivisionTableProblem::NoProvince(code)));
            }
            match divisions.last_mut() {
                Some(division) if division.code == code => {
                    if let Some(year) = period.first()
                        && division.latest.covers(year)
                    {
                        return Err(at_line(DivisionTableProblem::Overlap { code, year }));
                    }
                    let former = std::mem::replace(&mut division.latest, period);
                    division.former.push(former);
                }
                _ => divisions.push(Division {
                    code,
                    latest: period,
                    former: Vec::new(),
                }),
            }
        }
        if divisions.is_empty() {
            return Err(whole(DivisionTableProblem::Empty));
        }
        let mut names: Vec<(Box<str>, usize)> = divisions
            .iter()
            .enumerate()
            .flat_map(|(index, division)| {
                division
                    .periods()
                    .map(move |period| (period.name.clone(), index))
            })
            .collect();
        names.sort();
        names.dedup();
        Ok(Self { divisions, names })
    }

    /// The division with that code, current or abolished.
    pub fn get(&self, code: DivisionCode) -> Option<&Division> {
        self.divisions
            .binary_search_by_key(&code, Division::code)
            .ok()
            .and_then(|index| self.divisions.get(index))
    }

    /// Whether the code was ever in use. Identity numbers keep abolished codes for life.
    pub fn existed_ever(&self, code: DivisionCode) -> bool {
        self.get(code).is_some()
    }

    /// Whether the code was in use at the end of that year.
    pub fn existed_in(&self, code: DivisionCode, year: u16) -> bool {
        self.get(code)
            .is_some_and(|division| division.existed_in(year))
    }

    /// The name that a code bears or bore last.
    pub fn name(&self, code: DivisionCode) -> Option<&str> {
        self.get(code).map(Division::name)
    }

    /// The name with those of what it lies in, e.g. `浙江省杭州市西湖区`, `北京市朝阳区`, `海南省文昌市`.
    ///
    /// An abolished division is named as it was in its last year.
    pub fn full_name(&self, code: DivisionCode) -> Option<String> {
        let division = self.get(code)?;
        let mut names = vec![division.name()];
        let mut below = code;
        while let Some(above) = self.parent(below) {
            let then = division.last_year().and_then(|year| above.name_in(year));
            names.push(then.unwrap_or_else(|| above.name()));
            below = above.code;
        }
        Some(names.into_iter().rev().collect())
    }

    /// The nearest division that this one lies in, past groupings; `None` for a province and for
    /// a code that the table does not have.
    pub fn parent(&self, code: DivisionCode) -> Option<&Division> {
        self.get(code)?;
        let mut above = code.parent();
        while above != DivisionCode::COUNTRY {
            match self.get(above) {
                Some(division) if !division.is_grouping() => return Some(division),
                _ => above = above.parent(),
            }
        }
        None
    }

    /// The current divisions directly in `code`, by code, past groupings; of the country, the provinces.
    pub fn children(&self, code: DivisionCode) -> impl Iterator<Item = &Division> {
        self.within(code).filter(move |division| {
            division.is_current()
                && !division.is_grouping()
                && division.code != code
                && self
                    .parent(division.code)
                    .map_or(DivisionCode::COUNTRY, Division::code)
                    == code
        })
    }

    /// Every division of that name, now or formerly, by code.
    pub fn named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Division> {
        let start = self.names.partition_point(|(known, _)| **known < *name);
        self.names
            .iter()
            .skip(start)
            .take_while(move |(known, _)| **known == *name)
            .filter_map(|(_, index)| self.divisions.get(*index))
    }

    /// Every division, current or abolished, that is `code` or lies in it, by code.
    pub fn within(&self, code: DivisionCode) -> impl Iterator<Item = &Division> {
        let start = self
            .divisions
            .partition_point(|division| division.code < code);
        self.divisions
            .iter()
            .skip(start)
            .take_while(move |division| code.contains(division.code))
    }

    /// Every division, by code.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Division> {
        self.divisions.iter()
    }
}

const fn whole(problem: DivisionTableProblem) -> DivisionTableError {
    DivisionTableError { line: 0, problem }
}

fn parse_line(content: &str) -> Result<(DivisionCode, NamePeriod), DivisionTableProblem> {
    let fields: Vec<&str> = content.split('\t').collect();
    let &[code, name, first, last] = fields.as_slice() else {
        return Err(DivisionTableProblem::FieldCount(fields.len()));
    };
    let code: DivisionCode = code.parse()?;
    if code == DivisionCode::COUNTRY {
        return Err(DivisionTableProblem::Country);
    }
    let length = name.chars().count();
    if length == 0
        || length > LONGEST_NAME
        || name.chars().any(|c| c.is_whitespace() || c.is_control())
    {
        return Err(DivisionTableProblem::Name(
            name.chars().take(LONGEST_NAME).collect(),
        ));
    }
    let years = match (first, last) {
        ("", "") => Years::Unknown,
        (first, "") => Years::Seen(parse_year(first)?, None),
        (first, last) => Years::Seen(parse_year(first)?, Some(parse_year(last)?)),
    };
    if let Years::Seen(first, Some(last)) = years
        && last < first
    {
        return Err(DivisionTableProblem::YearOrder { first, last });
    }
    let name = name.into();
    Ok((code, NamePeriod { name, years }))
}

fn parse_year(text: &str) -> Result<u16, DivisionTableProblem> {
    let four_digits = text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    four_digits
        .then(|| text.parse().ok())
        .flatten()
        .ok_or_else(|| DivisionTableProblem::Year(text.chars().take(12).collect()))
}

#[cfg(test)]
mod tests;
