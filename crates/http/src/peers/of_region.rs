//! A region's own node as its doors see it.

use std::fmt;
use std::sync::Arc;

use hc_code::federation::NoPeer;
use hc_code::signing::{KeyId, SigningKey};
use hc_code::trust_list::EndpointKind;
use hc_code::{DivisionCode, HttpsUri};
use hc_core::store::Store;
use hc_node::region::Region;
use tokio::sync::Notify;

use super::neighbours::{About, Neighbours};
use crate::api::Root;

/// The neighbours of a region's node, by what it holds of them.
pub struct OfRegion<S, R> {
    region: Arc<Region<S, R>>,
    wanted: Arc<Notify>,
}

impl<S: Store, R: Root> OfRegion<S, R> {
    /// Of a node. `wanted` is told when a key comes up that is not known: its region may have a newer key
    /// list.
    pub const fn new(region: Arc<Region<S, R>>, wanted: Arc<Notify>) -> Self {
        Self { region, wanted }
    }

    fn noted<T>(&self, known: Result<T, NoPeer>) -> Result<T, NoPeer> {
        if matches!(known, Err(NoPeer::NotListed(_) | NoPeer::NoKeyList(_))) {
            self.wanted.notify_one();
        }
        known
    }
}

impl<S: Store, R: Root> Neighbours for OfRegion<S, R> {
    fn peer(&self, key: KeyId) -> Result<DivisionCode, NoPeer> {
        self.noted(self.region.foreign().held().peer(key, self.region.now()))
    }

    fn is_peer(&self, region: DivisionCode, key: KeyId) -> Result<(), NoPeer> {
        let now = self.region.now();
        let held = self.region.foreign().held();
        if region == DivisionCode::COUNTRY {
            let door = held.hub_door(now).ok_or(NoPeer::NoKeyList(region));
            let known = door.and_then(|door| match door.key().id() == key {
                true => Ok(()),
                false => Err(NoPeer::NotListed(key)),
            });
            return self.noted(known);
        }
        self.noted(held.is_peer(region, key, now))
    }

    fn own_key(&self) -> Option<Arc<SigningKey>> {
        Some(self.region.door_key())
    }

    fn door_of(&self, region: DivisionCode) -> Option<HttpsUri> {
        let (held, now) = (self.region.foreign().held(), self.region.now());
        if region == DivisionCode::COUNTRY {
            return held.hub_door(now).map(|door| door.address().clone());
        }
        held.address(region, EndpointKind::Peer, now).cloned()
    }

    fn about(&self) -> About {
        let held = self.region.foreign().held();
        let list = held.trust().map(hc_code::trust_list::HeldTrust::list);
        About {
            region: self.region.division(),
            now: self.region.now(),
            trust_version: list.map(hc_code::trust_list::TrustList::version),
            trust_until: list.map(hc_code::trust_list::TrustList::expires_at),
            key_version: self.region.key_version(),
        }
    }
}

impl<S, R> fmt::Debug for OfRegion<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OfRegion(…)")
    }
}
