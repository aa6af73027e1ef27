//! Which result code a fault of a data group has.

use hc_core::document::{DocumentError, NumberError};
use hc_core::personal::PersonalError;
use hc_core::record::{FieldProblem, TemperatureError};

use crate::ResultCode;

/// The result code of a fault.
pub const fn code_of(problem: &FieldProblem) -> ResultCode {
    use ResultCode as C;
    match problem {
        FieldProblem::Missing => C::FieldMissing,
        FieldProblem::Unknown => C::FieldUnknown,
        FieldProblem::WithoutCompanion(_) => C::FieldCompanion,
        FieldProblem::Shape(_) => C::FieldShape,
        FieldProblem::ItemMember => C::ItemMember,
        FieldProblem::Format(_) | FieldProblem::Temperature(TemperatureError::Form) => {
            C::FieldFormat
        }
        FieldProblem::TooMany(_) => C::ListTooLong,
        FieldProblem::Twice => C::ListTwice,
        FieldProblem::NoneAndMore => C::ListNoneAndMore,
        FieldProblem::NotInTable(_) => C::FieldDomain,
        FieldProblem::Division => C::DivisionForm,
        FieldProblem::NoSuchDivision => C::DivisionUnknown,
        FieldProblem::Level => C::LevelForm,
        FieldProblem::Source => C::ItemSource,
        FieldProblem::ObservedAt => C::ItemObserved,
        FieldProblem::ObservedInFuture => C::ItemFuture,
        FieldProblem::ExpiresAt => C::ItemExpires,
        FieldProblem::OtherProvenance(_) => C::ItemProvenance,
        FieldProblem::Before(_) => C::TimeOrder,
        FieldProblem::Personal(error) => personal(error),
        FieldProblem::Document(error) => document(error),
        FieldProblem::Temperature(TemperatureError::OutOfRange) => C::TemperatureRange,
    }
}

/// The result code of a name, telephone number or address.
pub const fn personal(error: &PersonalError) -> ResultCode {
    match error {
        PersonalError::Empty | PersonalError::TooLong { .. } => ResultCode::FieldLength,
        PersonalError::TooShort { .. } => ResultCode::PhoneForm,
        PersonalError::Character { .. } => ResultCode::NameCharacter,
        PersonalError::NoLetter => ResultCode::NameLetter,
    }
}

/// The result code of a document.
pub const fn document(error: &DocumentError) -> ResultCode {
    use ResultCode as C;
    match error {
        DocumentError::Number(error) => match error {
            NumberError::Empty | NumberError::TooLong { .. } | NumberError::Length { .. } => {
                C::DocumentLength
            }
            NumberError::Character { .. } | NumberError::NoDigit => C::DocumentCharacter,
            NumberError::Division => C::DocumentDivision,
            NumberError::BirthDate
            | NumberError::BirthInFuture
            | NumberError::BirthTooEarly { .. } => C::DocumentDate,
            NumberError::CheckCharacter => C::DocumentCheck,
            NumberError::OtherBearer { .. } => C::DocumentBearer,
            NumberError::Country => C::DocumentCountry,
            NumberError::ChildParts
            | NumberError::ChildOrdinal
            | NumberError::GuardianIsChild
            | NumberError::Guardian(_) => C::DocumentOther,
        },
        DocumentError::CountryMissing { .. } | DocumentError::OtherCountry { .. } => {
            C::DocumentCountry
        }
        DocumentError::NoForm { .. } | DocumentError::TypeMissing(_) => C::DocumentOther,
    }
}
