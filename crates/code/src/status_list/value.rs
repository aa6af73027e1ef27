//! The four values.

use crate::Level;

/// What the list says of a position.
///
/// The numbers are those of the Token Status List registry (draft-ietf-oauth-status-list §7), so
/// that a reader who knows nothing of levels still fails safe: 0 is valid, 1 invalid, 2 suspended,
/// 3 left to the application.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
#[repr(u8)]
pub enum StatusValue {
    /// Level low; also every position that no subject has, since a position proves nothing without
    /// a signed code that names it.
    #[default]
    Low = 0,
    /// Level high.
    High = 1,
    /// Level medium.
    Medium = 2,
    /// The list gives no level: unknown, lapsed, erased, withdrawn, or outside the domain. The gate
    /// asks again or asks for a new code; it is never shown as high.
    Recheck = 3,
}

/// A number that is no status value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0} is no status value: 0 to 3")]
pub struct NoStatusValue(pub u8);

impl StatusValue {
    /// All values by their number.
    pub const ALL: [Self; 4] = [Self::Low, Self::High, Self::Medium, Self::Recheck];

    /// The number in the list, 0 to 3.
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The value of the lowest two bits; the others are ignored.
    pub const fn of_low_bits(bits: u8) -> Self {
        match bits & 0b11 {
            0 => Self::Low,
            1 => Self::High,
            2 => Self::Medium,
            _ => Self::Recheck,
        }
    }

    /// The level that the value stands for; unknown for [`Self::Recheck`].
    pub const fn level(self) -> Level {
        match self {
            Self::Low => Level::Low,
            Self::High => Level::High,
            Self::Medium => Level::Medium,
            Self::Recheck => Level::Unknown,
        }
    }
}

impl TryFrom<u8> for StatusValue {
    type Error = NoStatusValue;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        if number < 4 {
            Ok(Self::of_low_bits(number))
        } else {
            Err(NoStatusValue(number))
        }
    }
}

impl From<Level> for StatusValue {
    fn from(level: Level) -> Self {
        match level {
            Level::Low => Self::Low,
            Level::High => Self::High,
            Level::Medium => Self::Medium,
            Level::Unknown => Self::Recheck,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_level_has_its_value_and_back() {
        for level in Level::ALL {
            assert_eq!(StatusValue::from(level).level(), level);
        }
        for value in StatusValue::ALL {
            assert_eq!(StatusValue::try_from(value.number()), Ok(value));
        }
        assert_eq!(StatusValue::try_from(4), Err(NoStatusValue(4)));
    }

    #[test]
    fn numbers_keep_the_meaning_of_the_registry() {
        assert_eq!(StatusValue::Low.number(), 0);
        assert_eq!(StatusValue::High.number(), 1);
        assert_eq!(StatusValue::Medium.number(), 2);
        assert_eq!(StatusValue::Recheck.number(), 3);
    }
}
