//! The short number of a receipt: twelve letters and digits that are read over a telephone.
//!
//! It says by itself when, what and by which rule, so that whoever answers the telephone needs no list
//! of receipts; and it carries 19 bits of the receipt's hash, by which it belongs to one receipt. It
//! proves nothing: the signed receipt does.

use core::fmt;
use core::str::FromStr;

use sha2::{Digest, Sha256};

use super::Receipt;
use crate::Timestamp;
use crate::verify::Action;

/// Digits and capital letters without I, L, O and U, which are heard or read as others.
const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/// Causes by which a code never comes to a rule, in the order of their numbers; the list only grows.
const CAUSES: [&str; 31] = [
    "text",
    "form",
    "unknown-algorithm",
    "signature-form",
    "claims",
    "clear-part-differs",
    "trust-list-expired",
    "issuer-unknown",
    "issuer-removed",
    "key-removed",
    "root-removed",
    "key-list-missing",
    "key-list-expired",
    "key-not-listed",
    "key-use",
    "key-dates",
    "algorithm-differs",
    "forged",
    "from-the-future",
    "expired",
    "not-its-day",
    "showing-missing",
    "showing-forged",
    "showing-from-the-future",
    "showing-too-old",
    "replayed",
    "memory-full",
    "no-list",
    "list-expired",
    "stale",
    "trust-list-missing",
];

const MINUTE_BITS: u32 = 15;
const ACTION_BITS: u32 = 3;
const VERSION_BITS: u32 = 7;
const WHY_BITS: u32 = 11;
const HASH_BITS: u32 = 19;
/// From here on a number says a cause; below it a rule's place and one, or nothing.
const FIRST_CAUSE: u64 = 1024;

/// A receipt's number: 55 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ReceiptNumber(u64);

/// What a number says by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NumberSays {
    /// The minute in which the code was scanned.
    pub minute: Timestamp,
    /// The verdict.
    pub action: Action,
    /// The policy's version, less whole times 128; 0 also where there was no policy.
    pub version: u32,
    /// The rule's place from 0.
    pub rule: Option<u16>,
    /// The cause, where it never came to a rule and the cause has a number.
    pub cause: Option<&'static str>,
}

/// Why something is no number of a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptNumberError {
    /// Too few or too many.
    #[error("a number has 12 letters and digits, not {0}")]
    Length(usize),
    /// None of ours.
    #[error("{0:?} is in no number")]
    Letter(char),
    /// Something was misheard or changed places.
    #[error("the last letter does not fit the others: something was misheard or changed places")]
    Check,
    /// An action that there is not.
    #[error("the number says no verdict")]
    Action,
}

/// Multiplies by x in GF(32), the field of polynomials over bits modulo x^5 + x^2 + 1.
const fn times_x(value: u8) -> u8 {
    let doubled = value << 1;
    if doubled & 32 == 0 {
        doubled
    } else {
        (doubled ^ 0b10_0101) & 31
    }
}

/// Σ letter·x^place, by Horner. Every letter has another weight, so one letter misheard and two that
/// changed places are always noticed.
fn checksum(letters: &[u8]) -> u8 {
    let fold = |sum, letter: &u8| times_x(sum) ^ letter;
    letters.iter().fold(0, fold)
}

impl ReceiptNumber {
    /// Letters without the one that checks.
    const MEANING: usize = 11;

    /// The number of a receipt.
    pub(super) fn of(receipt: &Receipt) -> Self {
        let minute = receipt.at().unix().div_euclid(60);
        let minute = u64::try_from(minute.rem_euclid(1 << MINUTE_BITS)).unwrap_or_default();
        let policy = receipt.policy();
        let version = policy.map_or(0, |policy| u64::from(policy.version) % (1 << VERSION_BITS));
        let rule = policy.and_then(|policy| policy.rule.as_ref());
        let cause = || {
            let place = CAUSES.iter().position(|cause| *cause == receipt.cause());
            place.map_or(0, |place| FIRST_CAUSE + place as u64)
        };
        let why = rule.map_or_else(cause, |(place, _)| u64::from(*place) + 1);
        let hash = Sha256::digest(receipt.encode());
        let mut first = [0; 8];
        for (to, from) in first.iter_mut().zip(hash) {
            *to = from;
        }
        let hash = u64::from_be_bytes(first) >> (64 - HASH_BITS);
        let mut number = minute;
        for (value, bits) in [
            (receipt.action().number(), ACTION_BITS),
            (version, VERSION_BITS),
            (why, WHY_BITS),
            (hash, HASH_BITS),
        ] {
            number = number << bits | value;
        }
        Self(number)
    }

    /// What it says, to somebody who hears it at a time: within 22 days there is one such minute.
    ///
    /// # Errors
    /// [`ReceiptNumberError::Action`] for a number that no receipt has.
    pub fn says(self, now: Timestamp) -> Result<NumberSays, ReceiptNumberError> {
        let mut rest = self.0 >> HASH_BITS;
        let mut take = |bits: u32| {
            let value = rest & ((1 << bits) - 1);
            rest >>= bits;
            value
        };
        let why = take(WHY_BITS);
        let version = take(VERSION_BITS);
        let action = take(ACTION_BITS);
        let minute = i64::try_from(take(MINUTE_BITS)).unwrap_or_default();
        // A gate's clock may be some minutes ahead.
        let latest = now.plus(Receipt::AHEAD).unix().div_euclid(60);
        let back = (latest - minute).rem_euclid(1 << MINUTE_BITS);
        let cause = why.checked_sub(FIRST_CAUSE);
        let cause = cause.and_then(|place| usize::try_from(place).ok());
        let rule = why.checked_sub(1).filter(|_| why < FIRST_CAUSE);
        Ok(NumberSays {
            minute: Timestamp::from_unix((latest - back) * 60),
            action: Action::from_number(action).ok_or(ReceiptNumberError::Action)?,
            version: u32::try_from(version).unwrap_or_default(),
            rule: rule.and_then(|place| u16::try_from(place).ok()),
            cause: cause.and_then(|place| CAUSES.get(place).copied()),
        })
    }
}

impl fmt::Display for ReceiptNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut letters = [0; Self::MEANING];
        let mut rest = self.0;
        for letter in letters.iter_mut().rev() {
            *letter = u8::try_from(rest & 31).unwrap_or_default();
            rest >>= 5;
        }
        let check = times_x(checksum(&letters));
        for (place, letter) in letters.iter().chain([&check]).enumerate() {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            let letter = LETTERS.get(usize::from(*letter)).copied();
            write!(f, "{}", char::from(letter.unwrap_or(b'?')))?;
        }
        Ok(())
    }
}

impl FromStr for ReceiptNumber {
    type Err = ReceiptNumberError;

    /// Takes it as it is heard and typed: small letters, spaces and hyphens anywhere, I and L for 1,
    /// O for 0.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut letters = Vec::new();
        for letter in text.chars() {
            if matches!(letter, '-' | ' ') {
                continue;
            }
            let meant = match letter.to_ascii_uppercase() {
                'I' | 'L' => '1',
                'O' => '0',
                other => other,
            };
            let found = LETTERS.iter().position(|known| char::from(*known) == meant);
            let found = found.and_then(|place| u8::try_from(place).ok());
            letters.push(found.ok_or(ReceiptNumberError::Letter(letter))?);
            if letters.len() > Self::MEANING + 1 {
                break;
            }
        }
        if letters.len() != Self::MEANING + 1 {
            return Err(ReceiptNumberError::Length(letters.len()));
        }
        if checksum(&letters) != 0 {
            return Err(ReceiptNumberError::Check);
        }
        letters.pop();
        let number = letters
            .iter()
            .fold(0, |number, letter| number << 5 | u64::from(*letter));
        Ok(Self(number))
    }
}
