use super::*;

/// Data of the examples in draft-ietf-oauth-status-list §4 (`status_list_encoding…`).
const SMALL: [(StatusBits, &[u8], &str); 2] = [
    (
        StatusBits::One,
        &[1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1],
        "a2646269747301636c73744a78dadbb918000217015d",
    ),
    (
        StatusBits::Two,
        &[1, 2, 0, 3, 0, 1, 0, 1, 1, 2, 3, 3],
        "a2646269747302636c73744b78da3be9f2130003df0207",
    ),
];

#[test]
fn the_drafts_small_examples_are_read_and_written() {
    for (bits, values, cbor) in SMALL {
        let cbor = hex::decode(cbor).unwrap();
        let list = PackedList::parse(&cbor, values.len() * bits.number() / 8).unwrap();
        assert_eq!(list.len(), values.len());
        for (position, value) in values.iter().enumerate() {
            assert_eq!(list.value(position), Some(*value));
        }
        assert_eq!(list.value(values.len()), None);
        assert_eq!(PackedList::pack(bits, values), list);
        assert_eq!(
            PackedList::parse(&list.to_cbor(), list.bytes.len()),
            Ok(list)
        );
    }
}

/// The data set of the draft's larger tests lies in the shared data next to the checkout.
#[test]
fn the_drafts_lists_of_a_million_are_read_and_written() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/data/token-status-list/spec-examples.json"
    );
    let path = std::path::Path::new(path);
    let Ok(text) = std::fs::read_to_string(path) else {
        eprintln!("SKIPPED: no shared data; the small examples above still hold");
        return;
    };
    let data: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut seen = 0;
    for example in data["large"].as_array().unwrap() {
        let bits = StatusBits::from_number(example["bits"].as_u64().unwrap()).unwrap();
        let size = usize::try_from(example["size"].as_u64().unwrap()).unwrap();
        let cbor = hex::decode(example["cbor_hex"].as_str().unwrap()).unwrap();
        let list = PackedList::parse(&cbor, size / bits.per_byte()).unwrap();
        assert_eq!(list.len(), size);
        let entries = example["entries"].as_object().unwrap();
        for position in 0..size {
            let due = entries
                .get(&position.to_string())
                .map_or(0, |value| value.as_u64().unwrap());
            assert_eq!(list.value(position).map(u64::from), Some(due), "{position}");
        }
        assert_eq!(
            PackedList::parse(&list.to_cbor(), size / bits.per_byte()),
            Ok(list)
        );
        seen += 1;
    }
    assert!(seen >= 2);
}

#[test]
fn other_maps_sizes_and_lengths_are_refused() {
    let cbor = hex::decode(SMALL[1].2).unwrap();
    let with = |place: usize, byte: u8| {
        let mut changed = cbor.clone();
        changed[place] = byte;
        PackedList::parse(&changed, 3)
    };
    assert_eq!(with(6, 3), Err(PackedError::Bits(3)));
    assert_eq!(with(2, b'B'), Err(PackedError::Keys));
    assert_eq!(with(8, b'L'), Err(PackedError::Keys));
    assert!(matches!(with(0, 0xa3), Err(PackedError::Encoding(_))));
    assert!(matches!(
        PackedList::parse(&cbor, 2),
        Err(PackedError::Inflate(InflateError::TooLong(2)))
    ));
    let mut longer = cbor.clone();
    longer.push(0);
    assert!(matches!(
        PackedList::parse(&longer, 3),
        Err(PackedError::Encoding(_))
    ));
}

#[test]
fn four_and_eight_bits_are_packed_low_first() {
    let four = PackedList::pack(StatusBits::Four, &[1, 2, 15]);
    assert_eq!(four.as_bytes(), [0x21, 0x0f]);
    let eight = PackedList::pack(StatusBits::Eight, &[255, 3]);
    assert_eq!(eight.as_bytes(), [255, 3]);
}
