//! What a node holds of other regions: the trust list, what was removed, their keys, and those shards of
//! their status lists that were asked for.
//!
//! Readers take no lock; whoever follows the federation hands new things in. With the hub gone all of it
//! holds until its own stated end.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::{ArcSwap, Guard};
use hc_code::federation::{
    Federation, Followed, HubDoorRefused, KeysRefused, NoListSigner, RemovalsRefused, TrustRefused,
};
use hc_code::keys::Adopted;
use hc_code::status_list::{Accepted, HeldLists, ListIssuer, NotAccepted, ShardError, SignedShard};
use hc_code::text::CodeText;
use hc_code::verify::{ListAnswer, PaperLookup, StatusLookup};
use hc_code::{DivisionCode, Timestamp};

/// Everything that a node holds of other regions.
#[derive(Debug)]
pub struct Foreign {
    held: ArcSwap<Federation>,
    status: ArcSwap<BTreeMap<DivisionCode, Arc<HeldLists>>>,
    heard: ArcSwap<Heard>,
    writing: Mutex<()>,
}

/// When who answered last.
#[derive(Clone, Debug, Default)]
pub struct Heard {
    /// The hub.
    pub hub: Option<Timestamp>,
    /// Each region, of which a key list came, by itself or through the hub's mirror.
    pub regions: BTreeMap<DivisionCode, Timestamp>,
}

/// Why a shard was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ForeignShardError {
    /// Nobody who may sign lists signed it.
    #[error(transparent)]
    Signer(#[from] NoListSigner),
    /// The shard.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// Older than what is held, over, or from the future.
    #[error(transparent)]
    NotAccepted(#[from] NotAccepted),
    /// Signed when the key was not good.
    #[error("it was signed at {0}, when its key was not good")]
    KeyDates(Timestamp),
}

impl Default for Foreign {
    /// Nobody is believed.
    fn default() -> Self {
        Self::new(Federation::new(Vec::new()))
    }
}

impl Foreign {
    /// Begins with what was remembered.
    pub fn new(federation: Federation) -> Self {
        Self {
            held: ArcSwap::from_pointee(federation),
            status: ArcSwap::default(),
            heard: ArcSwap::default(),
            writing: Mutex::new(()),
        }
    }

    /// Puts what was remembered in the place of nothing: at the beginning, before anything is taken.
    pub fn begin(&self, federation: Federation) {
        self.held.store(Arc::new(federation));
    }

    /// What is held.
    pub fn held(&self) -> Guard<Arc<Federation>> {
        self.held.load()
    }

    /// When who answered last.
    pub fn heard(&self) -> Guard<Arc<Heard>> {
        self.heard.load()
    }

    /// Takes a trust list.
    ///
    /// # Errors
    /// [`TrustRefused`].
    pub fn take_trust(&self, bytes: &[u8], now: Timestamp) -> Result<Followed, TrustRefused> {
        let taken = self.change(|held| held.take_trust(bytes, now));
        if taken == Ok(Followed::Newer) {
            self.keep_listed();
        }
        taken
    }

    /// Takes removals.
    ///
    /// # Errors
    /// [`RemovalsRefused`].
    pub fn take_removals(&self, bytes: &[u8], now: Timestamp) -> Result<Followed, RemovalsRefused> {
        self.change(|held| held.take_removals(bytes, now))
    }

    /// Takes a statement of the hub's door.
    ///
    /// # Errors
    /// [`HubDoorRefused`].
    pub fn take_hub_door(&self, bytes: &[u8], now: Timestamp) -> Result<Followed, HubDoorRefused> {
        self.change(|held| held.take_hub_door(bytes, now))
    }

    /// Takes a region's key list.
    ///
    /// # Errors
    /// [`KeysRefused`].
    pub fn take_keys(
        &self,
        region: DivisionCode,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Adopted, KeysRefused> {
        let adopted = self.change(|held| held.take_keys(region, bytes, now))?;
        self.heard_of(region, now);
        Ok(adopted)
    }

    /// Notes that a region's key list is still the one that is held.
    pub fn heard_of(&self, region: DivisionCode, now: Timestamp) {
        let _turn = self.turn();
        let mut heard = Heard::clone(&self.heard.load());
        heard.regions.insert(region, now);
        self.heard.store(Arc::new(heard));
    }

    /// Notes that the hub answered.
    pub fn heard_of_hub(&self, now: Timestamp) {
        let _turn = self.turn();
        let mut heard = Heard::clone(&self.heard.load());
        heard.hub = Some(now);
        self.heard.store(Arc::new(heard));
    }

    /// Takes a shard of a region's status list.
    ///
    /// # Errors
    /// [`ForeignShardError`].
    pub fn take_shard(
        &self,
        region: DivisionCode,
        bytes: &[u8],
        now: Timestamp,
    ) -> Result<Accepted, ForeignShardError> {
        let signer = self.held().list_signer(region, bytes, now)?;
        let issuer = ListIssuer {
            region,
            key: signer.key.key(),
            offset: signer.offset,
        };
        let shard = SignedShard::open(bytes, &issuer)?;
        let issued_at = shard.edition().issued_at();
        if !signer.key.covers(issued_at, issued_at) {
            return Err(ForeignShardError::KeyDates(issued_at));
        }
        let _turn = self.turn();
        let all = self.status.load();
        let held = all.get(&region).map(|held| HeldLists::clone(held));
        let mut held = held.unwrap_or_default();
        held.forget_past(now);
        let accepted = held.accept_shard(shard, now)?;
        let mut next = BTreeMap::clone(&all);
        next.insert(region, Arc::new(held));
        self.status.store(Arc::new(next));
        Ok(accepted)
    }

    /// Whether an answer on a position is held that is not older than a time.
    pub fn knows(&self, region: DivisionCode, day: u32, index: u32, since: Timestamp) -> bool {
        let answer = self.status(region, day, index);
        answer.is_some_and(|answer| answer.as_of >= since)
    }

    /// The foreign region that a text says it is from, if that is another than this one.
    pub fn issuer_of(text: &str, own: DivisionCode) -> Option<DivisionCode> {
        let issuer = CodeText::parse(text).ok()?.standard().issuer();
        (issuer != own).then_some(issuer)
    }

    fn change<T>(&self, change: impl FnOnce(&mut Federation) -> T) -> T {
        let _turn = self.turn();
        let mut next = Federation::clone(&self.held.load());
        let done = change(&mut next);
        self.held.store(Arc::new(next));
        done
    }

    /// Lets go the lists of regions that are not on the trust list any more.
    fn keep_listed(&self) {
        let _turn = self.turn();
        let held = self.held.load();
        let list = held.trust().map(hc_code::trust_list::HeldTrust::list);
        let mut next = BTreeMap::clone(&self.status.load());
        next.retain(|region, _| list.is_some_and(|list| list.issuer(*region).is_some()));
        self.status.store(Arc::new(next));
    }

    fn turn(&self) -> std::sync::MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl StatusLookup for Foreign {
    fn status(&self, issuer: DivisionCode, day: u32, index: u32) -> Option<ListAnswer> {
        self.status.load().get(&issuer)?.status(issuer, day, index)
    }
}

/// Paper of other regions is checked by gates that carry their lists, or by its own region.
impl PaperLookup for Foreign {
    fn paper(&self, _issuer: DivisionCode, _pointer: &[u8; 16]) -> Option<ListAnswer> {
        None
    }
}
