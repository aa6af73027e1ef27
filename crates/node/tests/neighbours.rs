//! Regions that send each other what concerns each other's people.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

#[path = "neighbours/evidence.rs"]
mod evidence;
#[path = "neighbours/forgeries.rs"]
mod forgeries;
#[path = "neighbours/moving.rs"]
mod moving;
#[path = "neighbours/reports.rs"]
mod reports;
#[path = "neighbours/verdicts.rs"]
mod verdicts;
#[path = "neighbours/world.rs"]
mod world;
