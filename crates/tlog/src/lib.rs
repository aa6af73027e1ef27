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
//! * [`note`], [`checkpoint`]: signed heads, as other regions witness them;
//! * [`audit`]: the whole log computed again, with the place of the first fault.
//!
//! The formats are in `spec/decision-log.md`.
//!
//! A region logs that somebody was looked up, and the person checks it with nothing but the key:
//!
//! ```
//! use std::collections::BTreeMap;
//! use std::convert::Infallible;
//!
//! use hc_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
//! use hc_tlog::entry::{Actor, Detail, Entry, Kind, Role, SubjectRef};
//! use hc_tlog::note::Signer;
//! use hc_tlog::proof::Receipt;
//! use hc_tlog::tile::TileId;
//! use hc_tlog::tree::Tree;
//! use hc_tlog::{Frontier, Salt};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let entry = Entry::new(
//!     Kind::Lookup,
//!     1_656_390_000,
//!     Some(SubjectRef::from_number(77)),
//!     Actor::new(Role::Device, "gate-12".parse()?),
//!     [
//!         Detail::Venue("330106-0042".parse()?),
//!         Detail::Purpose("entry".parse()?),
//!         Detail::Verdict("pass".parse()?),
//!     ],
//! )?;
//! let opening = entry.seal(Salt::from_bytes([5; 32])); // the store draws the salt
//!
//! // The transaction of the look-up: content and salt, tiles and edge are written together.
//! let appended = Frontier::empty().append(&[opening.commitment()])?;
//! let kept: BTreeMap<TileId, Vec<u8>> =
//!     appended.tiles.iter().map(|tile| (tile.id(), tile.to_bytes())).collect();
//!
//! let signer = Signer::from_secret("330100.example/log".parse()?, &[1; 32])?;
//! let head = Checkpoint::of("330100.example/log".parse()?, &appended.frontier);
//! let head = SignedCheckpoint::sign(head, &signer)?;
//! let tiles = |tile| Ok::<_, Infallible>(kept.get(&tile).cloned());
//! let proof = Tree::new(1, &tiles)?.prove_inclusion(appended.first_index)?;
//! let receipt = Receipt::new(proof, &head)?.with_opening(opening).to_string();
//!
//! let keys = [signer.verifier_key().to_string().parse()?];
//! let receipt = Receipt::parse(receipt.as_bytes())?;
//! receipt.verify_content(&keys)?;
//! let shown = receipt.opening().map(|opening| opening.content().entry()).transpose()?;
//! assert_eq!(shown, Some(entry));
//! # Ok(())
//! # }
//! ```

pub mod audit;
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
