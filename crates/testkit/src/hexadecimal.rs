//! Bytes as hexadecimal digits, for vectors.

/// Two lower-case digits a byte.
pub fn write(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| {
        DIGITS
            .get(usize::from(value))
            .map(|digit| char::from(*digit))
    };
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .flatten()
        .collect()
}

/// The bytes of digits of either case; `None` for anything else.
pub fn read(digits: &str) -> Option<Vec<u8>> {
    if !digits.len().is_multiple_of(2) || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    (0..digits.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_and_bytes_are_the_same() {
        assert_eq!(read("00fFa0"), Some(vec![0, 255, 160]));
        assert_eq!(write(&[0, 255, 160]), "00ffa0");
        assert_eq!(read("0"), None);
        assert_eq!(read("+1"), None);
        assert_eq!(read("é"), None);
    }
}
