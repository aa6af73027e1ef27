//! JSON, as much of it as the calls need.
//!
//! A library for all of JSON and all Rust types would be a third of the module. Here a text is read
//! into a small tree whose fields are then asked for by name, and answers are written one after the
//! other in the order and form in which `JSON.stringify` writes them.

mod fields;
mod reader;
mod writer;

pub use self::fields::FormError;
pub(crate) use self::fields::{Fields, Read};
pub use self::reader::JsonError;
pub(crate) use self::reader::read;
pub(crate) use self::writer::{Object, decimal, hexadecimal, list};

/// A value of a JSON text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    Null,
    Bool(bool),
    /// The only numbers that any call takes.
    Whole(i64),
    Text(String),
    List(Vec<Self>),
    /// In the order of the text; no name occurs twice.
    Object(Vec<(String, Self)>),
}
