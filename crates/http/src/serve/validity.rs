//! Until when a certificate holds: the one field of X.509 that operators must be warned of.

use hc_code::Timestamp;

/// `notAfter` of a certificate (RFC 5280 §4.1.2.5), or `None` where it cannot be read.
pub(super) fn ends(certificate: &[u8]) -> Option<Timestamp> {
    let (SEQUENCE, certificate, _) = item(certificate)? else {
        return None;
    };
    let (SEQUENCE, mut rest, _) = item(certificate)? else {
        return None;
    };
    // The version stands there only where it is not the first; then serial, algorithm and issuer.
    let (tag, _, after) = item(rest)?;
    if tag == VERSION {
        rest = after;
    }
    for _ in 0..3 {
        (_, _, rest) = item(rest)?;
    }
    let (SEQUENCE, validity, _) = item(rest)? else {
        return None;
    };
    let (_, _, after) = item(validity)?;
    let (tag, text, _) = item(after)?;
    time(tag, std::str::from_utf8(text).ok()?)
}

const SEQUENCE: u8 = 0x30;
const VERSION: u8 = 0xA0;
const UTC_TIME: u8 = 0x17;
const GENERALIZED_TIME: u8 = 0x18;

/// Tag and content of the first item (ITU-T X.690 §8.1, definite lengths), and what follows.
fn item(bytes: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = bytes.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (octets, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            let length = octets
                .iter()
                .fold(0, |length, octet| length << 8 | usize::from(*octet));
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// `YYMMDDHHMMSSZ` up to 2049, `YYYYMMDDHHMMSSZ` from then on.
fn time(tag: u8, text: &str) -> Option<Timestamp> {
    let whole = match tag {
        UTC_TIME if text.len() == 13 => {
            let century = if text < "5" { "20" } else { "19" };
            format!("{century}{text}")
        }
        GENERALIZED_TIME if text.len() == 15 => text.to_owned(),
        _ => return None,
    };
    let part = |from: usize, to: usize| whole.get(from..to);
    let (year, month, day) = (part(0, 4)?, part(4, 6)?, part(6, 8)?);
    let (hour, minute, second, zone) = (part(8, 10)?, part(10, 12)?, part(12, 14)?, part(14, 15)?);
    format!("{year}-{month}-{day}T{hour}:{minute}:{second}{zone}")
        .parse()
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_time_are_read_and_others_are_not() {
        let read = |tag, text| time(tag, text).map(|time| time.to_string());
        let read_as = |text: &str| Some(text.to_owned());
        assert_eq!(
            read(UTC_TIME, "491231235959Z"),
            read_as("2050-01-01T07:59:59+08:00")
        );
        assert_eq!(
            read(UTC_TIME, "500101000000Z"),
            read_as("1950-01-01T08:00:00+08:00")
        );
        assert_eq!(
            read(GENERALIZED_TIME, "20500101000000Z"),
            read_as("2050-01-01T08:00:00+08:00")
        );
        for (tag, text) in [
            (UTC_TIME, "20500101000000Z"),
            (GENERALIZED_TIME, "20501301000000Z"),
            (GENERALIZED_TIME, "2050年1月1Z"),
            (0x02, "491231235959Z"),
        ] {
            assert_eq!(read(tag, text), None, "{text}");
        }
    }

    #[test]
    fn no_bytes_are_a_panic() {
        let pem = include_str!("../../tests/tls/first.pem");
        let der: Vec<u8> = {
            use rustls::pki_types::{CertificateDer, pem::PemObject};
            CertificateDer::from_pem_slice(pem.as_bytes())
                .unwrap()
                .to_vec()
        };
        assert!(ends(&der).is_some());
        for length in 0..der.len() {
            let _ = ends(&der[..length]);
            let mut changed = der.clone();
            changed[length] ^= 0xFF;
            let _ = ends(&changed);
        }
    }
}
