//! Counting mutants: by what was changed, how, and why the gate refused it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::time::Duration;

use hc_code::Class;
use hc_code::signing::Algorithm;
use hc_testkit::mutants::Change;

use crate::prove::report::Report;

/// How many mutants that were believed are told on the page.
const TOLD: usize = 20;

/// What a text is of: a class, and the algorithm of its issuer's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Sort {
    pub(super) class: Class,
    pub(super) algorithm: Algorithm,
}

impl Sort {
    /// How many there are.
    pub(super) const COUNT: u64 = (Class::ALL.len() * Algorithm::ALL.len()) as u64;

    /// Every class with every algorithm.
    pub(super) fn all() -> Vec<Self> {
        let with = |class| Algorithm::ALL.map(|algorithm| Self { class, algorithm });
        Class::ALL.into_iter().flat_map(with).collect()
    }
}

impl fmt::Display for Sort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let showing = match self.class {
            Class::Carried => " with showing",
            Class::Live | Class::Paper => "",
        };
        write!(f, "{}{showing}, {}", self.class.word(), self.algorithm)
    }
}

/// How far a refused mutant came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    BeforeSignature,
    Signature,
    Showing,
}

impl Stage {
    fn of(cause: &str) -> Self {
        match cause {
            "forged" => Self::Signature,
            cause if cause.starts_with("showing-") => Self::Showing,
            _ => Self::BeforeSignature,
        }
    }
}

/// What came of mutants.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    counts: BTreeMap<(Sort, Change, &'static str), u64>,
    unchanged: u64,
    believed: Vec<String>,
    times: BTreeMap<Sort, Duration>,
}

impl Tally {
    /// One mutant, by the word of the cause of its verdict.
    pub(super) fn count(&mut self, sort: Sort, change: Change, cause: &'static str) {
        *self.counts.entry((sort, change, cause)).or_default() += 1;
    }

    /// A change that gave a genuine text.
    pub(super) const fn count_unchanged(&mut self) {
        self.unchanged += 1;
    }

    /// A mutant that the gate fell for.
    pub(super) fn count_believed(&mut self, sort: Sort, change: Change, how: &str, mutant: &str) {
        self.believed
            .push(format!("{sort}, {change:?}: {how}: `{mutant}`"));
    }

    /// Time of one core.
    pub(super) fn count_time(&mut self, sort: Sort, time: Duration) {
        *self.times.entry(sort).or_default() += time;
    }

    /// Both together.
    pub(super) fn plus(mut self, other: Self) -> Self {
        for (key, count) in other.counts {
            *self.counts.entry(key).or_default() += count;
        }
        for (sort, time) in other.times {
            self.count_time(sort, time);
        }
        self.unchanged += other.unchanged;
        self.believed.extend(other.believed);
        self
    }

    pub(super) const fn unchanged(&self) -> u64 {
        self.unchanged
    }

    #[cfg(test)]
    pub(super) const fn counts(&self) -> &BTreeMap<(Sort, Change, &'static str), u64> {
        &self.counts
    }

    /// How many texts were verified.
    pub(super) fn mutants(&self) -> u64 {
        self.sum(|_, _, _| true)
    }

    #[cfg(test)]
    pub(super) fn of(&self, sort: Sort) -> u64 {
        self.sum(|of, _, _| of == sort)
    }

    /// Every mutant that was believed, as far as a page has room, and how many more there are.
    pub(super) fn believed(&self) -> Vec<String> {
        let mut told: Vec<String> = self.believed.iter().take(TOLD).cloned().collect();
        if self.believed.len() > TOLD {
            told.push(format!("{} more", self.believed.len() - TOLD));
        }
        told
    }

    /// Changes that no text of some sort was given, and sorts of which no mutant reached a
    /// signature.
    pub(super) fn never_reached(&self) -> Vec<String> {
        let mut missing = Vec::new();
        for sort in Sort::all() {
            for change in Change::ALL {
                if self.sum(|of, by, _| of == sort && by == change) == 0 {
                    missing.push(format!("{change:?} on {sort}"));
                }
            }
            if self.sum(|of, _, cause| of == sort && Stage::of(cause) == Stage::Signature) == 0 {
                missing.push(format!("a signature of {sort}"));
            }
        }
        missing
    }

    fn sum(&self, wanted: impl Fn(Sort, Change, &str) -> bool) -> u64 {
        let fits = self
            .counts
            .iter()
            .filter(|((sort, change, cause), _)| wanted(*sort, *change, cause));
        fits.map(|(_, count)| count).sum()
    }

    /// By sort, by change, and by cause.
    pub(super) fn tables(&self, report: &mut Report) {
        self.by_sort(report);
        self.by_change(report);
        self.by_cause(report);
    }

    fn by_sort(&self, report: &mut Report) {
        let rows: Vec<Vec<String>> = Sort::all()
            .into_iter()
            .map(|sort| {
                let mut row = vec![sort.to_string()];
                row.extend(self.stages(|of, _| of == sort));
                let time = self.times.get(&sort).copied().unwrap_or_default();
                row.push(format!("{:.1}", time.as_secs_f64()));
                row
            })
            .chain([{
                let mut row = vec!["all".to_owned()];
                row.extend(self.stages(|_, _| true));
                let time: Duration = self.times.values().sum();
                row.push(format!("{:.1}", time.as_secs_f64()));
                row
            }])
            .collect();
        report.table(
            &[
                "class and algorithm",
                "mutants",
                "refused before a signature",
                "by the issuer's signature",
                "by the showing",
                "seconds",
            ],
            &rows,
        );
    }

    fn by_change(&self, report: &mut Report) {
        let rows: Vec<Vec<String>> = Change::ALL
            .into_iter()
            .map(|change| {
                let mut row = vec![words(change)];
                row.extend(self.stages(|_, by| by == change));
                row
            })
            .collect();
        report.table(
            &[
                "what was changed",
                "mutants",
                "refused before a signature",
                "by the issuer's signature",
                "by the showing",
            ],
            &rows,
        );
    }

    fn by_cause(&self, report: &mut Report) {
        let causes: BTreeSet<&str> = self.counts.keys().map(|(_, _, cause)| *cause).collect();
        let rows: Vec<Vec<String>> = causes
            .into_iter()
            .map(|cause| {
                let of = |class| self.sum(|sort, _, by| by == cause && sort.class == class);
                let mut row = vec![format!("`{cause}`")];
                row.extend(Class::ALL.map(|class| of(class).to_string()));
                row.push(self.sum(|_, _, by| by == cause).to_string());
                row
            })
            .collect();
        report.table(
            &["cause of the verdict", "live", "carried", "paper", "all"],
            &rows,
        );
    }

    /// All, and those that came to each stage.
    fn stages(&self, wanted: impl Fn(Sort, Change) -> bool) -> [String; 4] {
        let at = |stage| {
            self.sum(|sort, change, cause| wanted(sort, change) && Stage::of(cause) == stage)
        };
        [
            self.sum(|sort, change, _| wanted(sort, change)),
            at(Stage::BeforeSignature),
            at(Stage::Signature),
            at(Stage::Showing),
        ]
        .map(|count| count.to_string())
    }
}

/// What a change does, for the page.
fn words(change: Change) -> String {
    let words = match change {
        Change::Character => "a character of the alphabet",
        Change::Foreign => "a character of any kind",
        Change::Shorter => "characters left out",
        Change::Longer => "characters put in",
        Change::Exchanged => "neighbours exchanged",
        Change::CutOff => "cut off",
        Change::Case => "a letter in lower case",
        Change::Spliced => "two texts spliced",
        Change::Clear => "a character of the clear part",
        Change::OtherClear => "another text's clear part",
        Change::Extension => "the extension",
        Change::Bits => "bits of the statement",
        Change::Byte => "a byte of the statement, a telling value",
        Change::Length => "bytes of the statement left out or put in",
        Change::StatementSpliced => "two statements spliced",
        Change::OtherSignature => "another statement's signature",
        Change::SpecialSignature => "a special r or s",
        Change::EquivalentS => "the equivalent s",
        Change::OtherHeader => "another statement's header",
        Change::LevelEverywhere => "the level, signed and in clear",
        Change::LongerNumber => "a number written longer",
        Change::ShowingBits => "bits of the showing",
        Change::OtherShowing => "another showing, or none",
    };
    words.to_owned()
}
