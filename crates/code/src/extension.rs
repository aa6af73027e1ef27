//! Room for what a region wants to add.

use core::fmt;

/// At most 200 bytes that a region adds to a code, in the text's extension domain; signed with
/// the code, given no meaning here.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Extension(Box<[u8]>);

/// More bytes than there is room for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an extension has at most {max} bytes, not {0}", max = Extension::MAX_LEN)]
pub struct ExtensionTooLong(pub usize);

impl Extension {
    /// Bytes at most.
    pub const MAX_LEN: usize = 200;

    /// Nothing added.
    pub fn empty() -> Self {
        Self::default()
    }

    /// Takes up to 200 bytes.
    ///
    /// # Errors
    /// [`ExtensionTooLong`] for more.
    pub fn new(bytes: impl Into<Box<[u8]>>) -> Result<Self, ExtensionTooLong> {
        let bytes = bytes.into();
        if bytes.len() > Self::MAX_LEN {
            Err(ExtensionTooLong(bytes.len()))
        } else {
            Ok(Self(bytes))
        }
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Extension({} bytes)", self.0.len())
    }
}
