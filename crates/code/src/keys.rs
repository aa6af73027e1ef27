//! Which keys sign for a region: a list that the region's root key signs.
//!
//! Every node makes its own key in memory and has it listed; the list is short and often renewed,
//! so a node's compromise is repaired by a list without its key, and by nothing else.

mod book;
mod list;
mod node_key;
mod sealing_key;

pub use book::{Adopted, KeyAnswer, KeyBook, KeyBookError, KeyMark};
pub use list::{KeyList, KeyListError, SignedKeyList};
pub use node_key::{KeyUse, NodeKey, NodeKeyError};
pub use sealing_key::{SealingKey, SealingKeyError, SealingKeyId, SealingPublicKey};

#[cfg(test)]
mod tests;
