//! The decision: facts and published rules give a level with its reasons.
//!
//! [`decide`] is pure, total and deterministic: no clock, no randomness, no identity. The same pack,
//! facts and areas give the same decision for everybody, and an auditor can replay any of any day.

mod absence;
mod decision;
mod exits;
mod occurrence;
mod presence;
mod timeline;
mod unheeded;

pub use decision::{Decision, Reason};
pub use unheeded::Unheeded;

use hc_code::{Level, Timestamp};

use crate::area::AreaIndex;
use crate::evidence::{Event, Fact, Facts, SourceKind};
use crate::rules::{BaseNeed, RulePack};

/// Decides for one person at one instant.
///
/// * A fact counts from `known` until `expires`; one that is not yet known changes nothing now, but
///   [`Decision::valid_until`] says when it will.
/// * Every occurrence of a rule runs through the rule's stages from its anchor: the end of what
///   happened. Time ends a stage, and so does an exit at the first instant at which it holds.
/// * The level is the highest of all stages in force; without any it is low on valid ground, and
///   else unknown.
/// * Before the pack is valid and after it has ended, nothing follows from it: unknown.
///
/// The cost is the number of facts times the rules that their kinds can set off.
pub fn decide(pack: &RulePack, facts: Facts<'_>, areas: &AreaIndex, now: Timestamp) -> Decision {
    let mut run = Run {
        pack,
        facts: facts.as_slice(),
        areas,
        now,
        decision: Decision::open(),
    };
    if now < pack.valid_from || now >= pack.valid_until {
        let begins = if now < pack.valid_from {
            pack.valid_from
        } else {
            Timestamp::MAX
        };
        run.decision.may_change(begins);
        return run.decision;
    }
    run.decision.may_change(pack.valid_until);
    let mut ground = Timestamp::MIN;
    for (number, fact) in (0u32..).zip(run.facts) {
        if run.sees(fact) {
            ground = ground.max(run.ground(fact));
            presence::of_fact(&mut run, number, fact);
        }
    }
    for &rule in &pack.by_absence {
        absence::of_rule(&mut run, rule);
    }
    let mut decision = run.decision;
    decision.settle(ground, now);
    decision
}

/// One decision in the making.
struct Run<'a> {
    pack: &'a RulePack,
    facts: &'a [Fact],
    areas: &'a AreaIndex,
    now: Timestamp,
    decision: Decision,
}

impl Run<'_> {
    /// Whether a fact counts now; notes when that will change.
    fn sees(&mut self, fact: &Fact) -> bool {
        if fact.known > self.now {
            self.decision.may_change(fact.known);
            return false;
        }
        if fact.expires <= self.now {
            return false;
        }
        if fact.expires < Timestamp::MAX {
            self.decision.may_change(fact.expires);
        }
        true
    }

    /// Until when a fact is ground for a low level.
    fn ground(&self, fact: &Fact) -> Timestamp {
        let counts = match self.pack.base.need {
            BaseNeed::Declaration => matches!(fact.event, Event::Declaration { .. }),
            BaseNeed::Evidence => true,
        };
        // A door is not where a person declares.
        let counts = counts && fact.source != SourceKind::Venue;
        if counts {
            fact.until.plus(self.pack.base.valid).min(fact.expires)
        } else {
            Timestamp::MIN
        }
    }
}

impl Decision {
    /// Gives the level that follows from the reasons and the ground.
    fn settle(&mut self, ground: Timestamp, now: Timestamp) {
        let highest = self
            .reasons
            .iter()
            .map(|reason| reason.level)
            .max_by_key(|level| level.severity());
        self.level = match highest {
            Some(level) if level.is_above_low() => level,
            _ if ground > now => {
                self.may_change(ground);
                Level::Low
            }
            _ => Level::Unknown,
        };
    }
}

#[cfg(test)]
mod tests;
