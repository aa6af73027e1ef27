//! The live code: what an open page shows for about a minute.

use core::fmt;

use crate::Span;
use crate::statement::Statement;

/// A live code says its statement itself and names its subject by a handle of that minute only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Live {
    pub(crate) statement: Statement,
    pub(crate) handle: Handle,
}

impl Live {
    /// How long a live code lives at most.
    pub const LIFETIME: Span = Span::seconds(60);

    /// A statement under a handle.
    pub const fn new(statement: Statement, handle: Handle) -> Self {
        Self { statement, handle }
    }

    /// What it says.
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The subject's name of the minute.
    pub const fn handle(&self) -> Handle {
        self.handle
    }
}

/// The name of a subject within one minute. Only the holder of the day key can resolve it, or tell
/// that two handles are of one subject.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Handle([u8; 16]);

impl Handle {
    /// A handle made from the day key, or carried by a code.
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The sixteen bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle(redacted)")
    }
}
