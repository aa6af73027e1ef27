//! For tests, benches and proofs only.

pub mod held;
pub mod hexadecimal;
pub mod mutants;
pub mod regions;
pub mod vectors;
