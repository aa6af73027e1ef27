//! Deterministic CBOR (RFC 8949 §4.2): one encoding of every value, and nothing else is read.
//!
//! The writer makes the shortest heads and definite lengths; the reader, over `minicbor`, refuses
//! everything that the writer would not have written. Maps are read by their fixed keys, in
//! ascending order, by those who know them.

mod reader;
mod writer;

pub use reader::{CborError, CborFault, Reader};
pub use writer::Writer;

#[cfg(test)]
mod tests;
