//! The paper code: months on a card, with nothing about a person's health in it.

use core::fmt;

use crate::Span;
use crate::statement::Binder;

/// A paper code is a signed random pointer. Its level is what the day's paper list says of the
/// pointer: nothing, for nearly everybody, which is low.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paper {
    pub(crate) pointer: Pointer,
    pub(crate) binder: Option<Binder>,
}

impl Paper {
    /// How long a paper code lives at most.
    pub const LIFETIME: Span = Span::days(184);

    /// A pointer, with the binder that ties it to a person.
    pub const fn new(pointer: Pointer, binder: Option<Binder>) -> Self {
        Self { pointer, binder }
    }

    /// The random pointer.
    pub const fn pointer(&self) -> Pointer {
        self.pointer
    }

    /// Masked name and digits.
    pub const fn binder(&self) -> Option<&Binder> {
        self.binder.as_ref()
    }
}

/// Sixteen random bytes that name a sheet of paper to the region that issued it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pointer([u8; 16]);

impl Pointer {
    /// Random bytes, or those that a code carries.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pointer(redacted)")
    }
}
