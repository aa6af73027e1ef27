//! For tests, benches and proofs only.

pub mod status_proof;
