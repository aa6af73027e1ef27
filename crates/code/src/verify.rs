//! The one verification: a text, the lists and keys that a gate has, its policy, its memory of
//! showings, and the time, into a verdict.

mod lookup;

pub use lookup::{
    IssuerAnswer, IssuerTerms, ListAnswer, Listed, PaperLookup, StatusLookup, TrustLookup,
};
