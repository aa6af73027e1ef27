//! The key of one region and one day, and the three things that are made from it.
//!
//! A day key is a random value that is drawn for its day and never computed from anything, so
//! destroying it erases the day: what is left are numbers that nobody can join. From it come, each
//! under a tweak of its own, the day's positions in the status list ([`DayKey::list`]), the handles
//! in live codes ([`DayKey::live`]) and the pseudonyms of visits ([`DayKey::visits`]). See
//! `spec/day-keys.md`.

pub mod custody;
mod pseudonym;

use core::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use zeroize::Zeroizing;

pub use self::pseudonym::{LiveHandles, Minute, NotFromThisKey, VisitPseudonym, VisitPseudonyms};
use crate::day_index::{DayPermutation, Domain};
use crate::{Day, DivisionCode};

/// Which day key: region, day, and epoch where the day needed more than one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DayKeyName {
    /// The region whose key it is.
    pub region: DivisionCode,
    /// The region's local day.
    pub day: Day,
    /// 0 for the key drawn the evening before; one more for each time the day's key was lost or
    /// exposed and drawn anew.
    pub epoch: u8,
}

impl DayKeyName {
    /// Seven bytes that name the key in everything that is derived or sealed: region (4, big
    /// endian), day (2, big endian), epoch (1).
    pub fn to_bytes(self) -> [u8; 7] {
        let [region_3, region_2, region_1, region_0] = self.region.number().to_be_bytes();
        let [day_1, day_0] = self.day.number().to_be_bytes();
        [
            region_3, region_2, region_1, region_0, day_1, day_0, self.epoch,
        ]
    }
}

/// The secret of one region's day; wiped from memory when dropped.
#[derive(Clone)]
pub struct DayKey {
    name: DayKeyName,
    secret: Zeroizing<[u8; Self::LENGTH]>,
}

/// What a subkey is for; the text is its tweak.
#[derive(Clone, Copy)]
enum Use {
    List,
    Live,
    Visit,
    Check,
}

impl Use {
    const fn tweak(self) -> &'static [u8; 5] {
        match self {
            Self::List => b"list\0",
            Self::Live => b"live\0",
            Self::Visit => b"visit",
            Self::Check => b"check",
        }
    }
}

impl DayKey {
    /// Bytes of a day key.
    pub const LENGTH: usize = 32;

    /// Takes 32 bytes from a cryptographic random source. Nothing else may be passed: a key that
    /// can be computed again cannot be destroyed.
    pub const fn from_random(name: DayKeyName, secret: Zeroizing<[u8; Self::LENGTH]>) -> Self {
        Self { name, secret }
    }

    /// Which key this is.
    pub const fn name(&self) -> DayKeyName {
        self.name
    }

    /// The bytes, for sealing into shares; see [`custody`]. Never for a backup or a disk.
    pub(crate) const fn expose_secret(&self) -> &Zeroizing<[u8; Self::LENGTH]> {
        &self.secret
    }

    /// The day's permutation of a domain, by which carried codes name positions in the status list.
    pub fn list(&self, domain: Domain) -> DayPermutation {
        DayPermutation::new(&self.subkey(Use::List), Use::List.tweak(), domain)
    }

    /// The handles of live codes, another one each minute.
    pub fn live(&self) -> LiveHandles {
        LiveHandles::new(&self.subkey(Use::Live))
    }

    /// The pseudonyms under which the day's visits are stored.
    pub fn visits(&self) -> VisitPseudonyms {
        VisitPseudonyms::new(&self.subkey(Use::Visit))
    }

    /// Eight bytes by which custodians see that shares gave back the right key. They do not help to
    /// find it: the key has 256 random bits.
    pub fn check_value(&self) -> [u8; 8] {
        let [c0, c1, c2, c3, c4, c5, c6, c7, ..] = *self.subkey(Use::Check);
        [c0, c1, c2, c3, c4, c5, c6, c7]
    }

    /// The first 16 bytes of HMAC-SHA-256 (RFC 2104) of tweak and name under the day key.
    fn subkey(&self, purpose: Use) -> Zeroizing<[u8; 16]> {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.secret.as_slice())
            .unwrap_or_else(|_| unreachable!("HMAC takes keys of every length"));
        mac.update(purpose.tweak());
        mac.update(&self.name.to_bytes());
        let mut key = Zeroizing::new([0; 16]);
        for (to, from) in key.iter_mut().zip(mac.finalize().into_bytes()) {
            *to = from;
        }
        key
    }
}

impl fmt::Debug for DayKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DayKey")
            .field("name", &self.name)
            .field("secret", &"…")
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::day_index::SubjectNumber;

    pub(super) fn key(day: &str, epoch: u8, byte: u8) -> DayKey {
        let name = DayKeyName {
            region: DivisionCode::new(330_000).unwrap(),
            day: day.parse().unwrap(),
            epoch,
        };
        DayKey::from_random(name, Zeroizing::new([byte; 32]))
    }

    #[test]
    fn the_same_random_bytes_give_other_positions_on_another_day_or_epoch() {
        let positions = |key: DayKey| {
            let list = key.list(Domain::SMALLEST);
            list.indexes_of((0..8).map(SubjectNumber::new)).unwrap()
        };
        let today = positions(key("2022-06-28", 0, 1));
        assert_eq!(today, positions(key("2022-06-28", 0, 1)));
        assert_ne!(today, positions(key("2022-06-29", 0, 1)));
        assert_ne!(today, positions(key("2022-06-28", 1, 1)));
        assert_ne!(today, positions(key("2022-06-28", 0, 2)));
    }

    #[test]
    fn debug_shows_the_name_and_no_byte_of_the_key() {
        let text = format!("{:?}", key("2022-06-28", 0, 0xab));
        assert!(text.contains("2022-06-28"));
        assert!(!text.contains("171") && !text.contains("ab,"));
    }

    #[test]
    fn the_check_value_tells_keys_apart() {
        assert_ne!(
            key("2022-06-28", 0, 1).check_value(),
            key("2022-06-28", 0, 2).check_value()
        );
    }
}
