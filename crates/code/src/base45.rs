//! Base45 (RFC 9285), strict: every byte string has one text, and every other text is refused.
//!
//! Own code because the published crates accept some texts that no encoder makes, and because a
//! gate must name the offending character.

/// The 45 characters of QR's alphanumeric mode, in order of value (RFC 9285 §4.2).
const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Value of each byte as a character; 255 for those outside the alphabet.
const VALUES: [u8; 256] = values();

const NO_VALUE: u8 = 255;

#[expect(
    clippy::indexing_slicing,
    clippy::cast_possible_truncation,
    reason = "evaluated at compile time over fixed bounds"
)]
const fn values() -> [u8; 256] {
    let mut table = [NO_VALUE; 256];
    let mut value = 0;
    while value < ALPHABET.len() {
        table[ALPHABET[value] as usize] = value as u8;
        value += 1;
    }
    table
}

/// Why a text is not Base45, with the byte offset of the offending group or character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Base45Error {
    /// A character outside the alphabet, such as a lower-case letter.
    #[error("the character at byte {0} is not one of the 45")]
    Character(usize),
    /// Three characters stand for two bytes, two for one; one stands for nothing.
    #[error("{0} characters are no Base45: the length leaves one character over")]
    Length(usize),
    /// The group's value does not fit its one or two bytes.
    #[error("the group at byte {0} is too large for the bytes that it stands for")]
    Overflow(usize),
}

/// Characters that so many bytes become.
pub const fn encoded_len(bytes: usize) -> usize {
    bytes / 2 * 3 + bytes % 2 * 2
}

/// Appends the text of the bytes.
pub fn encode_into(bytes: &[u8], text: &mut String) {
    text.reserve(encoded_len(bytes.len()));
    let mut push = |value: u32| {
        let character = usize::try_from(value % 45)
            .ok()
            .and_then(|value| ALPHABET.get(value));
        text.push(char::from(character.copied().unwrap_or(b'0')));
    };
    let mut pairs = bytes.chunks_exact(2);
    for pair in &mut pairs {
        let value = pair
            .iter()
            .fold(0, |sum, byte| sum * 256 + u32::from(*byte));
        push(value);
        push(value / 45);
        push(value / 2025);
    }
    for byte in pairs.remainder() {
        push(u32::from(*byte));
        push(u32::from(*byte) / 45);
    }
}

/// The text of the bytes.
pub fn encode(bytes: &[u8]) -> String {
    let mut text = String::new();
    encode_into(bytes, &mut text);
    text
}

/// The bytes of a text.
///
/// # Errors
/// [`Base45Error`] for every text that no encoder makes.
pub fn decode(text: &str) -> Result<Vec<u8>, Base45Error> {
    if text.len() % 3 == 1 {
        // A foreign character explains a wrong length better than the length does.
        return Err(
            match text.bytes().position(|byte| value(byte) == NO_VALUE) {
                Some(at) => Base45Error::Character(at),
                None => Base45Error::Length(text.len()),
            },
        );
    }
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for (group, characters) in text.as_bytes().chunks(3).enumerate() {
        let at = group * 3;
        let mut sum: u32 = 0;
        for (offset, character) in characters.iter().enumerate().rev() {
            let value = value(*character);
            if value == NO_VALUE {
                let first = characters
                    .iter()
                    .position(|byte| self::value(*byte) == NO_VALUE);
                return Err(Base45Error::Character(at + first.unwrap_or(offset)));
            }
            sum = sum * 45 + u32::from(value);
        }
        if characters.len() == 3 {
            let pair = u16::try_from(sum).map_err(|_| Base45Error::Overflow(at))?;
            bytes.extend_from_slice(&pair.to_be_bytes());
        } else {
            bytes.push(u8::try_from(sum).map_err(|_| Base45Error::Overflow(at))?);
        }
    }
    Ok(bytes)
}

fn value(byte: u8) -> u8 {
    VALUES.get(usize::from(byte)).copied().unwrap_or(NO_VALUE)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn examples_of_the_rfc() {
        for (bytes, text) in [
            ("AB", "BB8"),
            ("Hello!!", "%69 VD92EX0"),
            ("base-45", "UJCLQE7W581"),
            ("ietf!", "QED8WEX0"),
            ("", ""),
        ] {
            assert_eq!(encode(bytes.as_bytes()), text);
            assert_eq!(decode(text), Ok(bytes.as_bytes().to_vec()));
        }
    }

    #[test]
    fn texts_that_no_encoder_makes_are_refused() {
        for (text, error) in [
            ("GGW", Base45Error::Overflow(0)),
            (":::", Base45Error::Overflow(0)),
            ("::", Base45Error::Overflow(0)),
            ("BB8::", Base45Error::Overflow(3)),
            ("A", Base45Error::Length(1)),
            ("AAAA", Base45Error::Length(4)),
            ("a", Base45Error::Character(0)),
            ("BB8bb8", Base45Error::Character(3)),
            ("ÿ", Base45Error::Character(0)),
            ("BB8\n", Base45Error::Character(3)),
        ] {
            assert_eq!(decode(text), Err(error), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn every_byte_string_has_one_text(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let text = encode(&bytes);
            prop_assert_eq!(text.len(), encoded_len(bytes.len()));
            prop_assert_eq!(decode(&text), Ok(bytes));
        }

        #[test]
        fn what_is_read_is_what_would_be_written(text in "[0-9A-Z $%*+./:-]{0,40}") {
            if let Ok(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in any::<String>()) {
            let _read = decode(&text);
        }
    }
}
