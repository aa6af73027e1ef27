//! The element table.

use std::sync::LazyLock;

use super::element::{DataElement, Format, Group, Obligation, ValueDomain};
use super::mask::Mask;
use crate::domain_table::{Grade, bundled};

/// The data elements of all groups, in the order of their file.
#[derive(Clone, Debug)]
pub struct DataElements {
    rows: Vec<DataElement>,
}

/// Why an element table is refused. Lines are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DataElementsError {
    /// The header is not the expected one.
    #[error("line {line}: the header must be: {}", HEADER.join(", "))]
    Header {
        /// The line.
        line: usize,
    },
    /// A line has more or fewer cells than the header.
    #[error("line {line}: {found} cells where the header has {expected}", expected = HEADER.len())]
    CellCount {
        /// The line.
        line: usize,
        /// Cells of the line.
        found: usize,
    },
    /// A cell has a value that the column does not allow.
    #[error("line {line}, column {column}: {value:?} is not {expected}")]
    Cell {
        /// The line.
        line: usize,
        /// The column.
        column: &'static str,
        /// What stands there.
        value: String,
        /// What may stand there.
        expected: &'static str,
    },
    /// An element stands twice in its group.
    #[error("line {line}: the element {element:?} stands in an earlier line of its group too")]
    Twice {
        /// The later line.
        line: usize,
        /// The element.
        element: String,
    },
    /// An element goes with one that its group does not have.
    #[error(
        "the element {element:?} goes with {other:?}, which its group does not have as an optional element"
    )]
    NoSuchCompanion {
        /// The element.
        element: String,
        /// The other.
        other: String,
    },
    /// A group has no elements.
    #[error("the group {group} has no elements")]
    EmptyGroup {
        /// The group's word.
        group: &'static str,
    },
}

const HEADER: [&str; 10] = [
    "group",
    "element",
    "zh",
    "en",
    "format",
    "domain",
    "obligation",
    "deployed",
    "grade",
    "mask",
];

impl DataElements {
    /// The table that comes with the program.
    pub fn bundled() -> &'static Self {
        static BUNDLED: LazyLock<DataElements> = LazyLock::new(bundled_elements);
        &BUNDLED
    }

    /// Reads a table from the text of its file; the head of the bundled one tells the signs.
    ///
    /// # Errors
    /// The first [`DataElementsError`] in the order of the lines.
    pub fn parse(text: &str) -> Result<Self, DataElementsError> {
        let mut rows: Vec<DataElement> = Vec::new();
        let mut header = true;
        let mut last = 1;
        for (index, text) in text.lines().enumerate() {
            let line = index + 1;
            if text.trim().is_empty() || text.starts_with('#') {
                continue;
            }
            last = line;
            let cells: Vec<&str> = text.split('\t').map(str::trim).collect();
            if header {
                if cells != HEADER {
                    return Err(DataElementsError::Header { line });
                }
                header = false;
                continue;
            }
            let row = row(line, &cells)?;
            let same = |other: &DataElement| other.group == row.group && other.name == row.name;
            if rows.iter().any(same) {
                return Err(DataElementsError::Twice {
                    line,
                    element: row.name,
                });
            }
            rows.push(row);
        }
        if header {
            return Err(DataElementsError::Header { line: last });
        }
        let found = Self { rows };
        found.companions_exist()?;
        for group in Group::ALL {
            if found.group(group).next().is_none() {
                return Err(DataElementsError::EmptyGroup {
                    group: group.word(),
                });
            }
        }
        Ok(found)
    }

    /// The elements of a group, in the order of the file.
    pub fn group(&self, group: Group) -> impl Iterator<Item = &DataElement> {
        self.rows.iter().filter(move |row| row.group == group)
    }

    /// The element of a name in a group.
    pub fn get(&self, group: Group, name: &str) -> Option<&DataElement> {
        self.group(group).find(|row| row.name == name)
    }

    fn companions_exist(&self) -> Result<(), DataElementsError> {
        for row in &self.rows {
            let Obligation::With(other) = &row.obligation else {
                continue;
            };
            // An optional companion only: a chain or ring of conditions could not be told apart from a slip.
            let optional = |found: &DataElement| found.obligation == Obligation::Optional;
            if !self.get(row.group, other).is_some_and(optional) {
                return Err(DataElementsError::NoSuchCompanion {
                    element: row.name.clone(),
                    other: other.clone(),
                });
            }
        }
        Ok(())
    }
}

fn row(line: usize, cells: &[&str]) -> Result<DataElement, DataElementsError> {
    let [
        group,
        element,
        zh,
        en,
        format,
        domain,
        obligation,
        deployed,
        grade,
        mask,
    ] = *cells
    else {
        return Err(DataElementsError::CellCount {
            line,
            found: cells.len(),
        });
    };
    let refuse = |column, value: &str, expected| DataElementsError::Cell {
        line,
        column,
        value: value.to_owned(),
        expected,
    };
    if element.is_empty() || !element.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(refuse(
            "element",
            element,
            "a name of ASCII letters and digits",
        ));
    }
    for (column, name) in [("zh", zh), ("en", en)] {
        if name.is_empty() {
            return Err(refuse(column, name, "a name"));
        }
    }
    let (single, most) = match format.split_once('*') {
        None => (format, None),
        Some((single, most)) => {
            let most = most.parse().ok().filter(|most| (1..=1000).contains(most));
            let expected = "a format with * and at most 1000 values";
            (
                single,
                Some(most.ok_or_else(|| refuse("format", format, expected))?),
            )
        }
    };
    let single = Format::of_sign(single).ok_or_else(|| refuse("format", format, "a format"))?;
    let domain = match domain {
        "-" => ValueDomain::Any,
        "division" => ValueDomain::Division,
        "region" => ValueDomain::Region,
        "level" => ValueDomain::Level,
        other => match other.strip_prefix("group:") {
            Some(word) => Group::of_word(word).map(ValueDomain::Group),
            None => bundled(other).map(ValueDomain::Table),
        }
        .ok_or_else(|| {
            refuse(
                "domain",
                other,
                "a table, division, region, level, group:NAME or -",
            )
        })?,
    };
    if matches!(domain, ValueDomain::Group(_)) != (single == Format::Object) {
        return Err(refuse(
            "format",
            format,
            "G exactly where the domain is a group",
        ));
    }
    let obligation = match obligation {
        "M" => Obligation::Mandatory,
        "O" => Obligation::Optional,
        other => match other.strip_prefix("with:") {
            Some(name) => Obligation::With(name.to_owned()),
            None => return Err(refuse("obligation", other, "M, O or with:NAME")),
        },
    };
    Ok(DataElement {
        group: Group::of_word(group).ok_or_else(|| refuse("group", group, "a group"))?,
        name: element.to_owned(),
        zh: zh.to_owned(),
        en: en.to_owned(),
        format: single,
        most,
        domain,
        obligation,
        deployed: (deployed != "-").then(|| deployed.to_owned()),
        grade: Grade::of_sign(grade)
            .ok_or_else(|| refuse("grade", grade, "R, R-code, I, memory or P"))?,
        mask: Mask::of_word(mask)
            .ok_or_else(|| refuse("mask", mask, "name, number, phone, all or -"))?,
    })
}

#[expect(
    clippy::panic,
    reason = "the text is compiled in and a test parses it, so this cannot happen in a built program"
)]
fn bundled_elements() -> DataElements {
    match DataElements::parse(include_str!("../../../../spec/gbt38962/data-elements.tsv")) {
        Ok(elements) => elements,
        Err(error) => panic!("the bundled element table is broken: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = include_str!("../../../../spec/gbt38962/data-elements.tsv");

    #[test]
    fn the_bundled_table_has_every_group() {
        let elements = DataElements::parse(TEXT).unwrap();
        let count = |group| elements.group(group).count();
        assert_eq!(Group::ALL.map(count), [12, 10, 11, 22, 4]);
        let name = elements.get(Group::Basic, "name").unwrap();
        assert_eq!(name.format(), Format::Text { most: 100 });
        assert_eq!(name.deployed_name(), Some("xm"));
    }

    #[test]
    fn every_fault_of_a_table_is_named_with_its_line() {
        let header = HEADER.join("\t");
        let good = "basic\tname\t姓名\tname\tAN..100\t-\tM\t-\tR\t-";
        let refused = |line: &str| {
            DataElements::parse(&format!("{header}\n{good}\n{line}\n"))
                .unwrap_err()
                .to_string()
        };
        for (line, text) in [
            ("basic\tsex", "line 3: 2 cells"),
            (good, "line 3: the element \"name\" stands"),
            (
                "basics\tsex\t性别\tsex\tN1\tsex\tM\t-\tR\t-",
                "line 3, column group",
            ),
            (
                "basic\ts x\t性别\tsex\tN1\tsex\tM\t-\tR\t-",
                "line 3, column element",
            ),
            (
                "basic\tsex\t性别\tsex\tN1*\tsex\tM\t-\tR\t-",
                "line 3, column format",
            ),
            (
                "basic\tsex\t性别\tsex\tN1\tsexes\tM\t-\tR\t-",
                "line 3, column domain",
            ),
            (
                "basic\tsex\t性别\tsex\tN1\tgroup:health\tM\t-\tR\t-",
                "line 3, column format",
            ),
            (
                "basic\tsex\t性别\tsex\tN1\tsex\tC\t-\tR\t-",
                "line 3, column obligation",
            ),
            (
                "basic\tsex\t性别\tsex\tN1\tsex\tM\t-\t?\t-",
                "line 3, column grade",
            ),
            (
                "basic\tsex\t性别\tsex\tN1\tsex\twith:phone\t-\tR\t-",
                "the element \"sex\" goes with",
            ),
            (
                "basic\tsex\t性别\tsex\tN1\tsex\twith:name\t-\tR\t-",
                "the element \"sex\" goes with",
            ),
        ] {
            assert!(refused(line).starts_with(text), "{line}: {}", refused(line));
        }
        assert_eq!(
            DataElements::parse(&format!("{header}\n{good}\n")).unwrap_err(),
            DataElementsError::EmptyGroup { group: "health" }
        );
        assert_eq!(
            DataElements::parse("").unwrap_err(),
            DataElementsError::Header { line: 1 }
        );
    }
}
