//! Which rules a fact sets off, and from when on.

use hc_code::Timestamp;
use smallvec::smallvec;

use super::{Reason, Run, timeline};
use crate::evidence::{Event, FEVER, Fact};
use crate::place::{Grain, PlaceId};
use crate::rules::{StayTrigger, Trigger};

/// A rule set off by something.
pub(super) struct Occurrence {
    pub(super) rule: u16,
    /// From when on the region knows that it applies.
    pub(super) since: Timestamp,
    /// The end of what happened; stages count from here.
    pub(super) anchor: Timestamp,
    /// What exits of the first stage count from: the anchor, but the begin of an order, which can be
    /// released before its last day.
    pub(super) open_from: Timestamp,
    pub(super) fact: u32,
    /// When the fact stops to count.
    pub(super) expires: Timestamp,
    pub(super) grain: Option<Grain>,
    pub(super) area: Option<u32>,
}

/// Follows a fact into every rule that it sets off.
pub(super) fn of_fact(run: &mut Run<'_>, number: u32, fact: &Fact) {
    let pack = run.pack;
    for &rule in pack.rules_for(fact.event.kind()) {
        let Some(found) = pack.rules.get(usize::from(rule)) else {
            continue;
        };
        if !found.sources.contains(fact.source) {
            continue;
        }
        let plain = Occurrence {
            rule,
            since: fact.known.max(fact.at),
            anchor: fact.until,
            open_from: match fact.event {
                Event::Quarantine(_) => fact.at,
                _ => fact.until,
            },
            fact: number,
            expires: fact.expires,
            grain: None,
            area: None,
        };
        match (&found.trigger, fact.event) {
            (Trigger::Stay(trigger), Event::Stay { division, place }) => {
                if trigger
                    .divisions
                    .iter()
                    .any(|listed| listed.contains(division))
                {
                    follow(run, &plain);
                }
                stay(run, trigger, place, fact, &plain);
            }
            (trigger, event) if matches(trigger, event) => follow(run, &plain),
            _ => {}
        }
    }
}

/// Whether an event other than a stay sets a trigger off.
fn matches(trigger: &Trigger, event: Event) -> bool {
    match (trigger, event) {
        (
            Trigger::Declaration(set),
            Event::Declaration {
                answers,
                temperature,
            },
        ) => {
            set.meets(answers)
                || (temperature >= FEVER && set.contains(crate::evidence::Answer::Fever))
        }
        (Trigger::Case(set), Event::Case(class)) => set.contains(class),
        (Trigger::Contact(set), Event::Contact(degree)) => set.contains(degree),
        (
            Trigger::Test(trigger),
            Event::Test {
                method,
                pooling,
                result,
            },
        ) => {
            trigger.results.contains(result)
                && trigger.methods.contains(method)
                && trigger.pooling.contains(pooling)
        }
        (Trigger::Arrival(set), Event::Arrival(origin)) => set.contains(origin),
        (Trigger::Quarantine(set), Event::Quarantine(setting))
        | (Trigger::Release(set), Event::Release(setting)) => set.contains(setting),
        (Trigger::Symptoms, Event::Symptoms) => true,
        (Trigger::Temperature(least), Event::Temperature(tenths)) => tenths >= *least,
        (Trigger::Exposure(set), Event::Exposure(grade)) => set.contains(grade),
        _ => false,
    }
}

/// Follows a stay into the areas that it touched.
fn stay(run: &mut Run<'_>, trigger: &StayTrigger, place: PlaceId, fact: &Fact, plain: &Occurrence) {
    let areas = run.areas;
    for area in areas.areas_of(place) {
        let counts = trigger.areas.contains(area.level)
            && area.overlap == trigger.overlap
            && fact.at < area.until
            && fact.until >= area.from.minus(trigger.lookback);
        if counts {
            follow(
                run,
                &Occurrence {
                    since: plain.since.max(area.from),
                    anchor: fact.until.min(area.until),
                    open_from: fact.until.min(area.until),
                    grain: Some(area.grain),
                    area: Some(area.area),
                    ..*plain
                },
            );
        }
    }
}

/// Runs an occurrence through its rule's stages and keeps the one in force.
pub(super) fn follow(run: &mut Run<'_>, occurrence: &Occurrence) {
    if occurrence.since > run.now {
        run.decision.may_change(occurrence.since);
        return;
    }
    let Some(rule) = run.pack.rules.get(usize::from(occurrence.rule)) else {
        return;
    };
    let Some(standing) = timeline::standing(run, rule, occurrence) else {
        return;
    };
    run.decision.may_change(standing.opens);
    run.decision.add(Reason {
        rule: occurrence.rule,
        stage: standing.stage,
        level: standing.level,
        since: occurrence.since,
        until: standing.until.min(occurrence.expires),
        facts: smallvec![occurrence.fact],
        grain: occurrence.grain,
        area: occurrence.area,
    });
}
