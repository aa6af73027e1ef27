//! The members of a message: each is asked for by its name, and everything that is wrong is noted with its
//! place and result code, never with its value.

use hc_code::DivisionCode;
use hc_core::division::DivisionTable;
use hc_core::record::{FieldError, Object};
use serde_json::Value;

use crate::ResultCode;
use crate::field_code::code_of;

/// One thing that is wrong with a message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where: `health.temperature`, `itinerary[2].arriveTime`.
    pub path: String,
    /// What, as a number of the table.
    pub code: ResultCode,
    /// What, in words.
    pub says: String,
}

impl Fault {
    /// A fault of a place, in the words of its code.
    pub fn new(path: impl Into<String>, code: ResultCode) -> Self {
        Self {
            path: path.into(),
            code,
            says: code.row().en.to_owned(),
        }
    }
}

/// The members of one object.
#[derive(Debug)]
pub struct Fields<'a> {
    object: &'a Object,
    asked: Vec<&'static str>,
    faults: Vec<Fault>,
}

impl<'a> Fields<'a> {
    /// The members of an object.
    pub const fn of(object: &'a Object) -> Self {
        Self {
            object,
            asked: Vec::new(),
            faults: Vec::new(),
        }
    }

    /// Members that were read elsewhere.
    #[must_use]
    pub fn beside(mut self, names: &[&'static str]) -> Self {
        self.asked.extend_from_slice(names);
        self
    }

    /// Whether anything was found wrong so far.
    pub fn is_good(&self) -> bool {
        self.faults.is_empty()
    }

    /// A member, if it is there and not null.
    pub fn value(&mut self, name: &'static str) -> Option<&'a Value> {
        self.asked.push(name);
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text that may be left out, of so many characters.
    pub fn optional_text(&mut self, name: &'static str, most: usize) -> Option<&'a str> {
        let Value::String(text) = self.value(name)? else {
            self.refuse(name, ResultCode::FieldShape);
            return None;
        };
        if (1..=most).contains(&text.chars().count()) {
            Some(text)
        } else {
            self.refuse(name, ResultCode::FieldLength);
            None
        }
    }

    /// A text that must be there.
    pub fn text(&mut self, name: &'static str, most: usize) -> Option<&'a str> {
        if self.value(name).is_none() {
            self.refuse(name, ResultCode::FieldMissing);
            return None;
        }
        self.optional_text(name, most)
    }

    /// A short text for people and logs, without control characters and of at most 255 bytes.
    pub fn label(&mut self, name: &'static str, most: usize) -> Option<&'a str> {
        let text = self.text(name, most)?;
        // The log takes no more; 64 characters of four bytes are one byte longer.
        if text.len() > 255 {
            self.refuse(name, ResultCode::FieldLength);
            return None;
        }
        if text.chars().any(char::is_control) {
            self.refuse(name, ResultCode::NameCharacter);
            return None;
        }
        Some(text)
    }

    /// A yes or no that may be left out for no.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        match self.value(name) {
            None => Some(false),
            Some(Value::Bool(flag)) => Some(*flag),
            Some(_) => {
                self.refuse(name, ResultCode::FieldShape);
                None
            }
        }
    }

    /// A whole number that may be left out.
    pub fn number(&mut self, name: &'static str, least: u32, most: u32) -> Option<u32> {
        let value = self.value(name)?;
        let Some(number) = value.as_u64() else {
            self.refuse(name, ResultCode::FieldShape);
            return None;
        };
        match u32::try_from(number) {
            Ok(number) if (least..=most).contains(&number) => Some(number),
            _ => {
                self.refuse(name, ResultCode::FieldDomain);
                None
            }
        }
    }

    /// A division that exists or ever existed, and must be there.
    pub fn division(&mut self, name: &'static str) -> Option<DivisionCode> {
        let text = self.text(name, 6)?;
        match text.parse::<DivisionCode>() {
            Err(_) => self.refuse(name, ResultCode::DivisionForm),
            Ok(code) if DivisionTable::bundled().existed_ever(code) => return Some(code),
            Ok(_) => self.refuse(name, ResultCode::DivisionUnknown),
        }
        None
    }

    /// An object that may be left out.
    pub fn object(&mut self, name: &'static str) -> Option<&'a Object> {
        if let Value::Object(object) = self.value(name)? {
            Some(object)
        } else {
            self.refuse(name, ResultCode::FieldShape);
            None
        }
    }

    /// Notes a fault of a member.
    pub fn refuse(&mut self, path: impl Into<String>, code: ResultCode) {
        self.faults.push(Fault::new(path, code));
    }

    /// Notes the faults of a group of data inside a member.
    pub fn refuse_fields(&mut self, outer: &str, errors: Vec<FieldError>) {
        for error in errors {
            let path = match (outer, error.path()) {
                ("", inner) => inner.to_owned(),
                (outer, inner) if inner.starts_with('[') => format!("{outer}{inner}"),
                (outer, inner) => format!("{outer}.{inner}"),
            };
            self.faults.push(Fault {
                path,
                code: code_of(error.problem()),
                says: error.problem().to_string(),
            });
        }
    }

    /// Takes over what is wrong with the members of an object inside.
    pub fn inside(&mut self, outer: &str, inner: Fields<'_>) {
        let faults = inner.all_faults().into_iter();
        self.faults.extend(faults.map(|fault| Fault {
            path: format!("{outer}.{}", fault.path),
            ..fault
        }));
    }

    /// Everything that is wrong, members that nobody asked for last.
    pub fn all_faults(mut self) -> Vec<Fault> {
        let names = self.object.keys();
        let unknown: Vec<String> = names
            .filter(|name| !self.asked.contains(&name.as_str()))
            .map(|name| readable(name))
            .collect();
        for name in unknown {
            self.refuse(name, ResultCode::FieldUnknown);
        }
        self.faults
    }
}

/// A member's name, if it can be one: what somebody typed in the wrong place is not repeated.
fn readable(name: &str) -> String {
    let plain = (1..=32).contains(&name.len()) && name.bytes().all(|one| one.is_ascii_alphabetic());
    if plain {
        name.to_owned()
    } else {
        "?".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_that_the_log_takes() {
        let read = |label: &str| {
            let object = Object::from_iter([("operator".to_owned(), label.into())]);
            let mut fields = Fields::of(&object);
            let read = fields.label("operator", 64).is_some();
            let faults = fields.all_faults();
            (read, faults.first().map(|fault| fault.code))
        };
        assert_eq!(read("guard-7"), (true, None));
        assert_eq!(read(&"卫".repeat(64)), (true, None));
        assert_eq!(read(&"𠮷".repeat(63)), (true, None));
        let long = (false, Some(ResultCode::FieldLength));
        assert_eq!(read(&"𠮷".repeat(64)), long);
        assert_eq!(read(&"a".repeat(65)), long);
        let control = (false, Some(ResultCode::NameCharacter));
        assert_eq!(read("a\nb"), control);
    }
}
