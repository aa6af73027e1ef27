//! Stages: which level, for how long, what ends it, what comes then.

use hc_code::{Level, Span};

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
