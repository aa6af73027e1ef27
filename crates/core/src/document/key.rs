//! By what a document names a person.

use core::fmt;

use super::form::Form;
use super::{Child, IdentityNumber};

/// The identity of a document: two documents have equal keys when they carry the same number in the
/// same space of numbers, whatever they are called. Identity card, temporary card, household
/// register, driving licence and residence permit share one space; passports have one per country.
///
/// A key holds the number in clear: Debug redacts it, there is no serialisation, and it implements no
/// hash. What is stored or compared at rest is a *keyed* hash (HMAC) over
/// [`DocumentKey::expose_for_keyed_hash`] under a secret of the region. An unkeyed hash is no
/// protection: all identity numbers of a country can be tried in minutes.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct DocumentKey(Vec<u8>);

/// Spaces of numbers. The values are part of what is hashed and never change.
#[derive(Clone, Copy)]
#[repr(u8)]
enum Space {
    Identity = 1,
    Passport = 2,
    HkMacaoPermit = 3,
    TaiwanPermit = 4,
    TaiwanPermitOnce = 5,
    OldForeignResidence = 6,
    Military = 7,
    BirthCertificate = 8,
    Child = 9,
    ChineseIssued = 10,
    Free = 11,
}

impl DocumentKey {
    /// The canonical bytes, to be fed to a keyed hash and to nothing else: the space of numbers in
    /// one byte, then each part as two bytes of length (big-endian) and its UTF-8 text.
    pub fn expose_for_keyed_hash(&self) -> &[u8] {
        &self.0
    }

    pub(super) fn identity(number: &IdentityNumber) -> Self {
        Self::of(Space::Identity, &[number.expose_digits().as_bytes()])
    }

    pub(super) fn child(child: &Child) -> Self {
        let birth = child.birth().expose_digits();
        let ordinal = [child.ordinal()];
        let guardian = child.guardian().key();
        Self::of(Space::Child, &[&guardian.0, birth.as_bytes(), &ordinal])
    }

    /// The word of the type and not its code, because a table may correct the code.
    pub(super) fn other(form: Option<Form>, word: &str, country: &str, number: &str) -> Self {
        let number = number.as_bytes();
        match form {
            Some(Form::Passport | Form::AreaPassport(_)) => {
                Self::of(Space::Passport, &[country.as_bytes(), number])
            }
            Some(Form::HkMacaoPermit) => Self::of(Space::HkMacaoPermit, &[number]),
            Some(Form::TaiwanPermit) => Self::of(Space::TaiwanPermit, &[number]),
            Some(Form::TaiwanPermitOnce) => Self::of(Space::TaiwanPermitOnce, &[number]),
            Some(Form::ForeignResidence) => Self::of(Space::OldForeignResidence, &[number]),
            Some(Form::Military) => Self::of(Space::Military, &[number]),
            Some(Form::BirthCertificate) => Self::of(Space::BirthCertificate, &[number]),
            Some(Form::ChineseIssued) => Self::of(Space::ChineseIssued, &[word.as_bytes(), number]),
            Some(Form::Free | Form::IdentityNumber | Form::ResidencePermit | Form::Child)
            | None => Self::of(Space::Free, &[word.as_bytes(), country.as_bytes(), number]),
        }
    }

    fn of(space: Space, parts: &[&[u8]]) -> Self {
        let mut bytes = vec![space as u8];
        for part in parts {
            // No part is longer than a few hundred bytes: numbers are bounded when read.
            let length = u16::try_from(part.len()).unwrap_or(u16::MAX);
            bytes.extend_from_slice(&length.to_be_bytes());
            bytes.extend_from_slice(part);
        }
        Self(bytes)
    }
}

impl fmt::Debug for DocumentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DocumentKey(*)")
    }
}
