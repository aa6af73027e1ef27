//! Identity documents: which types there are, how their numbers are read, and when two of them are
//! the same person's. `spec/documents.md` tells the rules in prose.

mod birth_date;
mod certificate_number;
mod characters;
mod child;
mod form;
mod identity_number;
mod issuing_division;
mod key;
mod number_error;
mod passport;
mod permit;

use core::fmt;

use hc_code::Timestamp;

pub use birth_date::BirthDate;
pub use characters::Class;
pub use child::Child;
pub use identity_number::{Bearer, IdentityNumber};
pub use key::DocumentKey;
pub use number_error::NumberError;

use crate::domain_table::{Code, Country, DocumentTypes, NotInTable};
use characters::Characters;
pub(crate) use characters::half_width;
use form::Form;

/// A type of document: GA/T 517-2004 code, with the codes of other lists beside it.
pub type DocumentType = Code<DocumentTypes>;

impl DocumentType {
    /// The type of a code of WS 364.3 CV02.01.101, as hospitals and laboratories send it. Where that
    /// list is coarser than GA/T 517, the commonest type.
    ///
    /// # Errors
    /// [`NotInTable`] for a code that the list does not have.
    pub fn from_ws364(code: &str) -> Result<Self, NotInTable> {
        Self::from_cell("ws364", code)
    }

    /// The type of a code of the gate interface of 2021 (`10` identity card, `20` passport, ...).
    ///
    /// # Errors
    /// [`NotInTable`] for a code that the list does not have.
    pub fn from_gate(code: &str) -> Result<Self, NotInTable> {
        Self::from_cell("gate", code)
    }
}

/// One identity document: its type, the country where that counts, and its number in one canonical form.
///
/// Debug and Display mask the number. `==` compares the documents; whether two documents name one
/// person by one number is [`Document::key`]'s question.
#[derive(Clone, PartialEq, Eq)]
pub struct Document {
    kind: DocumentType,
    country: Option<Code<Country>>,
    number: Number,
}

#[derive(Clone, PartialEq, Eq)]
enum Number {
    Identity(IdentityNumber),
    Other(String),
    Child(Child),
}

/// Why a document is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DocumentError {
    /// The number breaks a rule of its type.
    #[error(transparent)]
    Number(#[from] NumberError),
    /// The number counts within one country, and no country is given.
    #[error(
        "documents of type {kind} need the country that issued them: their numbers repeat between countries"
    )]
    CountryMissing {
        /// The declared type.
        kind: &'static str,
    },
    /// The given country cannot have issued the document.
    #[error("documents of type {kind} are issued by {expected} only")]
    OtherCountry {
        /// The declared type.
        kind: &'static str,
        /// The country that issues them, ISO 3166-1 alpha-3.
        expected: &'static str,
    },
    /// The table names a form of number that the program does not know.
    #[error("the table of document types gives type {kind} no form of number that is known")]
    NoForm {
        /// The declared type.
        kind: &'static str,
    },
    /// The table lacks a type into which this document would have to be put.
    #[error(transparent)]
    TypeMissing(#[from] NotInTable),
}

impl Document {
    /// Reads a document as declared, scanned or sent.
    ///
    /// `country` is the country that issued a passport; for other documents it is only compared.
    /// `now` bounds birth dates. Divisions are those that exist or ever existed since 1980.
    ///
    /// The number decides over the type where the lists of practice are too coarse: a residence
    /// permit or permanent residence card entered as an identity card becomes what it is, and a
    /// passport with a Hong Kong or Macao number becomes a passport of that area.
    ///
    /// # Errors
    /// [`DocumentError`], which never contains the number.
    pub fn parse(
        kind: DocumentType,
        number: &str,
        country: Option<Code<Country>>,
        now: Timestamp,
    ) -> Result<Self, DocumentError> {
        let form = Form::of(kind).ok_or_else(|| DocumentError::NoForm { kind: kind.code() })?;
        if let Form::Child = form {
            let child = Child::read(number, now)?;
            return Ok(Self {
                kind,
                country: None,
                number: Number::Child(child),
            });
        }
        let characters = Characters::read(number)?;
        let plain = |number| Self {
            kind,
            country: None,
            number: Number::Other(number),
        };
        Ok(match form {
            Form::IdentityNumber => {
                Self::of_identity(kind, IdentityNumber::read(&characters, now)?)?
            }
            Form::ResidencePermit => {
                let number = IdentityNumber::read(&characters, now)?;
                match number.bearer() {
                    Bearer::HongKong | Bearer::Macao | Bearer::Taiwan => {
                        Self::of_identity(kind, number)?
                    }
                    found => return Err(NumberError::OtherBearer { found }.into()),
                }
            }
            Form::ForeignResidence if characters.len() == 18 => {
                let number = IdentityNumber::read(&characters, now)?;
                match number.bearer() {
                    Bearer::Foreigner => Self::of_identity(kind, number)?,
                    found => return Err(NumberError::OtherBearer { found }.into()),
                }
            }
            Form::ForeignResidence if characters.len() == 15 => {
                plain(certificate_number::old_foreign_residence(&characters, now)?)
            }
            Form::ForeignResidence => {
                return Err(NumberError::Length {
                    expected: "18 (or 15 of a card of before 2023)",
                    found: characters.len(),
                }
                .into());
            }
            Form::HkMacaoPermit => plain(permit::hk_macao(&characters)?),
            Form::TaiwanPermit => plain(permit::taiwan(&characters)?),
            Form::TaiwanPermitOnce => plain(permit::taiwan_once(&characters)?),
            Form::Military => plain(certificate_number::military(&characters)?),
            Form::BirthCertificate => plain(certificate_number::birth_certificate(&characters)?),
            Form::ChineseIssued => plain(passport::alphanumeric(&characters, 4, 20, "4 to 20")?),
            Form::Passport => Self::of_passport(kind, &characters, country)?,
            Form::AreaPassport(area) => Self::of_area_passport(kind, &characters, country, area)?,
            Form::Free => Self {
                kind,
                country: Some(
                    country.ok_or_else(|| DocumentError::CountryMissing { kind: kind.code() })?,
                ),
                number: Number::Other(form::free(&characters)?),
            },
            Form::Child => return Err(DocumentError::NoForm { kind: kind.code() }),
        })
    }

    /// A child without a card, registered with a guardian.
    ///
    /// # Errors
    /// [`NumberError::GuardianIsChild`], [`NumberError::ChildOrdinal`]; [`NotInTable`] where the
    /// table of types has no such type.
    pub fn child(guardian: Self, birth: BirthDate, ordinal: u8) -> Result<Self, DocumentError> {
        Ok(Self {
            kind: DocumentType::from_word("child-without-card")?,
            country: None,
            number: Number::Child(Child::new(guardian, birth, ordinal)?),
        })
    }

    fn of_identity(kind: DocumentType, number: IdentityNumber) -> Result<Self, DocumentError> {
        let kind = match number.bearer() {
            Bearer::Mainland => kind,
            Bearer::HongKong | Bearer::Macao | Bearer::Taiwan => {
                DocumentType::from_word("residence-permit")?
            }
            Bearer::Foreigner => DocumentType::from_word("foreign-permanent-residence")?,
        };
        Ok(Self {
            kind,
            country: None,
            number: Number::Identity(number),
        })
    }

    fn of_passport(
        kind: DocumentType,
        characters: &Characters,
        country: Option<Code<Country>>,
    ) -> Result<Self, DocumentError> {
        let country = country.ok_or_else(|| DocumentError::CountryMissing { kind: kind.code() })?;
        if !matches!(country.code(), "CHN" | "HKG" | "MAC") {
            return Ok(Self {
                kind,
                country: Some(country),
                number: Number::Other(passport::any_country(characters)?),
            });
        }
        // People of Hong Kong and Macao give CHN as nationality as well as HKG or MAC; the number tells.
        let number = passport::chinese(characters)?;
        let area = passport::area_of_chinese(&number);
        let kind = match area {
            "HKG" => DocumentType::from_word("hong-kong-passport")?,
            "MAC" => DocumentType::from_word("macao-passport")?,
            _ => kind,
        };
        Ok(Self {
            kind,
            country: Some(area.parse()?),
            number: Number::Other(number),
        })
    }

    fn of_area_passport(
        kind: DocumentType,
        characters: &Characters,
        country: Option<Code<Country>>,
        area: &'static str,
    ) -> Result<Self, DocumentError> {
        let other = DocumentError::OtherCountry {
            kind: kind.code(),
            expected: area,
        };
        if country.is_some_and(|country| country.code() != area && country.code() != "CHN") {
            return Err(other);
        }
        let number = passport::chinese(characters)?;
        if passport::area_of_chinese(&number) != area {
            return Err(other);
        }
        Ok(Self {
            kind,
            country: Some(area.parse()?),
            number: Number::Other(number),
        })
    }

    /// The type, after the number has been heard.
    pub fn kind(&self) -> DocumentType {
        self.kind
    }

    /// The country that issued it, where numbers count within a country.
    pub fn country(&self) -> Option<Code<Country>> {
        self.country
    }

    /// The number in canonical form, which [`Document::parse`] reads back to the same document.
    pub fn expose_number(&self) -> String {
        match &self.number {
            Number::Identity(number) => number.expose_digits().to_owned(),
            Number::Other(number) => number.clone(),
            Number::Child(child) => child.expose_number(),
        }
    }

    /// What the number says about its bearer, for documents with an identity number.
    pub fn identity_number(&self) -> Option<&IdentityNumber> {
        match &self.number {
            Number::Identity(number) => Some(number),
            Number::Other(_) | Number::Child(_) => None,
        }
    }

    /// The guardian and birth date of a child without a card.
    pub fn as_child(&self) -> Option<&Child> {
        match &self.number {
            Number::Child(child) => Some(child),
            Number::Identity(_) | Number::Other(_) => None,
        }
    }

    /// The birth date that the document carries.
    pub fn birth(&self) -> Option<BirthDate> {
        match &self.number {
            Number::Identity(number) => Some(number.birth()),
            Number::Child(child) => Some(child.birth()),
            Number::Other(_) => None,
        }
    }

    /// By what the document names a person: equal for all documents that carry one and the same number.
    pub fn key(&self) -> DocumentKey {
        match &self.number {
            Number::Identity(number) => DocumentKey::identity(number),
            Number::Child(child) => DocumentKey::child(child),
            Number::Other(number) => {
                let country = self.country.map_or("", Code::code);
                DocumentKey::other(Form::of(self.kind), self.kind.word(), country, number)
            }
        }
    }

    /// The number as other people may see it: `110***********002X`.
    pub fn masked_number(&self) -> String {
        match &self.number {
            Number::Child(child) => child.masked(),
            Number::Identity(_) | Number::Other(_) => masked(&self.expose_number()),
        }
    }
}

impl fmt::Display for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind, self.masked_number())
    }
}

impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Document({self})")
    }
}

/// First 3 and last 4 characters of long numbers, first and last of shorter ones, none of very short ones.
pub(crate) fn masked(number: &str) -> String {
    let length = number.chars().count();
    let (first, last) = match length {
        15.. => (3, 4),
        8..15 => (1, 1),
        _ => (0, 0),
    };
    number
        .chars()
        .enumerate()
        .map(|(index, character)| {
            let shown = index < first || index + last >= length;
            if shown { character } else { '*' }
        })
        .collect()
}

#[cfg(test)]
mod tests;
