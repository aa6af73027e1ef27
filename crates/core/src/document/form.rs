//! The forms of numbers that the table of document types may name.

use super::{Characters, Class, DocumentType, NumberError};

/// How the numbers of a type are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    /// Identity number of any bearer.
    IdentityNumber,
    /// Identity number of a Hong Kong, Macao or Taiwan resident.
    ResidencePermit,
    /// Identity number of a foreigner, or the older 15 characters.
    ForeignResidence,
    HkMacaoPermit,
    TaiwanPermit,
    TaiwanPermitOnce,
    /// Passport, number within the issuing country.
    Passport,
    /// Passport of one area (ISO 3166-1 alpha-3).
    AreaPassport(&'static str),
    Military,
    BirthCertificate,
    Child,
    /// Letters and digits; Chinese authorities issue it, so the number is one of its type.
    ChineseIssued,
    /// Anything that can be written, within its type and country.
    Free,
}

impl Form {
    /// The form of a type, unless the table names one that the program does not know.
    pub(super) fn of(kind: DocumentType) -> Option<Self> {
        Some(match kind.cell("form")? {
            "identity-number" => Self::IdentityNumber,
            "residence-permit" => Self::ResidencePermit,
            "foreign-residence" => Self::ForeignResidence,
            "hk-macao-permit" => Self::HkMacaoPermit,
            "taiwan-permit" => Self::TaiwanPermit,
            "taiwan-permit-once" => Self::TaiwanPermitOnce,
            "passport" => Self::Passport,
            "hong-kong-passport" => Self::AreaPassport("HKG"),
            "macao-passport" => Self::AreaPassport("MAC"),
            "military" => Self::Military,
            "birth-certificate" => Self::BirthCertificate,
            "child" => Self::Child,
            "chinese-issued" => Self::ChineseIssued,
            "free" => Self::Free,
            _ => return None,
        })
    }
}

/// A number of which nothing is known but that it has 4 to 32 letters, digits or Chinese characters.
pub(super) fn free(characters: &Characters) -> Result<String, NumberError> {
    if !(4..=32).contains(&characters.len()) {
        return Err(NumberError::Length {
            expected: "4 to 32",
            found: characters.len(),
        });
    }
    characters.shaped(|_| Class::LetterDigitOrHan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_of_the_bundled_table_has_a_form() {
        for kind in DocumentType::all() {
            assert!(Form::of(kind).is_some(), "{kind}");
        }
    }
}
