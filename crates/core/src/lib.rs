//! The domain: who a code is about, what is known, by which rules, and what follows.

pub mod area;
pub mod division;
pub mod document;
pub mod domain_table;
pub mod personal;
pub mod place;
pub mod record;
pub mod subject;
