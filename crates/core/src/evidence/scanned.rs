//! A person who is named by a code that was scanned.

use core::fmt;

use hc_code::claims::Claims;
use hc_code::cose::Sign1;
use hc_code::text::CodeText;
use hc_code::{DivisionCode, Timestamp};

/// The text of a code, by which a line names its person: only the region that made it can tell whose it is.
///
/// The whole text is kept and not the handle or index in it: those can be guessed, or joined from another
/// list; the signature shows the region that its code was really shown.
#[derive(Clone, PartialEq, Eq)]
pub struct ScannedCode {
    text: String,
    issuer: DivisionCode,
    issued_at: Timestamp,
}

/// A text that no region can have made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the text of a health code")]
pub struct NotACode;

impl ScannedCode {
    /// Reads the text of a code of any class. Whether it is genuine is for its issuer to say. What the
    /// holder added when showing it is not kept.
    ///
    /// # Errors
    /// [`NotACode`] for every text that says no claims in the one form.
    pub fn parse(text: &str) -> Result<Self, NotACode> {
        let domains = CodeText::parse(text).map_err(|_| NotACode)?;
        let signed = Sign1::parse(domains.security()).map_err(|_| NotACode)?;
        let claims = Claims::decode(signed.payload()).map_err(|_| NotACode)?;
        if claims.standard() != domains.standard() {
            return Err(NotACode);
        }
        Ok(Self {
            text: domains.issued().to_owned(),
            issuer: claims.issuer(),
            issued_at: claims.issued_at(),
        })
    }

    /// The region that made it, as it says.
    pub const fn issuer(&self) -> DivisionCode {
        self.issuer
    }

    /// When it was made, as it says.
    pub const fn issued_at(&self) -> Timestamp {
        self.issued_at
    }

    /// The text, without a showing: for its issuer alone.
    pub fn expose_text(&self) -> &str {
        &self.text
    }
}

impl fmt::Debug for ScannedCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ScannedCode({}, redacted)", self.issuer)
    }
}
