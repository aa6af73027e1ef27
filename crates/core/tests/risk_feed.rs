//! The way from publications to areas of places, on hand-made fixtures and on a generated feed.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeSet;
use std::path::Path;

use hc_code::Timestamp;
use hc_core::area::{
    Area, AreaIndex, AreaLedger, AreaLevel, AreaPeriod, AreaStatement, Difference, FeedError,
    Gazetteer, Located, Mapping, Parsed, Publication,
};
use hc_core::place::{Grain, Overlap, PlaceTable};
use hc_core::word::Word;
use hc_testkit::risk_feed::{FeedPlan, GeneratedPublication, RiskFeed};

fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/risk-areas");
    std::fs::read(folder.join(name)).unwrap()
}

fn read(name: &str) -> Result<Parsed, FeedError> {
    Publication::parse(&fixture(name), name)
}

fn located(name: &str) -> Located {
    Gazetteer::bundled().locate(&read(name).unwrap().publication)
}

fn messages(name: &str) -> Vec<String> {
    let parsed = read(name).unwrap();
    parsed.problems.iter().map(ToString::to_string).collect()
}

/// Level, division and place of every area, as text.
fn areas(located: &Located) -> Vec<String> {
    located
        .snapshot
        .areas()
        .map(|(level, area)| format!("{level} {} {}", area.division(), area.place()))
        .collect()
}

#[test]
fn good_publications_are_read_whole() {
    for name in [
        "2022041511-wrapped.json",
        "2022041518-bare.json",
        "2022072116-low-list.json",
    ] {
        assert_eq!(messages(name), Vec::<String>::new(), "{name}");
    }
    assert_eq!(
        areas(&located("2022041511-wrapped.json")),
        [
            "medium 330106 柳泉镇(除更高风险区外)",
            "medium 330106 石桥街道",
            "medium 441900 塘厦镇林村",
            "high 110105 青溪乡云山村",
            "high 110105 青溪乡西里社区3号楼1、2单元",
            "high 510107 桂溪街道金湖苑5栋",
        ]
    );
    assert_eq!(
        areas(&located("2022072116-low-list.json")),
        [
            "low 469021 全域(除更高风险区外)",
            "medium 330106 柳泉镇(除更高风险区外)",
            "medium 330106 石桥街道",
            "high 120103 福安街道宝岭里2、4、6门",
        ]
    );
}

#[test]
fn changes_of_the_format_are_reported() {
    assert_eq!(
        messages("2022111212-unknown-list.json"),
        [
            "unknown list closedlist with 1 entries",
            "unknown field notice"
        ]
    );
    // A count that is missing is no problem.
    assert_eq!(
        messages("2022111112-no-medium-list.json"),
        Vec::<String>::new()
    );
    let (before, after) = (
        located("2022072116-low-list.json"),
        located("2022111112-no-medium-list.json"),
    );
    let difference = Difference::between(&before.snapshot, &after.snapshot);
    assert_eq!(
        difference.to_string(),
        "from 2022-07-21T16:00:00+08:00 to 2022-11-11T12:00:00+08:00\nlist middlelist no longer published\n"
    );
}

#[test]
fn bad_rows_are_named_and_the_good_ones_kept() {
    let name = "2022041520-bad-rows.json";
    assert_eq!(
        messages(name),
        [
            "highlist row 2: a number instead of an object",
            "highlist row 3: field county is missing or empty",
            "highlist row 4: field communitys is empty",
            "highlist row 5: field communitys, place 2: \"\" is not a place of at most 1000 characters",
            "highlist has 3 places but states 9",
        ]
    );
    assert!(!read(name).unwrap().is_complete());
    let located = located(name);
    assert_eq!(
        areas(&located),
        ["high 310107 石桥镇", "high 510107 桂溪街道金湖苑5栋"]
    );
    assert_eq!(located.report.mapped_rows(), (2, 3));
    assert_eq!(located.report.lost().count(), 1);
}

#[test]
fn what_is_no_publication_is_refused_with_its_reason() {
    for (name, reason) in [
        ("no-time.json", "no field end_update_time"),
        (
            "time-of-another-day.json",
            "\"2022-02-30 11时\" is not a time",
        ),
        ("no-list.json", "none of the lists"),
        ("twice.json", "field \"highlist\" stands twice"),
        ("cut-off.json", "not JSON: EOF"),
        ("not-json.json", "not JSON: expected value"),
    ] {
        let error = read(name).unwrap_err().to_string();
        assert!(error.contains(reason), "{name}: {error}");
    }
}

#[test]
fn areas_of_the_region_stand_beside_those_of_the_feed() {
    let text = String::from_utf8(fixture("region.ndjson")).unwrap();
    let mut ledger = AreaLedger::new();
    let mut bad = Vec::new();
    for line in AreaStatement::parse_lines(&text) {
        match line {
            Ok(statement) => ledger.state(&statement),
            Err((number, error)) => bad.push((number, error.to_string())),
        }
    }
    assert_eq!(bad.len(), 1);
    assert_eq!(bad[0].0, 4);
    assert!(bad[0].1.contains("\"red\""), "{}", bad[0].1);
    ledger.add(&located("2022041511-wrapped.json").snapshot);
    let history = ledger.history();
    let ended: Vec<_> = history
        .periods()
        .iter()
        .filter_map(AreaPeriod::until)
        .collect();
    assert_eq!(
        ended,
        ["2022-07-08T09:00:00+08:00".parse::<Timestamp>().unwrap()]
    );

    let mut places = PlaceTable::new();
    let gazetteer = Gazetteer::bundled();
    let division = "330106".parse().unwrap();
    let mut index_of = |text: &str| {
        let place = gazetteer.place_in(division, text).unwrap();
        places.intern(division, place).unwrap()
    };
    let in_bridge = index_of("西湖区石桥街道云山社区");
    let county = index_of("西湖区");
    let index = AreaIndex::build(&places, &history);
    let found = |id| -> Vec<(AreaLevel, Overlap, Grain)> {
        let matches = index.areas_of(id).iter();
        matches
            .map(|found| (found.level, found.overlap, found.grain))
            .collect()
    };
    assert_eq!(
        found(in_bridge),
        [
            (AreaLevel::Medium, Overlap::Meets, Grain::Place),
            (AreaLevel::Medium, Overlap::Meets, Grain::Place),
            (AreaLevel::Low, Overlap::Meets, Grain::Place),
        ]
    );
    assert_eq!(
        found(county),
        [
            (AreaLevel::Medium, Overlap::Possible, Grain::County),
            (AreaLevel::Medium, Overlap::Possible, Grain::County),
            (AreaLevel::Medium, Overlap::Possible, Grain::County),
            (AreaLevel::Low, Overlap::Meets, Grain::County),
        ]
    );
}

fn generated(seed: u64, count: usize) -> Vec<(GeneratedPublication, Located)> {
    let gazetteer = Gazetteer::bundled();
    RiskFeed::new(seed, FeedPlan::default())
        .take(count)
        .map(|made| {
            let parsed = Publication::parse(&made.json, &made.name).unwrap();
            assert_eq!(parsed.problems, []);
            assert_eq!(parsed.publication.at(), made.at);
            let located = gazetteer.locate(&parsed.publication);
            (made, located)
        })
        .collect()
}

#[test]
fn every_generated_area_is_found_where_it_was_meant() {
    for seed in 0..4 {
        for (made, located) in generated(seed, 70) {
            assert_eq!(located.report.lost().count(), 0);
            let coarse = located.report.rows(Mapping::ParentOnly)
                + located.report.rows(Mapping::ZoneAcrossCounties);
            assert_eq!(coarse, 0, "{}", located.report);
            for (level, meant) in &made.areas {
                let found: BTreeSet<(String, Option<&str>)> = located
                    .snapshot
                    .areas()
                    .filter(|(of, _)| of == level)
                    .map(|(_, area)| (area.division().to_string(), area.place().township()))
                    .collect();
                for area in meant {
                    let key = (area.division.to_string(), area.township.as_deref());
                    assert!(found.contains(&key), "{area:?}");
                }
            }
        }
    }
}

#[test]
fn the_generated_history_is_what_was_published() {
    let made = generated(9, 90);
    let mut ledger = AreaLedger::new();
    for (_, located) in &made {
        ledger.add(&located.snapshot);
    }
    let mut reversed = AreaLedger::new();
    for (_, located) in made.iter().rev().chain(&made) {
        reversed.add(&located.snapshot);
    }
    assert_eq!(ledger, reversed);
    let history = ledger.history();
    for (made, located) in &made {
        for level in AreaLevel::ALL
            .iter()
            .filter(|level| made.areas.contains_key(level))
        {
            let published: BTreeSet<&Area> = located
                .snapshot
                .areas()
                .filter(|(of, _)| of == level)
                .map(|(_, area)| area)
                .collect();
            let then: BTreeSet<&Area> = history
                .periods()
                .iter()
                .filter(|period| period.level() == *level)
                .filter(|period| {
                    period.from() <= made.at && period.until().is_none_or(|until| made.at < until)
                })
                .map(AreaPeriod::area)
                .collect();
            assert_eq!(then, published, "{level} at {}", made.at);
        }
    }
    // The list of medium areas vanishes with publication 60; its areas end a day later, with a flag.
    let by_format: BTreeSet<Timestamp> = history
        .periods()
        .iter()
        .filter(|period| period.ended_by_format())
        .map(|period| period.until().unwrap())
        .collect();
    assert_eq!(by_format.len(), 1);
    let first_without = made[60].0.at;
    let ended = *by_format.first().unwrap();
    assert!(ended.since(first_without) >= hc_core::area::LIST_GRACE);
    assert_eq!(ledger.missing_lists(), [(AreaLevel::Medium, first_without)]);
}
