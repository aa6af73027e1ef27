//! JSON as it stands, with every field of every object once and in order.
//!
//! A general value would keep the last of two equal fields; of two lists of one name neither may be lost.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// Any JSON value.
pub(super) enum Node {
    Text(String),
    /// A number that counts something.
    Count(u64),
    /// Any other number, truth value or null, by what it is.
    Other(&'static str),
    List(Vec<Self>),
    Object(Vec<(String, Self)>),
}

impl Node {
    /// What it is, for messages.
    pub(super) const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "a text",
            Self::Count(_) => "a number",
            Self::Other(kind) => kind,
            Self::List(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

impl<'de> Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(NodeVisitor)
    }
}

struct NodeVisitor;

impl<'de> Visitor<'de> for NodeVisitor {
    type Value = Node;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
        Ok(Node::Other("a truth value"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
        Ok(Node::Other("a negative number"))
    }

    fn visit_u64<E>(self, count: u64) -> Result<Node, E> {
        Ok(Node::Count(count))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
        Ok(Node::Other("a fraction"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Other("null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut nodes = Vec::new();
        while let Some(node) = access.next_element()? {
            nodes.push(node);
        }
        Ok(Node::List(nodes))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        /// No object of the feed has more than a dozen fields; a search for twins stays cheap.
        const MOST_FIELDS: usize = 100;
        let mut fields: Vec<(String, Node)> = Vec::new();
        while let Some((name, node)) = access.next_entry::<String, Node>()? {
            if fields.iter().any(|(known, _)| *known == name) {
                let name: String = name.chars().take(40).collect();
                return Err(A::Error::custom(format_args!(
                    "field {name:?} stands twice"
                )));
            }
            if fields.len() == MOST_FIELDS {
                return Err(A::Error::custom("an object with more than 100 fields"));
            }
            fields.push((name, node));
        }
        Ok(Node::Object(fields))
    }
}
