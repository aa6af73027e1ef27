//! What was done about the federation: one entry of the history each, in one form.

use hc_code::signing::{Algorithm, KeyId, PublicKey};
use hc_code::trust_list::Removal;
use hc_code::{DivisionCode, Timestamp};
use hc_tlog::Commitment;
use serde::{Deserialize, Serialize};

use crate::digest::Digest;

/// An act and when it was done. Its bytes are JSON in one form, so that people read what is hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// When.
    pub at: Timestamp,
    /// What.
    pub act: Act,
}

/// What can be done. Files are named by their digest; they lie beside the history and are served
/// with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Act {
    /// The hub was set up: its name, the keys that sign the first trust list, and the key that removes.
    Opened {
        /// The hub's name.
        name: String,
        /// Offline keys.
        keys: Vec<KeyText>,
        /// The online key.
        remover: KeyText,
    },
    /// A region asked to be listed, and somebody let it in: with the next list.
    Admitted {
        /// The region.
        region: DivisionCode,
        /// Its request.
        request: Digest,
        /// Who said so, in their own words.
        by: String,
    },
    /// A request was looked at and refused.
    Refused {
        /// The region.
        region: DivisionCode,
        /// Its request.
        request: Digest,
        /// Why.
        why: String,
    },
    /// A region or one of its roots is to be left out of the next list; it counts until then.
    Dismissed {
        /// The region.
        region: DivisionCode,
        /// The root; the whole region where there is none.
        key: Option<KeyIdText>,
        /// Why.
        why: String,
    },
    /// A trust list that the offline key signed came into force.
    Listed {
        /// Its version.
        version: u32,
        /// The list.
        list: Digest,
    },
    /// The online key removed something, at once.
    Removed {
        /// The list of removals.
        removals: Digest,
        /// The region.
        region: DivisionCode,
        /// The key; the whole region where there is none.
        key: Option<KeyIdText>,
        /// Why.
        why: String,
    },
}

/// A public key as text: the algorithm's name, a colon, hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyText(pub PublicKey);

/// A key id as text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct KeyIdText(pub KeyId);

/// Why bytes are no entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// No JSON of the kind.
    #[error("it is no entry: line {line}, column {column}")]
    Form {
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// Written in another way than ours.
    #[error("it is not in the one form of an entry")]
    OtherForm,
}

/// A text that is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it must be an algorithm, a colon and a key in hexadecimal, or a key id of 16 digits")]
pub struct KeyTextError;

/// What stands before a content in its hash, so that it is no leaf of another log.
const DOMAIN: &str = "healthcode hub entry 1";

impl Entry {
    /// Its bytes.
    ///
    /// # Errors
    /// [`EntryError`]; never for an entry that was made here.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        let mut bytes = serde_json::to_vec(self).map_err(|error| EntryError::of(&error))?;
        bytes.push(b'\n');
        Ok(bytes)
    }

    /// Reads an entry.
    ///
    /// # Errors
    /// [`EntryError`] for everything that [`Self::to_bytes`] would not write.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        let entry: Self = serde_json::from_slice(bytes).map_err(|error| EntryError::of(&error))?;
        if entry.to_bytes()? == bytes {
            Ok(entry)
        } else {
            Err(EntryError::OtherForm)
        }
    }

    /// What stands in the tree for an entry's bytes.
    pub fn commitment(bytes: &[u8]) -> Commitment {
        Commitment::from_bytes(*Digest::in_domain(DOMAIN, bytes).as_bytes())
    }
}

impl EntryError {
    fn of(error: &serde_json::Error) -> Self {
        Self::Form {
            line: error.line(),
            column: error.column(),
        }
    }
}

impl Act {
    /// A removal as an act.
    pub fn removed(removal: &Removal, removals: Digest, why: &str) -> Self {
        Self::Removed {
            removals,
            region: removal.region,
            key: removal.key.map(KeyIdText),
            why: why.to_owned(),
        }
    }
}

impl TryFrom<String> for KeyText {
    type Error = KeyTextError;

    fn try_from(text: String) -> Result<Self, KeyTextError> {
        let (name, digits) = text.split_once(':').ok_or(KeyTextError)?;
        let algorithm = Algorithm::from_name(name).ok_or(KeyTextError)?;
        let bytes = hex::decode(digits).map_err(|_| KeyTextError)?;
        PublicKey::parse(algorithm, &bytes)
            .map(Self)
            .map_err(|_| KeyTextError)
    }
}

impl From<KeyText> for String {
    fn from(KeyText(key): KeyText) -> Self {
        format!("{}:{}", key.algorithm().name(), hex::encode(key.as_bytes()))
    }
}

impl TryFrom<String> for KeyIdText {
    type Error = KeyTextError;

    fn try_from(text: String) -> Result<Self, KeyTextError> {
        text.parse().map(Self).map_err(|_| KeyTextError)
    }
}

impl From<KeyIdText> for String {
    fn from(KeyIdText(id): KeyIdText) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_testkit::regions::{NOON, key};

    #[test]
    fn an_entry_has_one_form() {
        use hc_code::signing::Signer as _;
        let public = key(Algorithm::Sm2, 1, 1).public_key().clone();
        let entry = Entry {
            at: NOON,
            act: Act::Opened {
                name: "hub.example".to_owned(),
                keys: vec![KeyText(public.clone())],
                remover: KeyText(public),
            },
        };
        let bytes = entry.to_bytes().unwrap();
        assert_eq!(Entry::parse(&bytes), Ok(entry));
        let text = String::from_utf8(bytes).unwrap();
        for other in [
            text.replace("\"act\"", " \"act\""),
            text.replace("{\"at\"", "{\"more\":1,\"at\""),
            text.trim_end().to_owned(),
            text.replace("SM2", "sm2"),
        ] {
            assert!(Entry::parse(other.as_bytes()).is_err(), "{other}");
        }
    }
}
