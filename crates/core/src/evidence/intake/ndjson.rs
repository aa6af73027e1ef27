//! Evidence lines as NDJSON: one JSON object on each line.

use core::fmt;
use std::borrow::Cow;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::cells::Cells;
use super::lines::{Line, Lines};
use super::{Desk, Fault, Field, Quarantined, Reason, Row, row};

/// Reads NDJSON that comes in pieces of any size; holds at most one line of it.
///
/// It does not compare lines with each other; [`References`](super::References) does.
#[derive(Debug, Default)]
pub struct NdjsonStream {
    lines: Lines,
}

impl NdjsonStream {
    /// A stream of which nothing has come yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next piece; each line that ends in it goes to `sink` as a row or quarantined.
    pub fn feed(
        &mut self,
        mut piece: &[u8],
        desk: &mut Desk<'_>,
        mut sink: impl FnMut(Result<Row, Quarantined>),
    ) {
        while let Some(line) = self.lines.next(&mut piece) {
            if let Some(read) = read(line, desk) {
                sink(read);
            }
        }
    }

    /// Reads the last line, where the file does not end with a line end.
    pub fn finish(mut self, desk: &mut Desk<'_>, mut sink: impl FnMut(Result<Row, Quarantined>)) {
        if let Some(read) = self.lines.last().and_then(|line| read(line, desk)) {
            sink(read);
        }
    }
}

/// Reads one line; nothing for one of white space only.
fn read(line: Line<'_>, desk: &mut Desk<'_>) -> Option<Result<Row, Quarantined>> {
    let number = line.number;
    let refuse = |reason| {
        let faults = vec![Fault::of_line(reason)];
        Some(Err(Quarantined::new(number, faults)))
    };
    let Some(bytes) = line.bytes else {
        return refuse(Reason::LineTooLong);
    };
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return None;
    }
    let Ok(text) = str::from_utf8(bytes) else {
        return refuse(Reason::NotUtf8);
    };
    let mut cells = Cells::new();
    let mut json = serde_json::Deserializer::from_str(text);
    let object = Object(&mut cells).deserialize(&mut json);
    if let Err(error) = object.and_then(|()| json.end()) {
        return refuse(if error.is_data() {
            Reason::NotAnObject
        } else {
            Reason::NotJson {
                column: error.column(),
            }
        });
    }
    Some(row::read(number, cells, desk).map_err(|faults| Quarantined::new(number, faults)))
}

/// Puts the members of a JSON object into cells.
struct Object<'c, 'a>(&'c mut Cells<'a>);

impl<'a> DeserializeSeed<'a> for Object<'_, 'a> {
    type Value = ();

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<(), D::Error> {
        json.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for Object<'_, 'a> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut members: A) -> Result<(), A::Error> {
        let mut position = 0;
        while let Some(field) = members.next_key_seed(FieldName)? {
            position += 1;
            let Some(field) = field else {
                self.0.refuse_line(Reason::UnknownField { position });
                members.next_value::<IgnoredAny>()?;
                continue;
            };
            if !self.0.see(field) {
                members.next_value::<IgnoredAny>()?;
                continue;
            }
            match (members.next_value_seed(Value)?, field) {
                (Found::Text(text), field) if field != Field::Answers => self.0.put(field, text),
                (Found::Texts(answers), Field::Answers) => self.0.put_answers(answers),
                (_, Field::Answers) => {
                    let expected = "a list of texts";
                    self.0.refuse(field, Reason::OtherType { expected });
                }
                _ => {
                    let expected = "a text";
                    self.0.refuse(field, Reason::OtherType { expected });
                }
            }
        }
        Ok(())
    }
}

/// A key: the field, or nothing for an unknown one.
struct FieldName;

impl<'a> DeserializeSeed<'a> for FieldName {
    type Value = Option<Field>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_identifier(self)
    }
}

impl Visitor<'_> for FieldName {
    type Value = Option<Field>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<Self::Value, E> {
        Ok(Field::from_name(name))
    }
}

/// A value, as far as an evidence line knows values.
enum Found<'a> {
    Text(Cow<'a, str>),
    Texts(Vec<Cow<'a, str>>),
    Other,
}

/// Reads any value to a [`Found`].
struct Value;

impl<'a> DeserializeSeed<'a> for Value {
    type Value = Found<'a>;

    fn deserialize<D: Deserializer<'a>>(self, json: D) -> Result<Self::Value, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'a> Visitor<'a> for Value {
    type Value = Found<'a>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }

    fn visit_borrowed_str<E>(self, text: &'a str) -> Result<Self::Value, E> {
        Ok(Found::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Found::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut texts = Vec::new();
        let mut only_texts = true;
        while let Some(item) = items.next_element_seed(Self)? {
            match item {
                Found::Text(text) => texts.push(text),
                Found::Texts(_) | Found::Other => only_texts = false,
            }
        }
        Ok(if only_texts {
            Found::Texts(texts)
        } else {
            Found::Other
        })
    }

    fn visit_map<A: MapAccess<'a>>(self, mut members: A) -> Result<Self::Value, A::Error> {
        while members.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Found::Other)
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Found::Other)
    }
}
