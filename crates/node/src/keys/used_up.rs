//! What nodes before this one used up: epochs of day keys, versions of key lists.

use std::collections::BTreeMap;

use hc_code::Day;

/// The epochs of day keys that were drawn before this node began, by day. A key that is gone with its
/// process is followed by one of the next epoch, so that gates take the list made with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Epochs(BTreeMap<Day, u8>);

impl Epochs {
    /// Notes a key; the highest epoch of a day counts.
    pub fn note(&mut self, day: Day, epoch: u8) {
        let held = self.0.entry(day).or_insert(epoch);
        *held = epoch.max(*held);
    }

    /// The epoch of the next key of a day. After the 255th it stays; gates then refuse that day's new
    /// lists, and say unknown, until the day is over.
    pub fn next(&self, day: Day) -> u8 {
        self.0.get(&day).map_or(0, |epoch| epoch.saturating_add(1))
    }
}

/// What nodes before this one used up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UsedUp {
    /// The epochs of day keys.
    pub epochs: Epochs,
    /// The version of the last key list; zero where there was none.
    pub key_list: u64,
}
