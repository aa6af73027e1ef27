//! Passports and other numbers of letters and digits.

use super::{Characters, Class, NumberError};

/// Letters and digits between two lengths, at least one digit.
pub(super) fn alphanumeric(
    characters: &Characters,
    shortest: usize,
    longest: usize,
    lengths: &'static str,
) -> Result<String, NumberError> {
    let found = characters.len();
    if !(shortest..=longest).contains(&found) {
        return Err(NumberError::Length {
            expected: lengths,
            found,
        });
    }
    let text = characters.shaped(|_| Class::LetterOrDigit)?;
    if text.bytes().any(|byte| byte.is_ascii_digit()) {
        Ok(text)
    } else {
        Err(NumberError::NoDigit)
    }
}

/// A passport of any country: ICAO Doc 9303 has 9 characters in the machine-readable line and lets
/// longer numbers run on; the longest in use have 12, and some old ones 5.
pub(super) fn any_country(characters: &Characters) -> Result<String, NumberError> {
    alphanumeric(characters, 5, 15, "5 to 15")
}

/// A passport of China, Hong Kong or Macao: 9 characters, one or two letters and digits
/// (`E12345678`, `EA1234567`), or for old ordinary ones 14 or 15 and seven digits.
pub(super) fn chinese(characters: &Characters) -> Result<String, NumberError> {
    let found = characters.len();
    if found != 9 {
        return Err(NumberError::Length {
            expected: "9",
            found,
        });
    }
    let text = characters.text();
    let all_digits = text.starts_with("14") || text.starts_with("15");
    characters.shaped(|index| match index {
        0 if all_digits => Class::Digit,
        0 => Class::Letter,
        1 => Class::LetterOrDigit,
        _ => Class::Digit,
    })
}

/// Which passport a Chinese number is, from its first letter: those of Hong Kong begin with H or K,
/// those of Macao with M, the mainland's with D, E, G, P or S.
pub(super) fn area_of_chinese(text: &str) -> &'static str {
    match text.bytes().next() {
        Some(b'H' | b'K') => "HKG",
        Some(b'M') => "MAC",
        _ => "CHN",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passports_keep_letters_and_digits() {
        let any = |text| any_country(&Characters::read(text).unwrap());
        assert_eq!(any("c01x-00t47"), Ok("C01X00T47".into()));
        assert_eq!(any("ABCDEF"), Err(NumberError::NoDigit));
        assert_eq!(
            any("1234"),
            Err(NumberError::Length {
                expected: "5 to 15",
                found: 4
            })
        );
        assert!(matches!(
            any("12345Ä"),
            Err(NumberError::Character { position: 6, .. })
        ));
    }

    #[test]
    fn chinese_passports_have_their_own_shape() {
        let chinese = |text| chinese(&Characters::read(text).unwrap());
        for text in [
            "E12345678",
            "EA1234567",
            "G12345678",
            "141234567",
            "K12345678",
            "MA1234567",
        ] {
            assert_eq!(chinese(text), Ok(text.to_owned()));
        }
        assert!(matches!(
            chinese("EAB123456"),
            Err(NumberError::Character { position: 3, .. })
        ));
        assert!(matches!(
            chinese("131234567"),
            Err(NumberError::Character { position: 1, .. })
        ));
        assert!(matches!(
            chinese("E1234567"),
            Err(NumberError::Length { found: 8, .. })
        ));
    }
}
