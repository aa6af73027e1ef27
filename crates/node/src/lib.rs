//! One node of a region: everything between the acts of `hc-core` and HTTP.
//!
//! * [`standings`]: what the read path knows, in memory;
//! * [`keys`]: the node's own keys, vouched for by the region's root;
//! * [`token`]: what a device holds instead of a password;
//! * [`show`], [`carry`]: signed codes from memory alone; [`lists`]: the status lists of the day;
//! * [`papers`]: paper codes and their list;
//! * [`verify`]: what the region says of its own codes;
//! * [`foreign`]: what is held of other regions;
//! * [`grants`]: who may act for whom, in memory;
//! * [`consents`]: what people took back from applications, in memory;
//! * [`heads`]: signed heads of the decision log;
//! * [`party`], [`sources`], [`gates`], [`officers`], [`applications`]: who is registered, with which key, for what;
//! * [`passkeys`]: what officers sign in with at the desk;
//! * [`registration`], [`proposals`]: how they come to be registered: by two officers;
//! * [`rules`]: which pack decides, and how far deciding everybody anew has come;
//! * [`region`]: all of it together, over any store.
//!
//! The clock and the random source are given; nothing here speaks HTTP or opens a file.

pub mod applications;
pub mod carry;
pub mod consents;
pub mod federation;
pub mod foreign;
pub mod gates;
pub mod grants;
pub mod heads;
pub mod keys;
pub mod lists;
pub mod officers;
pub mod papers;
pub mod party;
pub mod passkeys;
pub mod proposals;
pub mod recognition;
pub mod region;
pub mod registration;
pub mod rules;
pub mod show;
pub mod sources;
pub mod standings;
pub mod token;
mod trace;
pub mod verify;
