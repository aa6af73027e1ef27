//! The fields of an object, asked for by name.

use hc_code::DivisionCode;

use super::{Json, JsonError, decimal, read};

/// Why a value is not of the form that a call takes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// No JSON at all.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A field that must be there is not.
    #[error("the field {0:?} is missing")]
    Missing(&'static str),
    /// A field that nobody asked for: a typing error would otherwise go unseen.
    #[error("there is no field {0:?}")]
    Unknown(String),
    /// A field has another kind of value than it must.
    #[error("the field {0:?} cannot have this value")]
    Value(&'static str),
}

impl FormError {
    /// The word of the fault.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Json(fault) => fault.word(),
            Self::Missing(_) => "missing-field",
            Self::Unknown(_) => "unknown-field",
            Self::Value(_) => "wrong-value",
        }
    }

    /// What it is about: a field, or the place in the text.
    pub fn about(&self) -> String {
        match self {
            Self::Json(fault) => decimal(i64::try_from(fault.at()).unwrap_or(i64::MAX)),
            Self::Missing(name) | Self::Value(name) => (*name).to_owned(),
            Self::Unknown(name) => name.clone(),
        }
    }
}

/// What a field may hold.
pub(crate) trait Read: Sized {
    /// The value, where it is one.
    fn read(json: Json) -> Option<Self>;
}

impl Read for String {
    fn read(json: Json) -> Option<Self> {
        match json {
            Json::Text(text) => Some(text),
            _ => None,
        }
    }
}

impl Read for DivisionCode {
    fn read(json: Json) -> Option<Self> {
        String::read(json)?.parse().ok()
    }
}

/// Reads numbers of fewer bits.
macro_rules! narrow {
    ($($number:ty),*) => {$(
        impl Read for $number {
            fn read(json: Json) -> Option<Self> {
                i64::read(json)?.try_into().ok()
            }
        }
    )*};
}

narrow!(u8, u16, u32);

impl Read for i64 {
    fn read(json: Json) -> Option<Self> {
        match json {
            Json::Whole(value) => Some(value),
            _ => None,
        }
    }
}

impl Read for Vec<Json> {
    fn read(json: Json) -> Option<Self> {
        match json {
            Json::List(items) => Some(items),
            _ => None,
        }
    }
}

/// Those fields of an object that were not asked for yet.
pub(crate) struct Fields(Vec<(String, Json)>);

impl Fields {
    /// The fields of a JSON text.
    ///
    /// # Errors
    /// [`FormError::Json`], or [`FormError::Value`] where the text is no object.
    pub(crate) fn parse(text: &[u8], what: &'static str) -> Result<Self, FormError> {
        Self::of(read(text)?, what)
    }

    /// The fields of a value.
    ///
    /// # Errors
    /// [`FormError::Value`] where it is no object.
    pub(crate) fn of(json: Json, what: &'static str) -> Result<Self, FormError> {
        match json {
            Json::Object(fields) => Ok(Self(fields)),
            _ => Err(FormError::Value(what)),
        }
    }

    /// A field as it stands.
    pub(crate) fn json(&mut self, name: &'static str) -> Option<Json> {
        let place = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.swap_remove(place).1)
    }

    /// A field that must be there.
    ///
    /// # Errors
    /// [`FormError::Missing`], [`FormError::Value`].
    pub(crate) fn one<T: Read>(&mut self, name: &'static str) -> Result<T, FormError> {
        let json = self.json(name).ok_or(FormError::Missing(name))?;
        T::read(json).ok_or(FormError::Value(name))
    }

    /// A field that may be left out or null.
    ///
    /// # Errors
    /// [`FormError::Value`].
    pub(crate) fn perhaps<T: Read>(&mut self, name: &'static str) -> Result<Option<T>, FormError> {
        match self.json(name) {
            None | Some(Json::Null) => Ok(None),
            Some(json) => T::read(json).map(Some).ok_or(FormError::Value(name)),
        }
    }

    /// A list that may be left out, which is the same as empty.
    ///
    /// # Errors
    /// What reading an item says; [`FormError::Value`] where it is no list.
    pub(crate) fn several<T, E: From<FormError>>(
        &mut self,
        name: &'static str,
        mut item: impl FnMut(Json) -> Result<T, E>,
    ) -> Result<Vec<T>, E> {
        let mut read = Vec::new();
        if let Some(json) = self.json(name) {
            for json in Vec::read(json).ok_or(FormError::Value(name))? {
                read.push(item(json)?);
            }
        }
        Ok(read)
    }

    /// That every field was asked for.
    ///
    /// # Errors
    /// [`FormError::Unknown`].
    pub(crate) fn end(self) -> Result<(), FormError> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => Err(FormError::Unknown(name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(text: &str) -> Fields {
        Fields::parse(text.as_bytes(), "whole").unwrap()
    }

    #[test]
    fn a_field_is_there_once_and_of_its_kind() {
        let mut fields = fields(r#"{"a":"text","b":7,"c":null,"d":[1,2],"e":[]}"#);
        assert_eq!(fields.one::<String>("a"), Ok("text".to_owned()));
        assert_eq!(fields.one::<String>("a"), Err(FormError::Missing("a")));
        assert_eq!(fields.one::<String>("b"), Err(FormError::Value("b")));
        assert_eq!(fields.perhaps::<i64>("c"), Ok(None));
        assert_eq!(fields.perhaps::<i64>("f"), Ok(None));
        let item = |json| i64::read(json).ok_or(FormError::Value("d"));
        assert_eq!(fields.several("d", item), Ok(vec![1, 2]));
        assert_eq!(fields.several("f", item), Ok(vec![]));
        assert_eq!(fields.end(), Err(FormError::Unknown("e".to_owned())));
    }

    #[test]
    fn null_is_no_list_and_a_list_no_object() {
        let item = |json| i64::read(json).ok_or(FormError::Value("d"));
        assert_eq!(
            fields(r#"{"d":null}"#).several("d", item),
            Err(FormError::Value("d"))
        );
        assert_eq!(
            Fields::parse(b"[]", "whole").err(),
            Some(FormError::Value("whole"))
        );
        let fault = Fields::parse(b"{", "whole").err().unwrap();
        assert_eq!((fault.word(), fault.about()), ("not-json", "1".to_owned()));
    }
}
