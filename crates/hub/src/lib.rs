//! The hub: who is a region of the federation, since when, with which keys, and by whose word.
//!
//! * [`act`]: what was done about a region, one entry of the history each;
//! * [`history`]: all entries in an append-only Merkle log with signed heads, as files;
//! * [`register`]: what follows from the history: requests, members, lists, removals;
//! * [`examination`]: what is wrong with a request, as loudly as it can be said;
//! * [`ceremony`]: the next trust list, put together where the offline key is; [`difference`]: how it
//!   differs from the one before, in words;
//! * [`hub`]: register and history together, in one folder with one writer;
//! * [`directory`]: under which pseudonyms the regions have entered themselves;
//! * [`mirror`]: the lists of all regions, checked before they are served.
//!
//! The hub can withhold and it can remove; it can put nobody on the list, since the key for that is
//! not here. Rules and forms are in `spec/federation.md`.
//!
//! A folder of files and no database: a hundred regions make a few thousand entries in years, people
//! must be able to look into and copy what all trust rests on with the tools that they have, and
//! whoever audits reads the very files that are served.

pub mod act;
pub mod ceremony;
pub mod difference;
pub mod digest;
pub mod directory;
pub mod examination;
pub mod history;
pub mod hub;
pub mod mirror;
pub mod register;

mod files;
