//! Rule packs: the published rules of one region, as data.
//!
//! A pack is a TOML file. [`RulePack::parse`] reads it, [`check`](check::check) proves what a pack
//! must keep before anybody is decided by it, [`diff`](diff::diff) tells two versions apart in words
//! and [`explain`] shows one as a table that a citizen can read.

pub mod check;
pub mod describe;
pub mod diff;
mod exit;
pub mod explain;
mod finding;
mod pack;
pub(crate) mod parse;
mod stage;
mod trigger;

pub use exit::{Exit, Reports, TestSeries, release_sources};
pub use finding::{Finding, Findings};
pub use pack::{Base, BaseNeed, Citation, Rule, RuleId, RulePack, Text};
pub use parse::MAX_PACK_BYTES;
pub use stage::{Stage, Then};
pub use trigger::{Lapse, LapseOf, Overdue, StayTrigger, TestTrigger, Trigger};
