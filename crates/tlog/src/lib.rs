//! The decision log: an append-only Merkle log that shows who was given which level and why, and
//! who looked.
//!
//! This crate is pure: no clock, no randomness, no input or output, no `tokio`; it builds for
//! WebAssembly, so that a person's own browser can check what the service says it logged. It keeps
//! nothing: the store writes what [`Frontier::append`] gives in the transaction of the act that is
//! recorded, so that failing to log fails the act.
//!
//! * [`entry`]: what happened, when, to whom, by whom; its one encoding, the [`entry::Content`];
//! * [`Commitment`], [`Salt`]: what stands in the tree for a content, which can then be erased;
//! * [`NodeHash`], [`tile`], [`bundle`]: the tree of RFC 6962 in the tiles of C2SP tlog-tiles;
//! * [`Frontier`], [`Appended`]: appending, and all that must be written for it;
//! * [`tree`], [`proof`]: roots and proofs from tiles, and their verification without any;
//! * [`note`], [`checkpoint`]: signed heads, as other regions witness them.
//!
//! The formats are in `spec/decision-log.md`.

pub mod bundle;
pub mod checkpoint;
pub mod entry;
pub mod note;
pub mod proof;
pub mod tile;
pub mod tree;

mod commitment;
mod frontier;
mod hash;

pub use commitment::{Commitment, Opening, Salt};
pub use frontier::{AppendError, Appended, Frontier, FrontierBytesError};
pub use hash::{HashTextError, NodeHash};
