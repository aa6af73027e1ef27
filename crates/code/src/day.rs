//! A calendar day of a region, the unit in which keys and lists live and die.

use core::fmt;
use core::str::FromStr;

use crate::{Offset, Timestamp};

/// A local day, counted from 1970-01-01 in the region's time zone; 1970-01-01 to 2149-06-06.
///
/// Written `2022-06-28`. Which instant it starts at depends on the region's offset, which the trust
/// list states.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(u16);

impl Day {
    /// The day by its number, where 0 is 1970-01-01.
    pub const fn from_number(number: u16) -> Self {
        Self(number)
    }

    /// Days since 1970-01-01.
    pub const fn number(self) -> u16 {
        self.0
    }

    /// The day that an instant falls on at that offset.
    ///
    /// # Errors
    /// [`DayError`] for instants before 1970 or after June 2149.
    pub fn of(at: Timestamp, offset: Offset) -> Result<Self, DayError> {
        u16::try_from(at.local_day(offset))
            .map(Self)
            .map_err(|_| DayError::OutOfRange)
    }

    /// The first instant of the day at that offset.
    pub fn start(self, offset: Offset) -> Timestamp {
        Timestamp::start_of_local_day(i64::from(self.0), offset)
    }

    /// The first instant after the day at that offset.
    pub fn end(self, offset: Offset) -> Timestamp {
        Timestamp::start_of_local_day(i64::from(self.0) + 1, offset)
    }

    /// Tomorrow, seen from this day; `None` after the last day that can be written.
    pub const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }

    /// Yesterday, seen from this day; `None` before the first.
    pub const fn previous(self) -> Option<Self> {
        match self.0.checked_sub(1) {
            Some(number) => Some(Self(number)),
            None => None,
        }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let date = jiff::civil::Date::constant(1970, 1, 1)
            .saturating_add(jiff::Span::new().days(i64::from(self.0)));
        f.pad(&date.to_string())
    }
}

impl fmt::Debug for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Day({self})")
    }
}

/// Why something is not a day.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DayError {
    /// Outside 1970-01-01 to 2149-06-06.
    #[error("the day is outside 1970-01-01 to 2149-06-06")]
    OutOfRange,
    /// Not written like `2022-06-28`.
    #[error("{0:?} is not a day: write it like 2022-06-28")]
    Form(String),
}

impl FromStr for Day {
    type Err = DayError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || DayError::Form(text.to_owned());
        let shaped = text.len() == 10
            && text.bytes().enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !shaped {
            return Err(form());
        }
        let date: jiff::civil::Date = text.parse().map_err(|_| form())?;
        let days = date
            .since(jiff::civil::Date::constant(1970, 1, 1))
            .map_err(|_| DayError::OutOfRange)?
            .get_days();
        u16::try_from(days)
            .map(Self)
            .map_err(|_| DayError::OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_print_what_they_read() {
        for text in ["1970-01-01", "2022-06-28", "2024-02-29", "2149-06-06"] {
            assert_eq!(text.parse::<Day>().unwrap().to_string(), text);
        }
        assert_eq!("2149-06-07".parse::<Day>(), Err(DayError::OutOfRange));
        assert_eq!("1969-12-31".parse::<Day>(), Err(DayError::OutOfRange));
        for text in [
            "",
            "2022-6-28",
            "2022-06-31",
            "20220628",
            "2022-06-28T",
            "+022-06-28",
        ] {
            assert!(
                matches!(text.parse::<Day>(), Err(DayError::Form(_))),
                "{text:?}"
            );
        }
    }

    #[test]
    fn a_day_lasts_from_local_midnight_to_local_midnight() {
        let at: Timestamp = "2022-06-28T16:00:00Z".parse().unwrap();
        let day = Day::of(at, Offset::CHINA).unwrap();
        assert_eq!(day.to_string(), "2022-06-29");
        assert_eq!(day.start(Offset::CHINA), at);
        assert_eq!(
            day.next().unwrap().start(Offset::CHINA),
            day.end(Offset::CHINA)
        );
        assert_eq!(Day::from_number(0).previous(), None);
        assert_eq!(Day::from_number(u16::MAX).next(), None);
    }
}
