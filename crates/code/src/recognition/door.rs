//! One scan at one door: a gate that must satisfy several authorities verifies once and asks each of
//! their policies.

use super::{HeldPolicies, Ruling};
use crate::verify::{Action, Considered, Verdict};
use crate::{DivisionCode, Timestamp};

/// Whom a gate has to satisfy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// The venue itself, by the rules that its gate is set up with.
    Venue,
    /// A region, by the policy that it publishes.
    Region(DivisionCode),
}

/// What one authority says of a scan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided<'a> {
    /// Who says it.
    pub authority: Authority,
    /// What follows by it.
    pub action: Action,
    /// The policy and rule by which, where a published policy was asked and holds.
    pub ruling: Option<Ruling<'a>>,
}

/// What all authorities say, and what the gate does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtDoor<'a> {
    /// What the gate does: the strictest of all.
    pub action: Action,
    /// Each authority, in the order in which they were named.
    pub decided: Vec<Decided<'a>>,
}

impl<'a> AtDoor<'a> {
    /// Asks each authority about a verdict that was found once. Where the code was never judged
    /// (it is invalid, or the gate cannot tell), that is the verdict of all. An authority of which no
    /// policy is in force cannot tell.
    ///
    /// The verdict's own policy is the venue's; it counts where the venue is named.
    pub fn judge(
        verdict: &Verdict,
        authorities: &[Authority],
        policies: &'a HeldPolicies,
        now: Timestamp,
    ) -> Self {
        let subject = verdict.considered();
        let decided: Vec<_> = authorities
            .iter()
            .map(|authority| match (*authority, subject) {
                (Authority::Region(region), Some(subject)) => {
                    by_region(region, subject, policies, now)
                }
                (authority, _) => Decided {
                    authority,
                    action: verdict.action(),
                    ruling: None,
                },
            })
            .collect();
        let strictest = decided.iter().map(|decided| decided.action);
        let strictest = strictest.max_by_key(|action| action.strictness());
        Self {
            action: strictest.unwrap_or_else(|| verdict.action()),
            decided,
        }
    }

    /// The authority by whose word the gate acts: the first of the strictest.
    pub fn decisive(&self) -> Option<&Decided<'a>> {
        let mut decided = self.decided.iter();
        decided.find(|decided| decided.action == self.action)
    }
}

fn by_region(
    region: DivisionCode,
    subject: Considered,
    policies: &HeldPolicies,
    now: Timestamp,
) -> Decided<'_> {
    let ruling = policies.in_force(region, now);
    let ruling = ruling.map(|policy| policy.rule_on(subject, now));
    Decided {
        authority: Authority::Region(region),
        action: ruling
            .as_ref()
            .map_or(Action::Unknown, |ruling| ruling.action),
        ruling,
    }
}
