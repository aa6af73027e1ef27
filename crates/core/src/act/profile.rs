//! Who a subject is, as it is kept: personal, and always sealed at rest.

use serde::{Deserialize, Serialize};

use hc_code::Timestamp;
use hc_code::day_index::SubjectNumber;

use super::ActError;
use crate::document::Document;
use crate::personal::{Address, PersonName, Phone};
use crate::store::Reading;

/// Name and, where the person gave them, telephone number and address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// The name, as the document shows it.
    pub name: PersonName,
    /// Only where the person wants to be called; nothing depends on it.
    pub phone: Option<Phone>,
    /// Where the person lives.
    pub address: Option<Address>,
}

/// What is kept cannot be read. The content is never repeated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("what is kept about the subject cannot be read: {0}")]
pub struct ProfileError(String);

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptProfile {
    name: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    address: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KeptDocument {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    number: String,
}

impl Profile {
    /// The bytes to be sealed.
    pub fn expose_bytes(&self) -> Vec<u8> {
        let kept = KeptProfile {
            name: self.name.expose_name().to_owned(),
            phone: self
                .phone
                .as_ref()
                .map(|phone| phone.expose_number().to_owned()),
            address: self
                .address
                .as_ref()
                .map(|address| address.expose_address().to_owned()),
        };
        // Three strings always have a JSON form.
        serde_json::to_vec(&kept).unwrap_or_default()
    }

    /// Reads what [`Self::expose_bytes`] gave.
    ///
    /// # Errors
    /// [`ProfileError`] for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ProfileError> {
        let kept: KeptProfile = serde_json::from_slice(bytes)
            .map_err(|error| ProfileError(format!("column {}", error.column())))?;
        let refused = |error: crate::personal::PersonalError| ProfileError(error.to_string());
        Ok(Self {
            name: PersonName::parse(&kept.name).map_err(refused)?,
            phone: kept
                .phone
                .map(|phone| Phone::parse(&phone))
                .transpose()
                .map_err(refused)?,
            address: kept
                .address
                .map(|address| Address::parse(&address))
                .transpose()
                .map_err(refused)?,
        })
    }
}

/// The bytes of a document, to be sealed.
pub(super) fn expose_document(document: &Document) -> Vec<u8> {
    let kept = KeptDocument {
        kind: document.kind().code().to_owned(),
        country: document.country().map(|country| country.code().to_owned()),
        number: document.expose_number(),
    };
    serde_json::to_vec(&kept).unwrap_or_default()
}

/// Reads what [`expose_document`] gave.
pub(super) fn read_document(bytes: &[u8], now: Timestamp) -> Result<Document, ProfileError> {
    let kept: KeptDocument = serde_json::from_slice(bytes)
        .map_err(|error| ProfileError(format!("document, column {}", error.column())))?;
    let unknown = |error: crate::domain_table::NotInTable| ProfileError(error.to_string());
    let kind = kept.kind.parse().map_err(unknown)?;
    let country = kept.country.map(|country| country.parse());
    let country = country.transpose().map_err(unknown)?;
    Document::parse(kind, &kept.number, country, now)
        .map_err(|error| ProfileError(error.to_string()))
}

/// The documents of a subject.
///
/// # Errors
/// [`ActError`].
pub fn documents(
    store: &mut dyn Reading,
    number: SubjectNumber,
    now: Timestamp,
) -> Result<Vec<Document>, ActError> {
    let rows = store.documents(number)?.into_iter();
    let read = rows.map(|row| read_document(&row.content, now));
    Ok(read.collect::<Result<_, ProfileError>>()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_reads_back() {
        let profile = Profile {
            name: PersonName::parse("古丽娜尔·买买提").unwrap(),
            phone: None,
            address: Some(Address::parse("北山街道1号\"3\"").unwrap()),
        };
        assert_eq!(Profile::from_bytes(&profile.expose_bytes()), Ok(profile));
        let now = "2022-06-28T09:00:00+08:00".parse().unwrap();
        for (kind, number, country) in [
            ("111", "11010519491231002X", None),
            ("414", "AB123456", Some("CAN")),
            ("902", "111/11010519491231002X/20210305/1", None),
        ] {
            let country = country.map(|country: &str| country.parse().unwrap());
            let document = Document::parse(kind.parse().unwrap(), number, country, now).unwrap();
            let bytes = expose_document(&document);
            assert_eq!(read_document(&bytes, now), Ok(document));
        }
    }

    #[test]
    fn an_error_does_not_repeat_the_content() {
        let error =
            Profile::from_bytes(b"{\"name\":\"\xE5\xBC\xA0\xE4\xBC\x9F\",\"x\":1}").unwrap_err();
        assert!(!error.to_string().contains('张'));
        assert!(read_document(b"{}", Timestamp::MIN).is_err());
    }
}
