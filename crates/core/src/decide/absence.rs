//! Rules that the absence of something sets off.
//!
//! Even these stand on evidence: the last thing of its kind, or the event after which it was due.

use hc_code::Timestamp;

use super::Run;
use super::occurrence::Occurrence;
use super::timeline::follow;
use crate::evidence::{Event, Fact, TestResult};
use crate::rules::{Lapse, LapseOf, Overdue, TestSeries, Trigger};

/// Follows one rule that absence sets off.
pub(super) fn of_rule(run: &mut Run<'_>, number: u16) {
    let pack = run.pack;
    let Some(rule) = pack.rules.get(usize::from(number)) else {
        return;
    };
    match &rule.trigger {
        Trigger::Lapse(lapse) => lapsed(run, number, lapse),
        Trigger::Overdue(overdue) => overdue_after_each(run, number, overdue),
        _ => {}
    }
}

fn lapsed(run: &mut Run<'_>, number: u16, lapse: &Lapse) {
    let Some(rule) = run.pack.rules.get(usize::from(number)) else {
        return;
    };
    // One that no longer counts was the last one all the same; else an expired test would be better
    // than an old one.
    let counts_now = |fact: &Fact| fact.known <= run.now;
    let nothing_counts = !run
        .facts
        .iter()
        .any(|fact| counts_now(fact) && run.now < fact.expires);
    if nothing_counts {
        return;
    }
    let last = (0u32..)
        .zip(run.facts)
        .filter(|(_, fact)| counts_now(fact) && rule.sources.contains(fact.source))
        .filter(|(_, fact)| is_of(lapse.of, fact.event))
        .max_by_key(|(number, fact)| (fact.until, *number));
    let reference = last.or_else(|| {
        (0u32..)
            .zip(run.facts)
            .find(|(_, fact)| counts_now(fact) && matches!(fact.event, Event::Declaration { .. }))
    });
    if let Some((fact_number, fact)) = reference {
        let due = fact.until.plus(lapse.after);
        follow(run, &missing(number, fact_number, fact, due));
    }
}

fn overdue_after_each(run: &mut Run<'_>, number: u16, overdue: &Overdue) {
    let Some(rule) = run.pack.rules.get(usize::from(number)) else {
        return;
    };
    let facts = run.facts;
    let now = run.now;
    for (fact_number, fact) in (0u32..).zip(facts) {
        let starts = fact.event.kind() == overdue.since
            && fact.known <= now
            && now < fact.expires
            && rule.sources.contains(fact.source);
        if !starts {
            continue;
        }
        let done = facts.iter().any(|test| {
            matches!(test.event, Event::Test { .. })
                && TestSeries::usual_sources().contains(test.source)
                && test.at >= fact.at
                && test.known <= now
        });
        if !done {
            let due = fact.until.plus(overdue.within);
            follow(run, &missing(number, fact_number, fact, due));
        }
    }
}

/// The occurrence of something that was due at an instant.
fn missing(rule: u16, number: u32, fact: &Fact, due: Timestamp) -> Occurrence {
    Occurrence {
        rule,
        since: fact.known.max(due),
        anchor: due,
        open_from: due,
        fact: number,
        expires: Timestamp::MAX,
        grain: None,
        area: None,
    }
}

/// Whether an event is one of what can lapse.
fn is_of(of: LapseOf, event: Event) -> bool {
    match (of, event) {
        (LapseOf::Declaration, Event::Declaration { .. })
        | (LapseOf::Temperature, Event::Temperature(_)) => true,
        (LapseOf::Temperature, Event::Declaration { temperature, .. }) => temperature > 0,
        (LapseOf::Test, Event::Test { result, .. }) => result == TestResult::Negative,
        _ => false,
    }
}
