//! What keys and logs are called.

use core::fmt;
use core::str::FromStr;

/// The name of a key, and of the log that it signs for: best a URL without its scheme, as in
/// `330100.example/log`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyName(Box<str>);

/// Why a text is no name of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyNameError {
    /// Empty or too long.
    #[error("the name of a key has 1 to {max} bytes, not {0}", max = KeyName::MAX_LEN)]
    Length(usize),
    /// It has a space, a plus or a control character.
    #[error("the name of a key has no spaces, plus signs or control characters")]
    Character,
}

impl KeyName {
    /// Most bytes of a name: as many as a cosignature can carry.
    pub const MAX_LEN: usize = 255;

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for KeyName {
    type Err = KeyNameError;

    fn from_str(text: &str) -> Result<Self, KeyNameError> {
        if text.is_empty() || text.len() > Self::MAX_LEN {
            return Err(KeyNameError::Length(text.len()));
        }
        let bad = |c: char| c.is_whitespace() || c.is_control() || c == '+';
        if text.chars().any(bad) {
            return Err(KeyNameError::Character);
        }
        Ok(Self(text.into()))
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
