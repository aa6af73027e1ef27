//! Subject tokens: what a person hands to an application so that it acts in their name (GB/T 38963).
//!
//! A subject token is no device token: it is for one application, for the functions that the person agreed to, and
//! for hours at most. Reading it takes no database. What a person took back is held in memory by
//! [`consents`](crate::consents).

use base64ct::{Base64UrlUnpadded, Encoding};
use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;
use hc_core::party::{Function, Functions};
use hc_core::store::SealedAt;
use hc_core::word::Word as _;

use super::{TokenError, TokenSealer, decode};

/// What an application may do for a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SubjectToken {
    /// For whom.
    pub number: SubjectNumber,
    /// The application, by the beginning of a hash of its id.
    pub application: [u8; 8],
    /// What it may do.
    pub functions: Functions,
    /// When the person agreed.
    pub issued: Timestamp,
    /// When it ends.
    pub until: Timestamp,
}

const PLACE: SealedAt<'static> = SealedAt {
    table: "subject token",
    column: "1",
    row: b"",
};
/// Number, application, functions, issued, until.
const CONTENT: usize = 4 + 8 + 1 + 8 + 8;

impl TokenSealer {
    /// The text of a subject token.
    pub fn seal_subject(&self, token: &SubjectToken) -> String {
        let functions = Function::ALL.iter().zip(0_u8..);
        let functions = functions
            .filter(|(function, _)| token.functions.contains(**function))
            .fold(0_u8, |bits, (_, place)| bits | 1 << place);
        let mut content = Vec::with_capacity(CONTENT);
        content.extend(token.number.expose_number().to_be_bytes());
        content.extend(token.application);
        content.push(functions);
        content.extend(token.issued.unix().to_be_bytes());
        content.extend(token.until.unix().to_be_bytes());
        // So few bytes are never too long.
        let sealed = self.cipher.seal(&content, PLACE).unwrap_or_default();
        Base64UrlUnpadded::encode_string(&sealed)
    }

    /// Reads a subject token.
    ///
    /// # Errors
    /// [`TokenError`]; a device token is none, nor is this one a device token.
    pub fn open_subject(&self, text: &str, now: Timestamp) -> Result<SubjectToken, TokenError> {
        let content = self.unseal::<CONTENT>(&decode(text)?, PLACE)?;
        let token = read(&content).ok_or(TokenError::Foreign)?;
        if token.until <= now {
            return Err(TokenError::Ended);
        }
        Ok(token)
    }
}

fn read(content: &[u8; CONTENT]) -> Option<SubjectToken> {
    let (number, rest) = content.split_first_chunk::<4>()?;
    let (application, rest) = rest.split_first_chunk::<8>()?;
    let (functions, rest) = rest.split_first()?;
    let (issued, until) = rest.split_first_chunk::<8>()?;
    let places = Function::ALL.iter().zip(0_u8..);
    let functions = places.filter(|(_, place)| functions & 1 << place != 0);
    Some(SubjectToken {
        number: SubjectNumber::new(u32::from_be_bytes(*number)),
        application: *application,
        functions: functions.map(|(function, _)| *function).collect(),
        issued: Timestamp::from_unix(i64::from_be_bytes(*issued)),
        until: Timestamp::from_unix(i64::from_be_bytes(until.try_into().ok()?)),
    })
}

#[cfg(test)]
mod tests {
    use super::super::DeviceToken;
    use super::*;
    use hc_code::Span;
    use zeroize::Zeroizing;

    const NOON: Timestamp = Timestamp::from_unix(1_656_734_400);

    fn token() -> SubjectToken {
        SubjectToken {
            number: SubjectNumber::new(7),
            application: [9; 8],
            functions: [Function::MakeCode, Function::DeclareHealth]
                .into_iter()
                .collect(),
            issued: NOON,
            until: NOON.plus(Span::hours(1)),
        }
    }

    #[test]
    fn a_subject_token_says_who_may_do_what_for_whom_until_its_end() {
        let sealer = TokenSealer::new(&Zeroizing::new([1; 32]));
        let text = sealer.seal_subject(&token());
        assert_eq!(sealer.open_subject(&text, NOON), Ok(token()));
        let ended = sealer.open_subject(&text, token().until);
        assert_eq!(ended, Err(TokenError::Ended));
        let every = SubjectToken {
            functions: Function::ALL.iter().copied().collect(),
            ..token()
        };
        let text = sealer.seal_subject(&every);
        assert_eq!(sealer.open_subject(&text, NOON), Ok(every));
    }

    #[test]
    fn a_subject_token_is_no_device_token_nor_the_other_way_round() {
        let sealer = TokenSealer::new(&Zeroizing::new([1; 32]));
        let text = sealer.seal_subject(&token());
        assert_eq!(sealer.open(&text, NOON), Err(TokenError::Foreign));
        assert_eq!(sealer.open_query(&text, NOON), Err(TokenError::Foreign));
        let device = sealer.seal(&DeviceToken {
            number: SubjectNumber::new(7),
            device: [3; 8],
            issued: NOON,
        });
        let refused = sealer.open_subject(&device, NOON);
        assert_eq!(refused, Err(TokenError::Foreign));
        let mut changed = text.into_bytes();
        changed[20] ^= 1;
        let changed = String::from_utf8(changed).unwrap();
        assert!(sealer.open_subject(&changed, NOON).is_err());
    }
}
