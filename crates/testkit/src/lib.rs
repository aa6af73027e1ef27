//! For tests, benches and proofs only.

pub mod held;
pub mod hexadecimal;
pub mod key_list_vectors;
pub mod mutants;
pub mod regions;
pub mod signature_vectors;
pub mod vectors;
