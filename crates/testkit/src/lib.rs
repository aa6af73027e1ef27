//! For tests, benches and proofs only.
