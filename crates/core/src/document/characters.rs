//! From what people and machines write to the characters of a number.

use super::NumberError;

/// Longest text that is looked at, in characters: the longest number, well decorated.
const LIMIT: usize = 256;

/// The characters of a number without decoration, each with its place in the text as written.
///
/// Full-width forms (U+FF01 to U+FF5E) become ASCII, small letters capital; white space of any kind,
/// invisible and direction characters, hyphens and dots are dropped. Nothing else is: a character
/// that is not understood must be refused, because guessing it would give one person two keys.
pub(super) struct Characters(Vec<Placed>);

#[derive(Clone, Copy)]
struct Placed {
    /// Counted from 1, in the text as written.
    position: usize,
    character: char,
}

impl Characters {
    pub(super) fn read(text: &str) -> Result<Self, NumberError> {
        let mut found = Vec::new();
        for (index, character) in text.chars().enumerate() {
            if index >= LIMIT {
                return Err(NumberError::TooLong { limit: LIMIT });
            }
            let character = half_width(character);
            if !is_decoration(character) {
                found.push(Placed {
                    position: index + 1,
                    character: character.to_ascii_uppercase(),
                });
            }
        }
        if found.is_empty() {
            return Err(NumberError::Empty);
        }
        Ok(Self(found))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// The text without decoration.
    pub(super) fn text(&self) -> String {
        self.0.iter().map(|placed| placed.character).collect()
    }

    /// The same characters without those that `drop` names, for marks that only some numbers have.
    pub(super) fn without(&self, drop: impl Fn(char) -> bool) -> Self {
        let kept = self.0.iter().filter(|placed| !drop(placed.character));
        Self(kept.copied().collect())
    }

    /// Checks each character against what may stand at its index (from 0), and gives the text.
    ///
    /// # Errors
    /// [`NumberError::Character`] with the place in the text as written.
    pub(super) fn shaped(&self, shape: impl Fn(usize) -> Class) -> Result<String, NumberError> {
        for (index, placed) in self.0.iter().enumerate() {
            let expected = shape(index);
            if !expected.contains(placed.character) {
                return Err(NumberError::Character {
                    position: placed.position,
                    expected,
                });
            }
        }
        Ok(self.text())
    }
}

/// What may stand at one place of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// `0` to `9`.
    Digit,
    /// `0` to `9` or `X`.
    DigitOrX,
    /// `A` to `Z`.
    Letter,
    /// `A` to `Z` or `0` to `9`.
    LetterOrDigit,
    /// A Chinese character.
    Han,
    /// `A` to `Z`, `0` to `9` or a Chinese character.
    LetterDigitOrHan,
    /// One certain character.
    Exactly(char),
}

impl Class {
    fn contains(self, character: char) -> bool {
        match self {
            Self::Digit => character.is_ascii_digit(),
            Self::DigitOrX => character.is_ascii_digit() || character == 'X',
            Self::Letter => character.is_ascii_uppercase(),
            Self::LetterOrDigit => character.is_ascii_uppercase() || character.is_ascii_digit(),
            Self::Han => ('\u{4e00}'..='\u{9fff}').contains(&character),
            Self::LetterDigitOrHan => {
                Self::LetterOrDigit.contains(character) || Self::Han.contains(character)
            }
            Self::Exactly(one) => character == one,
        }
    }
}

impl core::fmt::Display for Class {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        match self {
            Self::Digit => f.write_str("a digit"),
            Self::DigitOrX => f.write_str("a digit or X"),
            Self::Letter => f.write_str("a letter A to Z"),
            Self::LetterOrDigit => f.write_str("a letter A to Z or a digit"),
            Self::Han => f.write_str("a Chinese character"),
            Self::LetterDigitOrHan => {
                f.write_str("a letter A to Z, a digit or a Chinese character")
            }
            Self::Exactly(one) => write!(f, "{one:?}"),
        }
    }
}

/// The ASCII character of a full-width one; others stay.
pub(crate) fn half_width(character: char) -> char {
    match u32::from(character) {
        wide @ 0xff01..=0xff5e => char::from_u32(wide - 0xfee0).unwrap_or(character),
        _ => character,
    }
}

fn is_decoration(character: char) -> bool {
    character.is_whitespace()
        || matches!(character,
            // Hyphens, dashes and minus signs.
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{2e3a}' | '\u{2e3b}' | '\u{fe58}' | '\u{fe63}'
            // Dots.
            | '.' | '\u{b7}' | '\u{2022}' | '\u{2027}' | '\u{30fb}' | '\u{ff65}' | '\u{3002}' | '\u{ff61}'
            // Soft hyphen, zero-width and direction characters, byte order mark, Hangul and Mongolian fillers.
            | '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}')
        // Variation selectors ride on the character before them.
        || ('\u{fe00}'..='\u{fe0f}').contains(&character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decoration_of_every_kind_is_dropped() {
        let written = "\u{feff} １１０-105\u{3000}1949\u{a0}1231\u{2009}002\u{200b}ｘ\u{202c}\n";
        assert_eq!(
            Characters::read(written).unwrap().text(),
            "11010519491231002X"
        );
    }

    #[test]
    fn other_characters_stay_and_are_refused_at_their_place() {
        let read = Characters::read(" 1\u{0}2").unwrap();
        assert_eq!(
            read.shaped(|_| Class::Digit),
            Err(NumberError::Character {
                position: 3,
                expected: Class::Digit
            })
        );
        let arabic = Characters::read("１٢").unwrap();
        assert_eq!(
            arabic.shaped(|_| Class::Digit),
            Err(NumberError::Character {
                position: 2,
                expected: Class::Digit
            })
        );
    }

    #[test]
    fn empty_and_endless_texts_are_refused() {
        assert_eq!(
            Characters::read(" \u{200b}-").err(),
            Some(NumberError::Empty)
        );
        let long = "1".repeat(LIMIT + 1);
        assert_eq!(
            Characters::read(&long).err(),
            Some(NumberError::TooLong { limit: LIMIT })
        );
    }
}
