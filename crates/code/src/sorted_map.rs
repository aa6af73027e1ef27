//! A map for what changes seldom: pairs in one vector, in order of their keys.
//!
//! A gate holds some hundreds of lists and replaces one now and then. For that a vector is searched
//! as fast as a tree, and each tree of the standard library would be 6 KB of the verifier module.

/// Pairs in ascending order of their keys, each key once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortedMap<K, V>(Vec<(K, V)>);

impl<K: Ord + Copy, V> SortedMap<K, V> {
    /// No pair yet.
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// The value of a key.
    pub(crate) fn get(&self, key: K) -> Option<&V> {
        let place = self.place(key).ok()?;
        self.0.get(place).map(|(_, value)| value)
    }

    /// The value of a key, to be changed.
    pub(crate) fn get_mut(&mut self, key: K) -> Option<&mut V> {
        let place = self.place(key).ok()?;
        self.0.get_mut(place).map(|(_, value)| value)
    }

    /// Sets the value of a key, whatever it was.
    pub(crate) fn insert(&mut self, key: K, value: V) {
        match self.place(key) {
            Ok(place) => {
                if let Some((_, held)) = self.0.get_mut(place) {
                    *held = value;
                }
            }
            Err(place) => self.0.insert(place, (key, value)),
        }
    }

    /// Takes a key away.
    pub(crate) fn remove(&mut self, key: K) -> Option<V> {
        let place = self.place(key).ok()?;
        Some(self.0.remove(place).1)
    }

    /// Keeps the pairs of which that is true.
    pub(crate) fn retain(&mut self, mut keep: impl FnMut(K, &V) -> bool) {
        self.0.retain(|(key, value)| keep(*key, value));
    }

    /// The pairs, in ascending order of their keys.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (K, &V)> {
        self.0.iter().map(|(key, value)| (*key, value))
    }

    /// The values, in ascending order of their keys.
    pub(crate) fn values(&self) -> impl Iterator<Item = &V> {
        self.0.iter().map(|(_, value)| value)
    }

    /// Where the key is, or would be.
    fn place(&self, key: K) -> Result<usize, usize> {
        self.0.binary_search_by(|(held, _)| held.cmp(&key))
    }
}

impl<K, V> Default for SortedMap<K, V> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<K: Ord + Copy, V> FromIterator<(K, V)> for SortedMap<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(pairs: I) -> Self {
        let mut map = Self::new();
        for (key, value) in pairs {
            map.insert(key, value);
        }
        map
    }
}

/// The least item that occurs twice.
pub(crate) fn twice<T: Ord>(items: impl IntoIterator<Item = T>) -> Option<T> {
    // A heap and no sorted vector: the standard library's sort is ten times its size.
    let mut heap: std::collections::BinaryHeap<_> =
        items.into_iter().map(core::cmp::Reverse).collect();
    let mut last = heap.pop()?;
    while let Some(item) = heap.pop() {
        if item == last {
            return Some(item.0);
        }
        last = item;
    }
    None
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn it_is_the_map_of_the_standard_library(steps in proptest::collection::vec((0_u8..3, 0_u16..20, any::<u8>()), 0..200)) {
            let (mut map, mut tree) = (SortedMap::new(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => {
                        map.insert(key, value);
                        tree.insert(key, value);
                    }
                    1 => prop_assert_eq!(map.remove(key), tree.remove(&key)),
                    _ => {
                        map.retain(|key, held| *held != value || key > 10);
                        tree.retain(|key, held| *held != value || *key > 10);
                    }
                }
                prop_assert_eq!(map.get(key), tree.get(&key));
                prop_assert_eq!(map.get_mut(key), tree.get_mut(&key));
                prop_assert!(map.iter().eq(tree.iter().map(|(key, value)| (*key, value))));
                prop_assert!(map.values().eq(tree.values()));
            }
        }

        #[test]
        fn the_least_of_those_that_occur_twice_is_found(items in proptest::collection::vec(0_u8..60, 0..12)) {
            let mut sorted = items.clone();
            sorted.sort_unstable();
            let due = sorted.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0]);
            prop_assert_eq!(twice(items), due);
        }
    }

    #[test]
    fn of_two_values_of_one_key_the_last_counts() {
        let map: SortedMap<u8, u8> = [(2, 1), (1, 2), (2, 3)].into_iter().collect();
        assert!(map.iter().eq([(1, &2), (2, &3)]));
    }
}
