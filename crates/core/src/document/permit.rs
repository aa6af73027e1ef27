//! Travel permits to the mainland.

use super::{Characters, Class, NumberError};

/// Permit of Hong Kong and Macao residents (港澳居民来往内地通行证): `H` or `M` and 8 digits, kept for
/// life. Cards of before 2013 print two digits more, which count the issues; they are dropped.
pub(super) fn hk_macao(characters: &Characters) -> Result<String, NumberError> {
    let characters = characters.without(is_bracket);
    if !matches!(characters.len(), 9 | 11) {
        return Err(NumberError::Length {
            expected: "9 (or 11 with the issue digits)",
            found: characters.len(),
        });
    }
    let first = if characters.text().starts_with('M') {
        'M'
    } else {
        'H'
    };
    let text = characters.shaped(|index| match index {
        0 => Class::Exactly(first),
        _ => Class::Digit,
    })?;
    Ok(text.get(..9).unwrap_or(&text).to_owned())
}

/// Permit of Taiwan residents (台湾居民来往大陆通行证): 8 digits, kept for life. Booklets of before
/// 2015 print two digits more, which count the issues, and a letter in brackets; they are dropped.
pub(super) fn taiwan(characters: &Characters) -> Result<String, NumberError> {
    let characters = characters.without(is_bracket);
    if !matches!(characters.len(), 8 | 10 | 11) {
        return Err(NumberError::Length {
            expected: "8 (or 10 or 11 of an old booklet)",
            found: characters.len(),
        });
    }
    let text = characters.shaped(|index| match index {
        10 => Class::LetterOrDigit,
        _ => Class::Digit,
    })?;
    Ok(text.get(..8).unwrap_or(&text).to_owned())
}

/// Permit of Taiwan residents for one journey: 7 to 10 letters and digits, at least one digit.
pub(super) fn taiwan_once(characters: &Characters) -> Result<String, NumberError> {
    super::passport::alphanumeric(&characters.without(is_bracket), 7, 10, "7 to 10")
}

fn is_bracket(character: char) -> bool {
    matches!(character, '(' | ')')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn issue_digits_do_not_make_another_number() {
        let hk_macao = |text| hk_macao(&Characters::read(text).unwrap());
        assert_eq!(hk_macao("H12345678"), Ok("H12345678".into()));
        assert_eq!(hk_macao("h12345678 (01)"), Ok("H12345678".into()));
        assert_eq!(hk_macao("M1234567802"), Ok("M12345678".into()));
        let taiwan = |text| taiwan(&Characters::read(text).unwrap());
        assert_eq!(taiwan("12345678"), Ok("12345678".into()));
        assert_eq!(taiwan("1234567801（B）"), Ok("12345678".into()));
    }

    #[test]
    fn other_shapes_are_refused_at_their_place() {
        let hk_macao = |text| hk_macao(&Characters::read(text).unwrap()).unwrap_err();
        assert!(matches!(
            hk_macao("K12345678"),
            NumberError::Character { position: 1, .. }
        ));
        assert!(matches!(
            hk_macao("H1234567"),
            NumberError::Length { found: 8, .. }
        ));
        assert!(matches!(
            hk_macao("H1234567A"),
            NumberError::Character { position: 9, .. }
        ));
        let taiwan = |text| taiwan(&Characters::read(text).unwrap()).unwrap_err();
        assert!(matches!(
            taiwan("123456789"),
            NumberError::Length { found: 9, .. }
        ));
        assert!(matches!(
            taiwan("T2345678"),
            NumberError::Character { position: 1, .. }
        ));
    }
}
