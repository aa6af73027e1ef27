//! Which region holds a document, asked without telling who asks about whom.
//!
//! Regions enter themselves at the hub under a *pseudonym* of each document that names one of their
//! people: HMAC-SHA-256 under a key that all regions share and the hub never has, another one each month.
//! The hub can neither compute a pseudonym nor join those of two months. `spec/directory.md` says the
//! rest, and what the hub can learn all the same.

mod register;

pub use register::{Asked, DirectoryRegister, Limits, TooMany};

use core::fmt;
use core::str::FromStr;

use hc_code::{Offset, Timestamp};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::document::DocumentKey;

/// The key of the directory: 32 random bytes, the same at every region, drawn anew every year.
#[derive(Clone)]
pub struct DirectoryKey(Hmac<Sha256>);

/// A month of the calendar, in China's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Month {
    year: u16,
    month: u8,
}

/// What a document is called in a month; nothing without the key.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pseudonym {
    month: Month,
    bytes: [u8; 16],
}

/// A text that is no pseudonym or month.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a pseudonym: a month as 2022-06, a slash, and 32 lower-case hexadecimal digits")]
pub struct NotAPseudonym;

impl DirectoryKey {
    /// Takes the shared secret.
    pub fn new(secret: &Zeroizing<[u8; 32]>) -> Self {
        Self(
            Hmac::<Sha256>::new_from_slice(secret.as_slice())
                .unwrap_or_else(|_| unreachable!("HMAC takes keys of every length")),
        )
    }

    /// The first 16 bytes of HMAC-SHA-256 (RFC 2104) over `healthcode directory 1`, a zero byte, the month
    /// as `2022-06`, a zero byte and the document's key.
    pub fn pseudonym(&self, month: Month, document: &DocumentKey) -> Pseudonym {
        let mut mac = self.0.clone();
        mac.update(b"healthcode directory 1\0");
        mac.update(month.to_string().as_bytes());
        mac.update(b"\0");
        mac.update(document.expose_for_keyed_hash());
        let mut bytes = [0; 16];
        for (to, from) in bytes.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
        Pseudonym { month, bytes }
    }
}

impl Month {
    /// The month that an instant falls in, in China's time.
    pub fn of(at: Timestamp) -> Self {
        let text = at.at_offset(Offset::CHINA);
        // An instant always begins with its year and month.
        text.get(..7)
            .and_then(|month| month.parse().ok())
            .unwrap_or(Self { year: 0, month: 1 })
    }

    /// The month after.
    #[must_use]
    pub const fn next(self) -> Self {
        if self.month == 12 {
            Self {
                year: self.year.saturating_add(1),
                month: 1,
            }
        } else {
            Self {
                year: self.year,
                month: self.month + 1,
            }
        }
    }
}

impl Pseudonym {
    /// A pseudonym that was carried somewhere.
    pub const fn new(month: Month, bytes: [u8; 16]) -> Self {
        Self { month, bytes }
    }

    /// The month in which it is one.
    pub const fn month(&self) -> Month {
        self.month
    }

    /// The bytes.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.bytes
    }
}

impl fmt::Display for Month {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}", self.year, self.month)
    }
}

impl FromStr for Month {
    type Err = NotAPseudonym;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (year, month) = text.split_once('-').ok_or(NotAPseudonym)?;
        let number = |text: &str, digits| {
            (text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| text.parse::<u16>().ok())
                .flatten()
                .ok_or(NotAPseudonym)
        };
        let (year, month) = (number(year, 4)?, number(month, 2)?);
        let month = u8::try_from(month).map_err(|_| NotAPseudonym)?;
        if (1..=12).contains(&month) {
            Ok(Self { year, month })
        } else {
            Err(NotAPseudonym)
        }
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.month)?;
        let mut bytes = self.bytes.iter();
        bytes.try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl FromStr for Pseudonym {
    type Err = NotAPseudonym;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (month, digits) = text.split_once('/').ok_or(NotAPseudonym)?;
        let month = month.parse()?;
        if digits.len() != 32 {
            return Err(NotAPseudonym);
        }
        let mut bytes = [0; 16];
        for (to, pair) in bytes.iter_mut().zip(digits.as_bytes().chunks_exact(2)) {
            let digit = |byte: &u8| match byte {
                b'0'..=b'9' => Ok(byte - b'0'),
                b'a'..=b'f' => Ok(byte - b'a' + 10),
                _ => Err(NotAPseudonym),
            };
            if let [high, low] = pair {
                *to = digit(high)? << 4 | digit(low)?;
            }
        }
        Ok(Self { month, bytes })
    }
}

impl fmt::Debug for DirectoryKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DirectoryKey(…)")
    }
}

impl fmt::Debug for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Pseudonym({}, …)", self.month)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::document::Document;

    fn key(byte: u8) -> DirectoryKey {
        DirectoryKey::new(&Zeroizing::new([byte; 32]))
    }

    fn document(kind: &str, number: &str) -> DocumentKey {
        let now = "2022-06-28T09:00:00+08:00".parse().unwrap();
        Document::parse(kind.parse().unwrap(), number, None, now)
            .unwrap()
            .key()
    }

    #[test]
    fn a_document_has_one_pseudonym_a_month_that_depends_on_the_key() {
        let june: Month = "2022-06".parse().unwrap();
        let card = document("111", "11010519491231002X");
        let pseudonym = key(1).pseudonym(june, &card);
        let again = document("112", "11010519491231002x");
        assert_eq!(key(1).pseudonym(june, &again), pseudonym);
        assert_ne!(key(2).pseudonym(june, &card), pseudonym);
        assert_ne!(
            key(1).pseudonym(june.next(), &card).as_bytes(),
            pseudonym.as_bytes()
        );
        let text = pseudonym.to_string();
        assert_eq!(text.parse(), Ok(pseudonym));
        assert!(!format!("{pseudonym:?}").contains(&text[8..]));
    }

    #[test]
    fn months_turn_at_midnight_in_china() {
        for (at, month) in [
            ("2022-06-30T23:59:59+08:00", "2022-06"),
            ("2022-06-30T16:00:00Z", "2022-07"),
            ("2022-12-31T23:59:59+08:00", "2022-12"),
        ] {
            let at: Timestamp = at.parse().unwrap();
            assert_eq!(Month::of(at).to_string(), month);
        }
        let december: Month = "2022-12".parse().unwrap();
        assert_eq!(december.next().to_string(), "2023-01");
    }

    #[test]
    fn other_texts_are_no_pseudonyms() {
        let digits = "00".repeat(16);
        assert!(format!("2022-06/{digits}").parse::<Pseudonym>().is_ok());
        for text in [
            format!("2022-13/{digits}"),
            format!("2022-00/{digits}"),
            format!("202-06/{digits}"),
            format!("2022-6/{digits}"),
            format!("2022-06/{digits}0"),
            format!("2022-06/{}", "0A".repeat(16)),
            format!("2022-06{digits}"),
            "2022-06/é".repeat(4),
            String::new(),
        ] {
            assert_eq!(text.parse::<Pseudonym>(), Err(NotAPseudonym), "{text}");
        }
    }
}
