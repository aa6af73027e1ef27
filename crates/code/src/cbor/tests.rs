//! One encoding of every value.

use proptest::prelude::*;

use super::*;

fn fault<T: core::fmt::Debug>(result: Result<T, CborError>) -> CborFault {
    result.unwrap_err().fault
}

#[test]
fn numbers_are_as_short_as_they_can_be() {
    // RFC 8949 appendix A.
    for (value, bytes) in [
        (0, &[0x00][..]),
        (23, &[0x17]),
        (24, &[0x18, 0x18]),
        (255, &[0x18, 0xff]),
        (256, &[0x19, 0x01, 0x00]),
        (1_000_000, &[0x1a, 0x00, 0x0f, 0x42, 0x40]),
        (
            1_000_000_000_000,
            &[0x1b, 0x00, 0x00, 0x00, 0xe8, 0xd4, 0xa5, 0x10, 0x00],
        ),
        (-1, &[0x20]),
        (-24, &[0x37]),
        (-25, &[0x38, 0x18]),
        (-1000, &[0x39, 0x03, 0xe7]),
        (
            i64::MIN,
            &[0x3b, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ),
    ] {
        let mut writer = Writer::new();
        writer.int(value);
        assert_eq!(writer.as_bytes(), bytes);
        assert_eq!(Reader::new(bytes).int(), Ok(value));
    }
}

#[test]
fn longer_heads_are_refused() {
    for bytes in [
        &[0x18, 0x17][..],
        &[0x19, 0x00, 0xff],
        &[0x1a, 0x00, 0x00, 0xff, 0xff],
        &[0x1b, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
        &[0x38, 0x17],
        &[0x39, 0x00, 0x00],
    ] {
        assert_eq!(fault(Reader::new(bytes).int()), CborFault::NotShortest);
    }
    assert_eq!(
        fault(Reader::new(&[0x58, 1, 0]).bytes()),
        CborFault::NotShortest
    );
    assert_eq!(
        fault(Reader::new(&[0x78, 1, 97]).text()),
        CborFault::NotShortest
    );
    assert_eq!(
        fault(Reader::new(&[0x98, 1, 0]).array()),
        CborFault::NotShortest
    );
    assert_eq!(fault(Reader::new(&[0xb8, 0]).map()), CborFault::NotShortest);
    assert_eq!(
        fault(Reader::new(&[0xd8, 18, 0]).tag(18)),
        CborFault::NotShortest
    );
}

#[test]
fn indefinite_lengths_are_refused() {
    assert_eq!(
        fault(Reader::new(&[0x5f, 0xff]).bytes()),
        CborFault::Indefinite
    );
    assert_eq!(
        fault(Reader::new(&[0x7f, 0xff]).text()),
        CborFault::Indefinite
    );
    assert_eq!(
        fault(Reader::new(&[0x9f, 0xff]).array()),
        CborFault::Indefinite
    );
    assert_eq!(
        fault(Reader::new(&[0xbf, 0xff]).map()),
        CborFault::Indefinite
    );
}

#[test]
fn other_items_and_cut_off_ones_are_refused() {
    for bytes in [
        &[][..],
        &[0x18],
        &[0x61, 97],
        &[0xf9, 0x3c, 0x00],
        &[0xc2, 0x40],
        &[0xf6],
    ] {
        assert_eq!(
            fault(Reader::new(bytes).uint()),
            CborFault::Expected("an unsigned integer")
        );
    }
    assert_eq!(
        fault(Reader::new(&[0x42, 1]).bytes()),
        CborFault::Expected("a byte string")
    );
    assert_eq!(
        fault(Reader::new(&[0x61, 0xff]).text()),
        CborFault::Expected("a text string")
    );
    assert_eq!(
        fault(Reader::new(&[0x20]).uint()),
        CborFault::Expected("an unsigned integer")
    );
    // A length of 2^63 bytes is no reason to ask for memory.
    let huge = [0x5b, 0x80, 0, 0, 0, 0, 0, 0, 0];
    assert_eq!(
        fault(Reader::new(&huge).bytes()),
        CborFault::Expected("a byte string")
    );
}

#[test]
fn places_are_named() {
    let mut reader = Reader::new(&[0x83, 0x01, 0x18, 0x01, 0x00]);
    reader.array_of(3).unwrap();
    reader.uint().unwrap();
    assert_eq!(reader.uint().unwrap_err().position, 2);
    let mut reader = Reader::new(&[0x01, 0x02]);
    assert_eq!(fault(reader.clone().key(3)), CborFault::Key(3));
    assert!(!reader.take_key(2));
    assert!(reader.take_key(1));
    assert_eq!(fault(reader.clone().end()), CborFault::Trailing);
    assert!(reader.take_key(2));
    assert_eq!(reader.end(), Ok(()));
}

proptest! {
    #[test]
    fn what_is_written_is_read(
        number in any::<i64>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        text in any::<String>(),
        truth in any::<bool>(),
    ) {
        let mut writer = Writer::new();
        writer.array(6).int(number).bytes(&bytes).text(&text).bool(truth).null().tag(18).uint(1);
        let mut reader = Reader::new(writer.as_bytes());
        prop_assert_eq!(reader.array_of(6), Ok(()));
        prop_assert_eq!(reader.int(), Ok(number));
        prop_assert_eq!(reader.bytes(), Ok(bytes.as_slice()));
        prop_assert_eq!(reader.text(), Ok(text.as_str()));
        prop_assert_eq!(reader.bool(), Ok(truth));
        prop_assert!(reader.take_null());
        prop_assert_eq!(reader.tag(18), Ok(()));
        prop_assert_eq!(reader.uint(), Ok(1));
        prop_assert_eq!(reader.end(), Ok(()));
    }

    #[test]
    fn what_is_read_is_what_would_be_written(bytes in proptest::collection::vec(any::<u8>(), 0..12)) {
        let mut reader = Reader::new(&bytes);
        let mut writer = Writer::new();
        let read = if let Ok(number) = reader.clone().int() {
            writer.int(number);
            reader.int().is_ok()
        } else if let Ok(string) = reader.clone().bytes() {
            writer.bytes(string);
            reader.bytes().is_ok()
        } else if let Ok(text) = reader.clone().text() {
            writer.text(text);
            reader.text().is_ok()
        } else if let Ok(items) = reader.clone().array() {
            writer.array(items);
            reader.array().is_ok()
        } else if let Ok(pairs) = reader.clone().map() {
            writer.map(pairs);
            reader.map().is_ok()
        } else {
            false
        };
        if read {
            prop_assert_eq!(writer.as_bytes(), &bytes[..reader.position()]);
        }
    }
}
