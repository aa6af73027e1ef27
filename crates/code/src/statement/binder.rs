//! What ties a code to the person who shows it.

use core::fmt;

/// Masked name and digits, such as `张*12`: at most 16 bytes of UTF-8. How much is masked is
/// chosen per division so that enough people share it (k-anonymity).
#[derive(Clone, PartialEq, Eq)]
pub struct Binder(Box<str>);

/// Why a text is no binder. The text itself is personal and not repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BinderError {
    /// Nothing to compare.
    #[error("a binder is not empty")]
    Empty,
    /// More than 16 bytes.
    #[error("a binder has at most 16 bytes of UTF-8, not {0}")]
    TooLong(usize),
    /// A character that cannot be shown.
    #[error("a binder has no control characters")]
    Control,
}

impl Binder {
    /// Bytes at most.
    pub const MAX_LEN: usize = 16;

    /// Takes a text as a binder.
    ///
    /// # Errors
    /// [`BinderError`] where it is empty, too long, or not to be shown.
    pub fn new(text: &str) -> Result<Self, BinderError> {
        if text.is_empty() {
            Err(BinderError::Empty)
        } else if text.len() > Self::MAX_LEN {
            Err(BinderError::TooLong(text.len()))
        } else if text.chars().any(char::is_control) {
            Err(BinderError::Control)
        } else {
            Ok(Self(text.into()))
        }
    }

    /// The text, to be shown to whoever compares it with the person, and to nobody else.
    pub fn expose_text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Binder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Binder(redacted)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn binders_are_short_and_never_printed() {
        let binder = Binder::new("欧阳**1234").unwrap();
        assert_eq!(binder.expose_text(), "欧阳**1234");
        assert_eq!(format!("{binder:?}"), "Binder(redacted)");
        assert_eq!(Binder::new(""), Err(BinderError::Empty));
        assert_eq!(Binder::new("张*\n1"), Err(BinderError::Control));
        assert_eq!(
            Binder::new("12345678901234567"),
            Err(BinderError::TooLong(17))
        );
    }
}
