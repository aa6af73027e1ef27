//! From the names of a list to divisions and places.

use hc_code::{DivisionCode, DivisionRank, Offset, Timestamp};

use super::{Area, AreaLevel, AreaSnapshot, Publication, Row, ZoneTable, list_name};
use crate::division::{Division, DivisionTable};
use crate::place::{Place, PlaceError};
use crate::word::vocabulary;

mod report;
mod text;

pub use report::{LocatedText, MappingReport, Unlocated};

/// Gives the names of a list their divisions, by a table of divisions and one of functional zones.
#[derive(Clone, Copy, Debug)]
pub struct Gazetteer<'a> {
    divisions: &'a DivisionTable,
    zones: &'a ZoneTable,
}

vocabulary! {
    /// How the division of a row, or of one place of it, was found; the surest first.
    pub enum Mapping : "way to find a division" {
        /// By the names that the divisions bear.
        Exact = "exact" / "现名",
        /// The names are shifted by one level: the city is a county of a municipality, the county a
        /// township of it.
        ShiftedMunicipality = "shifted-municipality" / "直辖市错位",
        /// The prefecture has no counties (东莞, 中山); the county is a township of it.
        NoCounties = "no-counties" / "不设县区",
        /// By the table of functional zones, to the county.
        Zone = "zone" / "功能区",
        /// By a name that the division bore once, or as part of a prefecture that it left.
        FormerName = "former-name" / "曾用名",
        /// By the table of functional zones, to the division that contains all of the zone.
        ZoneAcrossCounties = "zone-across-counties" / "跨县功能区",
        /// The county is not known; what it lies in is.
        ParentOnly = "parent-only" / "仅上级",
    }
}

/// A division that a row names, and what of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Location {
    division: DivisionCode,
    counties: Vec<DivisionCode>,
    zone: Option<Box<str>>,
    township: Option<Box<str>>,
    mapping: Mapping,
}

/// A publication with its areas found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located {
    /// The areas, list by list.
    pub snapshot: AreaSnapshot,
    /// How they were found, and which were not.
    pub report: MappingReport,
}

/// Names that nothing is known about.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no division is called {province:?}")]
pub struct UnknownProvince {
    /// The name.
    pub province: String,
}

impl Mapping {
    /// Whether the division is the finest that GB/T 2260 has for the place: the county, or the prefecture
    /// where there are no counties.
    pub const fn is_finest(self) -> bool {
        !matches!(self, Self::ZoneAcrossCounties | Self::ParentOnly)
    }
}

impl Location {
    /// The division.
    pub const fn division(&self) -> DivisionCode {
        self.division
    }

    /// How it was found.
    pub const fn mapping(&self) -> Mapping {
        self.mapping
    }

    fn of(division: &Division, mapping: Mapping) -> Self {
        Self {
            division: division.code(),
            counties: Vec::new(),
            zone: None,
            township: None,
            mapping,
        }
    }
}

impl Gazetteer<'static> {
    /// By the tables that come with the program.
    pub fn bundled() -> Self {
        Self {
            divisions: DivisionTable::bundled(),
            zones: ZoneTable::bundled(),
        }
    }
}

impl<'a> Gazetteer<'a> {
    /// By other tables.
    pub const fn new(divisions: &'a DivisionTable, zones: &'a ZoneTable) -> Self {
        Self { divisions, zones }
    }

    /// Finds the areas of a publication. Nothing is dropped in silence: what has no division, or no
    /// readable place, is in the report.
    pub fn locate(&self, publication: &Publication) -> Located {
        let year = year_of(publication.at());
        let mut snapshot = AreaSnapshot::new(publication.at());
        let mut report = MappingReport::default();
        for (level, rows) in publication.lists() {
            snapshot.list(level);
            for row in rows {
                self.locate_row(year, level, row, &mut snapshot, &mut report);
            }
        }
        Located { snapshot, report }
    }

    fn locate_row(
        &self,
        year: u16,
        level: AreaLevel,
        row: &Row,
        snapshot: &mut AreaSnapshot,
        report: &mut MappingReport,
    ) {
        let list = list_name(level);
        let location = match self.find(row.province(), row.city(), row.county(), year) {
            Ok(location) => location,
            Err(error) => return report.lose_row(list, row, &error),
        };
        let names = text::names_in_front(self.divisions, self.zones, &location, row);
        let mut coarsest = None;
        for text in row.places() {
            match self.areas(&location, &names, text) {
                Ok((areas, mapping)) => {
                    coarsest = coarsest.max(Some(mapping));
                    report.place(mapping);
                    for area in areas {
                        snapshot.add(level, area);
                    }
                }
                Err(error) => report.lose_place(list, row, text, &error),
            }
        }
        report.row(row, coarsest.unwrap_or(location.mapping));
    }

    /// The division that three names of a list stand for, as things were at the end of a year or of the
    /// year before.
    ///
    /// # Errors
    /// [`UnknownProvince`] where not even the first name is known. Other unknown names give the division
    /// that is known, with [`Mapping::ParentOnly`], and the unknown name as a zone of it, so that a part is
    /// never taken for the whole.
    pub fn find(
        &self,
        province: &str,
        city: &str,
        county: &str,
        year: u16,
    ) -> Result<Location, UnknownProvince> {
        let known = self
            .divisions
            .named(province)
            .find(|division| division.code().rank() == DivisionRank::Province);
        let Some(known) = known else {
            return self
                .zone_in(DivisionCode::COUNTRY, province)
                .ok_or_else(|| {
                    let province = province.to_owned();
                    UnknownProvince { province }
                });
        };
        if city == province || is_heading(city) {
            return Ok(self.county_or_zone(known, known, county, year));
        }
        let prefectures = self.child(known.code(), city, year, DivisionRank::Prefecture);
        if let Some((prefecture, how)) = prefectures {
            if county == city {
                return Ok(Location::of(prefecture, how));
            }
            let mut location = self.county_or_zone(prefecture, known, county, year);
            if location.mapping == Mapping::Exact {
                location.mapping = how;
            }
            return Ok(location);
        }
        if let Some((district, how)) = self.child(known.code(), city, year, DivisionRank::County) {
            let mut location = Location::of(district, Mapping::ShiftedMunicipality);
            if county == city {
                location.mapping = how;
            } else {
                location.township = Some(county.into());
            }
            return Ok(location);
        }
        Ok(self.zone_in(known.code(), city).unwrap_or_else(|| {
            let mut location = Location::of(known, Mapping::ParentOnly);
            location.zone = Some(format!("{city}{county}").into());
            location
        }))
    }

    /// A county of `above` by name; else a zone or a township of it.
    fn county_or_zone(
        &self,
        above: &Division,
        province: &Division,
        county: &str,
        year: u16,
    ) -> Location {
        if county == above.name() || is_heading(county) {
            return Location::of(above, Mapping::Exact);
        }
        let found = self.child(above.code(), county, year, DivisionRank::County);
        if let Some((found, how)) = found {
            let moved = self.moved(found, province.code(), county);
            return Location::of(moved.unwrap_or(found), how);
        }
        if let Some(zone) = self.zone_in(above.code(), county) {
            return zone;
        }
        let has_counties = self.divisions.children(above.code()).next().is_some();
        if !has_counties {
            let mut location = Location::of(above, Mapping::NoCounties);
            location.township = Some(county.into());
            return location;
        }
        let mut location = Location::of(above, Mapping::ParentOnly);
        location.zone = Some(county.into());
        location
    }

    /// Where an abolished county went on under its name in the year after, in another prefecture.
    fn moved(&self, county: &Division, province: DivisionCode, name: &str) -> Option<&'a Division> {
        let next = county.last_year()?.checked_add(1)?;
        self.divisions.within(province).find(|division| {
            division.code().rank() == DivisionRank::County
                && division
                    .periods()
                    .any(|period| period.name() == name && period.first() == Some(next))
        })
    }

    /// The one division of that name and rank in `above`: one that bears the name, else one that bore it.
    fn child(
        &self,
        above: DivisionCode,
        name: &str,
        year: u16,
        rank: DivisionRank,
    ) -> Option<(&'a Division, Mapping)> {
        let divisions = self.divisions;
        let found: Vec<&'a Division> = divisions
            .within(above)
            .filter(|division| division.code() != above && !division.is_grouping())
            .filter(|division| division.code().rank() == rank)
            .filter(|division| division.periods().any(|period| period.name() == name))
            .collect();
        let bears = |division: &&&Division| {
            [year, year.saturating_sub(1)]
                .iter()
                .any(|year| division.name_in(*year) == Some(name))
        };
        let mut now = found.iter().filter(bears);
        if let Some(first) = now.next() {
            return now.next().is_none().then_some((*first, Mapping::Exact));
        }
        // Of several that once bore it, the one that bore it last.
        found
            .into_iter()
            .max_by_key(|division| last_year_of(division, name))
            .map(|division| (division, Mapping::FormerName))
    }

    fn zone_in(&self, within: DivisionCode, name: &str) -> Option<Location> {
        let zone = if within == DivisionCode::COUNTRY {
            // 新疆生产建设兵团 stands where provinces stand.
            self.divisions
                .children(within)
                .find_map(|province| self.zones.find(self.divisions, province.code(), name))?
        } else {
            self.zones.find(self.divisions, within, name)?
        };
        let division = self.divisions.get(zone.division())?;
        let finest = division.code().rank() == DivisionRank::County
            || self.divisions.children(division.code()).next().is_none();
        let mapping = if finest {
            Mapping::Zone
        } else {
            Mapping::ZoneAcrossCounties
        };
        let mut location = Location::of(division, mapping);
        if !zone.is_whole() {
            location.zone = Some(zone.name().into());
            location.counties = zone.counties().to_vec();
        }
        Some(location)
    }

    /// The areas that one text names at a location; several where it lists townships.
    fn areas(
        &self,
        location: &Location,
        names: &[String],
        text: &str,
    ) -> Result<(Vec<Area>, Mapping), PlaceError> {
        let places = text::places(names, text, location.division)?;
        let mut mapping = location.mapping;
        let mut areas = Vec::with_capacity(places.len());
        for place in places {
            let place = match &location.township {
                Some(township) => place.in_township(township),
                None => place,
            };
            let (area, how) = self.area(location, place);
            mapping = if areas.is_empty() {
                how
            } else {
                mapping.max(how)
            };
            areas.push(area);
        }
        Ok((areas, mapping))
    }

    fn area(&self, location: &Location, place: Place) -> (Area, Mapping) {
        let Some(name) = &location.zone else {
            return (Area::new(location.division, place), location.mapping);
        };
        let zone = self.zones.find(self.divisions, location.division, name);
        let county = place
            .township()
            .and_then(|township| zone?.county_of(township));
        if let Some(county) = county {
            // Within its county the township says all.
            return (Area::new(county, place), Mapping::Zone);
        }
        if place.township().is_some() && location.division.rank() == DivisionRank::County {
            return (Area::new(location.division, place), location.mapping);
        }
        let area =
            Area::new(location.division, place.in_zone(name)).in_counties(&location.counties);
        (area, location.mapping)
    }

    /// The place that a text names in a division, as an area of a list would be read: names of the
    /// division and of what it lies in go from the front of the text.
    ///
    /// # Errors
    /// [`PlaceError`] where the text is not a place.
    pub fn place_in(&self, division: DivisionCode, text: &str) -> Result<Place, PlaceError> {
        let names = text::names_of(self.divisions, division);
        let mut places = text::places(&names, text, division)?;
        match places.len() {
            1 => places.pop().ok_or(PlaceError::Empty),
            _ => Place::parse(text),
        }
    }
}

fn last_year_of(division: &Division, name: &str) -> Option<u16> {
    division
        .periods()
        .filter(|period| period.name() == name)
        .filter_map(|period| {
            let first = period.first()?;
            Some(period.last().unwrap_or(u16::MAX).max(first))
        })
        .max()
}

/// 「省直辖县级行政单位」 in place of a prefecture, 「市辖区」 in place of a municipality's.
fn is_heading(name: &str) -> bool {
    name.contains("直辖") || name == "市辖区" || name == "县"
}

fn year_of(at: Timestamp) -> u16 {
    at.at_offset(Offset::CHINA)
        .get(..4)
        .and_then(|year| year.parse().ok())
        .unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests;
