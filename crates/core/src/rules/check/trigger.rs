//! What may set a rule off.

use hc_code::{DivisionCode, DivisionRank, Level, ReasonClass, Span};

use crate::area::AreaLevel;
use crate::division::DivisionTable;
use crate::evidence::{
    ContactDegree, EventKind, ExposureGrade, FEVER, SourceKind, SourceSet, TestResult,
};
use crate::place::Overlap;
use crate::rules::{Findings, LapseOf, Rule, StayTrigger, TestSeries, Trigger};

/// Where a temperature is raised; a lower threshold would catch healthy people.
const LEAST_FEVER: u16 = FEVER;
/// More provinces than this are the country.
const MOST_PROVINCES: usize = 5;
/// The longest time before its designation that an area still counts for; a stay in it that lies
/// further back says nothing about an infection.
const LONGEST_LOOKBACK: Span = Span::days(28);
/// Nothing is due more often than daily.
const SHORTEST_LAPSE: Span = Span::hours(24);

pub(super) fn check(region: DivisionCode, rule: &Rule, findings: &mut Findings) {
    let mut wrong = |message: &str| findings.add(rule.line, Some(rule.id.as_str()), message);
    if rule.sources.is_empty() {
        wrong("no evidence: `sources` names nobody whose evidence the rule believes");
    }
    if rule.class == ReasonClass::None {
        wrong("a rule has a reason class");
    }
    let highest = rule
        .stages
        .iter()
        .filter_map(|stage| stage.level.severity())
        .max();
    let gives_high = highest == Level::High.severity();
    if gives_high && rule.sources.contains(SourceKind::Person) {
        wrong(
            "a single self-answer would give high: `sources` must not name self where a stage is high",
        );
    }
    let of_door = match &rule.trigger {
        Trigger::Temperature(_) => true,
        Trigger::Lapse(lapse) => lapse.of == LapseOf::Temperature,
        _ => false,
    };
    if rule.sources.contains(SourceKind::Venue) && !of_door {
        wrong(
            "a venue scan alone would raise a level: a venue is believed for temperatures only, so \
             `sources` must not name it here",
        );
    }
    match &rule.trigger {
        Trigger::Stay(stay) => check_stay(region, rule, stay, highest, &mut wrong),
        Trigger::Declaration(_) if gives_high && !rule.sources.contains(SourceKind::Person) => {
            wrong(
                "a single self-answer would give high, whoever writes it down: at most medium here",
            );
        }
        Trigger::Contact(degrees)
            if gives_high
                && rule.sources.contains(SourceKind::Telecom)
                && degrees.contains(ContactDegree::Companion) =>
        {
            wrong("a companion whom only network cells know gives at most medium");
        }
        Trigger::Exposure(grades) if gives_high && grades.contains(ExposureGrade::Possible) => {
            wrong("a possible exposure gives at most medium");
        }
        Trigger::Temperature(_) if gives_high => {
            wrong("a temperature is a symptom, not a finding: at most medium");
        }
        Trigger::Test(test) if test.results.contains(TestResult::Negative) => {
            wrong(
                "a catch-all: a negative test would set the rule off for everybody who is tested",
            );
        }
        Trigger::Test(test) if test.methods.is_empty() || test.pooling.is_empty() => {
            wrong("no test can set the rule off: method and pooling each need a value");
        }
        Trigger::Temperature(least) if *least < LEAST_FEVER => {
            wrong("a catch-all: temperatures below 37.3 °C are normal");
        }
        Trigger::Lapse(lapse) => {
            if lapse.after < SHORTEST_LAPSE {
                wrong("a catch-all: nothing can be due more often than every 24h");
            }
            if gives_high {
                wrong("silence is no evidence of infection: what is missing gives at most medium");
            }
            let from_them = match lapse.of {
                LapseOf::Declaration => SourceSet::EMPTY.with(SourceKind::Person),
                LapseOf::Temperature => [SourceKind::Person, SourceKind::Venue]
                    .into_iter()
                    .collect(),
                LapseOf::Test => TestSeries::usual_sources(),
            };
            if !rule.sources.meets(from_them) {
                wrong("a catch-all: nobody in `sources` could ever supply what is missing");
            }
        }
        Trigger::Overdue(overdue) => {
            if overdue.within < SHORTEST_LAPSE {
                wrong("a test cannot be due in less than 24h: nobody could take it in time");
            }
            let narrow = matches!(
                overdue.since,
                EventKind::Arrival
                    | EventKind::Release
                    | EventKind::Contact
                    | EventKind::Exposure
                    | EventKind::Quarantine
            );
            if !narrow {
                wrong(
                    "a catch-all: a test is due after an arrival, release, contact, exposure or \
                     quarantine, not after what everybody does",
                );
            }
            if gives_high {
                wrong("silence is no evidence of infection: what is missing gives at most medium");
            }
        }
        _ => {}
    }
}

fn check_stay(
    region: DivisionCode,
    rule: &Rule,
    stay: &StayTrigger,
    highest: Option<u8>,
    wrong: &mut impl FnMut(&str),
) {
    if stay.areas.is_empty() && stay.divisions.is_empty() {
        wrong("a catch-all: a stay needs the levels of the areas or the divisions that count");
    }
    let more_than_check = highest > Level::Medium.severity() || rule.class != ReasonClass::Check;
    if stay.overlap == Overlap::Possible {
        if !stay.divisions.is_empty() {
            wrong(
                "a stay in a listed division is known or not: `match = \"possible\"` goes with `area`",
            );
        }
        if more_than_check {
            wrong("a stay known too coarsely gives at most medium with class check");
        }
    }
    if stay.areas.contains(AreaLevel::Low) && more_than_check {
        wrong(
            "a catch-all: low-risk areas are whole counties; they give at most medium with class check",
        );
    }
    if stay.lookback > LONGEST_LOOKBACK {
        wrong("`lookback` is at most 28d");
    }
    let provinces = stay
        .divisions
        .iter()
        .filter(|code| code.rank() == DivisionRank::Province);
    if provinces.count() > MOST_PROVINCES {
        wrong("a catch-all: more than five provinces are the country");
    }
    for division in &stay.divisions {
        if division.rank() != DivisionRank::Country && division.contains(region) {
            wrong(&format!(
                "a catch-all: everybody who lives in the region stays in {division}"
            ));
        }
        if division.rank() == DivisionRank::Country {
            wrong("a catch-all: the whole country is not a division that a stay can count in");
        } else if !DivisionTable::bundled().existed_ever(*division) {
            wrong(&format!(
                "division {division} is not in the table of GB/T 2260"
            ));
        }
    }
}
