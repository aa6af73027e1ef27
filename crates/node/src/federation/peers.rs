//! What a held trust list and the key lists adopted under it say of other regions.

use std::sync::{PoisonError, RwLock};

use hc_code::keys::{
    Adopted, KeyAnswer, KeyBook, KeyBookError, KeyUse, SealingPublicKey, SignedKeyList,
};
use hc_code::parcel::Sender;
use hc_code::signing::{KeyId, PublicKey};
use hc_code::trust_list::{HeldTrust, Role};
use hc_code::{DivisionCode, Timestamp};

use super::{Later, Peers};

/// Where a node takes a region's key list anew from.
pub type FetchKeyList =
    Box<dyn Fn(DivisionCode) -> Later<'static, Option<SignedKeyList>> + Send + Sync>;

/// Other regions by a trust list and their key lists. Whoever keeps these fresh hands the new ones in.
pub struct HeldPeers {
    held: RwLock<Held>,
    fetch: FetchKeyList,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

struct Held {
    trust: HeldTrust,
    book: KeyBook,
}

/// Why a region's key list was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PeersError {
    /// No root of the region may vouch for parcels.
    #[error("the trust list has no root of {0} for evidence and transfers")]
    NoRoot(DivisionCode),
    /// The list.
    #[error(transparent)]
    Book(#[from] KeyBookError),
}

impl HeldPeers {
    /// Begins with a trust list and no key lists. `fetch` gets one, `now` is the clock.
    pub fn new(
        trust: HeldTrust,
        fetch: FetchKeyList,
        now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Self {
        Self {
            held: RwLock::new(Held {
                trust,
                book: KeyBook::new(),
            }),
            fetch,
            now,
        }
    }

    /// Puts a newer trust list, or one with removals, in place of the one that is held.
    pub fn set_trust(&self, trust: HeldTrust) {
        self.changing(|held| held.trust = trust);
    }

    /// Takes a region's key list.
    ///
    /// # Errors
    /// [`PeersError`]; what was held stays.
    pub fn adopt(
        &self,
        region: DivisionCode,
        list: &SignedKeyList,
        now: Timestamp,
    ) -> Result<Adopted, PeersError> {
        self.changing(|held| {
            let roots = held.trust.at(now).roots(region, Role::Evidence);
            let roots: Vec<PublicKey> = roots.into_iter().cloned().collect();
            if roots.is_empty() {
                return Err(PeersError::NoRoot(region));
            }
            Ok(held.book.adopt(list, region, &roots, now)?)
        })
    }

    fn changing<T>(&self, change: impl FnOnce(&mut Held) -> T) -> T {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        change(&mut held)
    }

    fn asking<T>(&self, ask: impl FnOnce(&Held) -> T) -> T {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        ask(&held)
    }
}

impl Held {
    /// The root that signed the region's key list, where it may vouch for parcels now.
    fn root(&self, region: DivisionCode, now: Timestamp) -> Option<&PublicKey> {
        if self.trust.list().expires_at() <= now {
            return None;
        }
        let signed_by = self.book.root(region)?;
        let roots = self.trust.at(now).roots(region, Role::Evidence);
        roots.into_iter().find(|root| root.id() == signed_by)
    }
}

impl Peers for HeldPeers {
    fn regions(&self, now: Timestamp) -> Vec<DivisionCode> {
        self.asking(|held| {
            let issuers = held.trust.list().issuers().iter();
            let regions = issuers.map(hc_code::trust_list::IssuerEntry::region);
            regions
                .filter(|region| !held.trust.at(now).roots(*region, Role::Evidence).is_empty())
                .collect()
        })
    }

    fn sender(&self, region: DivisionCode, key: KeyId, now: Timestamp) -> Option<Sender> {
        self.asking(|held| {
            held.root(region, now)?;
            let KeyAnswer::Known(node) = held.book.key(region, key, now) else {
                return None;
            };
            let removed = held
                .trust
                .removals()
                .any(|removal| removal.region == region && removal.key == Some(key));
            (node.key_use() == KeyUse::Parcels && !removed).then(|| Sender {
                key: node.key().clone(),
                from: node.from(),
                until: node.until(),
            })
        })
    }

    fn sealing_key(&self, region: DivisionCode, now: Timestamp) -> Option<SealingPublicKey> {
        self.asking(|held| {
            held.root(region, now)?;
            let list = held.book.list(region)?;
            (list.expires_at() > now).then_some(())?;
            list.sealing_key(now).map(|key| *key.key())
        })
    }

    fn root(&self, region: DivisionCode, now: Timestamp) -> Option<(PublicKey, Timestamp)> {
        self.asking(|held| {
            let roots = held.trust.at(now).roots(region, Role::Evidence);
            let root = held.root(region, now).or_else(|| roots.first().copied())?;
            let until = held.trust.at(now).entry(region)?.validity().until();
            Some((root.clone(), until))
        })
    }

    fn renew(&self, region: DivisionCode) -> Later<'_, ()> {
        let fetching = (self.fetch)(region);
        Box::pin(async move {
            if let Some(list) = fetching.await {
                // An older list, or one of a root that is no more, leaves what is held.
                self.adopt(region, &list, (self.now)()).ok();
            }
        })
    }
}

impl core::fmt::Debug for HeldPeers {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("HeldPeers(…)")
    }
}
