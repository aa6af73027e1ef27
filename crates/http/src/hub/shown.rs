//! What a hub shows at this moment: its folder as it was read last, and the mirror.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use arc_swap::{ArcSwap, ArcSwapOption, Guard};
use hc_code::Timestamp;
use hc_code::federation::Federation;
use hc_code::signing::SigningKey;
use hc_hub::hub::Hub;
use hc_hub::mirror::Mirror;
use tokio::sync::Notify;

/// Everything that is shown; readers take no lock.
pub struct ShownHub {
    hub: ArcSwap<Hub>,
    mirror: ArcSwap<Mirror>,
    federation: Mutex<Federation>,
    door: ArcSwapOption<Door>,
    wanted: Notify,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

/// The hub's own door.
struct Door {
    key: Arc<SigningKey>,
    statement: Vec<u8>,
}

impl ShownHub {
    /// Begins with a folder that was read, and an empty mirror.
    pub fn new(hub: Hub, now: Box<dyn Fn() -> Timestamp + Send + Sync>) -> Self {
        let shown = Self {
            federation: Mutex::new(Federation::new(Vec::new())),
            hub: ArcSwap::from_pointee(hub),
            mirror: ArcSwap::default(),
            door: ArcSwapOption::empty(),
            wanted: Notify::new(),
            now,
        };
        shown.follow_own();
        shown
    }

    /// Shows the folder as it was read again.
    pub fn set_hub(&self, hub: Hub) {
        self.hub.store(Arc::new(hub));
        self.follow_own();
    }

    /// The register and the history.
    pub fn hub(&self) -> Guard<Arc<Hub>> {
        self.hub.load()
    }

    /// The mirror.
    pub fn mirror(&self) -> Guard<Arc<Mirror>> {
        self.mirror.load()
    }

    /// The time.
    pub fn now(&self) -> Timestamp {
        (self.now)()
    }

    /// The federation as it stands, for questions.
    pub fn federation(&self) -> Federation {
        self.held().clone()
    }

    /// Asks the federation as it stands.
    pub(crate) fn ask<T>(&self, question: impl FnOnce(&Federation) -> T) -> T {
        question(&self.held())
    }

    /// Shows with which key the hub proves itself at its door, and the signed statement that says so.
    pub fn set_door(&self, key: Arc<SigningKey>, statement: Vec<u8>) {
        self.door.store(Some(Arc::new(Door { key, statement })));
    }

    /// The key of the door; none where there is no door.
    pub(crate) fn door_key(&self) -> Option<Arc<SigningKey>> {
        Some(Arc::clone(&self.door.load().as_ref()?.key))
    }

    /// The statement of the door's key.
    pub(crate) fn door_statement(&self) -> Option<Vec<u8>> {
        Some(self.door.load().as_ref()?.statement.clone())
    }

    /// A key came up that is not known: its region has a newer key list.
    pub(crate) fn want_keys(&self) {
        self.wanted.notify_one();
    }

    /// Waits until somebody comes whose key is not known.
    pub async fn keys_wanted(&self) {
        self.wanted.notified().await;
    }

    /// Changes the mirror, with the federation that it is checked by.
    pub fn change<T>(&self, change: impl FnOnce(&mut Mirror, &mut Federation) -> T) -> T {
        let mut federation = self.held();
        let mut mirror = Mirror::clone(&self.mirror.load());
        let done = change(&mut mirror, &mut federation);
        self.mirror.store(Arc::new(mirror));
        done
    }

    /// The hub believes its own register: lists in it were checked one after the other.
    fn follow_own(&self) {
        let (hub, now) = (self.hub.load(), self.now());
        let register = hub.register();
        let mut held = self.held();
        if held.trust_bytes() != register.list_bytes() {
            for digest in register.lists().values() {
                if held.next_keys().is_empty() {
                    *held = Federation::new(hub.first_keys());
                }
                if let Some(bytes) = hub.file(*digest) {
                    // What was seen already, or has ended, is passed over.
                    drop(held.take_trust(&bytes, now));
                }
            }
        }
        if let Some(bytes) = register.removal_bytes() {
            drop(held.take_removals(bytes, now));
        }
        let mut mirror = Mirror::clone(&self.mirror.load());
        mirror.tidy(&held, now);
        self.mirror.store(Arc::new(mirror));
    }

    fn held(&self) -> MutexGuard<'_, Federation> {
        self.federation
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for ShownHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownHub(…)")
    }
}
