//! A generated feed of risk areas in the form of the national list: invented townships in real counties.
//!
//! Everything that the real feed of 2022 does is done here from a seed: areas come, rise, fall and go;
//! municipalities are shifted by one level; functional zones stand where counties stand; texts list
//! buildings, exclude higher areas and repeat the names of their divisions; a list of low areas appears
//! and the list of medium ones vanishes.

use std::collections::BTreeMap;

use hc_code::{DivisionCode, DivisionRank, Offset, Span, Timestamp};
use hc_core::area::{AreaLevel, list_name};
use hc_core::division::{Division, DivisionTable};
use serde_json::{Map, Value, json};

use crate::Seeded;

mod text;

/// What a generated feed is like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FeedPlan {
    /// How many counties have areas, one or more.
    pub counties: u32,
    /// How many areas appear with each publication, on average.
    pub new_areas: u32,
    /// Number of the first publication with a list of low areas.
    pub low_from: usize,
    /// Number of the first publication without the list of medium areas.
    pub medium_until: usize,
    /// Time of the first publication.
    pub begin: Timestamp,
}

impl Default for FeedPlan {
    fn default() -> Self {
        Self {
            counties: 40,
            new_areas: 12,
            low_from: 30,
            medium_until: 60,
            // 2022-04-15T11:00:00+08:00, when the real feed of the shared data begins.
            begin: Timestamp::from_unix(1_649_991_600),
        }
    }
}

/// One area as the generator means it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TrueArea {
    /// The division that it lies in.
    pub division: DivisionCode,
    /// The township, where the text names one.
    pub township: Option<String>,
    /// Its text in the feed.
    pub text: String,
}

/// One publication with what it means.
#[derive(Clone, Debug)]
pub struct GeneratedPublication {
    /// A file name as the archive of the real feed gives: time, then a hash.
    pub name: String,
    /// The time of the publication.
    pub at: Timestamp,
    /// The publication.
    pub json: Vec<u8>,
    /// What is at which level, list by list; a list that is not published is not there.
    pub areas: BTreeMap<AreaLevel, Vec<TrueArea>>,
}

/// An endless feed; the same seed and plan give the same publications.
#[derive(Clone, Debug)]
pub struct RiskFeed {
    plan: FeedPlan,
    seeded: Seeded,
    counties: Vec<County>,
    at: Timestamp,
    number: usize,
    /// Level of every area now, with the county it stands under.
    now: BTreeMap<(usize, TrueArea), AreaLevel>,
}

/// The three names that a row carries, and the county that they mean.
#[derive(Clone, Debug)]
struct County {
    names: [String; 3],
    division: DivisionCode,
    /// In a shifted municipality the third name is a township.
    township: Option<String>,
}

/// Zones of the real feed whose county is in the table of zones.
const ZONES: [([&str; 3], u32); 3] = [
    (["四川省", "成都市", "天府新区"], 510_116),
    (["广东省", "深圳市", "大鹏新区"], 440_307),
    (["福建省", "平潭综合实验区", "平潭综合实验区"], 350_128),
];

impl RiskFeed {
    /// A feed of that plan.
    pub fn new(seed: u64, plan: FeedPlan) -> Self {
        let mut seeded = Seeded::new(seed);
        let counties = choose_counties(&mut seeded, plan.counties);
        Self {
            plan,
            seeded,
            counties,
            at: plan.begin,
            number: 0,
            now: BTreeMap::new(),
        }
    }

    /// Areas fall a step, go, or rise; new ones come.
    fn change(&mut self) {
        let before = std::mem::take(&mut self.now);
        for (area, level) in before {
            let next = match (self.seeded.below(1000), level) {
                (0..40, AreaLevel::High) => Some(AreaLevel::Medium),
                (40..60, AreaLevel::Medium) => Some(AreaLevel::High),
                (60..120, AreaLevel::Medium | AreaLevel::Low) => None,
                (120..150, AreaLevel::Medium) => Some(AreaLevel::Low),
                _ => Some(level),
            };
            if let Some(level) = next {
                self.now.insert(area, level);
            }
        }
        for _ in 0..=self.seeded.below(self.plan.new_areas.saturating_mul(2)) {
            let limit = u32::try_from(self.counties.len()).unwrap_or(1);
            let index = self.seeded.below(limit) as usize;
            let Some(county) = self.counties.get(index) else {
                continue;
            };
            let (township, text) =
                text::invent(&mut self.seeded, &county.names, county.township.as_deref());
            let area = TrueArea {
                division: county.division,
                township,
                text,
            };
            let level = match self.seeded.below(10) {
                0..3 => AreaLevel::High,
                3..9 => AreaLevel::Medium,
                _ => AreaLevel::Low,
            };
            self.now.insert((index, area), level);
        }
    }

    fn publish(&mut self) -> GeneratedPublication {
        let mut published = vec![AreaLevel::High];
        if self.number < self.plan.medium_until {
            published.push(AreaLevel::Medium);
        }
        if self.number >= self.plan.low_from {
            published.push(AreaLevel::Low);
        }
        let mut data = Map::new();
        let local = self.at.at_offset(Offset::CHINA);
        let day = local.get(..10).unwrap_or("");
        let hour = local.get(11..13).unwrap_or("");
        data.insert(
            "end_update_time".to_owned(),
            json!(format!("{day} {hour}时")),
        );
        let mut areas = BTreeMap::new();
        for level in published {
            let (rows, meant) = self.list(level);
            data.insert(count_name(level).to_owned(), json!(meant.len()));
            data.insert(list_name(level).to_owned(), Value::Array(rows));
            areas.insert(level, meant);
        }
        let root = if self.seeded.chance(800) {
            json!({ "data": data, "code": 0, "msg": "ok" })
        } else {
            Value::Object(data)
        };
        let digits = day.replace('-', "");
        GeneratedPublication {
            name: format!("{digits}{hour}-{:08x}.json", self.seeded.below(u32::MAX)),
            at: self.at,
            json: root.to_string().into_bytes(),
            areas,
        }
    }

    /// The rows of a list and the areas that they mean.
    fn list(&self, level: AreaLevel) -> (Vec<Value>, Vec<TrueArea>) {
        let mut by_county: BTreeMap<usize, Vec<&TrueArea>> = BTreeMap::new();
        for ((county, area), _) in self.now.iter().filter(|(_, now)| **now == level) {
            by_county.entry(*county).or_default().push(area);
        }
        let mut rows = Vec::new();
        let mut meant = Vec::new();
        for (index, areas) in by_county {
            let Some(county) = self.counties.get(index) else {
                continue;
            };
            let [province, city, name] = &county.names;
            let texts: Vec<&str> = areas.iter().map(|area| area.text.as_str()).collect();
            rows.push(json!({
                "type": "2", "province": province, "city": city, "county": name,
                "area_name": format!("{province} {city} {name}"), "communitys": texts,
            }));
            meant.extend(areas.into_iter().cloned());
        }
        (rows, meant)
    }
}

impl Iterator for RiskFeed {
    type Item = GeneratedPublication;

    fn next(&mut self) -> Option<GeneratedPublication> {
        self.change();
        let publication = self.publish();
        let hours = u16::try_from(3 + self.seeded.below(8)).unwrap_or(3);
        self.at = self.at.plus(Span::hours(hours));
        self.number += 1;
        Some(publication)
    }
}

const fn count_name(level: AreaLevel) -> &'static str {
    match level {
        AreaLevel::High => "hcount",
        AreaLevel::Medium => "mcount",
        AreaLevel::Low => "lcount",
    }
}

/// Counties of the table as they were in 2022, one zone in ten.
fn choose_counties(seeded: &mut Seeded, count: u32) -> Vec<County> {
    let table = DivisionTable::bundled();
    let all: Vec<&Division> = table
        .iter()
        .filter(|division| {
            division.code().rank() == DivisionRank::County
                && division.name_in(2021) == Some(division.name())
                && division.name_in(2022) == Some(division.name())
                && !division.is_grouping()
        })
        .collect();
    let mut counties = Vec::new();
    while counties.len() < count.max(1) as usize {
        if seeded.chance(100) {
            if let Some((names, code)) = seeded.pick(&ZONES)
                && let Ok(division) = DivisionCode::new(*code)
            {
                counties.push(County {
                    names: names.map(str::to_owned),
                    division,
                    township: None,
                });
            }
            continue;
        }
        let Some(county) = seeded.pick(&all) else {
            break;
        };
        counties.extend(county_of(seeded, table, county));
    }
    counties
}

fn county_of(seeded: &mut Seeded, table: &DivisionTable, county: &Division) -> Option<County> {
    let province = table.name(county.code().province())?.to_owned();
    let above = table.parent(county.code())?;
    let directly = above.code().rank() == DivisionRank::Province;
    let shifted = directly && province.ends_with('市') && seeded.chance(500);
    let name = county.name().to_owned();
    let (names, township) = if shifted {
        let township = text::township(seeded);
        ([province, name, township.clone()], Some(township))
    } else if directly && !province.ends_with('市') {
        ([province, "省直辖县级行政单位".to_owned(), name], None)
    } else {
        let city = above.name().to_owned();
        ([province, city, name], None)
    };
    Some(County {
        names,
        division: county.code(),
        township,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_seed_makes_one_feed() {
        let made = |seed| -> Vec<Vec<u8>> {
            RiskFeed::new(seed, FeedPlan::default())
                .take(5)
                .map(|publication| publication.json)
                .collect()
        };
        assert_eq!(made(1), made(1));
        assert_ne!(made(1), made(2));
    }

    #[test]
    fn the_format_changes_as_planned() {
        use AreaLevel::{High, Low, Medium};
        let plan = FeedPlan {
            low_from: 2,
            medium_until: 4,
            ..FeedPlan::default()
        };
        let lists: Vec<Vec<AreaLevel>> = RiskFeed::new(7, plan)
            .take(6)
            .map(|publication| publication.areas.keys().copied().collect())
            .collect();
        let (first, both, last) = (vec![Medium, High], vec![Low, Medium, High], vec![Low, High]);
        assert_eq!(
            lists,
            [&first, &first, &both, &both, &last, &last].map(Vec::clone)
        );
    }
}
