//! For tests, benches and proofs only: seeded people and seeded feeds.
//!
//! Everything is made from a seed and named in no real register; the same seed makes the same people.

pub mod people;
pub mod risk_feed;
mod seeded;

pub use seeded::Seeded;
