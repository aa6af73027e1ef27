//! What a node holds of other regions, as parcels need it.

use std::sync::Arc;

use hc_code::keys::SealingPublicKey;
use hc_code::parcel::Sender;
use hc_code::signing::{KeyId, PublicKey};
use hc_code::trust_list::{IssuerEntry, Role};
use hc_code::{DivisionCode, Timestamp};

use super::{Later, Peers};
use crate::foreign::Foreign;

/// How a region's key list is taken anew: whoever follows the federation is told.
pub type Renew = Box<dyn Fn(DivisionCode) -> Later<'static, ()> + Send + Sync>;

/// Other regions by the trust list and the key lists that a node holds.
pub struct HeldPeers {
    foreign: Arc<Foreign>,
    renew: Renew,
}

impl HeldPeers {
    /// By what is held, and will be.
    pub const fn new(foreign: Arc<Foreign>, renew: Renew) -> Self {
        Self { foreign, renew }
    }
}

impl Peers for HeldPeers {
    fn regions(&self, now: Timestamp) -> Vec<DivisionCode> {
        let held = self.foreign.held();
        let Some(trust) = held.trust() else {
            return Vec::new();
        };
        let regions = held.regions(now).into_iter().map(IssuerEntry::region);
        regions
            .filter(|region| !trust.at(now).roots(*region, Role::Evidence).is_empty())
            .collect()
    }

    fn sender(&self, region: DivisionCode, key: KeyId, now: Timestamp) -> Option<Sender> {
        self.foreign.held().parcel_sender(region, key, now).ok()
    }

    fn sealing_key(&self, region: DivisionCode, now: Timestamp) -> Option<SealingPublicKey> {
        self.foreign.held().sealing_key(region, now)
    }

    fn root(&self, region: DivisionCode, now: Timestamp) -> Option<PublicKey> {
        let held = self.foreign.held();
        let trust = held.trust()?.at(now);
        let signed_by = held.keys().root(region);
        let roots = trust.roots(region, Role::Evidence);
        let root = roots
            .iter()
            .find(|root| Some(root.id()) == signed_by)
            .or_else(|| roots.first())?;
        Some(PublicKey::clone(root))
    }

    fn renew(&self, region: DivisionCode) -> Later<'_, ()> {
        (self.renew)(region)
    }
}

impl core::fmt::Debug for HeldPeers {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("HeldPeers(…)")
    }
}
