//! What a gate can ask: a verdict, and the keys that codes are signed with.

pub(crate) mod keys;
pub(crate) mod paper_list;
pub(crate) mod verdicts;
