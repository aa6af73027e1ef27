//! The operators' commands as operators meet them: the real program over a real region in a folder.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

#[path = "operators/audit.rs"]
mod audit;
#[path = "operators/conformance.rs"]
mod conformance;
#[path = "operators/install.rs"]
mod install;
#[path = "operators/people.rs"]
mod people;
#[path = "operators/region.rs"]
mod region;
#[path = "operators/restore.rs"]
mod restore;
#[path = "operators/signed_batches.rs"]
mod signed_batches;
