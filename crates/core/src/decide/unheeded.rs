//! Which tests change nothing for somebody who is low, whatever else is known of them.

use crate::decide::presence;
use crate::evidence::{Event, Fact};
use crate::rules::{BaseNeed, LapseOf, RulePack, Trigger};

/// The tests that no rule of a pack heeds where somebody is low.
///
/// A test may set a rule off, be the ground of a low level, keep something from lapsing, or end a stage. Of
/// somebody who is low no stage above low is in force, so that the last does not matter where every stage
/// that anything can end is above low. Most tests of most regions are of this kind: negative ones.
#[derive(Clone, Copy, Debug)]
pub struct Unheeded<'a>(&'a RulePack);

impl<'a> Unheeded<'a> {
    /// The unheeded tests of a pack; `None` where every test may matter.
    pub fn tests_under(pack: &'a RulePack) -> Option<Self> {
        let grounds = pack.base.need == BaseNeed::Evidence;
        let missed = pack.rules.iter().any(|rule| match &rule.trigger {
            Trigger::Overdue(_) => true,
            Trigger::Lapse(lapse) => lapse.of == LapseOf::Test,
            _ => false,
        });
        let stages = || pack.rules.iter().flat_map(|rule| &rule.stages);
        let ends_low = stages().any(|stage| !stage.level.is_above_low() && !stage.exits.is_empty());
        (!grounds && !missed && !ends_low).then_some(Self(pack))
    }

    /// Whether a fact is one of them.
    pub fn contains(&self, fact: &Fact) -> bool {
        let Self(pack) = self;
        matches!(fact.event, Event::Test { .. })
            && !pack.rules_for(fact.event.kind()).iter().any(|rule| {
                pack.rules.get(usize::from(*rule)).is_some_and(|rule| {
                    rule.sources.contains(fact.source)
                        && presence::matches(&rule.trigger, fact.event)
                })
            })
    }
}
