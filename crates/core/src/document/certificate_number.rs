//! Numbers of military, birth and old permanent residence documents.

use hc_code::Timestamp;

use super::{BirthDate, Characters, Class, NumberError};
use crate::domain_table::{Country, Domain};

/// A military document: the issuing body in one to four Chinese characters, 字, and 4 to 8 letters
/// and digits (`军字第2001988号`). 第 and 号 are dropped. The characters before 字 are part of the
/// number, because each body counts for itself.
pub(super) fn military(characters: &Characters) -> Result<String, NumberError> {
    let characters = characters.without(|character| matches!(character, '第' | '号' | '號'));
    let text = characters.text();
    let prefix = text
        .chars()
        .position(|character| character == '字')
        .filter(|prefix| (1..=4).contains(prefix))
        .unwrap_or(1);
    let rest = characters.len().saturating_sub(prefix + 1);
    let shaped = characters.shaped(|index| match index {
        han if han < prefix => Class::Han,
        sign if sign == prefix => Class::Exactly('字'),
        _ => Class::LetterOrDigit,
    })?;
    if (4..=8).contains(&rest) {
        Ok(shaped)
    } else {
        Err(NumberError::Length {
            expected: "4 to 8 after 字",
            found: rest,
        })
    }
}

/// A medical certificate of birth: a letter for the edition and 9 digits.
pub(super) fn birth_certificate(characters: &Characters) -> Result<String, NumberError> {
    if characters.len() != 10 {
        return Err(NumberError::Length {
            expected: "10",
            found: characters.len(),
        });
    }
    characters.shaped(|index| match index {
        0 => Class::Letter,
        _ => Class::Digit,
    })
}

/// A foreigner's permanent residence card of before 2023: three letters of the country, four digits
/// of the division, six of the birth date, one of sequence, one of check. The check digit's rule is
/// not public, so only form, country and date are checked.
pub(super) fn old_foreign_residence(
    characters: &Characters,
    now: Timestamp,
) -> Result<String, NumberError> {
    let text = characters.shaped(|index| match index {
        0..3 => Class::Letter,
        _ => Class::Digit,
    })?;
    let country = text.get(..3).unwrap_or("");
    if Country::table().by_code(country).is_none() {
        return Err(NumberError::Country);
    }
    let date = text.get(7..13).unwrap_or("");
    BirthDate::from_digits(&format!("19{date}"), now)
        .or_else(|_| BirthDate::from_digits(&format!("20{date}"), now))?;
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn military_numbers_keep_the_issuing_body() {
        let military = |text| military(&Characters::read(text).unwrap());
        assert_eq!(military("军字第2001988号"), Ok("军字2001988".into()));
        assert_eq!(military("士字 第 P011816X 号"), Ok("士字P011816X".into()));
        assert!(matches!(
            military("2001988"),
            Err(NumberError::Character { position: 1, .. })
        ));
        assert!(matches!(
            military("军2001988"),
            Err(NumberError::Character { position: 2, .. })
        ));
        assert!(matches!(
            military("军字第20号"),
            Err(NumberError::Length { found: 2, .. })
        ));
    }

    #[test]
    fn birth_certificates_are_a_letter_and_nine_digits() {
        let birth = |text| birth_certificate(&Characters::read(text).unwrap());
        assert_eq!(birth("o330 012 345"), Ok("O330012345".into()));
        assert_eq!(
            birth("o33001234"),
            Err(NumberError::Length {
                expected: "10",
                found: 9
            })
        );
        assert!(matches!(
            birth("3300123456"),
            Err(NumberError::Character { position: 1, .. })
        ));
    }

    #[test]
    fn old_permanent_residence_cards_have_country_and_date() {
        let now = "2022-06-28T09:00:00+08:00".parse().unwrap();
        let old = |text| old_foreign_residence(&Characters::read(text).unwrap(), now);
        assert_eq!(old("CAN110081080310"), Ok("CAN110081080310".into()));
        assert_eq!(old("QQQ110081080310"), Err(NumberError::Country));
        assert_eq!(old("CAN110081133110"), Err(NumberError::BirthDate));
    }
}
