//! `timeStamp`: seventeen digits, `yyyyMMddHHmmssSSS`, the time of China.

use hc_code::{Offset, Timestamp};

/// Reads seventeen digits; milliseconds are dropped.
pub fn read(text: &str) -> Option<Timestamp> {
    if text.len() != 17 || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let written = format!(
        "{}-{}-{}T{}:{}:{}+08:00",
        part(0, 4),
        part(4, 6),
        part(6, 8),
        part(8, 10),
        part(10, 12),
        part(12, 14)
    );
    written.parse().ok()
}

/// Writes an instant, with no milliseconds.
pub fn write(at: Timestamp) -> String {
    let written = at.at_offset(Offset::CHINA);
    let digits = written.chars().filter(char::is_ascii_digit);
    let mut text: String = digits.take(14).collect();
    text.push_str("000");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

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
            "202207151200000000",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
