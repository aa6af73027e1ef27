use proptest::prelude::*;

use super::*;

fn at(hour: i64) -> Timestamp {
    Timestamp::from_unix(1_650_000_000 + hour * 3600)
}

fn area(name: &str) -> Area {
    Area::new("110105".parse().unwrap(), Place::parse(name).unwrap())
}

fn snapshot(hour: i64, lists: &[(AreaLevel, &[&str])]) -> AreaSnapshot {
    let mut snapshot = AreaSnapshot::new(at(hour));
    for (level, names) in lists {
        snapshot.list(*level);
        for name in *names {
            snapshot.add(*level, area(name));
        }
    }
    snapshot
}

fn fold(snapshots: &[AreaSnapshot]) -> AreaLedger {
    let mut ledger = AreaLedger::new();
    for snapshot in snapshots {
        ledger.add(snapshot);
    }
    ledger
}

/// Level, name, beginning, end, ended by format, in hours.
fn periods(ledger: &AreaLedger) -> Vec<(AreaLevel, String, i64, Option<i64>, bool)> {
    let hour = |at: Timestamp| (at.unix() - 1_650_000_000) / 3600;
    ledger
        .history()
        .periods()
        .iter()
        .map(|period| {
            (
                period.level(),
                period.place().to_string(),
                hour(period.from()),
                period.until().map(hour),
                period.ended_by_format(),
            )
        })
        .collect()
}

use AreaLevel::{High, Low, Medium};

#[test]
fn an_area_lasts_until_a_publication_no_longer_names_it() {
    let ledger = fold(&[
        snapshot(0, &[(High, &["甲镇"]), (Medium, &["乙镇"])]),
        snapshot(5, &[(High, &["甲镇"]), (Medium, &[])]),
        snapshot(9, &[(High, &[]), (Medium, &["甲镇"])]),
    ]);
    assert_eq!(
        periods(&ledger),
        [
            (Medium, "乙镇".to_owned(), 0, Some(5), false),
            (High, "甲镇".to_owned(), 0, Some(9), false),
            (Medium, "甲镇".to_owned(), 9, None, false),
        ]
    );
}

#[test]
fn a_list_that_is_missing_for_a_while_ends_nothing() {
    let ledger = fold(&[
        snapshot(0, &[(High, &["甲镇"]), (Medium, &["乙镇", "丙镇"])]),
        snapshot(5, &[(High, &["甲镇"])]),
        snapshot(9, &[(High, &["甲镇"]), (Medium, &["乙镇"])]),
    ]);
    let found = periods(&ledger);
    assert!(found.contains(&(Medium, "乙镇".to_owned(), 0, None, false)));
    assert!(found.contains(&(Medium, "丙镇".to_owned(), 0, Some(9), false)));
    assert_eq!(ledger.missing_lists(), []);
}

#[test]
fn a_list_that_stays_away_ends_its_areas_with_a_flag() {
    let mut ledger = fold(&[
        snapshot(0, &[(High, &["甲镇"]), (Medium, &["乙镇"])]),
        snapshot(5, &[(High, &["甲镇"])]),
        snapshot(20, &[(High, &["甲镇"])]),
    ]);
    // Not yet: the list is missing for 15 hours only.
    assert!(periods(&ledger).contains(&(Medium, "乙镇".to_owned(), 0, None, false)));
    assert_eq!(ledger.missing_lists(), [(Medium, at(5))]);
    ledger.add(&snapshot(29, &[(High, &["甲镇"])]));
    assert!(periods(&ledger).contains(&(Medium, "乙镇".to_owned(), 0, Some(29), true)));
    // A list that returns later begins anew.
    ledger.add(&snapshot(60, &[(Medium, &["乙镇"])]));
    assert!(periods(&ledger).contains(&(Medium, "乙镇".to_owned(), 0, Some(29), true)));
    assert!(periods(&ledger).contains(&(Medium, "乙镇".to_owned(), 60, None, false)));
    assert_eq!(ledger.missing_lists(), [(High, at(60))]);
}

#[test]
fn a_new_list_ends_nothing_of_the_others() {
    let ledger = fold(&[
        snapshot(0, &[(High, &["甲镇"])]),
        snapshot(5, &[(High, &["甲镇"]), (Low, &["乙镇"])]),
    ]);
    assert_eq!(
        periods(&ledger),
        [
            (High, "甲镇".to_owned(), 0, None, false),
            (Low, "乙镇".to_owned(), 5, None, false),
        ]
    );
}

#[test]
fn of_two_statements_the_earlier_end_counts() {
    let line = |until: &str| {
        let until = if until.is_empty() {
            String::new()
        } else {
            format!(r#""until":"{until}","#)
        };
        AreaStatement::parse(&format!(
            r#"{{"division":"110105","place":"甲镇","level":"high","from":"2022-06-01T00:00:00Z",{until}"source":"通告"}}"#
        ))
        .unwrap()
    };
    let lines = [
        line(""),
        line("2022-06-09T00:00:00Z"),
        line("2022-06-05T00:00:00Z"),
    ];
    for order in [[0, 1, 2], [2, 1, 0], [1, 0, 2]] {
        let mut ledger = AreaLedger::new();
        for index in order {
            ledger.state(&lines[index]);
        }
        let history = ledger.history();
        assert_eq!(history.periods().len(), 1);
        assert_eq!(
            history.periods()[0].until(),
            "2022-06-05T00:00:00Z".parse().ok()
        );
    }
}

fn snapshots() -> impl Strategy<Value = Vec<AreaSnapshot>> {
    let names = prop::collection::vec(prop::sample::select(vec!["甲镇", "乙镇", "丙镇"]), 0..3);
    let list = prop::option::weighted(0.8, names);
    prop::collection::vec((0_i64..80, list.clone(), list), 1..14).prop_map(|made| {
        made.into_iter()
            .map(|(hour, high, medium)| {
                let mut lists: Vec<(AreaLevel, &[&str])> = Vec::new();
                if let Some(names) = &high {
                    lists.push((High, names));
                }
                if let Some(names) = &medium {
                    lists.push((Medium, names));
                }
                snapshot(hour * 3, &lists)
            })
            .collect()
    })
}

proptest! {
    #[test]
    fn order_and_repetition_do_not_matter(
        made in snapshots(),
        order in prop::collection::vec(any::<prop::sample::Index>(), 0..30),
    ) {
        let straight = fold(&made);
        let mut shuffled: Vec<AreaSnapshot> =
            order.iter().map(|index| index.get(&made).clone()).collect();
        shuffled.extend(made.iter().rev().cloned());
        prop_assert_eq!(&fold(&shuffled), &straight);
        prop_assert_eq!(fold(&shuffled).history(), straight.history());
    }

    /// The runs say exactly what a look at every single publication says.
    #[test]
    fn an_area_is_risky_at_a_publication_that_names_it(made in snapshots()) {
        let history = fold(&made).history();
        let covers = |level, area: &Area, at: Timestamp| {
            history.periods().iter().any(|period| {
                period.level() == level
                    && period.area() == area
                    && period.from() <= at
                    && period.until().is_none_or(|until| at < until)
            })
        };
        for snapshot in &made {
            for level in [High, Medium] {
                for name in ["甲镇", "乙镇", "丙镇"] {
                    let area = area(name);
                    // Publications of the same time count as one.
                    let same_time = || made.iter().filter(|other| other.at() == snapshot.at());
                    let named = same_time().any(|other| other.areas().any(|found| found == (level, &area)));
                    let listed = same_time().any(|other| other.has_list(level));
                    if listed {
                        prop_assert_eq!(covers(level, &area, snapshot.at()), named);
                    }
                }
            }
        }
    }

    #[test]
    fn periods_of_one_area_and_level_do_not_overlap(made in snapshots()) {
        let history = fold(&made).history();
        for (number, one) in history.periods().iter().enumerate() {
            prop_assert!(one.until().is_none_or(|until| one.from() < until));
            for other in &history.periods()[number + 1..] {
                if (one.level(), one.area()) == (other.level(), other.area()) {
                    prop_assert!(one.until().is_some_and(|until| until <= other.from()));
                }
            }
        }
    }
}
