//! What a pack must keep before anybody is decided by it.
//!
//! Two kinds of proof. *Structure*: what can be read off the rules themselves. *Witness*: for every
//! state that a rule can bring a person into, evidence is made that leads there, and [`decide`] is
//! followed from there until the level is low again, by time alone and by every exit.
//!
//! [`decide`]: crate::decide::decide

mod header;
mod stages;
mod texts;
mod trigger;
mod witness;

use crate::rules::{Findings, RulePack};

/// Proves a pack.
///
/// # Errors
/// Everything that the pack does not keep, by line:
///
/// * the notice between publication and effect is kept, and the pack has an end;
/// * every rule names whose evidence it believes and what in it sets the rule off; none fires for
///   everybody, for a person, for a healthy finding, or for a scan at a venue;
/// * no self-answer and no absence of one gives high; a stay known too coarsely gives at most a check;
/// * every stage has an end, every exit can come before that end and leads down, every stage can be
///   reached, and low is reached from every state.
pub fn check(pack: &RulePack) -> Result<(), Findings> {
    let mut findings = Findings::default();
    header::check(pack, &mut findings);
    for rule in &pack.rules {
        trigger::check(pack.region, rule, &mut findings);
        stages::check(rule, &mut findings);
        texts::check(rule, &mut findings);
    }
    // A pack that is wrong in its structure has no states worth following.
    if findings.is_empty() {
        witness::check(pack, &mut findings);
    }
    findings.or(Some(()))
}

#[cfg(test)]
mod tests;
