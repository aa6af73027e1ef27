//! Children who have no document of their own yet.

use core::fmt;

use hc_code::Timestamp;

use super::characters::half_width;
use super::{BirthDate, Characters, Class, Document, DocumentError, DocumentType, NumberError};

/// A child without a card: the guardian's document, the birth date, and the ordinal among the
/// guardian's children born on that day (1 unless twins). No name is part of it, because names of
/// small children are written in many ways. Another guardian gives another key; linking unites them.
#[derive(Clone, PartialEq, Eq)]
pub struct Child {
    guardian: Box<Document>,
    birth: BirthDate,
    ordinal: u8,
}

impl Child {
    /// A child of a guardian.
    ///
    /// # Errors
    /// [`NumberError::GuardianIsChild`], [`NumberError::ChildOrdinal`].
    pub(super) fn new(
        guardian: Document,
        birth: BirthDate,
        ordinal: u8,
    ) -> Result<Self, NumberError> {
        if guardian.as_child().is_some() {
            return Err(NumberError::GuardianIsChild);
        }
        if !(1..=9).contains(&ordinal) {
            return Err(NumberError::ChildOrdinal);
        }
        Ok(Self {
            guardian: Box::new(guardian),
            birth,
            ordinal,
        })
    }

    /// Reads `type/number/yyyymmdd/ordinal`, the type with `:` and a country where the guardian's
    /// document needs one (`414:CAN/AB123456/20210305/1`). The ordinal may be left out for 1.
    pub(super) fn read(text: &str, now: Timestamp) -> Result<Self, NumberError> {
        let text: String = text.chars().take(1024).map(half_width).collect();
        let mut parts = text.split('/');
        let mut part = || parts.next().ok_or(NumberError::ChildParts);
        let (kind, number, birth) = (part()?, part()?, part()?);
        let ordinal = parts.next().unwrap_or("1");
        if parts.next().is_some() {
            return Err(NumberError::ChildParts);
        }
        let guardian = |error| NumberError::Guardian(Box::new(error));
        let (kind, country) = match kind.split_once(':') {
            Some((kind, country)) => (kind, Some(country)),
            None => (kind, None),
        };
        let kind: DocumentType = kind
            .trim()
            .parse()
            .map_err(|error| guardian(DocumentError::TypeMissing(error)))?;
        // Before reading, so that guardians of guardians are not followed.
        if kind.is("child-without-card") {
            return Err(NumberError::GuardianIsChild);
        }
        let country = country
            .map(|country| country.trim().parse())
            .transpose()
            .map_err(|error| guardian(DocumentError::TypeMissing(error)))?;
        let document = Document::parse(kind, number, country, now).map_err(guardian)?;
        let birth = Characters::read(birth)?.shaped(|_| Class::Digit)?;
        let birth = BirthDate::from_digits(&birth, now)?;
        let ordinal = ordinal
            .trim()
            .parse()
            .map_err(|_| NumberError::ChildOrdinal)?;
        Self::new(document, birth, ordinal)
    }

    /// The guardian's document.
    pub fn guardian(&self) -> &Document {
        &self.guardian
    }

    /// The child's birth date.
    pub fn birth(&self) -> BirthDate {
        self.birth
    }

    /// The ordinal among the guardian's children born on that day.
    pub fn ordinal(&self) -> u8 {
        self.ordinal
    }

    pub(super) fn expose_number(&self) -> String {
        let country = self
            .guardian
            .country()
            .map_or_else(String::new, |country| format!(":{country}"));
        format!(
            "{}{country}/{}/{}/{}",
            self.guardian.kind(),
            self.guardian.expose_number(),
            self.birth.expose_digits(),
            self.ordinal
        )
    }

    pub(super) fn masked(&self) -> String {
        let guardian = &self.guardian;
        format!(
            "{}/{}/********/{}",
            guardian.kind(),
            guardian.masked_number(),
            self.ordinal
        )
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Child({})", self.masked())
    }
}
