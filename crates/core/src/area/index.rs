//! Which areas a place met or may have met, ready to be read while deciding.

use std::collections::BTreeMap;

use hc_code::{DivisionCode, Timestamp};

use super::{Area, AreaHistory, AreaLevel, AreaPeriod};
use crate::place::{Grain, Overlap, Place, PlaceId, PlaceTable};

/// One area that a place lies in, or may lie in, for a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AreaMatch {
    /// Level of the area.
    pub level: AreaLevel,
    /// [`Overlap::Meets`] or [`Overlap::Possible`], never [`Overlap::Apart`].
    pub overlap: Overlap,
    /// How finely the *place of the stay* is known.
    pub grain: Grain,
    /// First instant of the level.
    pub from: Timestamp,
    /// First instant after it; [`Timestamp::MAX`] while it lasts.
    pub until: Timestamp,
    /// Number of the period in [`AreaHistory::periods`], for explanations.
    pub area: u32,
}

/// For every place of a [`PlaceTable`], the areas of an [`AreaHistory`] that a stay there may have met.
///
/// Made as a whole and then only read; a look-up is two array accesses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AreaIndex {
    /// Where the matches of each place end in `matches`.
    ends: Vec<usize>,
    matches: Vec<AreaMatch>,
}

impl AreaIndex {
    /// No area anywhere.
    pub const fn empty() -> Self {
        Self {
            ends: Vec::new(),
            matches: Vec::new(),
        }
    }

    /// Compares every place with every area of its division and of those around and below it.
    ///
    /// Within one division [`Place::overlap`] decides. Across divisions:
    /// * an area that is all of a division contains every stay in the divisions below it;
    /// * an area that is only a part of a wider division (a functional zone across counties) is at most
    ///   possible for a stay in one of its counties, and apart from a stay in any other;
    /// * a stay that is known only to a wider division is at most possible for any area below.
    pub fn build(places: &PlaceTable, history: &AreaHistory) -> Self {
        let mut index = Self::empty();
        index.extend(places, history);
        index
    }

    /// Compares the places that the table got since the index was made, as [`Self::build`] does.
    /// Table and history must be those that it was made from.
    pub fn extend(&mut self, places: &PlaceTable, history: &AreaHistory) {
        if self.ends.len() >= places.len() {
            return;
        }
        let mut by_division: BTreeMap<DivisionCode, Vec<(u32, &AreaPeriod)>> = BTreeMap::new();
        for (number, period) in (0..).zip(history.periods()) {
            by_division
                .entry(period.division())
                .or_default()
                .push((number, period));
        }
        for (_, division, place) in places.iter().skip(self.ends.len()) {
            let start = self.matches.len();
            let last = DivisionCode::new(last_below(division)).unwrap_or(division);
            let above = std::iter::successors(Some(division.parent()), |above| {
                (*above != DivisionCode::COUNTRY).then(|| above.parent())
            })
            .take_while(|above| *above != division)
            .filter_map(|above| by_division.get_key_value(&above));
            let here_and_below = by_division.range(division..=last);
            for (_, periods) in above.chain(here_and_below) {
                for (number, period) in periods {
                    let overlap = overlap_across((division, place), period.area());
                    if overlap != Overlap::Apart {
                        self.matches.push(AreaMatch {
                            level: period.level(),
                            overlap,
                            grain: place.grain(),
                            from: period.from(),
                            until: period.until().unwrap_or(Timestamp::MAX),
                            area: *number,
                        });
                    }
                }
            }
            if let Some(of_place) = self.matches.get_mut(start..) {
                of_place.sort_by_key(|found| (found.from, found.until, found.area));
            }
            self.ends.push(self.matches.len());
        }
    }

    /// The areas that a stay at this place met or may have met, by their beginning. Empty for a place
    /// that the table did not have when the index was made.
    pub fn areas_of(&self, place: PlaceId) -> &[AreaMatch] {
        let Ok(number) = usize::try_from(place.number()) else {
            return &[];
        };
        let start = match number.checked_sub(1) {
            None => 0,
            Some(before) => self.ends.get(before).copied().unwrap_or(usize::MAX),
        };
        self.ends
            .get(number)
            .and_then(|end| self.matches.get(start..*end))
            .unwrap_or(&[])
    }

    /// How many pairs of place and area there are.
    pub fn len(&self) -> usize {
        self.matches.len()
    }

    /// Whether no place met any area.
    pub fn is_empty(&self) -> bool {
        self.matches.is_empty()
    }
}

/// The highest code in a division.
fn last_below(division: DivisionCode) -> u32 {
    use hc_code::DivisionRank::{Country, County, Prefecture, Province};
    match division.rank() {
        Country => 999_999,
        Province => division.number() + 9_999,
        Prefecture => division.number() + 99,
        County => division.number(),
    }
}

fn overlap_across(stay: (DivisionCode, &Place), area: &Area) -> Overlap {
    let (division, place) = stay;
    if division == area.division() {
        return place.overlap(area.place());
    }
    if !area.division().contains(division) {
        return Overlap::Possible;
    }
    if area.place().is_whole() {
        return Overlap::Meets;
    }
    // A functional zone across several counties.
    let counties = area.counties();
    if !counties.is_empty() && !counties.iter().any(|county| county.contains(division)) {
        return Overlap::Apart;
    }
    match place.overlap(area.place()) {
        Overlap::Apart => Overlap::Apart,
        Overlap::Meets | Overlap::Possible => Overlap::Possible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::area::{AreaLedger, AreaSnapshot};
    use AreaLevel::{High, Low, Medium};
    use Overlap::{Meets, Possible};

    fn code(text: &str) -> DivisionCode {
        text.parse().unwrap()
    }

    fn area(division: &str, place: &str) -> Area {
        let place = if place.is_empty() {
            Place::whole()
        } else {
            Place::parse(place).unwrap()
        };
        Area::new(code(division), place)
    }

    #[test]
    fn a_match_is_small_enough_to_be_scanned() {
        assert!(size_of::<AreaMatch>() <= 40);
    }

    #[test]
    fn areas_of_a_place_come_by_their_beginning() {
        let (first, second) = (
            Timestamp::from_unix(1_650_000_000),
            Timestamp::from_unix(1_650_090_000),
        );
        let mut ledger = AreaLedger::new();
        let mut publish = |at, areas: &[(AreaLevel, Area)]| {
            let mut snapshot = AreaSnapshot::new(at);
            for &level in <AreaLevel as crate::word::Word>::ALL {
                snapshot.list(level);
            }
            for (level, area) in areas {
                snapshot.add(*level, area.clone());
            }
            ledger.add(&snapshot);
        };
        let zone = Area::new(code("510100"), Place::whole().in_zone("高新区"))
            .in_counties(&[code("510107"), code("510117")]);
        let town = (High, area("510107", "甲镇"));
        publish(first, std::slice::from_ref(&town));
        publish(
            second,
            &[
                town.clone(),
                (Medium, area("510107", "")),
                (Low, area("510000", "")),
                (High, zone),
            ],
        );
        let history = ledger.history();
        let mut places = PlaceTable::new();
        let mut id = |division: &str, place: &str| {
            let area = area(division, place);
            places
                .intern(area.division(), area.place().clone())
                .unwrap()
        };
        let (in_town, other_town) = (id("510107", "甲镇东村"), id("510107", "乙镇"));
        let (other_county, prefecture) = (id("510104", ""), id("510100", ""));
        let index = AreaIndex::build(&places, &history);
        let mut grown = AreaIndex::empty();
        let mut some = PlaceTable::new();
        for (_, division, place) in places.iter() {
            some.intern(division, place.clone()).unwrap();
            grown.extend(&some, &history);
        }
        assert_eq!(grown, index, "place by place or all at once");
        let found = |id| -> Vec<(AreaLevel, Overlap, Grain)> {
            index
                .areas_of(id)
                .iter()
                .map(|found| (found.level, found.overlap, found.grain))
                .collect()
        };
        let mut expected = vec![
            (High, Meets, Grain::Place),
            (Low, Meets, Grain::Place),
            (High, Possible, Grain::Place),
            (Medium, Meets, Grain::Place),
        ];
        assert_eq!(found(in_town), expected);
        expected.remove(0);
        for found in &mut expected {
            found.2 = Grain::Township;
        }
        assert_eq!(found(other_town), expected);
        // Outside the zone's counties.
        assert_eq!(found(other_county), [(Low, Meets, Grain::County)]);
        assert_eq!(found(prefecture).len(), 4);
        let high = index.areas_of(in_town)[0];
        assert_eq!((high.from, high.until), (first, Timestamp::MAX));
        assert_eq!(
            history.period(high.area).unwrap().place().to_string(),
            "甲镇"
        );
        assert!(index.areas_of(PlaceId::new(99)).is_empty());
        assert!(AreaIndex::empty().areas_of(in_town).is_empty());
    }
}
