//! Texts of a record that are neither codes nor names.

use core::fmt;

use crate::personal::{Address, PersonalError};

/// A text within the length that its element allows, for example a flight number, a warning, a masked
/// name. Debug redacts it: what such texts say is about a person.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Text(String);

impl Text {
    /// Reads a text; white space is made single, as in an [`Address`].
    ///
    /// # Errors
    /// [`PersonalError`] for an empty text, one of more than 200 characters, or a control character.
    pub fn parse(text: &str) -> Result<Self, PersonalError> {
        Address::parse(text).map(|text| Self(text.expose_address().to_owned()))
    }

    /// The text in clear.
    pub fn expose_text(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Text(*)")
    }
}
