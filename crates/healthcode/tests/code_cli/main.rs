//! Keys, codes and lists on the command line: the real program, real files, no network.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on fails"
)]

mod certificates;
mod codes;
mod desk;
mod keys;
mod lists;
mod national;
mod paper;
mod recognition;
mod removals;
mod seen;
mod walk;
