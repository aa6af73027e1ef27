//! The six digits of GB/T 2260.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// A division of GB/T 2260 by its six digits: two for the province, two for the prefecture, two
/// for the county.
///
/// Only the form is checked here; whether a division exists, or existed once, is a question to the
/// table in `hc-core`. `000000` stands for the whole country and is never a region.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DivisionCode(u32);

/// How fine a division is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DivisionRank {
    /// `000000`.
    Country,
    /// `pp0000`: province, autonomous region, municipality, special administrative region.
    Province,
    /// `pppp00`: prefecture, prefecture-level city.
    Prefecture,
    /// `pppppp`: county, district, county-level city.
    County,
}

/// The province whose counties once stood directly below it.
const HAINAN: u32 = 46;

impl DivisionCode {
    /// The whole country.
    pub const COUNTRY: Self = Self(0);

    /// Takes a number of at most six digits.
    ///
    /// # Errors
    /// [`DivisionCodeError`] where a finer pair is set below an empty one (`110001`), a province
    /// number is below 11, or the number has more than six digits. Hainan is the exception to the
    /// first rule: it governed its counties without prefectures, and from 1988 to 2001 their codes
    /// were `4600xx`; they live on in identity numbers.
    pub fn new(number: u32) -> Result<Self, DivisionCodeError> {
        let code = Self(number);
        let province = number / 10_000;
        let ill_formed = province > 99
            || (province < 11 && number != 0)
            || (!number.is_multiple_of(100)
                && (number / 100).is_multiple_of(100)
                && province != HAINAN);
        if ill_formed {
            Err(DivisionCodeError(format!("{number:06}")))
        } else {
            Ok(code)
        }
    }

    /// The six digits as a number.
    pub const fn number(self) -> u32 {
        self.0
    }

    /// How fine the division is, from its zeros.
    pub const fn rank(self) -> DivisionRank {
        if self.0 == 0 {
            DivisionRank::Country
        } else if self.0.is_multiple_of(10_000) {
            DivisionRank::Province
        } else if self.0.is_multiple_of(100) {
            DivisionRank::Prefecture
        } else {
            DivisionRank::County
        }
    }

    /// The division one step up; the country is its own parent.
    #[must_use]
    pub const fn parent(self) -> Self {
        match self.rank() {
            DivisionRank::Country | DivisionRank::Province => Self::COUNTRY,
            DivisionRank::Prefecture => self.province(),
            DivisionRank::County => self.prefecture(),
        }
    }

    /// The province that this division lies in.
    #[must_use]
    pub const fn province(self) -> Self {
        Self(self.0 / 10_000 * 10_000)
    }

    /// The prefecture that this division lies in; a province stays a province.
    #[must_use]
    pub const fn prefecture(self) -> Self {
        Self(self.0 / 100 * 100)
    }

    /// Whether `other` is this division or lies in it.
    pub const fn contains(self, other: Self) -> bool {
        match self.rank() {
            DivisionRank::Country => true,
            DivisionRank::Province => self.0 == other.province().0,
            DivisionRank::Prefecture => self.0 == other.prefecture().0,
            DivisionRank::County => self.0 == other.0,
        }
    }
}

impl fmt::Display for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

impl fmt::Debug for DivisionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DivisionCode({:06})", self.0)
    }
}

/// A text or number that does not have the form of GB/T 2260.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a division code: six digits of GB/T 2260, province first")]
pub struct DivisionCodeError(pub String);

impl FromStr for DivisionCode {
    type Err = DivisionCodeError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || DivisionCodeError(text.to_owned());
        if text.len() != 6 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error());
        }
        text.parse()
            .ok()
            .and_then(|number| Self::new(number).ok())
            .ok_or_else(error)
    }
}

impl TryFrom<String> for DivisionCode {
    type Error = DivisionCodeError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<DivisionCode> for String {
    fn from(code: DivisionCode) -> Self {
        code.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(text: &str) -> DivisionCode {
        text.parse().unwrap()
    }

    #[test]
    fn ranks_and_parents_follow_the_zeros() {
        assert_eq!(code("330106").rank(), DivisionRank::County);
        assert_eq!(code("330106").parent(), code("330100"));
        assert_eq!(code("330100").parent(), code("330000"));
        assert_eq!(code("330000").parent(), DivisionCode::COUNTRY);
        assert!(code("330000").contains(code("330106")));
        assert!(!code("330106").contains(code("330000")));
        assert!(DivisionCode::COUNTRY.contains(code("330106")));
    }

    #[test]
    fn hainans_old_counties_have_the_province_as_parent() {
        let lingao = code("460028");
        assert_eq!(lingao.rank(), DivisionRank::County);
        assert_eq!(lingao.parent(), code("460000"));
        assert!(code("460000").contains(lingao));
    }

    #[test]
    fn other_forms_are_refused() {
        for text in [
            "", "33010", "3301066", "33010a", "100000", "330001", " 33010", "+33010",
        ] {
            assert!(text.parse::<DivisionCode>().is_err(), "{text:?}");
        }
        assert!(DivisionCode::new(1_330_106).is_err());
    }
}
