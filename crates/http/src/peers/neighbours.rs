//! Who is who among regions at this moment, as a door asks it.

use std::fmt;
use std::sync::Arc;

use hc_code::federation::NoPeer;
use hc_code::signing::{KeyId, SigningKey};
use hc_code::{DivisionCode, HttpsUri, Timestamp};

/// What a door must know, anew for every request. The hub is `000000` here: it is no region, and has a door.
pub trait Neighbours: fmt::Debug + Send + Sync + 'static {
    /// Whose node proves itself with this key.
    ///
    /// # Errors
    /// [`NoPeer`].
    fn peer(&self, key: KeyId) -> Result<DivisionCode, NoPeer>;

    /// Whether a node of this region proves itself with this key.
    ///
    /// # Errors
    /// [`NoPeer`].
    fn is_peer(&self, region: DivisionCode, key: KeyId) -> Result<(), NoPeer>;

    /// The key that this node proves itself with; none while it has no door.
    fn own_key(&self) -> Option<Arc<SigningKey>>;

    /// Where the door of a region is; none for a region that does not count now, or has none.
    fn door_of(&self, region: DivisionCode) -> Option<HttpsUri>;

    /// What this node says about itself.
    fn about(&self) -> About;
}

/// What a node says about itself at a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// Its region.
    pub region: DivisionCode,
    /// Its time.
    pub now: Timestamp,
    /// The trust list that it holds.
    pub trust_version: Option<u32>,
    /// Until when that one holds.
    pub trust_until: Option<Timestamp>,
    /// The version of its own key list.
    pub key_version: Option<u64>,
}
