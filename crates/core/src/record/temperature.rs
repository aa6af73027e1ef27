//! Body temperature.

use core::fmt;
use core::str::FromStr;

/// A body temperature of 34.0 to 43.0 °C, in tenths of a degree.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Temperature(u16);

/// Why a temperature is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TemperatureError {
    /// Not a decimal.
    #[error("is not a temperature like 36.5")]
    Form,
    /// No living person's.
    #[error("is not a body temperature: 34.0 to 43.0 °C")]
    OutOfRange,
}

impl Temperature {
    /// The lowest: 34.0 °C.
    pub const LOWEST: Self = Self(340);
    /// The highest: 43.0 °C.
    pub const HIGHEST: Self = Self(430);

    /// From tenths of a degree Celsius.
    ///
    /// # Errors
    /// [`TemperatureError::OutOfRange`].
    pub fn from_tenths(tenths: u16) -> Result<Self, TemperatureError> {
        let found = Self(tenths);
        if (Self::LOWEST..=Self::HIGHEST).contains(&found) {
            Ok(found)
        } else {
            Err(TemperatureError::OutOfRange)
        }
    }

    /// Tenths of a degree Celsius.
    pub const fn tenths(self) -> u16 {
        self.0
    }
}

impl FromStr for Temperature {
    type Err = TemperatureError;

    fn from_str(text: &str) -> Result<Self, TemperatureError> {
        let (whole, tenth) = text.split_once('.').unwrap_or((text, "0"));
        let digits = |part: &str, longest| {
            (1..=longest).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit())
        };
        if !digits(whole, 3) || !digits(tenth, 1) {
            return Err(TemperatureError::Form);
        }
        let whole: u16 = whole.parse().map_err(|_| TemperatureError::Form)?;
        let tenth: u16 = tenth.parse().map_err(|_| TemperatureError::Form)?;
        Self::from_tenths(whole * 10 + tenth)
    }
}

impl fmt::Display for Temperature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0 / 10, self.0 % 10)
    }
}

/// A temperature is health data: Debug does not show it.
impl fmt::Debug for Temperature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Temperature(*)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn temperatures_are_exact_tenths_within_life() {
        for (text, tenths) in [("36.5", 365), ("34.0", 340), ("43", 430), ("37.0", 370)] {
            assert_eq!(text.parse(), Temperature::from_tenths(tenths));
        }
        assert_eq!("36.5".parse::<Temperature>().unwrap().to_string(), "36.5");
        for text in ["33.9", "43.1", "0", "365"] {
            assert_eq!(
                text.parse::<Temperature>(),
                Err(TemperatureError::OutOfRange),
                "{text}"
            );
        }
        for text in ["", "36.55", "36,5", "-36", "36.", "NaN", "9999", "３６"] {
            assert_eq!(
                text.parse::<Temperature>(),
                Err(TemperatureError::Form),
                "{text}"
            );
        }
    }
}
