//! Who was risky when: publications folded into periods.

use std::collections::{BTreeMap, BTreeSet};

use hc_code::{DivisionCode, Span, Timestamp};

use super::{AreaLevel, AreaStatement};
use crate::place::Place;

/// A list that is missing for so long is taken to be abolished; a shorter gap is taken for a slip.
pub const LIST_GRACE: Span = Span::hours(24);

/// An area: a place of a division, with a functional zone's counties where the division is wider than it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Area {
    division: DivisionCode,
    counties: Box<[DivisionCode]>,
    place: Place,
}

/// One area at one level for one unbroken time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AreaPeriod {
    from: Timestamp,
    area: Area,
    level: AreaLevel,
    until: Option<Timestamp>,
    ended_by_format: bool,
    source: AreaSource,
}

/// Who said so.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AreaSource {
    /// The national list of risk areas.
    NationalFeed,
    /// A list of the region's own, with the source that it names.
    Region(Box<str>),
}

/// The areas of one publication, list by list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AreaSnapshot {
    at: Timestamp,
    lists: BTreeMap<AreaLevel, BTreeSet<Area>>,
}

/// All publications and statements so far, in a form in which order and repetition do not matter.
///
/// For each list and area it keeps runs of publications, not the publications themselves: appending
/// costs as much as the publication is long, and an old publication may still arrive late.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AreaLedger {
    lists: BTreeMap<AreaLevel, ListRuns>,
    /// Times of all publications.
    publications: BTreeSet<Timestamp>,
    /// By what a statement is about; its end, if it was ever stated.
    statements: BTreeMap<(AreaSource, AreaLevel, Area, Timestamp), Option<Timestamp>>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct ListRuns {
    /// Times of publications that have this list.
    listed: BTreeSet<Timestamp>,
    /// For each area, runs of consecutive times of `listed`: first time to last.
    runs: BTreeMap<Area, BTreeMap<Timestamp, Timestamp>>,
}

/// Every period of every area, in a fixed order: by beginning, then by area.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AreaHistory {
    periods: Vec<AreaPeriod>,
}

impl Area {
    /// A place of a division.
    pub fn new(division: DivisionCode, place: Place) -> Self {
        Self {
            division,
            counties: Box::default(),
            place,
        }
    }

    /// The same for a functional zone that is known to lie in these counties only.
    #[must_use]
    pub fn in_counties(mut self, counties: &[DivisionCode]) -> Self {
        self.counties = counties.into();
        self
    }

    /// The finest division that contains it.
    pub const fn division(&self) -> DivisionCode {
        self.division
    }

    /// The counties of a functional zone that lies across several; empty for all others.
    pub const fn counties(&self) -> &[DivisionCode] {
        &self.counties
    }

    /// What of the division.
    pub const fn place(&self) -> &Place {
        &self.place
    }
}

impl AreaPeriod {
    /// The division.
    pub const fn division(&self) -> DivisionCode {
        self.area.division
    }

    /// The place within it.
    pub const fn place(&self) -> &Place {
        &self.area.place
    }

    /// The area as a whole.
    pub const fn area(&self) -> &Area {
        &self.area
    }

    /// The level.
    pub const fn level(&self) -> AreaLevel {
        self.level
    }

    /// The time of the first publication that names it, or what the region stated.
    pub const fn from(&self) -> Timestamp {
        self.from
    }

    /// The time of the first publication that no longer names it; `None` while it lasts.
    pub const fn until(&self) -> Option<Timestamp> {
        self.until
    }

    /// Whether it ended because its whole list is no longer published, not because somebody ended it.
    pub const fn ended_by_format(&self) -> bool {
        self.ended_by_format
    }

    /// Who said so.
    pub const fn source(&self) -> &AreaSource {
        &self.source
    }
}

impl AreaSnapshot {
    /// A publication of that time without any list.
    pub const fn new(at: Timestamp) -> Self {
        Self {
            at,
            lists: BTreeMap::new(),
        }
    }

    /// Notes that a list is published, be it empty.
    pub fn list(&mut self, level: AreaLevel) {
        self.lists.entry(level).or_default();
    }

    /// Adds an area to a list.
    pub fn add(&mut self, level: AreaLevel, area: Area) {
        self.lists.entry(level).or_default().insert(area);
    }

    /// The time of the publication.
    pub const fn at(&self) -> Timestamp {
        self.at
    }

    /// Whether that list is published.
    pub fn has_list(&self, level: AreaLevel) -> bool {
        self.lists.contains_key(&level)
    }

    /// Every area with its level, list by list.
    pub fn areas(&self) -> impl Iterator<Item = (AreaLevel, &Area)> {
        self.lists
            .iter()
            .flat_map(|(level, areas)| areas.iter().map(|area| (*level, area)))
    }
}

impl AreaLedger {
    /// Nothing published yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a publication. One that is known already changes nothing; two of the same time count as
    /// one that has the areas of both.
    pub fn add(&mut self, snapshot: &AreaSnapshot) {
        self.publications.insert(snapshot.at);
        for (level, areas) in &snapshot.lists {
            self.lists
                .entry(*level)
                .or_default()
                .add(snapshot.at, areas);
        }
    }

    /// Adds what the region stated itself. Of two statements that differ in the end alone, the earlier
    /// end counts; to prolong an area, state a new period that begins where the former ends.
    pub fn state(&mut self, statement: &AreaStatement) {
        let key = (
            AreaSource::Region(statement.source().into()),
            statement.level(),
            statement.area().clone(),
            statement.from(),
        );
        let until = self.statements.entry(key).or_default();
        *until = match (*until, statement.until()) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }

    /// All periods as of now.
    pub fn history(&self) -> AreaHistory {
        let mut periods = Vec::new();
        for (level, list) in &self.lists {
            let breaks = list.breaks(&self.publications);
            for (area, runs) in &list.runs {
                for (first, last) in runs {
                    list.periods_of(&breaks, *first, *last, |from, until, ended_by_format| {
                        periods.push(AreaPeriod {
                            from,
                            area: area.clone(),
                            level: *level,
                            until,
                            ended_by_format,
                            source: AreaSource::NationalFeed,
                        });
                    });
                }
            }
        }
        for ((source, level, area, from), until) in &self.statements {
            periods.push(AreaPeriod {
                from: *from,
                area: area.clone(),
                level: *level,
                until: *until,
                ended_by_format: false,
                source: source.clone(),
            });
        }
        periods.sort();
        AreaHistory { periods }
    }

    /// The lists that earlier publications had and the newest does not, each with the time of the first
    /// publication without it.
    pub fn missing_lists(&self) -> Vec<(AreaLevel, Timestamp)> {
        self.lists
            .iter()
            .filter_map(|(level, list)| {
                let last = list.listed.last()?;
                let without = self.publications.range(after(*last)..).next()?;
                Some((*level, *without))
            })
            .collect()
    }
}

/// A time from which on a list was taken to be abolished.
struct Break {
    /// The last publication that had it.
    last_listed: Timestamp,
    /// The first publication at least [`LIST_GRACE`] after the first that did not.
    end: Timestamp,
}

impl ListRuns {
    fn add(&mut self, at: Timestamp, areas: &BTreeSet<Area>) {
        let new = self.listed.insert(at);
        let before = self.listed.range(..at).next_back().copied();
        let next = self.listed.range(after(at)..).next().copied();
        if let (true, Some(before), Some(next)) = (new, before, next) {
            for (area, runs) in &mut self.runs {
                if !areas.contains(area) {
                    split(runs, before, next);
                }
            }
        }
        for area in areas {
            let runs = self.runs.entry(area.clone()).or_default();
            extend(runs, before, at, next);
        }
    }

    /// The gaps in this list that are longer than the grace.
    fn breaks(&self, publications: &BTreeSet<Timestamp>) -> Vec<Break> {
        let mut breaks = Vec::new();
        for last_listed in &self.listed {
            let again = self.listed.range(after(*last_listed)..).next().copied();
            let mut without = publications
                .range(after(*last_listed)..)
                .copied()
                .take_while(|at| again.is_none_or(|again| *at < again));
            let Some(first) = without.next() else {
                continue;
            };
            let abolished = first.plus(LIST_GRACE);
            // Strictly after the first, so one publication alone never abolishes a list.
            let end = without.chain(again).find(|at| *at >= abolished);
            if let Some(end) = end {
                breaks.push(Break {
                    last_listed: *last_listed,
                    end,
                });
            }
        }
        breaks
    }

    /// Calls `push(from, until, ended_by_format)` for each period of a run.
    fn periods_of(
        &self,
        breaks: &[Break],
        first: Timestamp,
        last: Timestamp,
        mut push: impl FnMut(Timestamp, Option<Timestamp>, bool),
    ) {
        let mut from = first;
        for gap in breaks {
            if gap.last_listed < from || gap.last_listed > last {
                continue;
            }
            push(from, Some(gap.end), true);
            if gap.last_listed == last {
                return;
            }
            match self.listed.range(after(gap.last_listed)..).next() {
                Some(again) => from = *again,
                None => return,
            }
        }
        push(
            from,
            self.listed.range(after(last)..).next().copied(),
            false,
        );
    }
}

/// Cuts the run that goes from `before` over a new time to `next`.
fn split(runs: &mut BTreeMap<Timestamp, Timestamp>, before: Timestamp, next: Timestamp) {
    if let Some((_, last)) = runs.range_mut(..=before).next_back()
        && *last >= next
    {
        let end = *last;
        *last = before;
        runs.insert(next, end);
    }
}

/// Adds a time to the runs of an area, between the neighbouring times of its list.
fn extend(
    runs: &mut BTreeMap<Timestamp, Timestamp>,
    before: Option<Timestamp>,
    at: Timestamp,
    next: Option<Timestamp>,
) {
    let covered = runs
        .range(..=at)
        .next_back()
        .map(|(first, last)| (*first, *last));
    if covered.is_some_and(|(_, last)| last >= at) {
        return;
    }
    let first = match covered {
        Some((first, last)) if Some(last) == before => first,
        _ => at,
    };
    let last = next.and_then(|next| runs.remove(&next)).unwrap_or(at);
    runs.insert(first, last);
}

const fn after(at: Timestamp) -> Timestamp {
    at.plus(Span::seconds(1))
}

impl AreaHistory {
    /// No period.
    pub const fn empty() -> Self {
        Self {
            periods: Vec::new(),
        }
    }

    /// All periods, by beginning, then by area; the position is the number in an
    /// [`AreaMatch`](super::AreaMatch).
    pub fn periods(&self) -> &[AreaPeriod] {
        &self.periods
    }

    /// The period of that number.
    pub fn period(&self, number: u32) -> Option<&AreaPeriod> {
        self.periods.get(usize::try_from(number).ok()?)
    }
}

#[cfg(test)]
mod tests;
