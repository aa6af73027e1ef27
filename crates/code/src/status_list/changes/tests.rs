use proptest::prelude::*;

use super::*;

fn entries(positions: &[(u32, u8)]) -> Vec<(DayIndex, Listed)> {
    positions
        .iter()
        .map(|(position, value)| (DayIndex::new(*position), Listed::from_low_bits(*value)))
        .collect()
}

fn million() -> Domain {
    Domain::SMALLEST
}

#[test]
fn the_parameter_follows_from_count_and_domain() {
    assert_eq!(rice_parameter(10_000, 1 << 27), 13);
    assert_eq!(rice_parameter(100_000, 1 << 27), 9);
    assert_eq!(rice_parameter(0, 1 << 20), 19);
    assert_eq!(rice_parameter(1, 1 << 32), 31);
    assert_eq!(rice_parameter(1 << 20, 1 << 20), 0);
}

#[test]
fn a_known_set_has_its_one_encoding() {
    // 2 of 2^20: parameter 18; gaps 5 and 2^19 - 6 - 1 + ... written out by hand.
    let set = Changes::new(million(), entries(&[(524_288, 3), (5, 1)])).unwrap();
    let bits = format!(
        "0{:018b}01{}0{:018b}11",
        5,
        "1".repeat((524_282 >> 18) as usize),
        524_282 % (1 << 18)
    );
    let mut text = bits;
    while text.len() % 8 != 0 {
        text.push('0');
    }
    let due: Vec<u8> = (0..text.len() / 8)
        .map(|byte| u8::from_str_radix(&text[byte * 8..byte * 8 + 8], 2).unwrap())
        .collect();
    assert_eq!(set.encode(), due);
    assert_eq!(Changes::decode(million(), 2, &due), Ok(set));
}

#[test]
fn doubled_and_outlying_positions_are_refused() {
    let new = |positions: &[(u32, u8)]| Changes::new(million(), entries(positions)).map(|_| ());
    assert_eq!(
        new(&[(7, 1), (5, 0), (7, 1)]),
        Err(ChangesError::Twice(DayIndex::new(7)))
    );
    assert_eq!(new(&[(1 << 20, 1)]), Err(ChangesError::Outside(0)));
    assert_eq!(new(&[(1 << 20, 1), (3, 1)]), Err(ChangesError::Outside(1)));
    assert_eq!(new(&[((1 << 20) - 1, 1)]), Ok(()));
}

#[test]
fn every_other_encoding_is_refused() {
    let set = Changes::new(million(), entries(&[(5, 1), (6, 2), (900_000, 3)])).unwrap();
    let bytes = set.encode();
    let decode = |count, bytes: &[u8]| Changes::decode(million(), count, bytes);
    assert_eq!(decode(3, &bytes), Ok(set));
    for cut in 0..bytes.len() {
        assert!(decode(3, &bytes[..cut]).is_err(), "cut at {cut}");
    }
    let mut longer = bytes.clone();
    longer.push(0);
    assert_eq!(decode(3, &longer), Err(ChangesError::Trailing));
    let mut padded = bytes.clone();
    *padded.last_mut().unwrap() |= 1;
    assert_ne!(decode(3, &padded), decode(3, &bytes));
    assert_eq!(decode(0, &[]).map(|set| set.count()), Ok(0));
    assert_eq!(decode(0, &[0]), Err(ChangesError::Trailing));
    assert_eq!(decode(u64::MAX, &bytes), Err(ChangesError::Count(u64::MAX)));
    assert_eq!(decode(1 << 19, &bytes), Err(ChangesError::Count(1 << 19)));
    // All ones would be a gap beyond every domain.
    assert!(decode(1, &[0xff; 64]).is_err());
}

#[test]
fn the_last_position_of_the_largest_domain_fits() {
    let set = Changes::new(Domain::LARGEST, entries(&[(0, 3), (u32::MAX, 1)])).unwrap();
    assert_eq!(Changes::decode(Domain::LARGEST, 2, &set.encode()), Ok(set));
}

proptest! {
    #[test]
    fn what_is_read_is_written_the_same_way(
        bytes in proptest::collection::vec(any::<u8>(), 0..60),
        count in 0_u64..40,
        bits in 20_u8..=32,
    ) {
        let domain = Domain::new(bits).unwrap();
        if let Ok(set) = Changes::decode(domain, count, &bytes) {
            prop_assert_eq!(set.count(), count);
            prop_assert_eq!(set.encode(), bytes);
        }
    }

    #[test]
    fn every_set_comes_back(
        positions in proptest::collection::btree_map(0_u32..(1 << 20), 0_u8..4, 0..3000),
    ) {
        let list: Vec<_> = positions.into_iter().collect();
        let set = Changes::new(million(), entries(&list)).unwrap();
        prop_assert_eq!(Changes::decode(million(), set.count(), &set.encode()), Ok(set));
    }
}
