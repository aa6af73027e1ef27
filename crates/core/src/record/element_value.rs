//! How each type of value is read from a checked element and written back.

use hc_code::{DivisionCode, Level, Timestamp};
use serde_json::Value;

use super::check::{list, text};
use super::{DataElement, FieldError, FieldProblem, Item, Object, Reading, Temperature, Text};
use crate::domain_table::{Code, Domain};
use crate::personal::{Address, PersonName, Phone};

/// A type that elements can have.
pub(super) trait ElementValue: Sized {
    /// Reads a value that has passed the element's format and domain.
    fn read(
        value: &Value,
        element: &DataElement,
        reading: &Reading<'_>,
    ) -> Result<Self, Vec<FieldError>>;

    /// The JSON value that [`ElementValue::read`] reads to the same.
    fn expose(&self) -> Value;
}

/// A type that a text can be read to.
pub(super) trait TextValue: Sized {
    fn read_text(text: &str) -> Result<Self, FieldProblem>;

    fn expose_text_value(&self) -> String;
}

impl<T: TextValue> ElementValue for T {
    fn read(
        value: &Value,
        element: &DataElement,
        _: &Reading<'_>,
    ) -> Result<Self, Vec<FieldError>> {
        text(element, value)
            .and_then(|text| T::read_text(&text))
            .map_err(|problem| vec![FieldError::at(element.name(), problem)])
    }

    fn expose(&self) -> Value {
        Value::String(self.expose_text_value())
    }
}

/// A list of codes: each once, and "none" only alone.
impl<D: Domain> ElementValue for Vec<Code<D>> {
    fn read(
        value: &Value,
        element: &DataElement,
        _: &Reading<'_>,
    ) -> Result<Self, Vec<FieldError>> {
        let read = || {
            let mut found: Self = Self::new();
            for value in list(value)? {
                let code: Code<D> = Code::read_text(&text(element, &value)?)?;
                if found.contains(&code) {
                    return Err(FieldProblem::Twice);
                }
                found.push(code);
            }
            if found.len() > 1 && found.iter().any(|code| code.is("none")) {
                return Err(FieldProblem::NoneAndMore);
            }
            Ok(found)
        };
        read().map_err(|problem| vec![FieldError::at(element.name(), problem)])
    }

    fn expose(&self) -> Value {
        self.iter().map(|code| code.code()).collect()
    }
}

impl ElementValue for Vec<Text> {
    fn read(
        value: &Value,
        element: &DataElement,
        _: &Reading<'_>,
    ) -> Result<Self, Vec<FieldError>> {
        let error = |problem| vec![FieldError::at(element.name(), problem)];
        list(value)
            .map_err(error)?
            .iter()
            .map(|value| text(element, value).and_then(|text| Text::read_text(&text)))
            .collect::<Result<_, _>>()
            .map_err(error)
    }

    fn expose(&self) -> Value {
        self.iter().map(TextValue::expose_text_value).collect()
    }
}

impl<D: Domain> TextValue for Code<D> {
    fn read_text(text: &str) -> Result<Self, FieldProblem> {
        text.parse()
            .map_err(|_| FieldProblem::NotInTable(D::NAME.to_owned()))
    }

    fn expose_text_value(&self) -> String {
        self.code().to_owned()
    }
}

impl TextValue for PersonName {
    fn read_text(text: &str) -> Result<Self, FieldProblem> {
        Ok(Self::parse(text)?)
    }

    fn expose_text_value(&self) -> String {
        self.expose_name().to_owned()
    }
}

impl TextValue for Phone {
    fn read_text(text: &str) -> Result<Self, FieldProblem> {
        Ok(Self::parse(text)?)
    }

    fn expose_text_value(&self) -> String {
        self.expose_number().to_owned()
    }
}

impl TextValue for Address {
    fn read_text(text: &str) -> Result<Self, FieldProblem> {
        Ok(Self::parse(text)?)
    }

    fn expose_text_value(&self) -> String {
        self.expose_address().to_owned()
    }
}

impl TextValue for Text {
    fn read_text(text: &str) -> Result<Self, FieldProblem> {
        Ok(Self::parse(text)?)
    }

    fn expose_text_value(&self) -> String {
        self.expose_text().to_owned()
    }
}

impl TextValue for Temperature {
    fn read_text(text: &str) -> Result<Self, FieldProblem> {
        Ok(text.parse()?)
    }

    fn expose_text_value(&self) -> String {
        self.to_string()
    }
}

impl TextValue for DivisionCode {
    fn read_text(text: &str) -> Result<Self, FieldProblem> {
        text.parse().map_err(|_| FieldProblem::Division)
    }

    fn expose_text_value(&self) -> String {
        self.to_string()
    }
}

impl TextValue for Level {
    fn read_text(text: &str) -> Result<Self, FieldProblem> {
        text.parse().map_err(|_| FieldProblem::Level)
    }

    fn expose_text_value(&self) -> String {
        self.code().to_owned()
    }
}

impl TextValue for Timestamp {
    fn read_text(text: &str) -> Result<Self, FieldProblem> {
        text.parse()
            .map_err(|_| FieldProblem::Format(super::Format::Time))
    }

    fn expose_text_value(&self) -> String {
        self.to_string()
    }
}

/// A count.
impl TextValue for u8 {
    fn read_text(text: &str) -> Result<Self, FieldProblem> {
        text.parse()
            .map_err(|_| FieldProblem::Format(super::Format::Number { most: 2 }))
    }

    fn expose_text_value(&self) -> String {
        self.to_string()
    }
}

/// Writes an item under its element's name.
pub(super) fn put<T: ElementValue>(object: &mut Object, name: &str, item: &Item<T>) {
    put_value(object, name, item.value().expose(), item);
}

/// Writes a value with the provenance of an item.
pub(super) fn put_value<T>(object: &mut Object, name: &str, value: Value, item: &Item<T>) {
    let provenance = item.provenance();
    let mut members = Object::new();
    members.insert("value".to_owned(), value);
    let text = |text: String| Value::String(text);
    members.insert("source".to_owned(), text(provenance.source().to_string()));
    members.insert(
        "observedAt".to_owned(),
        text(provenance.observed_at().to_string()),
    );
    if let Some(expires_at) = provenance.expires_at() {
        members.insert("expiresAt".to_owned(), text(expires_at.to_string()));
    }
    object.insert(name.to_owned(), Value::Object(members));
}
