//! What a gate can ask: a verdict, the keys that codes are signed with, and the lists of the day.

pub(crate) mod elsewhere;
pub(crate) mod forms;
pub(crate) mod keys;
pub(crate) mod look_ups;
pub(crate) mod notices;
pub(crate) mod own;
pub(crate) mod paper_list;
pub(crate) mod receipts;
pub(crate) mod recognition;
pub(crate) mod removals;
pub(crate) mod status_list;
pub(crate) mod trust;
pub(crate) mod verdicts;
