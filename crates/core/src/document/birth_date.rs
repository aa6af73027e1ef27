//! A date on which a living person can have been born.

use core::fmt;

use hc_code::{Offset, Timestamp};
use jiff::civil::Date;

use super::NumberError;

/// A birth date: in the calendar, not after today, not before [`BirthDate::EARLIEST_YEAR`].
///
/// Debug redacts it, because day, month and year together nearly name a person in a village.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct BirthDate(Date);

impl BirthDate {
    /// Numbers have been given since 1984 and nobody is known to have lived beyond 122 years; the
    /// bound leaves room, and only catches slips such as 1091 for 1991.
    pub const EARLIEST_YEAR: i16 = 1860;

    /// A birth date as seen at `now`, whose day is that of China.
    ///
    /// # Errors
    /// [`NumberError::BirthDate`], [`NumberError::BirthInFuture`], [`NumberError::BirthTooEarly`].
    pub fn new(year: i16, month: i8, day: i8, now: Timestamp) -> Result<Self, NumberError> {
        let date = Date::new(year, month, day).map_err(|_| NumberError::BirthDate)?;
        if year < Self::EARLIEST_YEAR {
            return Err(NumberError::BirthTooEarly {
                earliest: Self::EARLIEST_YEAR,
            });
        }
        if days_since_1970(date) > now.local_day(Offset::CHINA) {
            return Err(NumberError::BirthInFuture);
        }
        Ok(Self(date))
    }

    /// From eight digits, `yyyymmdd`.
    pub(super) fn from_digits(digits: &str, now: Timestamp) -> Result<Self, NumberError> {
        let part = |range: core::ops::Range<usize>| {
            digits
                .get(range)
                .filter(|part| part.bytes().all(|byte| byte.is_ascii_digit()))
                .and_then(|part| part.parse::<i16>().ok())
                .ok_or(NumberError::BirthDate)
        };
        if digits.len() != 8 {
            return Err(NumberError::BirthDate);
        }
        let small = |value: i16| i8::try_from(value).map_err(|_| NumberError::BirthDate);
        Self::new(part(0..4)?, small(part(4..6)?)?, small(part(6..8)?)?, now)
    }

    /// The year.
    pub fn expose_year(self) -> i16 {
        self.0.year()
    }

    /// The date as `yyyymmdd`.
    pub fn expose_digits(self) -> String {
        self.0.strftime("%Y%m%d").to_string()
    }

    /// Whole years from birth to the day of `now` in China; zero before birth.
    pub fn age_at(self, now: Timestamp) -> u16 {
        let mut birthday = 0;
        let today = now.local_day(Offset::CHINA);
        while birthday < 200 {
            let year = self.0.year().saturating_add(birthday + 1);
            // Someone born on 29 February turns a year older on 1 March of common years.
            let next = Date::new(year, self.0.month(), self.0.day())
                .or_else(|_| Date::new(year, 3, 1))
                .map_or(i64::MAX, days_since_1970);
            if next > today {
                break;
            }
            birthday += 1;
        }
        u16::try_from(birthday).unwrap_or(0)
    }
}

impl fmt::Debug for BirthDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BirthDate(*)")
    }
}

fn days_since_1970(date: Date) -> i64 {
    date.duration_since(Date::constant(1970, 1, 1)).as_hours() / 24
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2022-06-28T09:00:00+08:00".parse().unwrap()
    }

    #[test]
    fn only_dates_of_the_calendar_up_to_today_are_births() {
        assert!(BirthDate::new(2022, 6, 28, now()).is_ok());
        assert_eq!(
            BirthDate::new(2022, 6, 29, now()),
            Err(NumberError::BirthInFuture)
        );
        assert_eq!(
            BirthDate::new(1900, 2, 29, now()),
            Err(NumberError::BirthDate)
        );
        assert_eq!(
            BirthDate::new(1990, 13, 1, now()),
            Err(NumberError::BirthDate)
        );
        assert_eq!(
            BirthDate::new(1859, 12, 31, now()),
            Err(NumberError::BirthTooEarly { earliest: 1860 })
        );
    }

    #[test]
    fn the_day_turns_at_chinas_midnight() {
        let before: Timestamp = "2022-06-28T15:59:59Z".parse().unwrap();
        let after: Timestamp = "2022-06-28T16:00:00Z".parse().unwrap();
        assert!(BirthDate::new(2022, 6, 29, before).is_err());
        assert!(BirthDate::new(2022, 6, 29, after).is_ok());
    }

    #[test]
    fn age_turns_on_the_birthday() {
        let age = |year, month, day| {
            BirthDate::new(year, month, day, now())
                .unwrap()
                .age_at(now())
        };
        assert_eq!(age(2022, 6, 28), 0);
        assert_eq!(age(2008, 6, 28), 14);
        assert_eq!(age(2008, 6, 29), 13);
        assert_eq!(age(2004, 2, 29), 18);
    }
}
