//! Points in time and lengths of time, in whole seconds.

use core::fmt;
use core::str::FromStr;

use serde::{Deserialize, Serialize};

/// A point in time: whole seconds since 1970-01-01T00:00:00Z (Unix time, no leap seconds).
///
/// Written as RFC 3339 with an offset; a text without one is refused, because a gate and a hospital
/// in different zones would read it differently.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Timestamp(i64);

impl Timestamp {
    /// Before everything: 0001-01-01T00:00:00Z.
    pub const MIN: Self = Self(-62_135_596_800);
    /// After everything that is ever written down: 9999-12-30T00:00:00Z, so that any offset can show it.
    pub const MAX: Self = Self(253_402_128_000);

    /// From Unix seconds; values outside [`Self::MIN`]..=[`Self::MAX`] become the nearer bound.
    #[must_use]
    pub const fn from_unix(seconds: i64) -> Self {
        if seconds < Self::MIN.0 {
            Self::MIN
        } else if seconds > Self::MAX.0 {
            Self::MAX
        } else {
            Self(seconds)
        }
    }

    /// Unix seconds.
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// This point moved later; [`Self::MAX`] where that overflows.
    #[must_use]
    pub const fn plus(self, span: Span) -> Self {
        Self::from_unix(self.0.saturating_add(span.0))
    }

    /// This point moved earlier; [`Self::MIN`] where that overflows.
    #[must_use]
    pub const fn minus(self, span: Span) -> Self {
        Self::from_unix(self.0.saturating_sub(span.0))
    }

    /// How long from `earlier` to this point; zero where `earlier` is later.
    #[must_use]
    pub const fn since(self, earlier: Self) -> Span {
        if self.0 > earlier.0 {
            Span(self.0 - earlier.0)
        } else {
            Span(0)
        }
    }

    /// The number of the local day, counted from 1970-01-01 at that offset.
    pub const fn local_day(self, offset: Offset) -> i64 {
        (self.0 + offset.0 as i64).div_euclid(86_400)
    }

    /// The first instant of a local day.
    #[must_use]
    pub const fn start_of_local_day(day: i64, offset: Offset) -> Self {
        Self::from_unix(day.saturating_mul(86_400).saturating_sub(offset.0 as i64))
    }

    /// RFC 3339 at an offset, for people who live there.
    pub fn at_offset(self, offset: Offset) -> String {
        let shifted = self.0.saturating_add(i64::from(offset.0));
        let civil = jiff::Timestamp::from_second(shifted)
            .unwrap_or(jiff::Timestamp::MAX)
            .to_zoned(jiff::tz::TimeZone::UTC)
            .datetime();
        format!("{}{offset}", civil.strftime("%Y-%m-%dT%H:%M:%S"))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.at_offset(Offset::CHINA))
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A text that is not an RFC 3339 time with an offset.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a time: write it like 2022-06-28T09:00:00+08:00")]
pub struct TimestampError(pub String);

impl FromStr for Timestamp {
    type Err = TimestampError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        has_form(text.as_bytes())
            .then(|| text.parse::<jiff::Timestamp>().ok())
            .flatten()
            .map(|at| Self(at.as_second()))
            .filter(|at| (Self::MIN..=Self::MAX).contains(at))
            .ok_or_else(|| TimestampError(text.to_owned()))
    }
}

/// Whether a text has the form of RFC 3339 §5.6: seconds and offset, in capitals. The library also
/// reads shorter forms, names of zones and a second 60, which other programs would not.
fn has_form(text: &[u8]) -> bool {
    let Some((moment, rest)) = text.split_at_checked(19) else {
        return false;
    };
    let follows = |text: &[u8], form: &[u8]| {
        text.len() == form.len()
            && text.iter().zip(form).all(|(byte, class)| match class {
                b'0' => byte.is_ascii_digit(),
                _ => byte == class,
            })
    };
    let offset = match rest.strip_prefix(b".") {
        Some(fraction) => {
            let digits = fraction
                .iter()
                .take_while(|byte| byte.is_ascii_digit())
                .count();
            match fraction.split_at_checked(digits) {
                Some((_, offset)) if (1..=9).contains(&digits) => offset,
                _ => return false,
            }
        }
        None => rest,
    };
    follows(moment, b"0000-00-00T00:00:00")
        && !moment.ends_with(b":60")
        && (offset == b"Z" || follows(offset, b"+00:00") || follows(offset, b"-00:00"))
}

impl TryFrom<String> for Timestamp {
    type Error = TimestampError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Timestamp> for String {
    fn from(at: Timestamp) -> Self {
        at.to_string()
    }
}

/// A length of time, never negative, in whole seconds. Written `14d`, `48h`, `7d12h`, `30m`, `0h`.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(try_from = "String", into = "String")]
pub struct Span(i64);

impl Span {
    /// No time at all.
    pub const ZERO: Self = Self(0);
    /// Longer than anything a rule may say: 100 years of 365 days.
    pub const MAX: Self = Self(100 * 365 * 86_400);

    /// That many seconds, at most [`Self::MAX`].
    #[must_use]
    pub const fn seconds(seconds: u32) -> Self {
        let seconds = seconds as i64;
        if seconds > Self::MAX.0 {
            Self::MAX
        } else {
            Self(seconds)
        }
    }

    /// That many hours.
    #[must_use]
    pub const fn hours(hours: u16) -> Self {
        Self(hours as i64 * 3600)
    }

    /// That many days of 24 hours, at most [`Self::MAX`].
    #[must_use]
    pub const fn days(days: u16) -> Self {
        let seconds = days as i64 * 86_400;
        if seconds > Self::MAX.0 {
            Self::MAX
        } else {
            Self(seconds)
        }
    }

    /// The length in seconds.
    pub const fn as_seconds(self) -> i64 {
        self.0
    }

    /// Both lengths one after the other, at most [`Self::MAX`].
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        let sum = self.0 + other.0;
        if sum > Self::MAX.0 {
            Self::MAX
        } else {
            Self(sum)
        }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 == 0 {
            return f.pad("0h");
        }
        let mut text = String::new();
        let mut rest = self.0;
        for (unit, length) in [('d', 86_400), ('h', 3600), ('m', 60), ('s', 1)] {
            // 48h reads better than 2d where hours are what the notice says; whole days from 3 on.
            if unit == 'd' && self.0 % 3600 == 0 && self.0 <= 2 * 86_400 {
                continue;
            }
            if rest >= length {
                text.push_str(&(rest / length).to_string());
                text.push(unit);
                rest %= length;
            }
        }
        f.pad(&text)
    }
}

/// A text that is not a length of time.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a length of time: write it like 14d, 48h, 7d12h or 30m")]
pub struct SpanError(pub String);

impl FromStr for Span {
    type Err = SpanError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || SpanError(text.to_owned());
        let mut total: i64 = 0;
        let mut digits = String::new();
        let mut last_unit = i64::MAX;
        for letter in text.chars() {
            if letter.is_ascii_digit() {
                digits.push(letter);
                continue;
            }
            let unit = match letter {
                'd' => 86_400,
                'h' => 3600,
                'm' => 60,
                's' => 1,
                _ => return Err(error()),
            };
            // Units come once each, the longest first, so that every text has one reading.
            if unit >= last_unit {
                return Err(error());
            }
            last_unit = unit;
            let count: i64 = digits.parse().map_err(|_| error())?;
            digits.clear();
            total = count
                .checked_mul(unit)
                .and_then(|part| total.checked_add(part))
                .filter(|sum| *sum <= Self::MAX.0)
                .ok_or_else(error)?;
        }
        if digits.is_empty() && last_unit != i64::MAX {
            Ok(Self(total))
        } else {
            Err(error())
        }
    }
}

impl TryFrom<String> for Span {
    type Error = SpanError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Span> for String {
    fn from(span: Span) -> Self {
        span.to_string()
    }
}

/// A fixed offset from UTC in seconds east. China has kept one since 1992, so days need no zone table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Offset(i32);

impl Offset {
    /// `+08:00`.
    pub const CHINA: Self = Self(8 * 3600);

    /// Seconds east of UTC.
    pub const fn as_seconds(self) -> i32 {
        self.0
    }
}

impl fmt::Display for Offset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.0 < 0 { '-' } else { '+' };
        let minutes = self.0.unsigned_abs() / 60;
        write!(f, "{sign}{:02}:{:02}", minutes / 60, minutes % 60)
    }
}

/// A text that is not an offset from UTC.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an offset from UTC: write it like +08:00")]
pub struct OffsetError(pub String);

impl FromStr for Offset {
    type Err = OffsetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || OffsetError(text.to_owned());
        let (sign, rest) = match text.split_at_checked(1) {
            Some(("+", rest)) => (1, rest),
            Some(("-", rest)) => (-1, rest),
            _ => return Err(error()),
        };
        let two_digits = |part: &str, below: i32| {
            (part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit()))
                .then(|| part.parse::<i32>().ok())
                .flatten()
                .filter(|value| *value < below)
        };
        let (hours, minutes) = rest.split_once(':').ok_or_else(error)?;
        let hours = two_digits(hours, 15).ok_or_else(error)?;
        let minutes = two_digits(minutes, 60).ok_or_else(error)?;
        Ok(Self(sign * (hours * 3600 + minutes * 60)))
    }
}

impl TryFrom<String> for Offset {
    type Error = OffsetError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Offset> for String {
    fn from(offset: Offset) -> Self {
        offset.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_with_any_offset_and_shown_in_chinas() {
        let at: Timestamp = "2022-06-28T01:00:00Z".parse().unwrap();
        assert_eq!(at.to_string(), "2022-06-28T09:00:00+08:00");
        assert_eq!(at, "2022-06-28T09:00:00+08:00".parse().unwrap());
        assert_eq!(Timestamp::MAX.to_string().parse(), Ok(Timestamp::MAX));
        assert_eq!(Timestamp::MIN.to_string().parse(), Ok(Timestamp::MIN));
    }

    #[test]
    fn times_without_an_offset_are_refused() {
        for text in [
            "2022-06-28T09:00:00",
            "2022-06-28",
            "",
            "2022-13-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
        ] {
            assert!(text.parse::<Timestamp>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn local_days_turn_at_local_midnight() {
        let late: Timestamp = "2022-06-28T15:59:59Z".parse().unwrap();
        let midnight: Timestamp = "2022-06-29T00:00:00+08:00".parse().unwrap();
        assert_eq!(
            late.local_day(Offset::CHINA) + 1,
            midnight.local_day(Offset::CHINA)
        );
        assert_eq!(
            Timestamp::start_of_local_day(midnight.local_day(Offset::CHINA), Offset::CHINA),
            midnight
        );
    }

    #[test]
    fn spans_have_one_reading_and_print_what_they_read() {
        for (text, seconds) in [
            ("14d", 1_209_600),
            ("48h", 172_800),
            ("7d12h", 648_000),
            ("30m", 1800),
            ("0h", 0),
        ] {
            let span: Span = text.parse().unwrap();
            assert_eq!(span.as_seconds(), seconds, "{text}");
            assert_eq!(span.to_string(), text);
        }
        for text in [
            "",
            "14",
            "d",
            "1h1d",
            "1d1d",
            "-1d",
            "1.5d",
            "99999999999d",
            "１d",
        ] {
            assert!(text.parse::<Span>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn offsets_print_what_they_read() {
        for text in ["+08:00", "-03:30", "+00:00"] {
            assert_eq!(text.parse::<Offset>().unwrap().to_string(), text);
        }
        for text in ["", "08:00", "+8:00", "+08:60", "+15:00", "+0800"] {
            assert!(text.parse::<Offset>().is_err(), "{text:?}");
        }
    }

    #[test]
    fn times_have_seconds_and_an_offset() {
        for text in [
            "2022-06-28T09:00:00+08:00",
            "2022-06-28T01:00:00Z",
            "2022-06-28T01:00:00.123Z",
            "2022-06-27T22:00:00.5-03:00",
        ] {
            assert!(has_form(text.as_bytes()), "{text}");
        }
        for text in [
            "",
            "2022-06-28",
            "2022-06-28T09:00:00",
            "2022-06-28T09:00+08:00",
            "2022-06-28 09:00:00+08:00",
            "2022-06-28T09:00:00+0800",
            "2022-06-28T09:00:00+08",
            "2022-06-28T09:00:00.+08:00",
            "2022-06-28T09:00:00+08:00[Asia/Shanghai]",
            "2022-06-28t09:00:00z",
            "20220628T090000Z",
        ] {
            assert!(!has_form(text.as_bytes()), "{text}");
        }
    }
}
