//! Other regions, as a node reaches them: who they are, which keys are theirs, how something gets there.
//!
//! The node says *what* goes to another region ([`region`](crate::region)); what stands here are the
//! questions that it asks whoever knows the federation, so that a transport and a trust list can be put
//! behind them without the node knowing.

mod backoff;
mod peers;

pub use backoff::Backoff;
pub use peers::{HeldPeers, Renew};

use core::fmt;
use core::pin::Pin;
use std::sync::Arc;

use hc_code::keys::SealingPublicKey;
use hc_code::parcel::Sender;
use hc_code::signing::{KeyId, PublicKey};
use hc_code::{DivisionCode, Timestamp};
use hc_core::directory::{DirectoryKey, Pseudonym};

/// Something that is answered later.
pub type Later<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// What the trust list and the key lists say of other regions.
pub trait Peers: Send + Sync + 'static {
    /// The regions that parcels may be sent to now.
    fn regions(&self, now: Timestamp) -> Vec<DivisionCode>;

    /// The key of this id, where it may sign parcels of the region now (`spec/parcels.md` §3).
    fn sender(&self, region: DivisionCode, key: KeyId, now: Timestamp) -> Option<Sender>;

    /// The key to seal to for a region now.
    fn sealing_key(&self, region: DivisionCode, now: Timestamp) -> Option<SealingPublicKey>;

    /// The root that vouches for the region's parcels now.
    fn root(&self, region: DivisionCode, now: Timestamp) -> Option<PublicKey>;

    /// Takes the region's key list anew, where that is possible: it has other keys than we know.
    fn renew(&self, region: DivisionCode) -> Later<'_, ()>;
}

/// The way to other regions' doors. It is honest about bytes and knows nothing of what is in them.
pub trait Doors: Send + Sync + 'static {
    /// Brings a parcel to a region's door and gives what the door answers.
    fn send(&self, to: DivisionCode, parcel: Vec<u8>) -> Later<'_, Result<Vec<u8>, DoorError>>;
}

/// What the hub's register of pseudonyms is called: another name after anything of it was lost, and
/// everybody is to be entered again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegisterName(pub String);

/// The hub's directory: which regions hold a document, by pseudonyms that say nothing to the hub.
pub trait Directory: Send + Sync + 'static {
    /// What the register is called now.
    fn register(&self) -> Later<'_, Result<RegisterName, DoorError>>;

    /// The regions under one pseudonym.
    fn find(&self, pseudonym: Pseudonym) -> Later<'_, Result<Vec<DivisionCode>, DoorError>>;

    /// Enters this region under pseudonyms, at most 1000 at once; entering twice changes nothing.
    fn enter(&self, pseudonyms: Vec<Pseudonym>) -> Later<'_, Result<RegisterName, DoorError>>;

    /// Takes this region out from under pseudonyms.
    fn withdraw(&self, pseudonyms: Vec<Pseudonym>) -> Later<'_, Result<RegisterName, DoorError>>;
}

/// Why a door gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DoorError {
    /// Nobody answered, or not in time: to be tried again.
    #[error("the door cannot be reached: {0}")]
    Unreachable(String),
    /// The parcel is sealed to a key that is not there any more: to be sealed anew.
    #[error("the parcel was sealed to an old key")]
    OldKey,
    /// The door refuses the parcel, for this reason.
    #[error("the door refuses: {0}")]
    Refused(String),
}

/// What a node needs of the federation.
#[derive(Clone)]
pub struct Federation {
    /// Who the others are.
    pub peers: Arc<dyn Peers>,
    /// How to reach them.
    pub doors: Arc<dyn Doors>,
    /// Where documents are found, if there is a directory.
    pub directory: Option<DirectoryParts>,
}

/// A directory, with the key that pseudonyms are made under.
#[derive(Clone)]
pub struct DirectoryParts {
    /// Shared by the regions, and never known to the hub.
    pub key: DirectoryKey,
    /// The hub's side.
    pub at: Arc<dyn Directory>,
}

impl fmt::Debug for Federation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Federation")
            .field("directory", &self.directory.is_some())
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for DirectoryParts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DirectoryParts(…)")
    }
}
