//! How many connections one address has, counted without remembering anybody.

use std::hash::{DefaultHasher, Hasher};
use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

/// Counters of open connections. An address's counter is found by a seeded hash; two addresses that
/// share one share its limit.
#[derive(Debug)]
pub(super) struct Addresses {
    slots: Box<[AtomicU32]>,
    seed: [u8; 16],
    most: u32,
}

const SLOTS: usize = 1 << 16;

/// One connection among those of its address, counted until it is dropped.
#[derive(Debug)]
pub(super) struct Seat {
    taken: Option<(Arc<Addresses>, usize)>,
}

impl Addresses {
    pub(super) fn new(most: Option<u32>, seed: [u8; 16]) -> Self {
        let slots = if most.is_some() { SLOTS } else { 0 };
        Self {
            slots: (0..slots).map(|_| AtomicU32::new(0)).collect(),
            seed,
            most: most.unwrap_or(u32::MAX),
        }
    }

    /// Counts one more connection; `None` where the address has the most already.
    pub(super) fn sit(addresses: &Arc<Self>, peer: IpAddr) -> Option<Seat> {
        let mut hasher = DefaultHasher::new();
        hasher.write(&addresses.seed);
        hasher.write(&network(peer));
        let place = usize::try_from(hasher.finish() % SLOTS as u64).unwrap_or(0);
        let Some(slot) = addresses.slots.get(place) else {
            return Some(Seat { taken: None });
        };
        let most = addresses.most;
        let counted = slot.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |held| {
            (held < most).then_some(held + 1)
        });
        counted.ok().map(|_| Seat {
            taken: Some((Arc::clone(addresses), place)),
        })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        if let Some((addresses, place)) = &self.taken
            && let Some(slot) = addresses.slots.get(*place)
        {
            slot.fetch_sub(1, Ordering::Relaxed);
        }
    }
}

/// What counts as one address: an IPv4 address, or the network of 64 bits that a subscriber of IPv6 has.
pub(crate) fn network(peer: IpAddr) -> [u8; 8] {
    let mut network = [0; 8];
    match peer.to_canonical() {
        IpAddr::V4(address) => {
            let octets = address.octets();
            let lower = network.iter_mut().skip(4);
            lower.zip(octets).for_each(|(to, from)| *to = from);
        }
        IpAddr::V6(address) => {
            let octets = address.octets();
            let upper = network.iter_mut();
            upper.zip(octets).for_each(|(to, from)| *to = from);
        }
    }
    network
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_connections_and_gets_a_place_back_when_one_ends() {
        let addresses = Arc::new(Addresses::new(Some(2), [1; 16]));
        let sit = |text: &str| Addresses::sit(&addresses, text.parse().unwrap());
        let first = sit("2001:db8::1").unwrap();
        let _second = sit("2001:db8::2").unwrap();
        assert!(sit("2001:db8::3").is_none());
        assert!(sit("192.0.2.1").is_some());
        drop(first);
        assert!(sit("2001:db8::4").is_some());
    }

    #[test]
    fn without_a_limit_nothing_is_counted() {
        let addresses = Arc::new(Addresses::new(None, [1; 16]));
        for _ in 0..100 {
            let peer = "192.0.2.1".parse().unwrap();
            std::mem::forget(Addresses::sit(&addresses, peer).unwrap());
        }
        assert!(addresses.slots.is_empty());
    }

    #[test]
    fn an_address_of_ipv4_is_the_same_in_both_forms() {
        let plain: IpAddr = "192.0.2.1".parse().unwrap();
        let mapped: IpAddr = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(network(plain), network(mapped));
    }
}
