//! Where in its stages an occurrence of a rule stands.

use hc_code::{Level, Offset, Timestamp};

use super::{Run, exits};
use crate::rules::{Rule, Stage, Then};

/// The stage in force.
pub(super) struct Standing {
    pub(super) stage: u8,
    pub(super) level: Level,
    /// When it ends by time.
    pub(super) until: Timestamp,
}

/// A rule that passes through more stages than this is over. `rules check` refuses packs that could
/// come near it, so this only keeps the function total on packs that were never checked.
const MOST_STEPS: usize = 64;

/// The stage in force now, or `None` if the rule is over.
///
/// `since` is when the rule became known to apply, `anchor` the instant its first stage counts from.
pub(super) fn standing(
    run: &Run<'_>,
    rule: &Rule,
    since: Timestamp,
    anchor: Timestamp,
) -> Option<Standing> {
    let mut number = 0;
    let mut start = since;
    let mut base = anchor;
    for _ in 0..MOST_STEPS {
        let stage = rule.stages.get(usize::from(number))?;
        let until = end_of(stage, base, run.pack.offset);
        let exit = exits::earliest(run, stage, start, base, until);
        let then = match exit {
            Some((at, to)) => {
                start = at;
                base = at;
                to
            }
            None if until <= run.now => {
                start = start.max(until);
                base = until;
                stage.then
            }
            None => {
                return Some(Standing {
                    stage: number,
                    level: stage.level,
                    until,
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

/// When a stage ends by time.
fn end_of(stage: &Stage, base: Timestamp, offset: Offset) -> Timestamp {
    let end = base.plus(stage.lasts);
    if !stage.to_midnight {
        return end;
    }
    // An end at midnight already is the end of the day before.
    let last_moment = Timestamp::from_unix(end.unix().saturating_sub(1));
    Timestamp::start_of_local_day(last_moment.local_day(offset) + 1, offset)
}
