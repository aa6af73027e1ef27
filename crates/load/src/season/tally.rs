//! What came of it.

use std::collections::BTreeMap;

use anyhow::Result;
use hc_code::verify::{Action, Cause, Verdict};
use hc_code::{Class, Level, Span, Timestamp};
use hdrhistogram::Histogram;

use super::gate::{Kind, Loaded};

/// Seconds that nothing in a season is beyond.
const A_SEASON: u64 = 100 * 86_400;

/// Counters of a season.
#[derive(Debug)]
pub(super) struct Tally {
    pub(super) scans: u64,
    /// Verdicts by kind of gate, class of code and action.
    pub(super) actions: BTreeMap<(Kind, &'static str, &'static str), u64>,
    /// Why verdicts were `unknown`.
    pub(super) unknown: BTreeMap<(Kind, &'static str), u64>,
    /// Genuine codes that were called invalid, and why.
    pub(super) invalid: BTreeMap<&'static str, u64>,
    /// People who had nothing to show: their region was away and their phone has no code of today.
    pub(super) no_code: u64,
    /// People not low who passed as low longer after than was declared.
    pub(super) wrong_green: u64,
    /// The same within that time.
    pub(super) green_in_time: u64,
    /// How late the latest of those was, by class.
    pub(super) latest_green: BTreeMap<&'static str, i64>,
    /// Low people who were called medium or high longer after than was declared.
    pub(super) wrong_red: u64,
    /// Somebody who was called high here and low there, their level the same all the while.
    pub(super) split: u64,
    pub(super) refused: u64,
    pub(super) refused_without_rule: u64,
    /// Refusals whose receipt was read back: by the gate's key, for the code, with the rule.
    pub(super) receipts: u64,
    /// Codes of a thief: before the theft was noticed; after it, until the gate had asked; and after that.
    pub(super) forged_before: u64,
    pub(super) forged_until_told: u64,
    pub(super) forged_after: u64,
    pub(super) forged_refused: u64,
    /// Seconds from the source's region to the deciding one.
    pub(super) evidence: Histogram<u64>,
    /// Seconds between as-of and verdict.
    pub(super) age: BTreeMap<Kind, Histogram<u64>>,
    /// Bytes of a gate's day.
    pub(super) loaded: BTreeMap<Kind, Vec<Loaded>>,
    /// Scans of people who were not low by their region's rules.
    pub(super) not_low: u64,
}

/// The word of a class of code.
pub(super) const fn word(class: Class) -> &'static str {
    match class {
        Class::Live => "live",
        Class::Carried => "carried",
        Class::Paper => "paper",
    }
}

impl Tally {
    pub(super) fn new() -> Result<Self> {
        let mut age = BTreeMap::new();
        for kind in Kind::ALL {
            age.insert(kind, Histogram::new_with_max(A_SEASON, 3)?);
        }
        Ok(Self {
            scans: 0,
            actions: BTreeMap::new(),
            unknown: BTreeMap::new(),
            invalid: BTreeMap::new(),
            no_code: 0,
            wrong_green: 0,
            green_in_time: 0,
            latest_green: BTreeMap::new(),
            wrong_red: 0,
            split: 0,
            refused: 0,
            refused_without_rule: 0,
            receipts: 0,
            forged_before: 0,
            forged_until_told: 0,
            forged_after: 0,
            forged_refused: 0,
            evidence: Histogram::new_with_max(A_SEASON, 3)?,
            age,
            loaded: BTreeMap::new(),
            not_low: 0,
        })
    }

    /// Counts a verdict on a genuine code.
    pub(super) fn verdict(&mut self, kind: Kind, class: Class, verdict: &Verdict, now: Timestamp) {
        self.scans += 1;
        let action = verdict.action();
        let key = (kind, word(class), action.word());
        *self.actions.entry(key).or_default() += 1;
        match action {
            Action::Invalid => *self.invalid.entry(verdict.cause().word()).or_default() += 1,
            Action::Unknown => {
                let why = match verdict.cause() {
                    Cause::Judged(basis) => basis.word(),
                    other => other.word(),
                };
                *self.unknown.entry((kind, why)).or_default() += 1;
            }
            Action::Refuse => {
                self.refused += 1;
                self.refused_without_rule += u64::from(verdict.rule().is_none());
            }
            Action::Pass | Action::Check => {}
        }
        if let Some(as_of) = verdict.genuine().and_then(hc_code::verify::Genuine::as_of)
            && let Some(ages) = self.age.get_mut(&kind)
        {
            let age = now.since(as_of).as_seconds();
            ages.saturating_record(u64::try_from(age).unwrap_or(0));
        }
    }

    /// Counts somebody not low who passed as low, so long after it should have been known.
    pub(super) fn green(&mut self, class: Class, late: Span, declared: Span) {
        if late > declared {
            self.wrong_green += 1;
        } else {
            self.green_in_time += 1;
        }
        let latest = self.latest_green.entry(word(class)).or_default();
        *latest = (*latest).max(late.as_seconds());
    }

    /// Whether everything that must not be is not.
    pub(super) fn faults(&self) -> Vec<String> {
        let must_be_none = [
            (
                self.wrong_green,
                "people not low passed later than was declared",
            ),
            (
                self.wrong_red,
                "low people were restricted later than was declared",
            ),
            (
                self.split,
                "people were high at one door and low at another beyond the declared delay",
            ),
            (self.refused_without_rule, "refusals named no rule"),
            (
                self.refused - self.receipts,
                "refusals gave no receipt that verifies",
            ),
            (
                self.forged_after,
                "stolen codes passed at gates that had been told",
            ),
        ];
        let faults = must_be_none.into_iter().filter(|(count, _)| *count > 0);
        faults
            .map(|(count, what)| format!("{count} {what}"))
            .collect()
    }
}

/// A level as people say it.
pub(super) const fn is_restricted(level: Level) -> bool {
    matches!(level, Level::Medium | Level::High)
}
