//! From what a provider says to a document and a name.

use std::collections::BTreeMap;

use hc_code::Timestamp;
use hc_core::document::{Document, DocumentType};
use hc_core::domain_table::{Code, Country};
use hc_core::personal::PersonName;
use serde_json::Value;

use super::IdentifyError;

/// Where in an answer the person's data stand: the name of a member, or a JSON pointer (RFC 6901)
/// where it begins with `/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Members {
    /// The number of the document.
    pub number: String,
    /// The name of the person.
    pub name: String,
    /// The type of the document.
    pub kind: Kinds,
    /// The country of a passport, ISO 3166-1 alpha-3.
    pub country: Option<String>,
}

/// How a provider says the type of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kinds {
    /// Not at all: it knows one type only.
    Always(DocumentType),
    /// By words of its own.
    Said {
        /// The member.
        member: String,
        /// What its words mean.
        words: BTreeMap<String, DocumentType>,
    },
}

impl Members {
    /// Reads the person.
    ///
    /// # Errors
    /// [`IdentifyError::NoRealName`] where a member is not there, [`IdentifyError::Unreadable`]
    /// where it is not what it should be.
    pub(super) fn read(
        &self,
        said: &Value,
        now: Timestamp,
    ) -> Result<(Document, PersonName), IdentifyError> {
        let number = text(said, &self.number).ok_or(IdentifyError::NoRealName)?;
        let name = text(said, &self.name).ok_or(IdentifyError::NoRealName)?;
        let kind = match &self.kind {
            Kinds::Always(kind) => *kind,
            Kinds::Said { member, words } => {
                let word = text(said, member).ok_or(IdentifyError::NoRealName)?;
                *words.get(word).ok_or(IdentifyError::Unreadable)?
            }
        };
        let country = match &self.country {
            None => None,
            Some(member) => text(said, member)
                .map(str::parse::<Code<Country>>)
                .transpose()
                .map_err(|_| IdentifyError::Unreadable)?,
        };
        let unreadable = |_| IdentifyError::Unreadable;
        let document = Document::parse(kind, number, country, now).map_err(unreadable)?;
        let name = PersonName::parse(name).map_err(|_| IdentifyError::Unreadable)?;
        Ok((document, name))
    }
}

/// A text of an answer; an empty one is none.
pub(super) fn text<'a>(said: &'a Value, member: &str) -> Option<&'a str> {
    let found = if member.starts_with('/') {
        said.pointer(member)
    } else {
        said.get(member)
    };
    found?.as_str().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const NOW: Timestamp = Timestamp::from_unix(1_700_000_000);

    fn members() -> Members {
        Members {
            number: "/person/number".to_owned(),
            name: "name".to_owned(),
            kind: Kinds::Said {
                member: "kind".to_owned(),
                words: BTreeMap::from([("ID".to_owned(), "111".parse().unwrap())]),
            },
            country: Some("country".to_owned()),
        }
    }

    #[test]
    fn a_person_is_read_whole_or_not_at_all() {
        let whole = json!({
            "name": "张三", "kind": "ID", "person": {"number": "11010519491231002X"},
        });
        let (document, name) = members().read(&whole, NOW).unwrap();
        assert_eq!(document.expose_number(), "11010519491231002X");
        assert_eq!(name.expose_name(), "张三");
        for (pointer, value, wrong) in [
            ("/name", json!(""), IdentifyError::NoRealName),
            ("/name", json!(7), IdentifyError::NoRealName),
            ("/name", json!("7"), IdentifyError::Unreadable),
            ("/kind", json!("X"), IdentifyError::Unreadable),
            ("/kind", json!(null), IdentifyError::NoRealName),
            ("/person", json!({}), IdentifyError::NoRealName),
            (
                "/person/number",
                json!("110105194912310021"),
                IdentifyError::Unreadable,
            ),
        ] {
            let mut changed = whole.clone();
            *changed.pointer_mut(pointer).unwrap() = value;
            assert_eq!(members().read(&changed, NOW), Err(wrong), "{pointer}");
        }
        let mut country = whole;
        country["country"] = json!("Nowhere");
        assert_eq!(
            members().read(&country, NOW),
            Err(IdentifyError::Unreadable)
        );
    }
}
