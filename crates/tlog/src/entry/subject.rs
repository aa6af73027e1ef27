//! To whom an entry happened.

use core::fmt;

/// A reference to a subject, given by the store: 16 bytes that mean nothing elsewhere.
///
/// It is neither an identity number nor a hash of one.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SubjectRef([u8; Self::LEN]);

impl SubjectRef {
    /// Bytes of a reference.
    pub const LEN: usize = 16;

    /// Takes 16 bytes of the store's choice.
    pub const fn from_bytes(bytes: [u8; Self::LEN]) -> Self {
        Self(bytes)
    }

    /// Takes a number of the store's choice: its eight bytes, big-endian, after eight zeros.
    pub const fn from_number(number: u64) -> Self {
        Self((number as u128).to_be_bytes())
    }

    /// The bytes, for whoever may know of whom an entry speaks.
    pub const fn expose_bytes(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

impl fmt::Debug for SubjectRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SubjectRef(..)")
    }
}
