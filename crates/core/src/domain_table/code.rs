//! Values that exist only if they stand in their table.

use core::cmp::Ordering;
use core::fmt;
use core::marker::PhantomData;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

use super::{Domain, Row};

/// One value of the bundled table of `D`, for example `Code<Sex>`.
#[derive(Serialize, Deserialize)]
#[serde(try_from = "String", into = "String", bound = "")]
pub struct Code<D: Domain> {
    row: &'static Row,
    domain: PhantomData<fn() -> D>,
}

/// A text that is not a code of the table. The text itself is not repeated, because it may be
/// personal data in the wrong place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a code of the table {table}{}", choices(.table))]
pub struct NotInTable {
    /// The table's name.
    pub table: &'static str,
}

fn choices(table: &str) -> String {
    const SHOWN: usize = 12;
    match super::bundled(table) {
        Some(table) if table.rows().len() <= SHOWN => {
            let codes: Vec<&str> = table.rows().iter().map(Row::code).collect();
            format!(": {}", codes.join(", "))
        }
        _ => String::new(),
    }
}

impl<D: Domain> Code<D> {
    /// All values, in the order of the table.
    pub fn all() -> impl Iterator<Item = Self> {
        D::table().rows().iter().map(Self::of_row)
    }

    /// The value that programs call by this word.
    ///
    /// # Errors
    /// [`NotInTable`] where the table has no such word.
    pub fn from_word(word: &str) -> Result<Self, NotInTable> {
        Self::found(D::table().by_word(word))
    }

    /// The first value whose cell in a column of the table is `value`.
    ///
    /// # Errors
    /// [`NotInTable`] where no row has it.
    pub fn from_cell(column: &str, value: &str) -> Result<Self, NotInTable> {
        Self::found(D::table().by_cell(column, value))
    }

    /// The value that interfaces carry.
    pub fn code(self) -> &'static str {
        self.row.code()
    }

    /// The word by which programs refer to the value.
    pub fn word(self) -> &'static str {
        self.row.word()
    }

    /// Whether this is the value that programs call by this word.
    pub fn is(self, word: &str) -> bool {
        self.row.word() == word
    }

    /// The name in Chinese.
    pub fn zh(self) -> &'static str {
        self.row.zh()
    }

    /// The name in English.
    pub fn en(self) -> &'static str {
        self.row.en()
    }

    /// The cell in one of the table's own columns.
    pub fn cell(self, column: &str) -> Option<&'static str> {
        D::table().cell(self.row, column)
    }

    fn of_row(row: &'static Row) -> Self {
        Self {
            row,
            domain: PhantomData,
        }
    }

    fn found(row: Option<&'static Row>) -> Result<Self, NotInTable> {
        row.map(Self::of_row).ok_or(NotInTable { table: D::NAME })
    }
}

impl<D: Domain> FromStr for Code<D> {
    type Err = NotInTable;

    fn from_str(text: &str) -> Result<Self, NotInTable> {
        Self::found(D::table().by_code(text))
    }
}

impl<D: Domain> TryFrom<String> for Code<D> {
    type Error = NotInTable;

    fn try_from(text: String) -> Result<Self, NotInTable> {
        text.parse()
    }
}

impl<D: Domain> From<Code<D>> for String {
    fn from(code: Code<D>) -> Self {
        code.code().to_owned()
    }
}

impl<D: Domain> Clone for Code<D> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<D: Domain> Copy for Code<D> {}

impl<D: Domain> PartialEq for Code<D> {
    fn eq(&self, other: &Self) -> bool {
        self.row.code() == other.row.code()
    }
}

impl<D: Domain> Eq for Code<D> {}

impl<D: Domain> PartialOrd for Code<D> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<D: Domain> Ord for Code<D> {
    fn cmp(&self, other: &Self) -> Ordering {
        self.row.code().cmp(other.row.code())
    }
}

impl<D: Domain> fmt::Display for Code<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.row.code())
    }
}

impl<D: Domain> fmt::Debug for Code<D> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({} {})", D::NAME, self.row.code(), self.row.word())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Country, Sex};
    use super::*;

    #[test]
    fn a_value_exists_only_if_its_table_has_it() {
        let female: Code<Sex> = "2".parse().unwrap();
        assert_eq!(female.word(), "female");
        assert_eq!(Code::<Sex>::from_word("female"), Ok(female));
        for text in ["3", "", "２", "female", " 2"] {
            assert!(text.parse::<Code<Sex>>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn a_refusal_lists_short_tables_and_never_repeats_the_input() {
        let error = "11010519491231002X".parse::<Code<Sex>>().unwrap_err();
        assert_eq!(error.to_string(), "not a code of the table sex: 0, 1, 2, 9");
        let error = "11010519491231002X".parse::<Code<Country>>().unwrap_err();
        assert_eq!(error.to_string(), "not a code of the table countries");
    }

    #[test]
    fn serde_carries_the_code_and_refuses_others() {
        let sex: Code<Sex> = serde_json::from_str("\"1\"").unwrap();
        assert_eq!(serde_json::to_string(&sex).unwrap(), "\"1\"");
        assert!(serde_json::from_str::<Code<Sex>>("\"x\"").is_err());
    }
}
