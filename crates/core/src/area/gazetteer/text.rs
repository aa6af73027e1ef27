//! What stands in front of a place's text: names of divisions, which are no part of the place.

use hc_code::DivisionCode;

use super::{Location, Row, ZoneTable};
use crate::division::{Division, DivisionTable};
use crate::place::{Place, PlaceError};

/// After the name of a division these make another name of it: 城关区 but 城关区公安局家属院, 赵县 but 赵县镇.
const GOES_ON: [&str; 12] = [
    "镇", "乡", "街", "路", "大道", "村", "社区", "中学", "小学", "一中", "桥", "苑",
];
/// The most names in front of one text: province, prefecture, county, zone.
const MOST_NAMES: usize = 4;

/// Names that may stand in front of a text of this row.
pub(super) fn names_in_front(
    divisions: &DivisionTable,
    zones: &ZoneTable,
    location: &Location,
    row: &Row,
) -> Vec<String> {
    let mut names = names_of(divisions, location.division);
    names.extend([row.province(), row.city()].map(str::to_owned));
    if location.township.is_none() {
        names.push(row.county().to_owned());
    }
    if location.zone.is_some() {
        // A zone may be part of another one: 西咸新区沣东新城.
        names.extend(zones.names_in(location.division).map(str::to_owned));
    }
    names.retain(|name| name.chars().count() > 1);
    names.sort_unstable();
    names.dedup();
    names
}

/// Names of a division and of all that it lies in.
pub(super) fn names_of(divisions: &DivisionTable, division: DivisionCode) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = divisions.get(division);
    while let Some(division) = next {
        names.extend(division.periods().map(|period| period.name().to_owned()));
        next = divisions.parent(division.code());
    }
    let short: Vec<String> = next_to_short(divisions, division);
    names.extend(short);
    names
}

/// 临夏州 for 临夏回族自治州: what people write for autonomous prefectures.
fn next_to_short(divisions: &DivisionTable, division: DivisionCode) -> Vec<String> {
    divisions
        .get(division.prefecture())
        .map(Division::name)
        .filter(|name| name.ends_with("自治州"))
        .map(|name| {
            (2..=4)
                .map(|length| name.chars().take(length).collect::<String>() + "州")
                .collect()
        })
        .unwrap_or_default()
}

/// The places of a text, with such names taken from its front.
pub(super) fn places(
    names: &[String],
    text: &str,
    division: DivisionCode,
) -> Result<Vec<Place>, PlaceError> {
    // A text that says nothing is no place, even though a name alone is.
    let whole = Place::parse_list(text)?;
    let compact: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let mut rest = compact.as_str();
    for _ in 0..MOST_NAMES {
        let shorter = names
            .iter()
            .filter_map(|name| rest.strip_prefix(name.as_str()))
            .filter(|rest| {
                let goes_on = GOES_ON.iter().any(|word| rest.starts_with(word));
                // 临沧市 before 镇康县 is not the front of a 临沧市镇.
                !goes_on || names.iter().any(|name| rest.starts_with(name.as_str()))
            })
            .min_by_key(|rest| rest.len());
        match shorter {
            Some(shorter) => rest = shorter,
            None => break,
        }
    }
    if rest.len() == compact.len() && division.province().number() != TIANJIN {
        return Ok(whole);
    }
    if rest.is_empty() {
        return Ok(vec![Place::whole()]);
    }
    if let Some((township, site)) = tianjin_street(division, rest) {
        let place = Place::parse(site).unwrap_or(Place::whole());
        return Ok(vec![place.in_township(&township)]);
    }
    match Place::parse_list(rest) {
        // Only brackets or dots behind the name.
        Err(PlaceError::Empty) => Ok(vec![Place::whole()]),
        places => places,
    }
}

const TIANJIN: u32 = 120_000;

/// Tianjin writes 东海街 for 东海街道; elsewhere 街 is a street.
fn tianjin_street(division: DivisionCode, text: &str) -> Option<(String, &str)> {
    if division.province().number() != TIANJIN {
        return None;
    }
    let (name, rest) = text.split_once('街')?;
    let length = name.chars().count();
    let plain =
        (2..=4).contains(&length) && name.chars().all(|c| c.is_alphabetic() && !c.is_ascii());
    let is_street = rest.starts_with('道')
        || rest.starts_with(|c: char| c.is_ascii_digit())
        || name.contains(['镇', '乡', '路', '大', '村', '区']);
    (plain && !is_street).then(|| (format!("{name}街道"), rest))
}
