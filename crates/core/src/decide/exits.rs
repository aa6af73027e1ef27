//! The first instant at which an exit of a stage holds.

use hc_code::{Span, Timestamp};
use smallvec::SmallVec;

use super::Run;
use crate::evidence::{Event, FEVER, Fact, TestResult};
use crate::rules::{Exit, Reports, Stage, TestSeries, Then, release_sources};

/// What a stage's exits count from.
#[derive(Clone, Copy)]
pub(super) struct Count {
    /// Lengths of time count from here.
    pub(super) base: Timestamp,
    /// What happened at `base` or later can end the stage, or only what happened later: what ended the
    /// stage before does not end this one too.
    pub(super) from: Timestamp,
}

/// The first instant in `start..until` at which an exit of the stage holds, and where it leads.
///
/// Knowledge comes in steps, so only the instants at which a fact became known are tried, and those at
/// which an exit that waits may hold at last. An exit is judged by what was known *then*: a test that
/// comes to light later neither undoes nor moves it.
pub(super) fn earliest(
    run: &Run<'_>,
    stage: &Stage,
    start: Timestamp,
    count: Count,
    until: Timestamp,
) -> Option<(Timestamp, Then)> {
    if stage.exits.is_empty() {
        return None;
    }
    let mut instants: SmallVec<[Timestamp; 8]> = SmallVec::new();
    instants.push(start);
    let facts = run.facts.iter().filter(|fact| can_end(fact.event));
    instants.extend(facts.map(|fact| fact.known).filter(|at| *at > start));
    let opening = stage
        .exits
        .iter()
        .map(|exit| opens(run, stage, exit, count.base));
    instants.extend(opening.filter(|at| *at > start));
    instants.sort_unstable();
    instants.dedup();
    instants
        .into_iter()
        .take_while(|at| *at < until && *at <= run.now)
        .find_map(|at| {
            let mut open = stage
                .exits
                .iter()
                .filter(|exit| at >= opens(run, stage, exit, count.base));
            let exit = open.find(|exit| holds(run, exit, count, at))?;
            Some((at, exit.to))
        })
}

/// From when on an exit can hold. One that does not wait can hold at any time.
fn opens(run: &Run<'_>, stage: &Stage, exit: &Exit, base: Timestamp) -> Timestamp {
    if exit.not_before == Span::ZERO {
        return Timestamp::MIN;
    }
    stage.over(base, exit.not_before, run.pack.offset)
}

/// The next instant at which an exit that has to wait may hold without anything new being known.
pub(super) fn next_opening(run: &Run<'_>, stage: &Stage, base: Timestamp) -> Timestamp {
    let openings = stage.exits.iter().map(|exit| opens(run, stage, exit, base));
    openings
        .filter(|at| *at > run.now)
        .min()
        .unwrap_or(Timestamp::MAX)
}

/// Whether an event can be part of an exit.
fn can_end(event: Event) -> bool {
    matches!(
        event,
        Event::Test { .. } | Event::Declaration { .. } | Event::Release(_)
    )
}

/// Whether all that an exit names holds by what is known at an instant.
fn holds(run: &Run<'_>, exit: &Exit, count: Count, at: Timestamp) -> bool {
    let known = || {
        let known = run.facts.iter();
        known.filter(move |fact| fact.known <= at && at < fact.expires && fact.at >= count.from)
    };
    exit.tests
        .is_none_or(|series| tests(known(), &series, count.base))
        && exit
            .reports
            .is_none_or(|wanted| reports(known(), &wanted, count.base, run))
        && (exit.release.is_empty()
            || known().any(|fact| {
                matches!(fact.event, Event::Release(setting) if exit.release.contains(setting))
                    && release_sources().contains(fact.source)
            }))
}

/// Whether the facts, by time of sample, hold a series of negative tests that no later one of another
/// result has broken.
fn tests<'a>(facts: impl Iterator<Item = &'a Fact>, series: &TestSeries, base: Timestamp) -> bool {
    let from = base.plus(series.after);
    let mut counted: SmallVec<[Timestamp; 10]> = SmallVec::new();
    let mut complete = false;
    for fact in facts {
        let Event::Test {
            method,
            pooling,
            result,
        } = fact.event
        else {
            continue;
        };
        if !series.sources.contains(fact.source) {
            continue;
        }
        if result != TestResult::Negative {
            counted.clear();
            complete = false;
        } else if !complete
            && fact.at >= from
            && series.methods.contains(method)
            && series.pooling.contains(pooling)
        {
            counted.push(fact.at);
            complete = ends_series(&counted, series);
        }
    }
    complete
}

/// Whether the last of these samples ends a series.
///
/// Chosen backwards, each as late as the distance allows, a series spans the least time that any
/// series with that end can span.
fn ends_series(counted: &[Timestamp], series: &TestSeries) -> bool {
    let Some((end, earlier)) = counted.split_last() else {
        return false;
    };
    let mut first = *end;
    let mut missing = series.negative.saturating_sub(1);
    for sample in earlier.iter().rev() {
        if missing == 0 {
            break;
        }
        if sample.plus(series.apart) <= first {
            first = *sample;
            missing -= 1;
        }
    }
    missing == 0
        && series
            .within
            .is_none_or(|within| first.plus(within) >= *end)
}

/// Whether the facts hold healthy declarations on enough consecutive local days, and no later one that
/// is not healthy.
fn reports<'a>(
    facts: impl Iterator<Item = &'a Fact>,
    wanted: &Reports,
    base: Timestamp,
    run: &Run<'_>,
) -> bool {
    let from = base.plus(wanted.after);
    let mut days = 0u8;
    let mut last_day = None;
    let mut complete = false;
    for fact in facts {
        let Event::Declaration {
            answers,
            temperature,
        } = fact.event
        else {
            continue;
        };
        if !answers.is_empty() || temperature >= FEVER {
            days = 0;
            last_day = None;
            complete = false;
            continue;
        }
        if fact.at < from || (wanted.temperature && temperature == 0) {
            continue;
        }
        let day = fact.at.local_day(run.pack.offset);
        days = match last_day {
            Some(last) if day == last => days,
            Some(last) if day == last + 1 => days.saturating_add(1),
            _ => 1,
        };
        last_day = Some(day);
        complete |= days >= wanted.days;
    }
    complete
}
