//! Follows every state of every rule back to low, with the decision itself.
//!
//! The person of these proofs does what a pack can ask of anybody: declares every day, healthy and
//! with a temperature, and is tested where the pack makes tests due. Nothing else is assumed.

mod person;

use std::collections::BTreeSet;

use hc_code::{Level, Span, Timestamp};

use crate::decide::decide;
use crate::evidence::{Fact, Facts};
use crate::rules::{Findings, Rule, RulePack, Then};
use person::Scene;

/// Added to the time that the longest rules can take, before a state counts as one without a way out.
const PATIENCE: Span = Span::days(40);

pub(super) fn check(pack: &RulePack, findings: &mut Findings) {
    // Where the pack ends, its successor goes on; the proof is about the rules.
    let mut endless = pack.clone();
    endless.valid_until = Timestamp::MAX;
    for (number, rule) in (0u16..).zip(&endless.rules) {
        let proof = Proof {
            pack: &endless,
            number,
            rule,
            longest: longest_way(&endless),
        };
        if let Err(message) = proof.follow() {
            findings.add(rule.line, Some(rule.id.as_str()), message);
        }
    }
}

/// As long as the two longest rules one after the other can take, and some patience.
fn longest_way(pack: &RulePack) -> Span {
    let total = |rule: &Rule| {
        rule.stages
            .iter()
            .fold(Span::ZERO, |sum, stage| sum.plus(stage.lasts))
    };
    let longest = pack.rules.iter().map(total).max().unwrap_or_default();
    longest.plus(longest).plus(PATIENCE)
}

struct Proof<'a> {
    pack: &'a RulePack,
    number: u16,
    rule: &'a Rule,
    longest: Span,
}

/// A state of a rule, and evidence that leads there.
struct State {
    stage: u8,
    /// The instant at which it is entered.
    at: Timestamp,
    /// The instant that it counts from.
    base: Timestamp,
    facts: Vec<Fact>,
}

impl Proof<'_> {
    /// Visits every stage of the rule once, and leaves it by time and by every exit.
    fn follow(&self) -> Result<(), String> {
        let begin = self.pack.valid_from.plus(PATIENCE);
        let scene = person::scene(self.rule, begin)
            .ok_or_else(|| "no evidence can set the rule off".to_owned())?;
        let mut seen = BTreeSet::new();
        let mut open = vec![State {
            stage: 0,
            at: scene.at,
            base: scene.base,
            facts: scene.facts.clone(),
        }];
        while let Some(state) = open.pop() {
            if seen.insert(state.stage) {
                let shown = state.stage + 1;
                self.leave(&scene, &state, &mut open)
                    .map_err(|why| format!("stage {shown}: {why}"))?;
            }
        }
        Ok(())
    }

    /// Leaves a state by time and by every exit; what comes then is opened.
    fn leave(&self, scene: &Scene, from: &State, open: &mut Vec<State>) -> Result<(), String> {
        let Some(stage) = self.rule.stages.get(usize::from(from.stage)) else {
            return Ok(());
        };
        let reached = self.standing(scene, &from.facts, from.at);
        let Some((_, until)) = reached.filter(|(number, _)| *number == from.stage) else {
            return Err("the evidence that should lead there does not".to_owned());
        };
        self.reaches_low(scene, &from.facts, from.at)?;
        if let Then::Stage(next) = stage.then {
            open.push(State {
                stage: next,
                at: until,
                base: until,
                facts: from.facts.clone(),
            });
        }
        for (exit, shown) in stage.exits.iter().zip(1..) {
            let (facts, at) = person::satisfy(exit, &from.facts, from.base.max(from.at));
            let to = match exit.to {
                Then::End => None,
                Then::Stage(next) => Some(next),
            };
            if self.standing(scene, &facts, at).map(|(number, _)| number) != to {
                return Err(format!(
                    "exit {shown} holds, but the rule does not go where the exit says; another one may come first"
                ));
            }
            self.reaches_low(scene, &facts, at)
                .map_err(|why| format!("exit {shown}: {why}"))?;
            if let Some(stage) = to {
                open.push(State {
                    stage,
                    at,
                    base: at,
                    facts,
                });
            }
        }
        Ok(())
    }

    /// The stage in which the rule stands, and when it ends by time.
    fn standing(&self, scene: &Scene, facts: &[Fact], now: Timestamp) -> Option<(u8, Timestamp)> {
        let mut facts = facts.to_vec();
        let decision = decide(self.pack, Facts::sort(&mut facts), &scene.areas, now);
        let reason = decision
            .reasons
            .iter()
            .find(|reason| reason.rule == self.number)?;
        Some((reason.stage, reason.until))
    }

    /// Follows decisions from change to change until one is low and the rule is over.
    fn reaches_low(&self, scene: &Scene, facts: &[Fact], from: Timestamp) -> Result<(), String> {
        let end = from.plus(self.longest);
        let mut facts = person::cooperates(self.pack, facts, from, end);
        let facts = Facts::sort(&mut facts);
        let mut now = from;
        while now <= end {
            let decision = decide(self.pack, facts, &scene.areas, now);
            let stands = decision
                .reasons
                .iter()
                .any(|reason| reason.rule == self.number);
            if decision.level == Level::Low && !stands {
                return Ok(());
            }
            now = decision.valid_until;
        }
        Err(format!(
            "low is not reached within {}, although the person declares every day",
            self.longest
        ))
    }
}
