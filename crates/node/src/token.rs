//! Device tokens: what a phone holds instead of a password.
//!
//! A token is sealed and self-contained: which subject, which device, since when, until when. Reading
//! it takes no database, so whoever holds one can show a code on the worst morning. It lives
//! [`LIFETIME`] and is given anew by showing, so that a phone in use is never locked out.

mod subject_token;

pub use subject_token::SubjectToken;

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

/// How long an offer can be taken up.
pub const OFFER_LIFE: Span = Span::seconds(600);

/// That somebody lets whoever brings this act for them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// For whom.
    pub ward: SubjectNumber,
    /// When it was made.
    pub at: Timestamp,
    /// When the grant will end.
    pub until: Timestamp,
}

/// How long a code that was verified can be asked about.
pub const QUERY_LIFE: Span = Span::seconds(300);

/// That an application verified somebody's code, and may ask about them for a while.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryKey {
    /// Whose code it was.
    pub number: SubjectNumber,
    /// The application, by the beginning of a hash of its id.
    pub application: [u8; 8],
    /// When the code was verified.
    pub at: Timestamp,
}

/// Seals and reads tokens, offers and keys of queries.
#[derive(Clone)]
pub struct TokenSealer {
    cipher: ColumnCipher,
    /// Keys from before: what they sealed is still read.
    older: Vec<ColumnCipher>,
}

const PLACE: SealedAt<'static> = SealedAt {
    table: "device token",
    column: "1",
    row: b"",
};
const OFFER: SealedAt<'static> = SealedAt {
    table: "grant offer",
    column: "1",
    row: b"",
};
const QUERY: SealedAt<'static> = SealedAt {
    table: "query key",
    column: "1",
    row: b"",
};
/// Number, device, issued; ward, at, until; number, application, at.
const CONTENT: usize = 4 + 8 + 8;
/// The longest, a subject token, with the algorithm's byte and the tag, in base64.
const LENGTH: usize = (CONTENT + 9 + 17) * 4 / 3 + 1;

impl TokenSealer {
    /// Takes the region's token key: 32 random bytes, used for nothing else.
    pub fn new(key: &Zeroizing<[u8; 32]>) -> Self {
        Self {
            cipher: ColumnCipher::new(key),
            older: Vec::new(),
        }
    }

    /// The same, which also reads what an older key sealed. A token that is shown is given anew within a
    /// day, so [`LIFETIME`] after a key was replaced nothing is left that it sealed.
    #[must_use]
    pub fn with_older(mut self, key: &Zeroizing<[u8; 32]>) -> Self {
        self.older.push(ColumnCipher::new(key));
        self
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
        let sealed = decode(text)?;
        let content = self.unseal::<CONTENT>(&sealed, PLACE)?;
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

    /// The text of an offer.
    pub fn seal_offer(&self, offer: &Offer) -> String {
        let mut content = [0; CONTENT];
        let parts = offer
            .ward
            .expose_number()
            .to_be_bytes()
            .into_iter()
            .chain(offer.at.unix().to_be_bytes())
            .chain(offer.until.unix().to_be_bytes());
        content
            .iter_mut()
            .zip(parts)
            .for_each(|(to, from)| *to = from);
        let sealed = self.cipher.seal(&content, OFFER).unwrap_or_default();
        Base64UrlUnpadded::encode_string(&sealed)
    }

    /// Reads an offer.
    ///
    /// # Errors
    /// [`TokenError`]; a device token is no offer, nor an offer a token.
    pub fn open_offer(&self, text: &str, now: Timestamp) -> Result<Offer, TokenError> {
        let content = self.unseal::<CONTENT>(&decode(text)?, OFFER)?;
        let (ward, rest) = content
            .split_first_chunk::<4>()
            .ok_or(TokenError::Foreign)?;
        let (at, until) = rest.split_first_chunk::<8>().ok_or(TokenError::Foreign)?;
        let until: [u8; 8] = until.try_into().map_err(|_| TokenError::Foreign)?;
        let offer = Offer {
            ward: SubjectNumber::new(u32::from_be_bytes(*ward)),
            at: Timestamp::from_unix(i64::from_be_bytes(*at)),
            until: Timestamp::from_unix(i64::from_be_bytes(until)),
        };
        if offer.at.plus(OFFER_LIFE) <= now {
            return Err(TokenError::Ended);
        }
        Ok(offer)
    }

    /// The text of a query's key.
    pub fn seal_query(&self, key: &QueryKey) -> String {
        let mut content = [0; CONTENT];
        let number = key.number.expose_number().to_be_bytes().into_iter();
        let parts = number
            .chain(key.application)
            .chain(key.at.unix().to_be_bytes());
        content
            .iter_mut()
            .zip(parts)
            .for_each(|(to, from)| *to = from);
        let sealed = self.cipher.seal(&content, QUERY).unwrap_or_default();
        Base64UrlUnpadded::encode_string(&sealed)
    }

    /// Reads a query's key.
    ///
    /// # Errors
    /// [`TokenError`]; a device token is no such key, nor a key a token.
    pub fn open_query(&self, text: &str, now: Timestamp) -> Result<QueryKey, TokenError> {
        let content = self.unseal::<CONTENT>(&decode(text)?, QUERY)?;
        let (number, rest) = content
            .split_first_chunk::<4>()
            .ok_or(TokenError::Foreign)?;
        let (application, at) = rest.split_first_chunk::<8>().ok_or(TokenError::Foreign)?;
        let at: [u8; 8] = at.try_into().map_err(|_| TokenError::Foreign)?;
        let key = QueryKey {
            number: SubjectNumber::new(u32::from_be_bytes(*number)),
            application: *application,
            at: Timestamp::from_unix(i64::from_be_bytes(at)),
        };
        if key.at.plus(QUERY_LIFE) <= now {
            return Err(TokenError::Ended);
        }
        Ok(key)
    }

    /// Opens what was sealed for a place, by the key of now or one from before.
    fn unseal<const N: usize>(
        &self,
        sealed: &[u8],
        place: SealedAt<'_>,
    ) -> Result<[u8; N], TokenError> {
        let mut keys = std::iter::once(&self.cipher).chain(&self.older);
        let opened = keys.find_map(|key| key.unseal(sealed, place).ok());
        let opened = opened.ok_or(TokenError::Foreign)?;
        opened
            .as_slice()
            .try_into()
            .map_err(|_| TokenError::Foreign)
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

fn decode(text: &str) -> Result<Vec<u8>, TokenError> {
    if text.len() > LENGTH + 3 {
        return Err(TokenError::Foreign);
    }
    Base64UrlUnpadded::decode_vec(text).map_err(|_| TokenError::Foreign)
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
    fn what_an_older_key_sealed_is_read_and_given_anew_by_the_key_of_now() {
        let old = sealer(1).seal(&token());
        let both = sealer(2).with_older(&Zeroizing::new([1; 32]));
        assert_eq!(both.open(&old, NOON), Ok(token()));
        let later = NOON.plus(Span::hours(25));
        let renewed = both.renewed(&token(), later).unwrap();
        assert!(sealer(2).open(&renewed, later).is_ok());
        assert_eq!(sealer(3).open(&old, NOON), Err(TokenError::Foreign));
    }

    #[test]
    fn an_offer_is_no_token_and_can_be_taken_up_for_ten_minutes() {
        let offer = Offer {
            ward: SubjectNumber::new(7),
            at: NOON,
            until: NOON.plus(Span::days(30)),
        };
        let text = sealer(1).seal_offer(&offer);
        let later = NOON.plus(Span::seconds(599));
        assert_eq!(sealer(1).open_offer(&text, later), Ok(offer));
        let ended = sealer(1).open_offer(&text, NOON.plus(OFFER_LIFE));
        assert_eq!(ended, Err(TokenError::Ended));
        assert_eq!(sealer(1).open(&text, NOON), Err(TokenError::Foreign));
        let token = sealer(1).seal(&token());
        assert_eq!(sealer(1).open_offer(&token, NOON), Err(TokenError::Foreign));
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
