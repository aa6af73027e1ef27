//! The standard domain: what a text says in clear.

use crate::{Class, DivisionCode, Level};

/// System, version, kind of subject, issuer, class and level, in sixteen fixed places:
/// `HC1P:330100:L00:`. Paper says `--` for its level, which is not in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StandardDomain {
    issuer: DivisionCode,
    class: Class,
    level: Option<Level>,
}

/// Why sixteen characters are no standard domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StandardDomainError {
    /// Fewer than sixteen characters.
    #[error("cut off")]
    CutOff,
    /// Not ours, or of a version that we do not read.
    #[error("does not start with HC1P:")]
    System,
    /// The issuer is not a division of GB/T 2260, or is the whole country.
    #[error("the issuer is not a division code")]
    Issuer,
    /// No such class.
    #[error("the class is not L, C or P")]
    Class,
    /// No such level, or one where there is none.
    #[error("the level is not one that the class has")]
    Level,
    /// The colons are not where they belong.
    #[error("the parts are not separated by colons")]
    Separator,
}

/// Code system HC, version 1, of a person (P; objects and organisations have other systems).
const SYSTEM: &str = "HC1P";

impl StandardDomain {
    /// Characters.
    pub const LEN: usize = 16;

    /// What a code of this issuer, class and level says. Paper has no level.
    pub(crate) const fn new(issuer: DivisionCode, class: Class, level: Option<Level>) -> Self {
        Self {
            issuer,
            class,
            level,
        }
    }

    /// Reads the start of a text; gives the rest.
    pub(super) fn take(text: &str) -> Result<(Self, &str), StandardDomainError> {
        let (domain, rest) = text
            .split_at_checked(Self::LEN)
            .ok_or(StandardDomainError::CutOff)?;
        let body = domain
            .strip_prefix(SYSTEM)
            .and_then(|body| body.strip_prefix(':'))
            .ok_or(StandardDomainError::System)?;
        let (issuer, body) = body.split_once(':').ok_or(StandardDomainError::Separator)?;
        let issuer: DivisionCode = issuer.parse().map_err(|_| StandardDomainError::Issuer)?;
        let body = body
            .strip_suffix(':')
            .ok_or(StandardDomainError::Separator)?;
        let mut letters = body.chars();
        let class = letters
            .next()
            .and_then(Class::from_letter)
            .ok_or(StandardDomainError::Class)?;
        let level = match (class, letters.as_str()) {
            (Class::Paper, "--") => None,
            (Class::Paper, _) => return Err(StandardDomainError::Level),
            (_, digits) => Some(
                Level::ALL
                    .into_iter()
                    .find(|level| level.code() == digits)
                    .ok_or(StandardDomainError::Level)?,
            ),
        };
        if issuer == DivisionCode::COUNTRY {
            return Err(StandardDomainError::Issuer);
        }
        Ok((Self::new(issuer, class, level), rest))
    }

    /// As it is written.
    pub(crate) fn to_bytes(self) -> [u8; Self::LEN] {
        let mut bytes = *b"HC1P:000000:L--:";
        let mut number = self.issuer.number();
        for place in bytes.iter_mut().skip(5).take(6).rev() {
            *place = b'0' + u8::try_from(number % 10).unwrap_or_default();
            number /= 10;
        }
        let level = self.level.map_or("--", Level::code);
        let shown = [self.class.letter() as u8].into_iter().chain(level.bytes());
        for (place, byte) in bytes.iter_mut().skip(12).zip(shown) {
            *place = byte;
        }
        bytes
    }

    /// Who issued the code.
    pub const fn issuer(self) -> DivisionCode {
        self.issuer
    }

    /// Its class.
    pub const fn class(self) -> Class {
        self.class
    }

    /// Its level; none on paper.
    pub const fn level(self) -> Option<Level> {
        self.level
    }
}
