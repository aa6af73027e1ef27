//! `timeStamp`: seventeen digits, `yyyyMMddHHmmssSSS`, the time of China.

use hc_code::Timestamp;

/// Days from 1 March of the year 0 to 1 January 1970.
const DAYS_TO_1970: i64 = 719_468;
const DAY: i64 = 86_400;
/// The time of China is so many seconds ahead of universal time.
const AHEAD: i64 = 8 * 3_600;

/// Reads seventeen digits; milliseconds are dropped.
pub fn read(text: &str) -> Option<Timestamp> {
    if text.len() != 17 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second) = (part(8, 10)?, part(10, 12)?, part(12, 14)?);
    if hour > 23 || minute > 59 || second > 59 {
        return None;
    }
    let days = days(year, month, day);
    if civil(days) != (year, month, day) {
        // The thirtieth of February, the thirteenth month.
        return None;
    }
    let at = days * DAY + hour * 3_600 + minute * 60 + second - AHEAD;
    let at = Timestamp::from_unix(at);
    (Timestamp::MIN..=Timestamp::MAX)
        .contains(&at)
        .then_some(at)
}

/// Writes an instant, with no milliseconds.
pub fn write(at: Timestamp) -> String {
    let local = at.unix().saturating_add(AHEAD);
    let (year, month, day) = civil(local.div_euclid(DAY));
    let second = local.rem_euclid(DAY);
    let (hour, minute, second) = (second / 3_600, second / 60 % 60, second % 60);
    let mut number = [year, month, day, hour, minute, second]
        .into_iter()
        .fold(0, |all: i64, part| {
            all.saturating_mul(100).saturating_add(part)
        });
    let mut digits = *b"00000000000000000";
    for digit in digits.iter_mut().take(14).rev() {
        *digit = b'0' + u8::try_from(number.rem_euclid(10)).unwrap_or_default();
        number /= 10;
    }
    digits.iter().copied().map(char::from).collect()
}

/// Days since 1970 of a date of the Gregorian calendar. Years are counted from March, so that the leap day is their
/// last: after Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", 2013.
const fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - DAYS_TO_1970
}

/// Year, month and day of a day since 1970.
const fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + DAYS_TO_1970;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}

#[cfg(test)]
mod tests {
    use super::*;
    use hc_code::Offset;

    #[test]
    fn an_instant_reads_as_it_does_elsewhere() {
        for step in 0..200_000_i64 {
            // Every so many hours from 1970 to 2200, never at the same second of the day.
            let at = Timestamp::from_unix(step * 36_283 + 7);
            let digits: String = at
                .at_offset(Offset::CHINA)
                .chars()
                .filter(char::is_ascii_digit)
                .take(14)
                .collect();
            assert_eq!(write(at), digits + "000");
            assert_eq!(read(&write(at)), Some(at));
        }
    }

    #[test]
    fn seventeen_digits_are_an_instant_in_china() {
        let noon = Timestamp::from_unix(1_657_857_600);
        assert_eq!(write(noon), "20220715120000000");
        assert_eq!(read("20220715120000000"), Some(noon));
        assert_eq!(read("20220715120000999"), Some(noon));
        for wrong in [
            "",
            "2022071512000000",
            "20221315120000000",
            "2022071512000000x",
            "20220230120000000",
            "20220001120000000",
            "20220100120000000",
            "20220101240000000",
            "20220101126000000",
            "20220101120060000",
            "202207151200000000",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
