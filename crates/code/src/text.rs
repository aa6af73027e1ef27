//! A code as text for QR's alphanumeric mode, in three domains.
//!
//! ```text
//! HC1P:330100:L00:  000            148…            [075…]
//! standard domain   extension      security        showing, of a carried code only
//! ```
//!
//! The standard domain is readable without decoding: system and version, kind of subject, issuer,
//! class and level. Every other domain is its length in bytes, three digits, and its content in
//! Base45. The signature in the security domain covers the standard and the extension domain, and
//! the standard domain must say what the signed statement says. After the structure of
//! DB11/T 1917.2 and DB4201/T 655; the layout is ours (`spec/code.md`).

mod standard;

pub use standard::{StandardDomain, StandardDomainError};

use crate::base45::{self, Base45Error};
use crate::extension::Extension;

/// Characters of the longest text that is looked at: a showing with a full extension is 736.
pub const MAX_LEN: usize = 1024;

/// The domains of a text, split and decoded but not verified.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CodeText<'a> {
    whole: &'a str,
    standard: StandardDomain,
    extension: Vec<u8>,
    security: Vec<u8>,
    issued_len: usize,
    showing: Option<Vec<u8>>,
}

/// One of the domains that have a length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Domain {
    /// What a region adds.
    Extension,
    /// The signed statement.
    Security,
    /// The holder's showing.
    Showing,
}

/// Why a text is no code's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TextError {
    /// Longer than any code.
    #[error("{0} characters are more than any code has")]
    TooLong(usize),
    /// The first sixteen characters.
    #[error("standard domain: {0}")]
    Standard(#[from] StandardDomainError),
    /// A domain does not start with three digits.
    #[error("{0:?} domain: its length is not three digits")]
    LengthDigits(Domain),
    /// The text ends within a domain.
    #[error("{0:?} domain: the text is cut off")]
    CutOff(Domain),
    /// More extension than there may be.
    #[error("the extension has {0} bytes; there may be 200")]
    ExtensionTooLong(usize),
    /// The content of a domain.
    #[error("{0:?} domain: {1}")]
    Content(Domain, #[source] Base45Error),
    /// The showing of a code that is not carried.
    #[error("only a carried code has a showing after it")]
    UnexpectedShowing,
    /// Anything after the last domain.
    #[error("{0} characters after the end")]
    Trailing(usize),
}

impl<'a> CodeText<'a> {
    /// Splits a text into its domains and decodes them.
    ///
    /// # Errors
    /// [`TextError`] for every text that [`compose`] and a showing do not make.
    pub fn parse(text: &'a str) -> Result<Self, TextError> {
        if text.len() > MAX_LEN {
            return Err(TextError::TooLong(text.len()));
        }
        let (standard, rest) = StandardDomain::take(text)?;
        let (extension, rest) = take_domain(Domain::Extension, rest)?;
        if extension.len() > Extension::MAX_LEN {
            return Err(TextError::ExtensionTooLong(extension.len()));
        }
        let (security, rest) = take_domain(Domain::Security, rest)?;
        let issued_len = text.len() - rest.len();
        let (showing, rest) = if rest.is_empty() {
            (None, rest)
        } else if standard.class() == crate::Class::Carried {
            let (showing, rest) = take_domain(Domain::Showing, rest)?;
            (Some(showing), rest)
        } else {
            return Err(TextError::UnexpectedShowing);
        };
        if !rest.is_empty() {
            return Err(TextError::Trailing(rest.len()));
        }
        Ok(Self {
            whole: text,
            standard,
            extension,
            security,
            issued_len,
            showing,
        })
    }

    /// What the text says in clear.
    pub const fn standard(&self) -> StandardDomain {
        self.standard
    }

    /// What the region added.
    pub fn extension(&self) -> &[u8] {
        &self.extension
    }

    /// The signed statement, a `COSE_Sign1`.
    pub fn security(&self) -> &[u8] {
        &self.security
    }

    /// The holder's showing, a `COSE_Sign1`.
    pub fn showing(&self) -> Option<&[u8]> {
        self.showing.as_deref()
    }

    /// The text as issued, without the showing.
    pub fn issued(&self) -> &'a str {
        self.whole.get(..self.issued_len).unwrap_or_default()
    }

    /// What the signature covers beside the statement.
    pub fn authenticated(&self) -> Vec<u8> {
        authenticated(self.standard, &self.extension)
    }
}

/// The bytes that a code's signature covers beside the statement: the standard domain as it is
/// written, and the extension's bytes. The first has a fixed length, so the two cannot be shifted.
pub fn authenticated(standard: StandardDomain, extension: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(StandardDomain::LEN + extension.len());
    bytes.extend_from_slice(&standard.to_bytes());
    bytes.extend_from_slice(extension);
    bytes
}

/// The text of a code from its domains.
pub fn compose(standard: StandardDomain, extension: &Extension, security: &[u8]) -> String {
    let extension = extension.as_bytes();
    let length = StandardDomain::LEN
        + 6
        + base45::encoded_len(extension.len())
        + base45::encoded_len(security.len());
    let mut text = String::with_capacity(length);
    text.extend(standard.to_bytes().map(char::from));
    append_domain(extension, &mut text);
    append_domain(security, &mut text);
    text
}

/// Appends a domain: its length in bytes, three digits, and its content in Base45.
///
/// Contents are below 1,000 bytes by construction: extensions are bounded, statements and
/// showings have fixed parts only.
pub(crate) fn append_domain(content: &[u8], text: &mut String) {
    let length = content.len();
    for digit in [length / 100 % 10, length / 10 % 10, length % 10] {
        text.push(char::from(b'0' + u8::try_from(digit).unwrap_or_default()));
    }
    base45::encode_into(content, text);
}

fn take_domain(domain: Domain, text: &str) -> Result<(Vec<u8>, &str), TextError> {
    let (digits, rest) = text.split_at_checked(3).ok_or(TextError::CutOff(domain))?;
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(TextError::LengthDigits(domain));
    }
    let length: usize = digits
        .parse()
        .map_err(|_| TextError::LengthDigits(domain))?;
    let characters = base45::encoded_len(length);
    if rest.len() < characters {
        return Err(TextError::CutOff(domain));
    }
    // A split within a character of several bytes means that one is there: not of the alphabet.
    let (content, rest) = rest.split_at_checked(characters).ok_or(TextError::Content(
        domain,
        Base45Error::Character(characters),
    ))?;
    let content = base45::decode(content).map_err(|error| TextError::Content(domain, error))?;
    Ok((content, rest))
}

#[cfg(test)]
mod tests;
