//! An address that a signed list may name.

use core::fmt;

/// An https address without query or fragment: letters, digits and `-._~/:` only, at most 200
/// bytes, no `/` at the end, so that there is one way to write it and a path can be added.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HttpsUri(String);

/// A text that is no such address.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no address for a list: https, letters, digits and -._~/: only, at most 200, no / at the end"
)]
pub struct HttpsUriError(pub String);

impl HttpsUri {
    /// Takes an address.
    ///
    /// # Errors
    /// [`HttpsUriError`] for other schemes, letters and lengths.
    pub fn parse(text: &str) -> Result<Self, HttpsUriError> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/:".contains(&byte);
        let rest = text.strip_prefix("https://").unwrap_or_default();
        if rest.is_empty() || text.len() > 200 || rest.ends_with('/') || !rest.bytes().all(plain) {
            Err(HttpsUriError(text.to_owned()))
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// The address as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HttpsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_plain_https() {
        for text in [
            "",
            "https://",
            "http://330000.example/status",
            "https://330000.example/status/",
            "https://330000.example/status?a",
            "https://330000.example/ status",
            "https://省.example/status",
        ] {
            assert_eq!(HttpsUri::parse(text), Err(HttpsUriError(text.to_owned())));
        }
        let long = format!("https://{}", "a".repeat(193));
        assert!(HttpsUri::parse(&long).is_err());
        assert!(HttpsUri::parse(&long[1..]).is_err());
        assert!(HttpsUri::parse(&long[..200]).is_ok());
    }
}
