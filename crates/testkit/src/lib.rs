//! For tests, benches and proofs only: seeded people, seeded feeds, seeded regions and their codes.
//!
//! Everything is made from a seed and named in no real register; the same seed makes the same people.

pub mod browser;
pub mod federation;
pub mod film;
pub mod held;
pub mod hexadecimal;
pub mod key_list_vectors;
pub mod list_vectors;
pub mod mutants;
pub mod people;
pub mod regions;
pub mod risk_feed;
mod seeded;
pub mod signature_vectors;
pub mod status_proof;
pub mod store;
pub mod told;
pub mod vectors;

pub use seeded::Seeded;
