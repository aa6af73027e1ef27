//! Stages: which level, for how long, what ends it, what comes then.

use hc_code::{Level, Offset, Span, Timestamp};

use crate::rules::{Exit, Text};

/// What comes after a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The rule is over.
    End,
    /// The stage with this number, from 0.
    Stage(u8),
}

/// One stage of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stage {
    /// Its name in the file, if a transition needs one.
    pub name: Option<String>,
    /// The level while it lasts: low, medium or high.
    pub level: Level,
    /// How long it lasts at most, from the trigger's anchor or from the end of the stage before.
    /// There is no stage without an end.
    pub lasts: Span,
    /// Whether the end is moved to the end of that local day, as notices that count days mean it.
    pub to_midnight: bool,
    /// What comes when that time is over.
    pub then: Then,
    /// What ends it sooner; the earliest wins.
    pub exits: Vec<Exit>,
    /// What the person may still do.
    pub may: Text,
    /// What the person does next.
    pub next: Text,
}

impl Stage {
    /// When a length of time that counts from `base` is over: at the end of that local day if the
    /// stage counts days.
    pub(crate) fn over(&self, base: Timestamp, length: Span, offset: Offset) -> Timestamp {
        let end = base.plus(length);
        if !self.to_midnight {
            return end;
        }
        // An end at midnight already is the end of the day before.
        let last_moment = Timestamp::from_unix(end.unix().saturating_sub(1));
        Timestamp::start_of_local_day(last_moment.local_day(offset) + 1, offset)
    }
}
