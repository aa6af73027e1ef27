//! For tests, benches and proofs only.

pub mod status_proof;
pub mod held;
pub mod hexadecimal;
pub mod regions;
pub mod vectors;
