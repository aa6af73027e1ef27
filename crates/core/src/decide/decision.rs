//! What a decision says.

use hc_code::{Level, ReasonClass, Timestamp};
use smallvec::SmallVec;

use crate::place::Grain;

/// One reason in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// The rule, by its place in [`RulePack::rules`](crate::rules::RulePack::rules).
    pub rule: u16,
    /// The stage, by its place in the rule.
    pub stage: u8,
    /// The level of that stage.
    pub level: Level,
    /// Since when the rule has been in force.
    pub since: Timestamp,
    /// When the stage ends by time if nothing ends it sooner.
    pub until: Timestamp,
    /// The facts that set it off, by their places in the slice that was decided.
    pub facts: SmallVec<[u32; 4]>,
    /// For a stay: how finely it was known.
    pub grain: Option<Grain>,
    /// For a stay in an area: the area, by its place in the history the index was built from.
    pub area: Option<u32>,
}

/// A level with everything that it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// The level.
    pub level: Level,
    /// All reasons in force, by rule; the ones that do not raise the level too.
    pub reasons: SmallVec<[Reason; 2]>,
    /// The next instant at which the decision may change without new evidence, new areas or new
    /// rules; [`Timestamp::MAX`] for never. Before it, it does not change.
    pub valid_until: Timestamp,
}

impl Decision {
    /// A decision before anything was looked at.
    pub(super) fn open() -> Self {
        Self {
            level: Level::Unknown,
            reasons: SmallVec::new(),
            valid_until: Timestamp::MAX,
        }
    }

    /// Notes an instant at which something may change.
    pub(super) fn may_change(&mut self, at: Timestamp) {
        self.valid_until = self.valid_until.min(at);
    }

    /// Adds a reason; a rule that is in force already keeps one entry with all its facts, and what
    /// the gravest and longest of them says.
    pub(super) fn add(&mut self, reason: Reason) {
        self.may_change(reason.until);
        let Some(held) = self
            .reasons
            .iter_mut()
            .find(|held| held.rule == reason.rule)
        else {
            let place = self.reasons.partition_point(|held| held.rule < reason.rule);
            self.reasons.insert(place, reason);
            return;
        };
        held.since = held.since.min(reason.since);
        for fact in &reason.facts {
            if let Err(place) = held.facts.binary_search(fact) {
                held.facts.insert(place, *fact);
            }
        }
        let weight = |reason: &Reason| (reason.level.severity(), reason.until);
        if weight(&reason) > weight(held) {
            held.stage = reason.stage;
            held.level = reason.level;
            held.until = reason.until;
            held.grain = reason.grain;
            held.area = reason.area;
        }
    }

    /// The class that a gate may see: that of the first rule that gives the level; none when low or
    /// unknown.
    pub fn class(&self, pack: &crate::rules::RulePack) -> ReasonClass {
        if !self.level.is_above_low() {
            return ReasonClass::None;
        }
        self.reasons
            .iter()
            .find(|reason| reason.level == self.level)
            .and_then(|reason| pack.rules.get(usize::from(reason.rule)))
            .map_or(ReasonClass::None, |rule| rule.class)
    }
}
