//! Device tokens: what a phone holds instead of a password.
//!
//! A token is sealed and self-contained: which subject, which device, since when, until when. Reading
//! it takes no database, so whoever holds one can show a code on the worst morning. It lives
//! [`LIFETIME`] and is given anew by showing, so that a phone in use is never locked out.

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_core::store::{ColumnCipher, SealedAt};
use zeroize::Zeroizing;

/// How long a token lives.
pub const LIFETIME: Span = Span::days(40);
/// A token that is older is given anew when it is used.
pub const RENEWED_AFTER: Span = Span::days(1);

/// What a device may do as whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceToken {
    /// As whom.
    pub number: SubjectNumber,
    /// Which device: drawn at random when it signs in, so that one can be told from another.
    pub device: [u8; 8],
    /// When the token was given.
    pub issued: Timestamp,
}

/// Why a token is refused. It is not said which of forged, foreign or damaged it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Not one of this region's tokens.
    #[error("the token is not one of this region")]
    Foreign,
    /// Its time is over.
    #[error("the token has ended; sign in again")]
    Ended,
}

/// Seals and reads tokens.
#[derive(Clone)]
pub struct TokenSealer {
    cipher: ColumnCipher,
}

const PLACE: SealedAt<'static> = SealedAt {
    table: "device token",
    column: "1",
    row: b"",
};
/// Number, device, issued.
const CONTENT: usize = 4 + 8 + 8;
/// With the algorithm's byte and the tag, in base64.
const LENGTH: usize = (CONTENT + 17) * 4 / 3 + 1;

impl TokenSealer {
    /// Takes the region's token key: 32 random bytes, used for nothing else.
    pub fn new(key: &Zeroizing<[u8; 32]>) -> Self {
        Self {
            cipher: ColumnCipher::new(key),
        }
    }

    /// The text of a token.
    pub fn seal(&self, token: &DeviceToken) -> String {
        let mut content = [0; CONTENT];
        let parts = token
            .number
            .expose_number()
            .to_be_bytes()
            .into_iter()
            .chain(token.device)
            .chain(token.issued.unix().to_be_bytes());
        content
            .iter_mut()
            .zip(parts)
            .for_each(|(to, from)| *to = from);
        // Twenty bytes are never too long.
        let sealed = self.cipher.seal(&content, PLACE).unwrap_or_default();
        Base64UrlUnpadded::encode_string(&sealed)
    }

    /// Reads a token.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn open(&self, text: &str, now: Timestamp) -> Result<DeviceToken, TokenError> {
        if text.len() > LENGTH + 3 {
            return Err(TokenError::Foreign);
        }
        let sealed = Base64UrlUnpadded::decode_vec(text).map_err(|_| TokenError::Foreign)?;
        let content = self
            .cipher
            .unseal(&sealed, PLACE)
            .map_err(|_| TokenError::Foreign)?;
        let content: &[u8; CONTENT] = content
            .as_slice()
            .try_into()
            .map_err(|_| TokenError::Foreign)?;
        let (number, rest) = content
            .split_first_chunk::<4>()
            .ok_or(TokenError::Foreign)?;
        let (device, issued) = rest.split_first_chunk::<8>().ok_or(TokenError::Foreign)?;
        let issued: [u8; 8] = issued.try_into().map_err(|_| TokenError::Foreign)?;
        let token = DeviceToken {
            number: SubjectNumber::new(u32::from_be_bytes(*number)),
            device: *device,
            issued: Timestamp::from_unix(i64::from_be_bytes(issued)),
        };
        if token.issued.plus(LIFETIME) <= now {
            return Err(TokenError::Ended);
        }
        Ok(token)
    }

    /// The same token given anew, where it is old enough for that.
    pub fn renewed(&self, token: &DeviceToken, now: Timestamp) -> Option<String> {
        (token.issued.plus(RENEWED_AFTER) <= now).then(|| {
            self.seal(&DeviceToken {
                issued: now,
                ..*token
            })
        })
    }
}

impl fmt::Debug for TokenSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSealer(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_unix(1_656_734_400);

    fn token() -> DeviceToken {
        DeviceToken {
            number: SubjectNumber::new(77),
            device: [3; 8],
            issued: NOON,
        }
    }

    fn sealer(byte: u8) -> TokenSealer {
        TokenSealer::new(&Zeroizing::new([byte; 32]))
    }

    #[test]
    fn tokens_are_read_for_more_than_a_month_and_then_no_more() {
        let text = sealer(1).seal(&token());
        assert_eq!(sealer(1).open(&text, NOON), Ok(token()));
        assert_eq!(
            sealer(1).open(&text, NOON.plus(Span::days(31))),
            Ok(token())
        );
        assert_eq!(
            sealer(1).open(&text, NOON.plus(LIFETIME)),
            Err(TokenError::Ended)
        );
        assert!(text.len() <= LENGTH);
    }

    #[test]
    fn changed_and_foreign_tokens_are_refused_alike() {
        let text = sealer(1).seal(&token());
        assert_eq!(sealer(2).open(&text, NOON), Err(TokenError::Foreign));
        for place in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[place] = if changed[place] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(sealer(1).open(&changed, NOON), Err(TokenError::Foreign));
        }
        for text in ["", "x", "====", &"A".repeat(10_000), "密"] {
            assert_eq!(sealer(1).open(text, NOON), Err(TokenError::Foreign));
        }
    }

    #[test]
    fn a_token_in_use_is_given_anew_once_a_day() {
        let sealer = sealer(1);
        assert_eq!(sealer.renewed(&token(), NOON.plus(Span::hours(23))), None);
        let later = NOON.plus(Span::hours(25));
        let renewed = sealer.renewed(&token(), later).unwrap();
        let opened = sealer.open(&renewed, NOON.plus(LIFETIME)).unwrap();
        assert_eq!((opened.issued, opened.device), (later, [3; 8]));
    }
}
