//! Which rules a fact sets off, and from when on.

use hc_code::Span;

use super::Run;
use super::occurrence::Occurrence;
use super::timeline::follow;
use crate::evidence::{Event, FEVER, Fact};
use crate::place::PlaceId;
use crate::rules::{StayTrigger, Trigger};

/// An order of isolation counts for so long, whatever end it states; who needs longer orders anew.
const LONGEST_ORDER: Span = Span::days(90);

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
            anchor: match fact.event {
                Event::Quarantine(_) => fact.until.min(fact.at.plus(LONGEST_ORDER)),
                _ => fact.until,
            },
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
pub(super) fn matches(trigger: &Trigger, event: Event) -> bool {
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
