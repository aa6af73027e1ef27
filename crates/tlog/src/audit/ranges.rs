//! Sets of indexes that lie mostly side by side.

use std::collections::BTreeMap;

use crate::entry::IndexRange;

/// A set of indexes, kept as ranges that neither meet nor touch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexRanges {
    /// From the first index of a range to the one after its last.
    ranges: BTreeMap<u64, u64>,
}

impl IndexRanges {
    /// Whether there is no index.
    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }

    /// How many indexes there are.
    pub fn count(&self) -> u64 {
        self.ranges.iter().map(|(first, end)| end - first).sum()
    }

    /// The ranges, in order.
    pub fn iter(&self) -> impl Iterator<Item = IndexRange> {
        self.ranges
            .iter()
            .filter_map(|(&first, &end)| IndexRange::new(first, end).ok())
    }

    /// Adds one index.
    pub(super) fn push(&mut self, index: u64) {
        self.put(index, index + 1);
    }

    /// Adds a range.
    pub(super) fn add(&mut self, range: IndexRange) {
        self.put(range.first(), range.end());
    }

    fn put(&mut self, mut first: u64, mut end: u64) {
        // Takes in every range that begins no later than this one ends, from the last on.
        while let Some((&other_first, &other_end)) = self.ranges.range(..=end).next_back() {
            if other_end < first {
                break;
            }
            first = first.min(other_first);
            end = end.max(other_end);
            self.ranges.remove(&other_first);
        }
        self.ranges.insert(first, end);
    }

    /// The indexes of this set that are not in the other.
    pub(super) fn without(&self, other: &Self) -> Self {
        let mut left = BTreeMap::new();
        for (&first, &end) in &self.ranges {
            let mut at = first;
            let before = other.ranges.range(..=first).next_back();
            let within = other.ranges.range(first..end);
            for (&other_first, &other_end) in before.into_iter().chain(within) {
                if other_first > at {
                    left.insert(at, other_first);
                }
                at = at.max(other_end);
            }
            if at < end {
                left.insert(at, end);
            }
        }
        Self { ranges: left }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn of(ranges: &[(u64, u64)]) -> (IndexRanges, BTreeSet<u64>) {
        let (mut set, mut plain) = (IndexRanges::default(), BTreeSet::new());
        for &(first, len) in ranges {
            set.add(IndexRange::new(first, first + len).unwrap());
            plain.extend(first..first + len);
        }
        (set, plain)
    }

    fn plain(set: &IndexRanges) -> BTreeSet<u64> {
        set.iter()
            .flat_map(|range| range.first()..range.end())
            .collect()
    }

    proptest! {
        #[test]
        fn ranges_are_a_set(
            one in prop::collection::vec((0_u64..60, 1_u64..9), 0..12),
            two in prop::collection::vec((0_u64..60, 1_u64..9), 0..12),
        ) {
            let (one, plain_one) = of(&one);
            let (two, plain_two) = of(&two);
            prop_assert_eq!(&plain(&one), &plain_one);
            prop_assert_eq!(one.count(), plain_one.len() as u64);
            prop_assert_eq!(one.is_empty(), plain_one.is_empty());
            let ranges: Vec<_> = one.iter().collect();
            prop_assert!(ranges.windows(2).all(|two| two[0].end() < two[1].first()));
            let left = one.without(&two);
            prop_assert_eq!(plain(&left), &plain_one - &plain_two);
        }
    }
}
