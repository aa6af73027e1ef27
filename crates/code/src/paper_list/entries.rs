//! Short hashes with values, sorted and coded.

use crate::status_list::{BitReader, BitWriter, rice_parameter};
use crate::verify::Listed;

/// A sheet that is low is found in a list by chance at most once in 2^20 look-ups: hashes have 20
/// bits more than it takes to number them.
pub const FALSE_POSITIVE_BITS: u8 = 20;

/// Longest hash that can be coded.
const MOST_BITS: u8 = 56;

/// Hashes of `bits` bits, ascending, none twice, each with a value other than low.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entries {
    bits: u8,
    hashes: Vec<(u64, Listed)>,
}

/// Why bytes are no coded hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EntriesError {
    /// So short that low sheets would be found by chance too often, or too long to be coded.
    #[error(
        "hashes of {bits} bits for {count} sheets: at least 20 more than it takes to number them, at most 56"
    )]
    Bits {
        /// Length of the hashes.
        bits: u8,
        /// How many there are.
        count: u64,
    },
    /// More sheets than the bytes can hold.
    #[error("{0} sheets cannot be in these bytes")]
    Count(u64),
    /// The bytes end within an entry.
    #[error("the list is cut off at entry {0}")]
    CutOff(u64),
    /// A hash beyond its length.
    #[error("entry {0} is longer than a hash")]
    Outside(u64),
    /// Low sheets are not listed.
    #[error("entry {0} is low and must not be listed")]
    Low(u64),
    /// Bytes after the last entry, or padding that is not zero.
    #[error("bits after the last entry")]
    Trailing,
}

/// Bits that number so many sheets, and the budget.
fn least_bits(count: u64) -> u8 {
    let numbering = 64 - count.saturating_sub(1).leading_zeros();
    let numbering = u8::try_from(numbering).unwrap_or(64);
    numbering.saturating_add(FALSE_POSITIVE_BITS)
}

impl Entries {
    /// Shortens 64-bit hashes, sorts, and joins those that fall together.
    pub(super) fn new(mut hashes: Vec<(u64, Listed)>) -> Result<Self, EntriesError> {
        let count = hashes.len() as u64;
        let bits = least_bits(count);
        if bits > MOST_BITS {
            return Err(EntriesError::Bits { bits, count });
        }
        for (hash, _) in &mut hashes {
            *hash >>= 64 - bits;
        }
        hashes.sort_unstable_by_key(|(hash, _)| *hash);
        hashes.dedup_by(|(hash, value), (kept_hash, kept)| {
            let same = hash == kept_hash;
            if same {
                *kept = graver(*kept, *value);
            }
            same
        });
        Ok(Self { bits, hashes })
    }

    pub(super) const fn bits(&self) -> u8 {
        self.bits
    }

    pub(super) const fn count(&self) -> u64 {
        self.hashes.len() as u64
    }

    pub(super) fn value(&self, hash: u64) -> Listed {
        let short = hash >> (64 - self.bits);
        let found = self.hashes.binary_search_by_key(&short, |(hash, _)| *hash);
        found
            .ok()
            .and_then(|place| self.hashes.get(place))
            .map_or(Listed::Low, |(_, value)| *value)
    }

    /// Gaps between hashes as Rice codes, each followed by the value in two bits.
    pub(super) fn encode(&self) -> Vec<u8> {
        let parameter = rice_parameter(self.count(), 1 << self.bits);
        let mut writer = BitWriter::default();
        let mut next = 0;
        for (hash, value) in &self.hashes {
            writer.rice(hash - next, parameter);
            writer.bits(u64::from(value.bits()), 2);
            next = hash + 1;
        }
        writer.into_bytes()
    }

    pub(super) fn decode(bits: u8, count: u64, bytes: &[u8]) -> Result<Self, EntriesError> {
        if bits > MOST_BITS || bits < least_bits(count) {
            return Err(EntriesError::Bits { bits, count });
        }
        let size = 1_u64 << bits;
        let parameter = rice_parameter(count, size);
        let least = count.saturating_mul(u64::from(parameter) + 3);
        if least > (bytes.len() as u64).saturating_mul(8) {
            return Err(EntriesError::Count(count));
        }
        let room = usize::try_from(count).map_err(|_| EntriesError::Count(count))?;
        let mut hashes = Vec::with_capacity(room);
        let mut reader = BitReader::new(bytes);
        let mut next = 0_u64;
        for place in 0..count {
            let cut_off = EntriesError::CutOff(place);
            let gap = reader.rice(parameter).ok_or(cut_off)?;
            let value = reader.bits(2).ok_or(cut_off)?;
            let hash = gap
                .checked_add(next)
                .filter(|hash| *hash < size)
                .ok_or(EntriesError::Outside(place))?;
            let value = Listed::from_low_bits(value.to_le_bytes()[0]);
            if value == Listed::Low {
                return Err(EntriesError::Low(place));
            }
            next = hash + 1;
            hashes.push((hash, value));
        }
        if reader.is_at_end() {
            Ok(Self { bits, hashes })
        } else {
            Err(EntriesError::Trailing)
        }
    }
}

/// Of two values for one hash, the one that lets nobody through who must not, and colours nobody
/// who need not: different values are to be checked.
fn graver(one: Listed, other: Listed) -> Listed {
    if one == other { one } else { Listed::Recheck }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn hashes_have_twenty_bits_more_than_it_takes_to_number_them() {
        assert_eq!(least_bits(0), 20);
        assert_eq!(least_bits(1), 20);
        assert_eq!(least_bits(2), 21);
        assert_eq!(least_bits(1 << 17), 37);
        assert_eq!(least_bits((1 << 17) + 1), 38);
        assert_eq!(least_bits(u64::MAX), 84);
    }

    #[test]
    fn sheets_on_one_hash_agree_or_are_to_be_checked() {
        let top = |number: u64| number << 42;
        let entries = Entries::new(vec![
            (top(5), Listed::High),
            (top(5) + 1, Listed::High),
            (top(9), Listed::High),
            (top(9) + 1, Listed::Medium),
        ])
        .unwrap();
        assert_eq!(entries.count(), 2);
        assert_eq!(entries.value(top(5)), Listed::High);
        assert_eq!(entries.value(top(9)), Listed::Recheck);
        assert_eq!(entries.value(top(6)), Listed::Low);
        assert_eq!(Entries::decode(22, 2, &entries.encode()), Ok(entries));
    }

    #[test]
    fn every_other_coding_is_refused() {
        let entries =
            Entries::new(vec![(7 << 44, Listed::High), (99 << 44, Listed::Recheck)]).unwrap();
        let bytes = entries.encode();
        assert_eq!(entries.bits(), 21);
        assert_eq!(Entries::decode(21, 2, &bytes), Ok(entries));
        let bits = |bits| EntriesError::Bits { bits, count: 2 };
        assert_eq!(Entries::decode(20, 2, &bytes), Err(bits(20)));
        assert_eq!(Entries::decode(57, 2, &bytes), Err(bits(57)));
        for cut in 0..bytes.len() {
            assert!(Entries::decode(21, 2, &bytes[..cut]).is_err());
        }
        let mut longer = bytes.clone();
        longer.push(0);
        assert_eq!(Entries::decode(21, 2, &longer), Err(EntriesError::Trailing));
        assert_eq!(
            Entries::decode(56, 1 << 30, &bytes),
            Err(EntriesError::Count(1 << 30))
        );
        let low = Entries {
            bits: 20,
            hashes: vec![(5, Listed::Low)],
        };
        assert_eq!(
            Entries::decode(20, 1, &low.encode()),
            Err(EntriesError::Low(0))
        );
    }

    proptest! {
        #[test]
        fn every_list_comes_back(hashes in proptest::collection::vec((any::<u64>(), 1_u8..4), 0..500)) {
            let hashes: Vec<_> = hashes.into_iter().map(|(hash, value)| (hash, Listed::from_low_bits(value))).collect();
            let entries = Entries::new(hashes.clone()).unwrap();
            let back = Entries::decode(entries.bits(), entries.count(), &entries.encode()).unwrap();
            for (hash, _) in hashes {
                prop_assert_ne!(back.value(hash), Listed::Low);
            }
            prop_assert_eq!(back, entries);
        }

        #[test]
        fn what_is_read_is_written_the_same_way(bytes in proptest::collection::vec(any::<u8>(), 0..60), count in 0_u64..20) {
            if let Ok(entries) = Entries::decode(26, count, &bytes) {
                prop_assert_eq!(entries.encode(), bytes);
            }
        }
    }
}
