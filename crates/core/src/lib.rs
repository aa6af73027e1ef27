//! The domain: who a code is about, what is known, by which rules, and what follows.

pub mod area;
pub mod division;
pub mod place;
