//! Where in its stages an occurrence of a rule stands.

use hc_code::{Level, Offset, Span, Timestamp};

use super::occurrence::Occurrence;
use super::{Run, exits};
use crate::rules::{Rule, Stage, Then};

/// The stage in force.
pub(super) struct Standing {
    pub(super) stage: u8,
    pub(super) level: Level,
    /// When it ends by time.
    pub(super) until: Timestamp,
    /// The next instant at which an exit that has to wait can hold.
    pub(super) opens: Timestamp,
}

/// A rule that passes through more stages than this is over. `rules check` refuses packs that could
/// come near it, so this only keeps the function total on packs that were never checked.
const MOST_STEPS: usize = 64;

/// The stage in force now, or `None` if the rule is over.
pub(super) fn standing(run: &Run<'_>, rule: &Rule, occurrence: &Occurrence) -> Option<Standing> {
    let mut number = 0;
    let mut start = occurrence.since;
    let mut base = occurrence.anchor;
    let mut open_from = occurrence.open_from;
    for _ in 0..MOST_STEPS {
        let stage = rule.stages.get(usize::from(number))?;
        let until = end_of(stage, base, run.pack.offset);
        let exit = exits::earliest(run, stage, start, open_from, until);
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
                    opens: exits::next_opening(run, stage, open_from),
                });
            }
        };
        open_from = base;
        match then {
            Then::End => return None,
            Then::Stage(next) => number = next,
        }
    }
    None
}

/// When a stage ends by time.
fn end_of(stage: &Stage, base: Timestamp, offset: Offset) -> Timestamp {
    counted(stage, base, stage.lasts, offset)
}

/// When a length of a stage is over: at the end of that local day if the stage counts days.
pub(super) fn counted(stage: &Stage, base: Timestamp, length: Span, offset: Offset) -> Timestamp {
    let end = base.plus(length);
    if !stage.to_midnight {
        return end;
    }
    // An end at midnight already is the end of the day before.
    let last_moment = Timestamp::from_unix(end.unix().saturating_sub(1));
    Timestamp::start_of_local_day(last_moment.local_day(offset) + 1, offset)
}
