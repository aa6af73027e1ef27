//! One publication of the national list of risk areas, as its interface gave it.

use std::collections::BTreeMap;
use std::fmt;

use hc_code::{Offset, Span, Timestamp};

use self::json::Node;
use super::AreaLevel;
use crate::place::LONGEST_PLACE;
use crate::word::Word;

mod json;
mod problem;

pub use problem::{FeedError, FeedProblem, RowProblem};

/// A publication has at most so many bytes; the largest known (2022-12-04, 38,257 places) had 5 million.
pub const LARGEST_PUBLICATION: usize = 32 << 20;
/// A list has at most so many rows, of all publications known 3,000.
const MOST_ROWS: usize = 100_000;
/// A row has at most so many places.
const MOST_PLACES: usize = 20_000;
/// The name of a division has at most so many characters.
const LONGEST_NAME: usize = 60;

/// The lists of one publication: which places of which divisions are at which level, as texts.
#[derive(Clone, PartialEq, Eq)]
pub struct Publication {
    at: Timestamp,
    lists: BTreeMap<AreaLevel, Vec<Row>>,
}

/// One entry of a list: a county by the names of what it lies in, and places in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    number: usize,
    province: Box<str>,
    city: Box<str>,
    county: Box<str>,
    places: Vec<Box<str>>,
}

/// A publication that was read, and all that was wrong with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed {
    /// What could be read.
    pub publication: Publication,
    /// What could not be read or is not as it used to be, in the order of the text.
    pub problems: Vec<FeedProblem>,
}

/// The lists by their names in the feed, with the name of the count of each.
const LISTS: [(&str, &str, AreaLevel); 3] = [
    ("highlist", "hcount", AreaLevel::High),
    ("middlelist", "mcount", AreaLevel::Medium),
    ("lowlist", "lcount", AreaLevel::Low),
];

/// The name of a list in the feed.
pub const fn list_name(level: AreaLevel) -> &'static str {
    match level {
        AreaLevel::High => "highlist",
        AreaLevel::Medium => "middlelist",
        AreaLevel::Low => "lowlist",
    }
}

impl Publication {
    /// Reads a publication: a JSON object with `end_update_time`, `highlist`, `middlelist` and `lowlist`, by
    /// itself or in a wrapper under `data`.
    ///
    /// A list that is absent is not an empty list; see [`Publication::rows`]. Bad rows and places are
    /// reported while the good ones go on. `hint_name` is the name of the file, if any: a name that begins
    /// with the time as `YYYYMMDDHH` stands in for a missing time and is compared with a stated one.
    ///
    /// # Errors
    /// [`FeedError`] where there is no publication in the text: too long, not JSON, no time, no list.
    pub fn parse(bytes: &[u8], hint_name: &str) -> Result<Parsed, FeedError> {
        if bytes.len() > LARGEST_PUBLICATION {
            return Err(FeedError::TooLong(bytes.len()));
        }
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let root: Node =
            serde_json::from_slice(bytes).map_err(|error| FeedError::Json(error.to_string()))?;
        let Node::Object(fields) = root else {
            return Err(FeedError::NotAnObject(root.kind()));
        };
        let mut problems = Vec::new();
        let fields = unwrap_data(fields, &mut problems)?;
        Reader { problems }.read(fields, hint_name)
    }

    /// When it was published; the feed states whole hours of China.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// The rows of a list; `None` where the publication does not have the list at all.
    pub fn rows(&self, level: AreaLevel) -> Option<&[Row]> {
        self.lists.get(&level).map(Vec::as_slice)
    }

    /// The lists that there are, the lowest level first.
    pub fn lists(&self) -> impl Iterator<Item = (AreaLevel, &[Row])> {
        self.lists
            .iter()
            .map(|(level, rows)| (*level, rows.as_slice()))
    }
}

impl fmt::Debug for Publication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Publication");
        shown.field("at", &self.at);
        for (level, rows) in &self.lists {
            shown.field(level.word(), &rows.len());
        }
        shown.finish()
    }
}

impl Row {
    /// Its number in its list, from 1.
    pub const fn number(&self) -> usize {
        self.number
    }

    /// The field `province`.
    pub const fn province(&self) -> &str {
        &self.province
    }

    /// The field `city`.
    pub const fn city(&self) -> &str {
        &self.city
    }

    /// The field `county`.
    pub const fn county(&self) -> &str {
        &self.county
    }

    /// The texts of the places, at least one.
    pub fn places(&self) -> &[Box<str>] {
        &self.places
    }
}

impl Parsed {
    /// Whether every row and every place of every list could be read, so that an area that is not there
    /// has been ended and not lost.
    pub fn is_complete(&self) -> bool {
        !self.problems.iter().any(FeedProblem::loses_areas)
    }
}

type Fields = Vec<(String, Node)>;

/// The fields of `data` where the publication is wrapped, else the fields themselves.
fn unwrap_data(fields: Fields, problems: &mut Vec<FeedProblem>) -> Result<Fields, FeedError> {
    if !fields.iter().any(|(name, _)| name == "data") {
        return Ok(fields);
    }
    let mut inner = None;
    for (name, node) in fields {
        match (name.as_str(), node) {
            ("data", Node::Object(fields)) => inner = Some(fields),
            ("data", other) => return Err(FeedError::NotAnObject(other.kind())),
            ("code" | "msg", _) => {}
            _ => problems.push(FeedProblem::UnknownField(shorten(&name))),
        }
    }
    inner.ok_or(FeedError::NoLists)
}

struct Reader {
    problems: Vec<FeedProblem>,
}

impl Reader {
    fn read(mut self, fields: Fields, hint_name: &str) -> Result<Parsed, FeedError> {
        let mut lists = BTreeMap::new();
        let mut counts = BTreeMap::new();
        let mut stated = None;
        for (name, node) in fields {
            let list = LISTS.iter().find(|(list, _, _)| *list == name);
            let count = LISTS.iter().find(|(_, count, _)| *count == name);
            match (list, count, node) {
                (Some((_, _, level)), _, Node::List(rows)) => {
                    lists.insert(*level, self.rows(*level, rows)?);
                }
                (Some((list, _, _)), _, other) => {
                    let found = other.kind();
                    self.problems.push(FeedProblem::NotAList { list, found });
                }
                (_, Some((_, _, level)), Node::Count(count)) => {
                    counts.insert(*level, count);
                }
                (_, Some((_, count, _)), other) => {
                    let (name, found) = ((*count).to_owned(), other.kind());
                    self.problems.push(FeedProblem::NotACount { name, found });
                }
                (_, _, Node::Text(text)) if name == "end_update_time" => stated = Some(text),
                (_, _, Node::List(rows)) => {
                    let (name, rows) = (shorten(&name), rows.len());
                    self.problems.push(FeedProblem::UnknownList { name, rows });
                }
                _ if name == "code" || name == "msg" => {}
                _ => self
                    .problems
                    .push(FeedProblem::UnknownField(shorten(&name))),
            }
        }
        if lists.is_empty() {
            return Err(FeedError::NoLists);
        }
        self.compare_counts(&lists, &counts);
        let at = self.time(stated.as_deref(), hint_name)?;
        Ok(Parsed {
            publication: Publication { at, lists },
            problems: self.problems,
        })
    }

    /// The stated counts are those of places, not of rows.
    fn compare_counts(
        &mut self,
        lists: &BTreeMap<AreaLevel, Vec<Row>>,
        counts: &BTreeMap<AreaLevel, u64>,
    ) {
        for (level, rows) in lists {
            let found: usize = rows.iter().map(|row| row.places.len()).sum();
            match counts.get(level) {
                Some(stated) if *stated != found as u64 => {
                    let (list, stated) = (list_name(*level), *stated);
                    let problem = FeedProblem::CountDiffers {
                        list,
                        stated,
                        found,
                    };
                    self.problems.push(problem);
                }
                _ => {}
            }
        }
    }

    fn time(&mut self, stated: Option<&str>, hint_name: &str) -> Result<Timestamp, FeedError> {
        let named = hint_name.get(..10).and_then(time_of_name);
        match (stated, named) {
            (Some(stated), named) => match (time_of_text(stated), named) {
                (Some(at), Some(named)) if at != named => {
                    self.problems.push(FeedProblem::NameDiffers { at, named });
                    Ok(at)
                }
                (Some(at), _) => Ok(at),
                (None, Some(named)) => {
                    let stated = shorten(stated);
                    self.problems
                        .push(FeedProblem::TimeOfName { stated, named });
                    Ok(named)
                }
                (None, None) => Err(FeedError::Time(shorten(stated))),
            },
            (None, Some(named)) => {
                let stated = String::new();
                self.problems
                    .push(FeedProblem::TimeOfName { stated, named });
                Ok(named)
            }
            (None, None) => Err(FeedError::NoTime),
        }
    }

    fn rows(&mut self, level: AreaLevel, nodes: Vec<Node>) -> Result<Vec<Row>, FeedError> {
        let list = list_name(level);
        if nodes.len() > MOST_ROWS {
            let rows = nodes.len();
            return Err(FeedError::TooManyRows { list, rows });
        }
        let mut rows = Vec::with_capacity(nodes.len());
        for (number, node) in (1..).zip(nodes) {
            let report = |problem| FeedProblem::Row {
                list,
                row: number,
                problem,
            };
            match read_row(number, node) {
                Ok((row, bad)) => {
                    self.problems.extend(bad.into_iter().map(report));
                    rows.push(row);
                }
                Err(problem) => self.problems.push(report(problem)),
            }
        }
        Ok(rows)
    }
}

/// Reads a row; with it, what is wrong with single places of it.
fn read_row(number: usize, node: Node) -> Result<(Row, Vec<RowProblem>), RowProblem> {
    let Node::Object(fields) = node else {
        return Err(RowProblem::NotAnObject(node.kind()));
    };
    let (mut province, mut city, mut county, mut places) = (None, None, None, None);
    for (name, node) in fields {
        match name.as_str() {
            "province" => province = Some(read_name("province", node)?),
            "city" => city = Some(read_name("city", node)?),
            "county" => county = Some(read_name("county", node)?),
            "communitys" | "communities" => places = Some(node),
            _ => {}
        }
    }
    let missing = |field| RowProblem::Missing { field };
    let mut bad = Vec::new();
    let row = Row {
        number,
        province: province.ok_or_else(|| missing("province"))?,
        city: city.ok_or_else(|| missing("city"))?,
        county: county.ok_or_else(|| missing("county"))?,
        places: read_places(places.ok_or_else(|| missing("communitys"))?, &mut bad)?,
    };
    match bad.pop() {
        // A row without any good place is a bad row.
        Some(one) if row.places.is_empty() => Err(one),
        Some(one) => {
            bad.push(one);
            Ok((row, bad))
        }
        None if row.places.is_empty() => Err(RowProblem::NoPlaces),
        None => Ok((row, bad)),
    }
}

fn read_name(field: &'static str, node: Node) -> Result<Box<str>, RowProblem> {
    let Node::Text(text) = node else {
        let found = node.kind();
        return Err(RowProblem::NotText { field, found });
    };
    let name = text.trim();
    if name.is_empty() {
        return Err(RowProblem::Missing { field });
    }
    if name.chars().count() > LONGEST_NAME || name.chars().any(char::is_control) {
        let text = shorten(name);
        return Err(RowProblem::Name { field, text });
    }
    Ok(name.into())
}

fn read_places(node: Node, lost: &mut Vec<RowProblem>) -> Result<Vec<Box<str>>, RowProblem> {
    let Node::List(nodes) = node else {
        let (field, found) = ("communitys", node.kind());
        return Err(RowProblem::NotText { field, found });
    };
    if nodes.len() > MOST_PLACES {
        return Err(RowProblem::TooManyPlaces(nodes.len()));
    }
    let mut places = Vec::with_capacity(nodes.len());
    for (number, node) in (1..).zip(nodes) {
        let bad = |text| RowProblem::Place { number, text };
        match node {
            Node::Text(text)
                if !text.trim().is_empty()
                    && text.chars().count() <= LONGEST_PLACE
                    && !text.chars().any(|c| c.is_control() && !c.is_whitespace()) =>
            {
                places.push(text.trim().into());
            }
            Node::Text(text) => lost.push(bad(shorten(&text))),
            other => lost.push(bad(other.kind().to_owned())),
        }
    }
    Ok(places)
}

/// `2022-04-15 11时`, `2022-04-15 11:00`, UTC+8; 24时 is the midnight after.
fn time_of_text(text: &str) -> Option<Timestamp> {
    let (date, hour) = text.trim().split_once(' ')?;
    let hour = hour.trim();
    let hour = ["时", ":00:00", ":00"]
        .iter()
        .find_map(|end| hour.strip_suffix(end))?;
    let mut date = date.split('-');
    let (year, month, day) = (date.next()?, date.next()?, date.next()?);
    if date.next().is_some() || year.len() != 4 {
        return None;
    }
    time_of(year, month, day, hour)
}

/// `2022041511`.
fn time_of_name(name: &str) -> Option<Timestamp> {
    time_of(
        name.get(..4)?,
        name.get(4..6)?,
        name.get(6..8)?,
        name.get(8..)?,
    )
}

fn time_of(year: &str, month: &str, day: &str, hour: &str) -> Option<Timestamp> {
    let two_digits = |text: &str| -> Option<u16> {
        let digits = (1..=2).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        digits.then(|| text.parse().ok()).flatten()
    };
    let (month, day) = (two_digits(month)?, two_digits(day)?);
    let hour = two_digits(hour).filter(|hour| *hour <= 24)?;
    let midnight = format!("{year}-{month:02}-{day:02}T00:00:00{}", Offset::CHINA);
    let midnight: Timestamp = midnight.parse().ok()?;
    Some(midnight.plus(Span::hours(hour)))
}

/// For messages: enough to recognise, never a whole document.
fn shorten(text: &str) -> String {
    text.chars().take(40).collect()
}

#[cfg(test)]
mod tests;
