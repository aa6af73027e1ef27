//! Names, telephone numbers and addresses: texts that must not leak.
//!
//! Debug shows a mask, Display does not exist, and the text is only reached through a method that
//! begins with `expose_`, so that every place where personal data leaves a type can be searched for.

use core::fmt;

/// A person's name, 1 to 100 characters, as the document shows it.
///
/// Long names in Latin letters, names of minorities with a middle dot and rare Chinese characters are
/// all kept. White space is made single, dots between parts of a name become `·` (U+00B7), full-width
/// letters become ASCII; nothing else is changed.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct PersonName(String);

/// A telephone number: digits, with `+` before a foreign country's code.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Phone(String);

/// An address inside a division, 1 to 200 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(String);

/// Why a name, telephone number or address is refused. The text is never repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PersonalError {
    /// Nothing but space.
    #[error("the text is empty")]
    Empty,
    /// Too long.
    #[error("{found} characters where at most {limit} are allowed")]
    TooLong {
        /// Characters allowed.
        limit: usize,
        /// Characters found.
        found: usize,
    },
    /// Too short.
    #[error("{found} digits where at least {least} are needed")]
    TooShort {
        /// Digits needed.
        least: usize,
        /// Digits found.
        found: usize,
    },
    /// A character that cannot stand there.
    #[error("character {position} cannot stand there")]
    Character {
        /// Counted from 1 in the text as written.
        position: usize,
    },
    /// A name without a letter.
    #[error("a name has at least one letter")]
    NoLetter,
}

impl PersonName {
    /// Most characters of a name (GB/T 38962 profile, element `name`).
    pub const LIMIT: usize = 100;

    /// Reads a name.
    ///
    /// # Errors
    /// [`PersonalError`] for an empty or endless text, or a character that is in no name.
    pub fn parse(text: &str) -> Result<Self, PersonalError> {
        let name = cleaned(text, Self::LIMIT, is_of_names)?;
        if name.chars().any(char::is_alphabetic) {
            Ok(Self(name))
        } else {
            Err(PersonalError::NoLetter)
        }
    }

    /// The name in clear.
    pub fn expose_name(&self) -> &str {
        &self.0
    }

    /// The first character and a star, `张*`: neither the rest nor its length.
    pub fn masked(&self) -> String {
        self.0.chars().take(1).chain(['*']).collect()
    }
}

impl Phone {
    /// Most characters (GB/T 38962 profile, element `phone`).
    pub const LIMIT: usize = 20;
    /// Fewest digits: the shortest subscriber numbers in use.
    const LEAST: usize = 5;

    /// Reads a telephone number. Spaces, hyphens, dots and brackets are dropped, `00` before a
    /// country's code becomes `+`, and `+86` before a mainland mobile number is dropped.
    ///
    /// # Errors
    /// [`PersonalError`] for too few or too many digits or a character that is in no number.
    pub fn parse(text: &str) -> Result<Self, PersonalError> {
        let mut number = String::new();
        for (index, character) in text.chars().enumerate() {
            let character = half_width(character);
            match character {
                '0'..='9' => number.push(character),
                '+' if number.is_empty() => number.push(character),
                _ if character.is_whitespace() || is_invisible(character) => {}
                '-' | '.' | '(' | ')' | '\u{2010}'..='\u{2015}' => {}
                _ => {
                    return Err(PersonalError::Character {
                        position: index + 1,
                    });
                }
            }
            if number.len() > Self::LIMIT {
                return Err(PersonalError::TooLong {
                    limit: Self::LIMIT,
                    found: text.chars().count(),
                });
            }
        }
        if let Some(abroad) = number.strip_prefix("00") {
            number = format!("+{abroad}");
        }
        let is_mobile = |number: &str| number.len() == 11 && number.starts_with('1');
        if number.strip_prefix("+86").is_some_and(is_mobile) {
            number.drain(..3);
        }
        let found = number.trim_start_matches('+').len();
        match found {
            0 => Err(PersonalError::Empty),
            short if short < Self::LEAST => Err(PersonalError::TooShort {
                least: Self::LEAST,
                found,
            }),
            _ => Ok(Self(number)),
        }
    }

    /// The number in clear.
    pub fn expose_number(&self) -> &str {
        &self.0
    }

    /// The first three and last four digits of long numbers, the last two of shorter ones.
    pub fn masked(&self) -> String {
        let length = self.0.len();
        let (first, last) = if length >= 11 { (3, 4) } else { (0, 2) };
        self.0
            .chars()
            .enumerate()
            .map(|(index, digit)| {
                let shown = index < first || index + last >= length;
                if shown { digit } else { '*' }
            })
            .collect()
    }
}

impl Address {
    /// Most characters (GB/T 38962 profile, element `householdAddress`).
    pub const LIMIT: usize = 200;

    /// Reads an address.
    ///
    /// # Errors
    /// [`PersonalError`] for an empty or endless text or a control character.
    pub fn parse(text: &str) -> Result<Self, PersonalError> {
        cleaned(text, Self::LIMIT, |character| !character.is_control()).map(Self)
    }

    /// The address in clear.
    pub fn expose_address(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PersonName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PersonName({})", self.masked())
    }
}

impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Phone({})", self.masked())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(*)")
    }
}

/// The text with single spaces, `·` for middle dots, ASCII for full-width letters and without
/// invisible characters.
fn cleaned(
    text: &str,
    limit: usize,
    allowed: impl Fn(char) -> bool,
) -> Result<String, PersonalError> {
    let mut found = String::new();
    let mut length = 0;
    let mut space = false;
    for (index, character) in text.chars().enumerate() {
        let character = match half_width(character) {
            '\u{2022}' | '\u{2027}' | '\u{30fb}' | '\u{ff65}' => '·',
            other => other,
        };
        if character.is_whitespace() {
            space = length > 0;
            continue;
        }
        if is_invisible(character) {
            continue;
        }
        if !allowed(character) {
            return Err(PersonalError::Character {
                position: index + 1,
            });
        }
        if space {
            found.push(' ');
            length += 1;
            space = false;
        }
        found.push(character);
        length += 1;
        if length > limit {
            return Err(PersonalError::TooLong {
                limit,
                found: text.chars().count(),
            });
        }
    }
    if found.is_empty() {
        Err(PersonalError::Empty)
    } else {
        Ok(found)
    }
}

/// Whether a character can stand in a name. Outside ASCII everything that is written does: scripts
/// with vowel signs and separators of their own, and private-use characters, by which registers write
/// Chinese characters that no standard has. Pictures and technical symbols do not.
fn is_of_names(character: char) -> bool {
    match character {
        '.' | ',' | '\'' | '-' | '(' | ')' | '/' => true,
        ascii if ascii.is_ascii() => ascii.is_ascii_alphanumeric(),
        '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}' | '\u{fffc}' | '\u{fffd}' => false,
        other => !other.is_control(),
    }
}

fn half_width(character: char) -> char {
    crate::document::half_width(character)
}

/// Characters that are not seen and reorder or split what is: they have no place in a name, but
/// copying from web pages brings them in.
fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_every_people_fit() {
        for (written, kept) in [
            ("张三", "张三"),
            (" 阿卜杜拉•买买提 ", "阿卜杜拉·买买提"),
            ("ＷＡＮＧ　Xiaoming", "WANG Xiaoming"),
            ("𠮷田\u{e0100}", "𠮷田\u{e0100}"),
            ("Nguyễn Thị Minh Khai", "Nguyễn Thị Minh Khai"),
            ("བསྟན་འཛིན", "བསྟན་འཛིན"),
            ("สมศรี ก้องเกียรติ", "สมศรี ก้องเกียรติ"),
            ("李\u{e863}", "李\u{e863}"),
            (
                "Pablo Diego José Francisco de Paula Juan Nepomuceno María de los Remedios Cipriano",
                "Pablo Diego José Francisco de Paula Juan Nepomuceno María de los Remedios Cipriano",
            ),
            ("O’Brien-\u{202e}Smith", "O’Brien-Smith"),
        ] {
            assert_eq!(PersonName::parse(written).unwrap().expose_name(), kept);
        }
        let longest = "名".repeat(100);
        assert!(PersonName::parse(&longest).is_ok());
        assert_eq!(
            PersonName::parse(&(longest + "名")),
            Err(PersonalError::TooLong {
                limit: 100,
                found: 101
            })
        );
    }

    #[test]
    fn what_is_no_name_is_refused() {
        assert_eq!(PersonName::parse(" \u{200b}"), Err(PersonalError::Empty));
        assert_eq!(PersonName::parse("12"), Err(PersonalError::NoLetter));
        assert_eq!(
            PersonName::parse("张<三"),
            Err(PersonalError::Character { position: 2 })
        );
        assert_eq!(
            PersonName::parse("张😀"),
            Err(PersonalError::Character { position: 2 })
        );
        assert_eq!(
            PersonName::parse("张\u{0}"),
            Err(PersonalError::Character { position: 2 })
        );
    }

    #[test]
    fn one_telephone_has_one_number() {
        for written in [
            "13800138000",
            "+86 138-0013-8000",
            "0086 13800138000",
            "１３８００１３８０００",
        ] {
            assert_eq!(
                Phone::parse(written).unwrap().expose_number(),
                "13800138000"
            );
        }
        assert_eq!(
            Phone::parse("(010) 8888-8888").unwrap().expose_number(),
            "01088888888"
        );
        assert_eq!(
            Phone::parse("+44 20 7946 0000").unwrap().expose_number(),
            "+442079460000"
        );
        assert_eq!(Phone::parse("+"), Err(PersonalError::Empty));
        assert_eq!(
            Phone::parse("1234"),
            Err(PersonalError::TooShort { least: 5, found: 4 })
        );
        assert_eq!(
            Phone::parse("1380013800x"),
            Err(PersonalError::Character { position: 11 })
        );
        assert!(matches!(
            Phone::parse(&"1".repeat(21)),
            Err(PersonalError::TooLong { .. })
        ));
    }

    #[test]
    fn debug_masks_and_errors_do_not_repeat() {
        assert_eq!(
            format!("{:?}", PersonName::parse("张三丰").unwrap()),
            "PersonName(张*)"
        );
        assert_eq!(
            format!("{:?}", Phone::parse("13800138000").unwrap()),
            "Phone(138****8000)"
        );
        assert_eq!(
            format!("{:?}", Phone::parse("88886666").unwrap()),
            "Phone(******66)"
        );
        assert_eq!(
            format!("{:?}", Address::parse("文一西路 1 号").unwrap()),
            "Address(*)"
        );
        let error = PersonName::parse("张三\u{7}").unwrap_err();
        assert!(!format!("{error}{error:?}").contains('张'));
    }
}
