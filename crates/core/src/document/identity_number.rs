//! The citizen identity number of GB 11643 and the numbers built like it.

use core::fmt;

use hc_code::{DivisionCode, Timestamp};

use super::issuing_division::gave_numbers;
use super::{BirthDate, Characters, Class, NumberError};

/// An 18-character number: 6 division, 8 birth date, 3 sequence, 1 check (ISO 7064 MOD 11-2).
///
/// GB 11643-1999 gives it to citizens of the mainland; the residence permits of Hong Kong, Macao and
/// Taiwan residents have 810000, 820000, 830000 in place of the division (2018); the permanent
/// residence card of foreigners of 2023 begins with 9, then two digits of the issuing province and
/// three of the nationality. Old numbers of 15 digits are expanded, so that one person has one number.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber {
    digits: String,
    bearer: Bearer,
    birth: BirthDate,
}

/// Whose number it is, as the number itself says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bearer {
    /// A citizen with household registration on the mainland.
    Mainland,
    /// A resident of Hong Kong with a residence permit.
    HongKong,
    /// A resident of Macao with a residence permit.
    Macao,
    /// A resident of Taiwan with a residence permit.
    Taiwan,
    /// A foreigner with a permanent residence card.
    Foreigner,
}

impl fmt::Display for Bearer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Mainland => "a resident of the mainland",
            Self::HongKong => "a Hong Kong resident's residence permit",
            Self::Macao => "a Macao resident's residence permit",
            Self::Taiwan => "a Taiwan resident's residence permit",
            Self::Foreigner => "a foreigner's permanent residence card",
        })
    }
}

impl IdentityNumber {
    /// Reads 18 characters, or the 15 digits of before 1999.
    ///
    /// Fifteen digits lack the century and the check character. The century is 19, except that the
    /// sequences 996 to 999 were kept for people born before 1900.
    pub(super) fn read(characters: &Characters, now: Timestamp) -> Result<Self, NumberError> {
        let digits = match characters.len() {
            18 => characters.shaped(|index| match index {
                17 => Class::DigitOrX,
                _ => Class::Digit,
            })?,
            15 => expand(&characters.shaped(|_| Class::Digit)?),
            found => {
                return Err(NumberError::Length {
                    expected: "18 (or 15 of an old number)",
                    found,
                });
            }
        };
        let (body, check) = digits.split_at_checked(17).unwrap_or((&digits, ""));
        let bearer = bearer(&digits)?;
        let birth = BirthDate::from_digits(digits.get(6..14).unwrap_or(""), now)?;
        if !check.chars().eq(check_character(body)) {
            return Err(NumberError::CheckCharacter);
        }
        Ok(Self {
            digits,
            bearer,
            birth,
        })
    }

    /// The 18 characters, `X` in capital.
    pub fn expose_digits(&self) -> &str {
        &self.digits
    }

    /// Whose number it is.
    pub fn bearer(&self) -> Bearer {
        self.bearer
    }

    /// The birth date that the number carries.
    pub fn birth(&self) -> BirthDate {
        self.birth
    }

    /// The division where a mainland number was given; `None` for other bearers.
    pub fn division(&self) -> Option<DivisionCode> {
        match self.bearer {
            Bearer::Mainland => self.digits.get(..6)?.parse().ok(),
            _ => None,
        }
    }

    /// The word of the sex in the sequence (digit 17 odd is male), for bearers whose number has it by rule.
    pub fn sex_word(&self) -> &'static str {
        match self.digits.as_bytes().get(16) {
            Some(digit) if digit % 2 == 1 => "male",
            _ => "female",
        }
    }
}

impl fmt::Debug for IdentityNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IdentityNumber({:?}, *)", self.bearer)
    }
}

fn bearer(digits: &str) -> Result<Bearer, NumberError> {
    let division = digits.get(..6).unwrap_or("");
    match division {
        "810000" => return Ok(Bearer::HongKong),
        "820000" => return Ok(Bearer::Macao),
        "830000" => return Ok(Bearer::Taiwan),
        _ => {}
    }
    if let Some(foreign) = division.strip_prefix('9') {
        // Two digits of the issuing province, three of the nationality. The nationality is not looked
        // up: which digits people without one get is not known to us.
        let province = foreign.get(..2).unwrap_or("");
        return format!("{province}0000")
            .parse()
            .ok()
            .filter(|code| gave_numbers(*code))
            .map(|_| Bearer::Foreigner)
            .ok_or(NumberError::Division);
    }
    division
        .parse()
        .ok()
        .filter(|code| gave_numbers(*code))
        .map(|_| Bearer::Mainland)
        .ok_or(NumberError::Division)
}

/// The 18-character number of an old one of 15 digits.
fn expand(old: &str) -> String {
    let (division, rest) = old.split_at_checked(6).unwrap_or((old, ""));
    let century = if rest.ends_with("996")
        || rest.ends_with("997")
        || rest.ends_with("998")
        || rest.ends_with("999")
    {
        "18"
    } else {
        "19"
    };
    let body = format!("{division}{century}{rest}");
    let check: String = check_character(&body).collect();
    body + &check
}

/// The check character of 17 digits, ISO 7064 MOD 11-2; nothing where there is something else in them.
fn check_character(body: &str) -> impl Iterator<Item = char> {
    // Horner's form of the weights 2^17, 2^16, ... 2^1 modulo 11.
    let sum = body.chars().try_fold(0_u32, |sum, digit| {
        Some((sum + digit.to_digit(10)?) * 2 % 11)
    });
    sum.and_then(|sum| match (12 - sum) % 11 {
        10 => Some('X'),
        check => char::from_digit(check, 10),
    })
    .into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<IdentityNumber, NumberError> {
        let now = "2022-06-28T09:00:00+08:00".parse().unwrap();
        IdentityNumber::read(&Characters::read(text)?, now)
    }

    #[test]
    fn the_examples_of_the_standard_are_read() {
        let number = read("11010519491231002X").unwrap();
        assert_eq!(number.bearer(), Bearer::Mainland);
        assert_eq!(number.birth().expose_digits(), "19491231");
        assert_eq!(number.division().unwrap().number(), 110_105);
        assert_eq!(number.sex_word(), "female");
        assert_eq!(read("440524188001010014").unwrap().sex_word(), "male");
    }

    #[test]
    fn every_rule_has_its_own_refusal() {
        for (text, error) in [
            (
                "1101051949123100",
                NumberError::Length {
                    expected: "18 (or 15 of an old number)",
                    found: 16,
                },
            ),
            (
                "1101051949123100X2",
                NumberError::Character {
                    position: 17,
                    expected: Class::Digit,
                },
            ),
            (
                "11010519491231002Y",
                NumberError::Character {
                    position: 18,
                    expected: Class::DigitOrX,
                },
            ),
            ("99999919491231002X", NumberError::Division),
            ("91199919491231002X", NumberError::CheckCharacter),
            ("11999919491231002X", NumberError::Division),
            ("00000019491231002X", NumberError::Division),
            ("11010519490231002X", NumberError::BirthDate),
            ("11010520491231002X", NumberError::BirthInFuture),
            (
                "11010510491231002X",
                NumberError::BirthTooEarly { earliest: 1860 },
            ),
            ("110105194912310021", NumberError::CheckCharacter),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }

    #[test]
    fn old_numbers_expand_to_the_number_of_today() {
        let old = read("110105491231002").unwrap();
        assert_eq!(old.expose_digits(), "11010519491231002X");
        let centenarian = read("110105951231996").unwrap();
        assert_eq!(centenarian.birth().expose_year(), 1895);
        assert_eq!(read("110105490231002"), Err(NumberError::BirthDate));
    }

    #[test]
    fn permits_and_the_card_of_2023_say_whose_they_are() {
        for (text, bearer) in [
            ("810000194912310028", Bearer::HongKong),
            ("830000194912310021", Bearer::Taiwan),
            ("911124198108030024", Bearer::Foreigner),
        ] {
            let number = read(text).unwrap();
            assert_eq!(
                (number.bearer(), number.division()),
                (bearer, None),
                "{text}"
            );
        }
        assert_eq!(
            read("810001194912310026").unwrap_err(),
            NumberError::Division
        );
    }
}
