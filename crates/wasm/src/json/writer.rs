//! Answers, in the form in which `JSON.stringify` writes them.

use hc_code::DivisionCode;

/// An object that is being written.
pub(crate) struct Object(String);

impl Object {
    /// An object without fields.
    pub(crate) fn new() -> Self {
        Self("{".to_owned())
    }

    /// A field whose value is JSON already.
    pub(crate) fn json(&mut self, name: &str, json: &str) -> &mut Self {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        quote(&mut self.0, name);
        self.0.push(':');
        self.0.push_str(json);
        self
    }

    /// A field with a text.
    pub(crate) fn text(&mut self, name: &str, text: &str) -> &mut Self {
        let mut quoted = String::new();
        quote(&mut quoted, text);
        self.json(name, &quoted)
    }

    /// A field with a text or null.
    pub(crate) fn perhaps_text(&mut self, name: &str, text: Option<&str>) -> &mut Self {
        match text {
            Some(text) => self.text(name, text),
            None => self.json(name, "null"),
        }
    }

    /// A field with a number.
    pub(crate) fn whole(&mut self, name: &str, value: i64) -> &mut Self {
        self.json(name, &decimal(value))
    }

    /// A field with a number or null.
    pub(crate) fn perhaps_whole(&mut self, name: &str, value: Option<i64>) -> &mut Self {
        match value {
            Some(value) => self.whole(name, value),
            None => self.json(name, "null"),
        }
    }

    /// A field with the six digits of a region.
    pub(crate) fn region(&mut self, name: &str, region: DivisionCode) -> &mut Self {
        let digits = decimal(region.number().into());
        let zeros = "000000".get(digits.len()..).unwrap_or_default();
        self.text(name, &[zeros, &digits].concat())
    }

    /// A field with yes or no.
    pub(crate) fn bool(&mut self, name: &str, value: bool) -> &mut Self {
        self.json(name, if value { "true" } else { "false" })
    }

    /// The whole object.
    pub(crate) fn end(&mut self) -> String {
        let mut json = core::mem::take(&mut self.0);
        json.push('}');
        json
    }
}

/// A list of what is JSON already.
pub(crate) fn list(items: impl IntoIterator<Item = String>) -> String {
    let mut json = "[".to_owned();
    for item in items {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&item);
    }
    json.push(']');
    json
}

/// A text in quotation marks, with what must be escaped as JavaScript escapes it (ECMA-262,
/// `QuoteJSONString`).
fn quote(json: &mut String, text: &str) {
    json.push('"');
    for letter in text.chars() {
        let short = match letter {
            '"' | '\\' => letter,
            '\u{8}' => 'b',
            '\t' => 't',
            '\n' => 'n',
            '\u{c}' => 'f',
            '\r' => 'r',
            '\0'..='\u{1f}' => {
                json.push_str("\\u00");
                json.push_str(&hexadecimal(&[u8::try_from(letter).unwrap_or_default()]));
                continue;
            }
            _ => {
                json.push(letter);
                continue;
            }
        };
        json.push('\\');
        json.push(short);
    }
    json.push('"');
}

/// A number in decimal digits.
pub(crate) fn decimal(value: i64) -> String {
    let mut digits = [0; 20];
    let mut rest = value.unsigned_abs();
    let mut count = 0;
    for digit in &mut digits {
        *digit = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        count += 1;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    let sign = (value < 0).then_some('-');
    let digits = digits.iter().take(count).rev();
    sign.into_iter()
        .chain(digits.map(|digit| char::from(*digit)))
        .collect()
}

/// Two lower-case hexadecimal digits for each byte.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves
        .filter_map(|half| char::from_digit(half.into(), 16))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_written_as_a_library_writes_it() {
        let every: String = ('\0'..'\u{90}').chain("é风险😀".chars()).collect();
        for text in ["", "plain", &every] {
            let json = Object::new().text(text, text).whole("at", -7).end();
            let theirs = format!(
                "{{{}:{},\"at\":-7}}",
                serde_json::to_string(text).unwrap(),
                serde_json::to_string(text).unwrap()
            );
            assert_eq!(json, theirs);
        }
    }

    #[test]
    fn numbers_have_all_their_digits() {
        for value in [0, 1, 9, 10, -1, 1_656_388_800, i64::MAX, i64::MIN] {
            assert_eq!(decimal(value), value.to_string());
        }
    }

    #[test]
    fn a_region_has_six_digits() {
        for number in [0, 110_000, 330_106] {
            let region = DivisionCode::new(number).unwrap();
            let json = Object::new().region("at", region).end();
            assert_eq!(json, format!("{{\"at\":\"{region}\"}}"));
        }
    }

    #[test]
    fn what_is_not_there_is_null() {
        let mut object = Object::new();
        object.perhaps_text("a", None).perhaps_text("b", Some("x"));
        object
            .perhaps_whole("c", None)
            .perhaps_whole("d", Some(3))
            .bool("e", true);
        object
            .json("f", &list([]))
            .json("g", &list(["1".to_owned(), "2".to_owned()]));
        let json = r#"{"a":null,"b":"x","c":null,"d":3,"e":true,"f":[],"g":[1,2]}"#;
        assert_eq!(object.end(), json);
        assert_eq!(Object::new().end(), "{}");
        assert_eq!(hexadecimal(&[0, 0xab, 0xff]), "00abff");
    }
}
