//! Domains of values as data: one tab-separated file per table, so that a holder of a standard can
//! replace a value without touching code.
//!
//! A file starts with a header line. The columns `code`, `zh`, `en` and `grade` are required;
//! `word` may be left out, and then the code is the word. Other columns belong to the table (the
//! codes of other lists, a form). Lines that start with `#` are remarks. Programs refer to a row by
//! its *word*, which stays when a standard's *code* for it is corrected.

mod bundled;
mod code;

use std::collections::BTreeMap;

pub use bundled::{
    Country, Disease, DivisionRisk, DocumentTypes, Domain, HealthMark, Isolation, ItemSource, Sex,
    Symptom, TestKind, TestResult, Transport, YesNo, YesNoUnsure, bundled,
};
pub use code::{Code, NotInTable};

/// One table of a domain: rows in the order of the file, each code and each word once.
#[derive(Clone, Debug)]
pub struct DomainTable {
    name: String,
    columns: Vec<String>,
    rows: Vec<Row>,
    by_code: BTreeMap<String, usize>,
    by_word: BTreeMap<String, usize>,
}

/// One value of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    code: String,
    word: String,
    zh: String,
    en: String,
    grade: Grade,
    cells: Vec<String>,
}

/// How well a value is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Grade {
    /// `R`: read in the standard or an official list.
    Read,
    /// `R-code`: read in deployed software, which is practice and not the standard's text.
    ReadInCode,
    /// `I`: follows from things that were read.
    Inferred,
    /// `memory`: recalled; to be compared with the standard.
    Recalled,
    /// `P`: proposed by this project.
    Proposed,
}

/// Why a table file is refused. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DomainTableError {
    /// The file has no header line.
    #[error("table {table}: no header line")]
    NoHeader {
        /// The table.
        table: String,
    },
    /// A required column is missing.
    #[error("table {table}: the header has no column {column:?}")]
    ColumnMissing {
        /// The table.
        table: String,
        /// The column that is required.
        column: &'static str,
    },
    /// A column is named twice.
    #[error("table {table}: the header names the column {column:?} twice")]
    ColumnTwice {
        /// The table.
        table: String,
        /// The column.
        column: String,
    },
    /// A line has more or fewer cells than the header.
    #[error("table {table}, line {line}: {found} cells where the header has {expected}")]
    CellCount {
        /// The table.
        table: String,
        /// The line.
        line: usize,
        /// Cells of the header.
        expected: usize,
        /// Cells of the line.
        found: usize,
    },
    /// A cell is empty or has a value that the column does not allow.
    #[error("table {table}, line {line}, column {column}: {value:?} is not {expected}")]
    Cell {
        /// The table.
        table: String,
        /// The line.
        line: usize,
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// A code or word stands in two rows.
    #[error("table {table}, line {line}: the {column} {value:?} stands in an earlier row too")]
    Twice {
        /// The table.
        table: String,
        /// The later line.
        line: usize,
        /// `code` or `word`.
        column: &'static str,
        /// The repeated value.
        value: String,
    },
    /// The file has a header and no row.
    #[error("table {table}: no rows")]
    NoRows {
        /// The table.
        table: String,
    },
}

impl DomainTable {
    /// Reads a table from the text of its file.
    ///
    /// # Errors
    /// The first [`DomainTableError`] in the order of the lines.
    pub fn parse(name: &str, text: &str) -> Result<Self, DomainTableError> {
        let table = || name.to_owned();
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(index, line)| (index + 1, line))
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let (_, header) = lines
            .next()
            .ok_or_else(|| DomainTableError::NoHeader { table: table() })?;
        let columns: Vec<String> = header
            .split('\t')
            .map(|cell| cell.trim().to_owned())
            .collect();
        let place = Columns::find(name, &columns)?;
        let mut found = Self {
            name: table(),
            columns,
            rows: Vec::new(),
            by_code: BTreeMap::new(),
            by_word: BTreeMap::new(),
        };
        for (line, text) in lines {
            let cells: Vec<String> = text
                .split('\t')
                .map(|cell| cell.trim().to_owned())
                .collect();
            if cells.len() != found.columns.len() {
                return Err(DomainTableError::CellCount {
                    table: table(),
                    line,
                    expected: found.columns.len(),
                    found: cells.len(),
                });
            }
            let row = place.row(name, line, cells)?;
            let index = found.rows.len();
            let twice = |column, value: &str| DomainTableError::Twice {
                table: table(),
                line,
                column,
                value: value.to_owned(),
            };
            if found.by_code.insert(row.code.clone(), index).is_some() {
                return Err(twice("code", &row.code));
            }
            if found.by_word.insert(row.word.clone(), index).is_some() {
                return Err(twice("word", &row.word));
            }
            found.rows.push(row);
        }
        if found.rows.is_empty() {
            return Err(DomainTableError::NoRows { table: table() });
        }
        Ok(found)
    }

    /// The name of the table, as errors and the element table call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// All rows, in the order of the file.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// The row of a code, written exactly so.
    pub fn by_code(&self, code: &str) -> Option<&Row> {
        self.rows.get(*self.by_code.get(code)?)
    }

    /// The row of a word, written exactly so.
    pub fn by_word(&self, word: &str) -> Option<&Row> {
        self.rows.get(*self.by_word.get(word)?)
    }

    /// The first row whose cell in `column` is `value`; an empty value is in no row.
    ///
    /// Where several rows share another list's code, the first of them is the one that an import takes.
    pub fn by_cell(&self, column: &str, value: &str) -> Option<&Row> {
        let place = self.columns.iter().position(|name| name == column)?;
        if value.is_empty() {
            return None;
        }
        self.rows
            .iter()
            .find(|row| row.cells.get(place).is_some_and(|cell| cell == value))
    }

    /// A row's cell in one of the table's own columns; `None` where it is empty or no such column exists.
    pub fn cell<'a>(&self, row: &'a Row, column: &str) -> Option<&'a str> {
        let place = self.columns.iter().position(|name| name == column)?;
        row.cells
            .get(place)
            .map(String::as_str)
            .filter(|cell| !cell.is_empty())
    }
}

impl Row {
    /// The value that interfaces carry.
    pub fn code(&self) -> &str {
        &self.code
    }

    /// The word by which programs refer to the row.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// The name in Chinese.
    pub fn zh(&self) -> &str {
        &self.zh
    }

    /// The name in English.
    pub fn en(&self) -> &str {
        &self.en
    }

    /// How well the value is known.
    pub fn grade(&self) -> Grade {
        self.grade
    }
}

impl Grade {
    /// The grade of its sign in a table.
    pub fn of_sign(sign: &str) -> Option<Self> {
        Some(match sign {
            "R" => Self::Read,
            "R-code" => Self::ReadInCode,
            "I" => Self::Inferred,
            "memory" => Self::Recalled,
            "P" => Self::Proposed,
            _ => return None,
        })
    }
}

/// Where the columns that every table has stand in this one.
struct Columns {
    code: usize,
    word: Option<usize>,
    zh: usize,
    en: usize,
    grade: usize,
}

impl Columns {
    fn find(table: &str, columns: &[String]) -> Result<Self, DomainTableError> {
        let place = |column: &str| columns.iter().position(|name| name == column);
        let required = |column: &'static str| {
            place(column).ok_or_else(|| DomainTableError::ColumnMissing {
                table: table.to_owned(),
                column,
            })
        };
        let twice = columns
            .iter()
            .enumerate()
            .find(|(index, column)| place(column) != Some(*index));
        if let Some((_, column)) = twice {
            return Err(DomainTableError::ColumnTwice {
                table: table.to_owned(),
                column: column.clone(),
            });
        }
        Ok(Self {
            code: required("code")?,
            word: place("word"),
            zh: required("zh")?,
            en: required("en")?,
            grade: required("grade")?,
        })
    }

    fn row(&self, table: &str, line: usize, cells: Vec<String>) -> Result<Row, DomainTableError> {
        let cell = |place: usize| cells.get(place).map_or("", String::as_str);
        let refuse = |column, value: &str, expected| DomainTableError::Cell {
            table: table.to_owned(),
            line,
            column,
            value: value.to_owned(),
            expected,
        };
        let text = |column, place| match cell(place) {
            "" => Err(refuse(column, "", "a text")),
            value => Ok(value.to_owned()),
        };
        let code = text("code", self.code)?;
        let word = match self.word {
            Some(place) => text("word", place)?,
            None => code.clone(),
        };
        let plain = |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-';
        if !word.bytes().all(plain) {
            return Err(refuse(
                "word",
                &word,
                "a word of ASCII letters, digits and hyphens",
            ));
        }
        let sign = cell(self.grade);
        let grade = Grade::of_sign(sign)
            .ok_or_else(|| refuse("grade", sign, "R, R-code, I, memory or P"))?;
        Ok(Row {
            zh: text("zh", self.zh)?,
            en: text("en", self.en)?,
            code,
            word,
            grade,
            cells,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "code\tword\tzh\ten\tgrade\tother\n";

    fn refusal(text: &str) -> DomainTableError {
        DomainTable::parse("t", text).unwrap_err()
    }

    #[test]
    fn rows_are_found_by_code_word_and_other_lists() {
        let text = format!(
            "# remark\n{HEADER}1\tyes\t是\tyes\tR\tA\n\n2\tno\t否\tno\tP\tA\n3\tso\t似\tso\tI\t\n"
        );
        let table = DomainTable::parse("t", &text).unwrap();
        assert_eq!(table.by_code("2").unwrap().word(), "no");
        assert_eq!(table.by_word("yes").unwrap().code(), "1");
        assert_eq!(table.by_cell("other", "A").unwrap().code(), "1");
        assert_eq!(table.by_cell("other", ""), None);
        assert_eq!(table.by_cell("nothing", "A"), None);
        assert_eq!(table.cell(table.by_code("3").unwrap(), "other"), None);
        assert_eq!(table.by_code(" 2"), None);
    }

    #[test]
    fn every_fault_of_a_file_is_named_with_its_line() {
        let table = || "t".to_owned();
        assert_eq!(
            refusal("# only\n"),
            DomainTableError::NoHeader { table: table() }
        );
        assert_eq!(refusal(HEADER), DomainTableError::NoRows { table: table() });
        assert_eq!(
            refusal("code\tzh\ten\n"),
            DomainTableError::ColumnMissing {
                table: table(),
                column: "grade"
            }
        );
        assert_eq!(
            refusal("code\tzh\ten\tzh\tgrade\n"),
            DomainTableError::ColumnTwice {
                table: table(),
                column: "zh".into()
            }
        );
        assert_eq!(
            refusal(&format!("{HEADER}1\tyes\t是\n")),
            DomainTableError::CellCount {
                table: table(),
                line: 2,
                expected: 6,
                found: 3
            }
        );
        assert_eq!(
            refusal(&format!(
                "{HEADER}1\tyes\t是\tyes\tR\t\n1\tno\t否\tno\tR\t\n"
            )),
            DomainTableError::Twice {
                table: table(),
                line: 3,
                column: "code",
                value: "1".into()
            }
        );
        for (line, column) in [
            ("\tyes\t是\tyes\tR\t", "code"),
            ("1\tye s\t是\tyes\tR\t", "word"),
            ("1\tyes\t\tyes\tR\t", "zh"),
            ("1\tyes\t是\tyes\tsure\t", "grade"),
        ] {
            let error = refusal(&format!("{HEADER}{line}\n"));
            assert!(
                matches!(error, DomainTableError::Cell { line: 2, column: at, .. } if at == column),
                "{error}"
            );
        }
    }
}
