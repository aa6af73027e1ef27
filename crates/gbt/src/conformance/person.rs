//! What no answer may say of the test person, and how much of them a query may show.

use hc_core::document::{Document, DocumentType};
use serde_json::Value;

use hc_code::Timestamp;

/// Whoever was enrolled for the run.
#[derive(Clone, Copy)]
pub(super) struct Person<'a> {
    pub(super) number: &'a str,
    pub(super) name: Option<&'a str>,
    pub(super) phone: Option<&'a str>,
}

/// Members whose texts are made of chance or of bytes: digits in them are nobody's.
const OPAQUE: &[&str] = &[
    "codeContent",
    "imgStream",
    "bizSerialNum",
    "randomNumber",
    "more",
    "recordId",
    "recordIds",
    "ticketId",
    "bizExtData",
    "queryKey",
    "subjectToken",
    "custNum",
    "messageId",
];

/// The shortest text that is looked for everywhere: a shorter one may stand in a number that was drawn.
const LONG: usize = 8;

impl Person<'_> {
    /// Whether an answer says who somebody is.
    pub(super) fn is_kept_from(&self, package: &Value, now: Timestamp) -> Result<(), String> {
        let whole = package.to_string();
        let number = self.number;
        let holds = |text: &str| text.len() >= LONG && whole.contains(text);
        if holds(number) || holds(&number.to_lowercase()) {
            return Err("the answer has the person's number".to_owned());
        }
        if self.phone.is_some_and(holds) {
            return Err("the answer has the person's telephone number".to_owned());
        }
        let name = self.name.filter(|name| name.chars().count() > 1);
        if name.is_some_and(|name| whole.contains(name)) {
            return Err("the answer has the person's name".to_owned());
        }
        strangers(package, now)
    }

    /// Whether the identity of a certificate is masked as `spec/gbt38962` has it.
    pub(super) fn is_masked_in(&self, package: &Value) -> Result<(), String> {
        let names = ["/certificate/maskedName/value", "/maskedName"];
        for masked in names.iter().filter_map(|place| package.pointer(place)) {
            let masked = masked.as_str().ok_or("maskedName is no text")?;
            self.name_is_masked(masked)?;
        }
        let masked = package.pointer("/certificate/maskedNumber/value");
        if let Some(masked) = masked {
            let masked = masked.as_str().ok_or("maskedNumber is no text")?;
            let length = masked.chars().count();
            // Three and four of long ones, one and one of shorter ones.
            let most = match length {
                15.. => 7,
                8..15 => 2,
                _ => 0,
            };
            if masked.chars().filter(|one| *one != '*').count() > most {
                return Err("maskedNumber shows more than a mask lets through".to_owned());
            }
        }
        Ok(())
    }

    fn name_is_masked(&self, masked: &str) -> Result<(), String> {
        let mut shown = masked.chars().filter(|one| *one != '*');
        let (first, second) = (shown.next(), shown.next());
        if second.is_some() || !masked.contains('*') {
            return Err("maskedName shows more than one character".to_owned());
        }
        let own = self.name.and_then(|name| name.chars().next());
        if own.is_some() && first.is_some() && own != first {
            return Err("maskedName is somebody else's".to_owned());
        }
        Ok(())
    }

    /// Whether the masked number of a certificate can be this person's; nothing where there is none.
    pub(super) fn fits(&self, package: &Value) -> Option<bool> {
        let masked = package.pointer("/certificate/maskedNumber/value")?;
        let (masked, number) = (masked.as_str()?, self.number.to_uppercase());
        let same_length = masked.chars().count() == number.chars().count();
        let fits = masked
            .chars()
            .zip(number.chars())
            .all(|(shown, own)| shown == '*' || shown.eq_ignore_ascii_case(&own));
        Some(same_length && fits)
    }
}

/// Whether some text looks like a number of anybody.
fn strangers(value: &Value, now: Timestamp) -> Result<(), String> {
    match value {
        Value::String(text) => digits(text, now),
        Value::Array(all) => all.iter().try_for_each(|one| strangers(one, now)),
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !OPAQUE.contains(&name.as_str()))
            .try_for_each(|(_, one)| strangers(one, now)),
        _ => Ok(()),
    }
}

fn digits(text: &str, now: Timestamp) -> Result<(), String> {
    for word in text.split(|one: char| !one.is_ascii_alphanumeric()) {
        let all_digits = word.bytes().all(|byte| byte.is_ascii_digit());
        if word.len() == 11 && all_digits && word.starts_with('1') {
            return Err("the answer has what looks like a telephone number".to_owned());
        }
        let kind = DocumentType::from_word("resident-id").ok();
        let is_number = kind.is_some_and(|kind| Document::parse(kind, word, None, now).is_ok());
        if word.len() == 18 && is_number {
            return Err("the answer has what looks like an identity number".to_owned());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOON: Timestamp = Timestamp::from_unix(1_657_857_600);
    const PERSON: Person<'_> = Person {
        number: "11010519491231002X",
        name: Some("张晓"),
        phone: Some("13800138000"),
    };

    fn certificate(name: &str, number: &str) -> Value {
        json!({"certificate": {"maskedName": {"value": name}, "maskedNumber": {"value": number}}})
    }

    #[test]
    fn a_mask_lets_through_what_the_profile_says_and_no_more() {
        let good = certificate("张*", "110***********002X");
        assert_eq!(PERSON.is_masked_in(&good), Ok(()));
        assert_eq!(PERSON.fits(&good), Some(true));
        for (name, number) in [
            ("张晓", "110***********002X"),
            ("张晓*", "110***********002X"),
            ("张", "110***********002X"),
            ("李*", "110***********002X"),
            ("张*", "1101051949123100*X"),
            ("张*", "1101**********002X"),
        ] {
            let bad = PERSON.is_masked_in(&certificate(name, number));
            assert!(bad.is_err(), "{name} {number}");
        }
    }

    #[test]
    fn a_number_of_somebody_else_does_not_fit() {
        for (masked, fits) in [
            ("110***********002X", true),
            ("110***********002x", true),
            ("440***********0014", false),
            ("*****", false),
        ] {
            let found = PERSON.fits(&certificate("张*", masked));
            assert_eq!(found, Some(fits), "{masked}");
        }
        assert_eq!(PERSON.fits(&json!({})), None);
        let wrong = Person {
            number: "00000",
            ..PERSON
        };
        let told = certificate("张*", "110***********002X");
        assert_eq!(wrong.fits(&told), Some(false));
    }

    #[test]
    fn nothing_that_says_who_somebody_is_stands_in_an_answer() {
        let nobody = Person {
            number: "440524188001010014",
            name: None,
            phone: None,
        };
        let fine = json!({
            "timeStamp": "20220715120000000", "asOf": "2022-07-15T12:00:00+08:00",
            "bizSerialNum": "13800138000", "errorDesc": "成功",
        });
        assert_eq!(nobody.is_kept_from(&fine, NOON), Ok(()));
        assert_eq!(PERSON.is_kept_from(&json!({"a": "张*"}), NOON), Ok(()));
        for (person, told) in [
            (PERSON, json!({"errorDesc": "成功 张晓"})),
            (PERSON, json!({"bizExtData": "x13800138000"})),
            (PERSON, json!({"queryKey": "11010519491231002X"})),
            (nobody, json!({"errorDesc": "13800138000"})),
            (nobody, json!({"a": [{"b": "11010519491231002X"}]})),
        ] {
            assert!(person.is_kept_from(&told, NOON).is_err(), "{told}");
        }
    }
}
