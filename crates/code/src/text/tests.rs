//! Texts that are and are not a code's.

use proptest::prelude::*;

use super::*;
use crate::{Class, DivisionCode, Level};

fn standard(class: Class, level: Option<Level>) -> StandardDomain {
    StandardDomain::new(DivisionCode::new(330_100).unwrap(), class, level)
}

fn live_text() -> String {
    let extension = Extension::new(*b"seat 12").unwrap();
    compose(
        standard(Class::Live, Some(Level::Low)),
        &extension,
        &[7; 150],
    )
}

#[test]
fn the_clear_part_is_readable() {
    assert!(live_text().starts_with("HC1P:330100:L00:007"));
    let paper = compose(standard(Class::Paper, None), &Extension::empty(), &[1, 2]);
    assert!(paper.starts_with("HC1P:330100:P--:000002"));
}

#[test]
fn domains_come_back_as_they_were() {
    let text = live_text();
    let parsed = CodeText::parse(&text).unwrap();
    assert_eq!(parsed.standard(), standard(Class::Live, Some(Level::Low)));
    assert_eq!(parsed.extension(), b"seat 12");
    assert_eq!(parsed.security(), [7; 150]);
    assert_eq!(parsed.showing(), None);
    assert_eq!(parsed.issued(), text);
    assert_eq!(parsed.authenticated(), b"HC1P:330100:L00:seat 12");
}

#[test]
fn other_texts_are_refused_with_their_reason() {
    use StandardDomainError as Clear;
    let good = live_text();
    let with = |from: &str, to: &str| good.replacen(from, to, 1);
    for (text, error) in [
        (String::new(), Clear::CutOff.into()),
        (good.to_lowercase(), Clear::System.into()),
        (with("HC1P", "HC2P"), Clear::System.into()),
        (with("330100", "330001"), Clear::Issuer.into()),
        (with("330100", "000000"), Clear::Issuer.into()),
        (with(":L00", ":X00"), Clear::Class.into()),
        (with(":L00", ":L02"), Clear::Level.into()),
        (with(":L00", ":L--"), Clear::Level.into()),
        (with(":L00", ":P00"), Clear::Level.into()),
        (with(":L00:", ":L00 "), Clear::Separator.into()),
        (
            with(":007", ":+07"),
            TextError::LengthDigits(Domain::Extension),
        ),
        (with(":007", ":201"), TextError::CutOff(Domain::Extension)),
        (format!("{good}0"), TextError::UnexpectedShowing),
        (
            good[..good.len() - 1].to_owned(),
            TextError::CutOff(Domain::Security),
        ),
        (good[..20].to_owned(), TextError::CutOff(Domain::Extension)),
        ("A".repeat(MAX_LEN + 1), TextError::TooLong(MAX_LEN + 1)),
    ] {
        assert_eq!(CodeText::parse(&text), Err(error), "{text}");
    }
}

#[test]
fn nothing_follows_the_showing() {
    let mut text = compose(
        standard(Class::Carried, Some(Level::Low)),
        &Extension::empty(),
        &[7; 10],
    );
    append_domain(&[9; 5], &mut text);
    let parsed = CodeText::parse(&text).unwrap();
    assert_eq!(parsed.showing(), Some(&[9; 5][..]));
    assert_eq!(parsed.issued().len(), 16 + 3 + 3 + 15);
    text.push('0');
    assert_eq!(CodeText::parse(&text), Err(TextError::Trailing(1)));
}

proptest! {
    #[test]
    fn any_text_is_split_or_refused(text in any::<String>()) {
        let _parsed = CodeText::parse(&text);
    }

    #[test]
    fn any_change_of_a_text_is_seen(at in 0_usize..200, to in "[0-9A-Z $%*+./:-]") {
        let good = live_text();
        let mut other = good.clone();
        other.replace_range(at..=at, &to);
        if other != good && let Ok(parsed) = CodeText::parse(&other) {
            prop_assert_ne!(parsed, CodeText::parse(&good).unwrap());
        }
    }
}
