//! Where in its stages an occurrence of a rule stands.

use hc_code::{Level, Span, Timestamp};
use smallvec::smallvec;

use super::exits::Count;
use super::occurrence::Occurrence;
use super::{Reason, Run, exits};
use crate::rules::{Rule, Then};

/// Runs an occurrence through its rule's stages and keeps the one in force.
pub(super) fn follow(run: &mut Run<'_>, occurrence: &Occurrence) {
    if occurrence.since > run.now {
        run.decision.may_change(occurrence.since);
        return;
    }
    let Some(rule) = run.pack.rules.get(usize::from(occurrence.rule)) else {
        return;
    };
    let Some(standing) = standing(run, rule, occurrence) else {
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

/// The stage in force.
struct Standing {
    stage: u8,
    level: Level,
    /// When it ends by time.
    until: Timestamp,
    /// The next instant at which an exit that has to wait can hold.
    opens: Timestamp,
}

/// A rule that passes through more stages than this is over. `rules check` refuses packs that could
/// come near it, so this only keeps the function total on packs that were never checked.
const MOST_STEPS: usize = 64;

/// The stage in force now, or `None` if the rule is over.
///
/// The walk begins with what happened, not with the report of it, so that evidence that comes late
/// gives no more than it would have given in time.
fn standing(run: &Run<'_>, rule: &Rule, occurrence: &Occurrence) -> Option<Standing> {
    let mut number = 0;
    let mut start = occurrence.open_from;
    let mut base = occurrence.anchor;
    let mut count = Count {
        base: occurrence.open_from,
        from: occurrence.open_from,
    };
    for _ in 0..MOST_STEPS {
        let stage = rule.stages.get(usize::from(number))?;
        let until = stage.over(base, stage.lasts, run.pack.offset);
        let then = match exits::earliest(run, stage, start, count, until) {
            Some((at, to)) => {
                start = at;
                base = at;
                let from = at.plus(Span::seconds(1));
                count = Count { base, from };
                to
            }
            None if until <= run.now => {
                start = start.max(until);
                base = until;
                count = Count { base, from: base };
                stage.then
            }
            None => {
                return Some(Standing {
                    stage: number,
                    level: stage.level,
                    until,
                    opens: exits::next_opening(run, stage, count.base),
                });
            }
        };
        match then {
            Then::End => return None,
            Then::Stage(next) => number = next,
        }
    }
    None
}
