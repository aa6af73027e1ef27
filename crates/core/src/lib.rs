//! The domain: who a code is about, what is known, by which rules, and what follows.
//!
//! Everything stands on one pure function, [`decide`](decide::decide): published rules and evidence
//! give a level with its reasons. The crate has no clock, no randomness, no input and no output;
//! whoever calls it brings them.
//!
//! The way of the data through its rooms:
//!
//! 1. [`document`], [`subject`], [`personal`]: who a person is; [`record`]: what they declare;
//! 2. [`division`], [`place`], [`area`]: where things are, and which areas are at risk;
//! 3. [`evidence`]: dated facts with their sources;
//! 4. [`rules`]: rule packs, parsed, proved, compared, explained;
//! 5. [`decide`]: the decision; [`explanation`]: the decision in words; [`population`]: many at once.
//!
//! 6. [`standing`]: what follows from now on, for the read path; [`store`]: what a region keeps;
//!    [`rulebook`]: what decides now; [`act`]: what can be done, each act in one transaction.
//!
//! [`replay`] plays publications over a population.
//!
//! Words and codes of the standards are data: [`domain_table`] and [`word`].

pub mod act;
pub mod area;
pub mod decide;
pub mod directory;
pub mod division;
pub mod document;
pub mod domain_table;
pub mod evidence;
pub mod explanation;
pub mod party;
pub mod personal;
pub mod place;
pub mod population;
pub mod recognition;
pub mod record;
pub mod replay;
pub mod rulebook;
pub mod rules;
pub mod standing;
pub mod store;
pub mod subject;
pub mod word;
