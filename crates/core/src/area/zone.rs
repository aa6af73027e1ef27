//! Functional zones: 高新区, 经开区 and the like, which lists use as counties and GB/T 2260 does not know.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use hc_code::{DivisionCode, DivisionCodeError};

use crate::division::DivisionTable;

/// No table of zones is longer, in bytes.
const LONGEST_TABLE: usize = 4 << 20;
const LONGEST_NAME: usize = 40;
/// Long forms and the short one that the table uses.
const SHORT_FORMS: [(&str, &str); 6] = [
    ("高新技术产业开发区", "高新区"),
    ("高新技术产业园区", "高新区"),
    ("高新技术开发区", "高新区"),
    ("高新技术产业区", "高新区"),
    ("经济技术开发区", "经开区"),
    ("经济开发区", "经开区"),
];

static BUNDLED: LazyLock<ZoneTable> = LazyLock::new(|| {
    #[expect(
        clippy::expect_used,
        reason = "the text is part of the program; `the_bundled_table_is_read` reads it"
    )]
    ZoneTable::parse(
        include_str!("../../tables/functional-zones.tsv"),
        DivisionTable::bundled(),
    )
    .expect("the bundled table")
});

/// A functional zone and what is known of its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    division: DivisionCode,
    name: Box<str>,
    whole: bool,
    counties: Vec<DivisionCode>,
    /// Counties of single townships, by the name of the township.
    townships: BTreeMap<Box<str>, DivisionCode>,
}

/// All zones that are known, by province.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ZoneTable {
    zones: BTreeMap<(DivisionCode, Box<str>), Vec<Zone>>,
}

/// A text that is not a table of zones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("zone table, line {line}: {problem}")]
pub struct ZoneTableError {
    line: usize,
    problem: ZoneTableProblem,
}

/// What is wrong with a line of a table of zones.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ZoneTableProblem {
    /// The text has more bytes than any such table.
    #[error("the table has {0} bytes, more than {LONGEST_TABLE}")]
    TooLong(usize),
    /// Not six fields.
    #[error(
        "{0} fields between tabs instead of 6: division, zone, extent, township, counties, remark"
    )]
    FieldCount(usize),
    /// A code that is none.
    #[error(transparent)]
    Code(#[from] DivisionCodeError),
    /// A code that the table of divisions does not have.
    #[error("{0} is not in the table of divisions")]
    UnknownDivision(DivisionCode),
    /// The name of the zone or township is empty or too long.
    #[error("{0:?} is not a name of 1 to {LONGEST_NAME} characters")]
    Name(String),
    /// The extent is neither `whole` nor `part`.
    #[error("extent {0:?} is neither whole nor part")]
    Extent(String),
    /// A county that does not lie in the division of the line.
    #[error("{county} does not lie in {division}")]
    Elsewhere {
        /// Division of the line.
        division: DivisionCode,
        /// The county.
        county: DivisionCode,
    },
    /// A whole division cannot be a single township or lie across counties.
    #[error("a zone that is all of a division has no township and no counties")]
    WholeWithParts,
    /// The zone or township stands in an earlier line.
    #[error("{0:?} stands twice")]
    Twice(String),
}

impl ZoneTableError {
    /// The number of the line, from 1; 0 where the text as a whole is meant.
    pub const fn line(&self) -> usize {
        self.line
    }

    /// What is wrong there.
    pub const fn problem(&self) -> &ZoneTableProblem {
        &self.problem
    }
}

impl Zone {
    /// The finest division that contains all of it.
    pub const fn division(&self) -> DivisionCode {
        self.division
    }

    /// Its name in short form.
    pub const fn name(&self) -> &str {
        &self.name
    }

    /// Whether it is all of the division.
    pub const fn is_whole(&self) -> bool {
        self.whole
    }

    /// The counties that it lies across; empty where they are not known or it lies in one.
    pub fn counties(&self) -> &[DivisionCode] {
        &self.counties
    }

    /// The county of one of its townships.
    pub fn county_of(&self, township: &str) -> Option<DivisionCode> {
        self.townships.get(township).copied()
    }
}

impl ZoneTable {
    /// The table that comes with the program; sources in its header.
    pub fn bundled() -> &'static Self {
        &BUNDLED
    }

    /// Reads a table of zones; the header of the bundled one describes the fields.
    ///
    /// # Errors
    /// [`ZoneTableError`] names the first line that is wrong and why.
    pub fn parse(text: &str, divisions: &DivisionTable) -> Result<Self, ZoneTableError> {
        if text.len() > LONGEST_TABLE {
            let problem = ZoneTableProblem::TooLong(text.len());
            return Err(ZoneTableError { line: 0, problem });
        }
        let (mut wholes, mut townships) = (Vec::new(), Vec::new());
        for (line, content) in (1..).zip(text.lines()) {
            if content.is_empty() || content.starts_with('#') {
                continue;
            }
            let read = parse_line(content, divisions)
                .map_err(|problem| ZoneTableError { line, problem })?;
            match read {
                (zone, None) => wholes.push((line, zone)),
                (zone, Some(township)) => townships.push((line, zone, township)),
            }
        }
        let mut table = Self {
            zones: BTreeMap::new(),
        };
        for (line, zone) in wholes {
            let of_name = table.entry(&zone);
            if of_name.iter().any(|known| known.division == zone.division) {
                let problem = ZoneTableProblem::Twice(zone.name.into_string());
                return Err(ZoneTableError { line, problem });
            }
            of_name.push(zone);
        }
        for (line, part, township) in townships {
            let county = part.division;
            let of_name = table.entry(&part);
            if !of_name.iter().any(|zone| zone.division.contains(county)) {
                of_name.push(part);
            }
            for zone in of_name
                .iter_mut()
                .filter(|zone| zone.division.contains(county))
            {
                if zone.townships.insert(township.clone(), county).is_some() {
                    let problem = ZoneTableProblem::Twice(township.into_string());
                    return Err(ZoneTableError { line, problem });
                }
            }
        }
        Ok(table)
    }

    fn entry(&mut self, zone: &Zone) -> &mut Vec<Zone> {
        let key = (zone.division.province(), zone.name.clone());
        self.zones.entry(key).or_default()
    }

    /// The names of all zones that lie in a division or around it.
    pub fn names_in(&self, division: DivisionCode) -> impl Iterator<Item = &str> {
        let province = division.province();
        self.zones
            .range((province, Box::<str>::from(""))..)
            .take_while(move |((of, _), _)| *of == province)
            .flat_map(|(_, zones)| zones)
            .filter(move |zone| {
                zone.division.contains(division) || division.contains(zone.division)
            })
            .map(Zone::name)
    }

    /// The zone that a list names within a province or prefecture, in whatever form of its name.
    ///
    /// Where several zones of the division have the name, none is meant for sure.
    pub fn find(
        &self,
        divisions: &DivisionTable,
        within: DivisionCode,
        name: &str,
    ) -> Option<&Zone> {
        let short = short_form(divisions, within, name);
        let of_name = [short.as_str(), name]
            .into_iter()
            .find_map(|name| self.zones.get(&(within.province(), name.into())))?;
        let mut found = of_name
            .iter()
            .filter(|zone| within.contains(zone.division) || zone.division.contains(within));
        found.next().filter(|_| found.next().is_none())
    }
}

/// The short form of a zone's name: without province and prefecture in front, 高新区 for 高新技术产业开发区.
pub(super) fn short_form(divisions: &DivisionTable, within: DivisionCode, name: &str) -> String {
    let mut short = name;
    for code in [within.province(), within.prefecture()] {
        let Some(above) = divisions.name(code) else {
            continue;
        };
        let stem = above.trim_end_matches(['省', '市', '盟']);
        let rest = short.strip_prefix(above).or_else(|| {
            short
                .strip_prefix(stem)
                .filter(|_| stem.chars().count() > 1)
        });
        short = rest
            .filter(|rest| rest.chars().count() > 1)
            .unwrap_or(short);
    }
    let mut short = short.to_owned();
    for (long, form) in SHORT_FORMS {
        short = short.replace(long, form);
    }
    short
}

fn parse_line(
    content: &str,
    divisions: &DivisionTable,
) -> Result<(Zone, Option<Box<str>>), ZoneTableProblem> {
    let fields: Vec<&str> = content.split('\t').collect();
    let &[division, name, extent, township, counties, _remark] = fields.as_slice() else {
        return Err(ZoneTableProblem::FieldCount(fields.len()));
    };
    let known = |text: &str| -> Result<DivisionCode, ZoneTableProblem> {
        let code = text.parse()?;
        match divisions.get(code) {
            Some(_) => Ok(code),
            None => Err(ZoneTableProblem::UnknownDivision(code)),
        }
    };
    let division = known(division)?;
    let whole = match extent {
        "whole" => true,
        "part" => false,
        other => return Err(ZoneTableProblem::Extent(other.chars().take(20).collect())),
    };
    let mut across = Vec::new();
    for county in counties.split(';').filter(|county| !county.is_empty()) {
        let county = known(county)?;
        if !division.contains(county) {
            return Err(ZoneTableProblem::Elsewhere { division, county });
        }
        across.push(county);
    }
    if whole && !(township.is_empty() && across.is_empty()) {
        return Err(ZoneTableProblem::WholeWithParts);
    }
    let zone = Zone {
        division,
        name: check_name(name)?,
        whole,
        counties: across,
        townships: BTreeMap::new(),
    };
    let township = match township {
        "" => None,
        name => Some(check_name(name)?),
    };
    Ok((zone, township))
}

fn check_name(name: &str) -> Result<Box<str>, ZoneTableProblem> {
    if (1..=LONGEST_NAME).contains(&name.chars().count()) {
        Ok(name.into())
    } else {
        Err(ZoneTableProblem::Name(
            name.chars().take(LONGEST_NAME).collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> DivisionCode {
        text.parse().unwrap()
    }

    #[test]
    fn the_bundled_table_is_read() {
        let divisions = DivisionTable::bundled();
        let table = ZoneTable::bundled();
        let find = |within: &str, name: &str| table.find(divisions, code(within), name).unwrap();
        let chengdu = find("510100", "高新区");
        assert_eq!(chengdu.division(), code("510100"));
        assert_eq!(chengdu.counties().len(), 3);
        assert_eq!(chengdu.county_of("桂溪街道"), Some(code("510107")));
        assert_eq!(find("510100", "天府新区").division(), code("510116"));
        assert_eq!(find("320700", "连云港经济技术开发区").name(), "经开区");
        assert_eq!(find("220800", "经济开发区").division(), code("220800"));
        assert!(find("350000", "平潭综合实验区").is_whole());
        assert_eq!(table.find(divisions, code("330100"), "高新区"), None);
        // Several prefectures of the province have one.
        assert_eq!(table.find(divisions, code("410000"), "高新区"), None);
    }

    #[test]
    fn a_wrong_line_is_named_with_its_reason() {
        for (line, problem) in [
            ("510100\t高新区\tpart\t\t", "5 fields"),
            ("51010\t高新区\tpart\t\t\t", "is not a division code"),
            ("519900\t高新区\tpart\t\t\t", "519900 is not in the table"),
            ("510100\t\tpart\t\t\t", "is not a name"),
            ("510100\t高新区\tall\t\t\t", "neither whole nor part"),
            (
                "510100\t高新区\tpart\t\t510300\t",
                "510300 does not lie in 510100",
            ),
            ("510100\t高新区\twhole\t\t510107\t", "no counties"),
            ("510100\t新区\tpart\t\t\t", "stands twice"),
            (
                "510107\t新区\tpart\t甲镇\t\t\n510107\t新区\tpart\t甲镇\t\t",
                "stands twice",
            ),
        ] {
            let text = format!("510100\t新区\tpart\t\t\t\n{line}\n");
            let error = ZoneTable::parse(&text, DivisionTable::bundled()).unwrap_err();
            assert!(error.line() >= 2);
            assert!(
                error.to_string().contains(problem),
                "{error} says {problem}"
            );
        }
    }
}
