//! Stays and the areas they meet.

use hc_code::DivisionCode;

use super::*;
use crate::area::{Area, AreaLedger, AreaLevel, AreaStatement};
use crate::place::{Grain, Place, PlaceTable};

/// Stays at one grain each, in a county where a site is put at high risk on 20 June and taken off the
/// list on 27 June.
fn stays(known_as: Place, from: &str, until: &str) -> (Fact, AreaIndex) {
    let division: DivisionCode = "330106".parse().unwrap();
    let mut places = PlaceTable::new();
    let place = places.intern(division, known_as).unwrap();
    let mut ledger = AreaLedger::new();
    let area = Area::new(division, Place::parse("北山街道友谊社区").unwrap());
    let period = (at("06-20T10:00"), Some(at("06-27T10:00")));
    ledger.state(&AreaStatement::new(area, AreaLevel::High, period, "test").unwrap());
    let stay = Fact {
        until: at(until),
        ..fact(
            Event::Stay { division, place },
            SourceKind::HealthAuthority,
            at(from),
        )
    };
    (stay, AreaIndex::build(&places, &ledger.history()))
}

const AREA_RULES: [(&str, &str, &str); 2] = [
    (
        "area",
        r#"{ fact = "stay", area = ["high"], lookback = "7d" }"#,
        r#"[[rule.stage]]
level = "high"
lasts = "7d"
TEXTS"#,
    ),
    (
        "near",
        r#"{ fact = "stay", area = ["high"], match = "possible", lookback = "7d" }"#,
        r#"[[rule.stage]]
level = "medium"
lasts = "3d"
TEXTS"#,
    ),
];

#[test]
fn a_stay_meets_an_area_only_at_the_grain_that_is_published() {
    let pack = pack(&AREA_RULES);
    let decided = |known_as: &str| {
        let place = if known_as.is_empty() {
            Place::whole()
        } else {
            Place::parse(known_as).unwrap()
        };
        let (stay, areas) = stays(place, "06-21T08:00", "06-21T20:00");
        let decision = decide(
            &pack,
            Facts::sort(&mut vec![stay]),
            &areas,
            at("06-22T00:00"),
        );
        (
            decision.level,
            decision
                .reasons
                .first()
                .map(|reason| (reason.rule, reason.grain)),
        )
    };
    assert_eq!(
        decided("北山街道友谊社区"),
        (Level::High, Some((0, Some(Grain::Place))))
    );
    assert_eq!(
        decided("北山街道"),
        (Level::Medium, Some((1, Some(Grain::Township))))
    );
    assert_eq!(decided(""), (Level::Medium, Some((1, Some(Grain::County)))));
    assert_eq!(decided("西溪街道"), (Level::Unknown, None));
}

#[test]
fn who_left_before_the_designation_counts_as_far_as_the_rule_looks_back() {
    let pack = pack(&AREA_RULES);
    let site = || Place::parse("北山街道友谊社区").unwrap();
    let level = |from: &str, until: &str, now: &str| {
        let (stay, areas) = stays(site(), from, until);
        let facts = &mut vec![stay, declared("06-10T08:00")];
        decide(&pack, Facts::sort(facts), &areas, at(now)).level
    };
    assert_eq!(
        level("06-12T08:00", "06-14T08:00", "06-20T09:59"),
        Level::Low,
        "not yet designated"
    );
    assert_eq!(
        level("06-12T08:00", "06-14T08:00", "06-20T10:00"),
        Level::High
    );
    assert_eq!(
        level("06-12T08:00", "06-14T08:00", "06-21T08:00"),
        Level::Low,
        "seven days after leaving"
    );
    assert_eq!(
        level("06-12T08:00", "06-13T09:59", "06-20T10:00"),
        Level::Low,
        "left too long before"
    );
}

#[test]
fn who_stays_is_held_until_some_days_after_leaving_or_delisting() {
    let pack = pack(&AREA_RULES);
    let (stay, areas) = stays(
        Place::parse("北山街道友谊社区").unwrap(),
        "06-21T08:00",
        "07-10T08:00",
    );
    let facts = &mut vec![stay, declared("06-10T08:00")];
    let facts = Facts::sort(facts);
    let level = |now: &str| decide(&pack, facts, &areas, at(now)).level;
    assert_eq!(level("06-26T00:00"), Level::High);
    assert_eq!(
        level("07-04T09:59"),
        Level::High,
        "seven days after the area was taken off the list"
    );
    assert_eq!(level("07-04T10:00"), Level::Low);
}
