//! Parcels through doors: those that come are handed to the region's node, those that go are carried.

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use hc_code::DivisionCode;
use hc_core::store::Store;
use hc_node::federation::{DoorError as Unsent, Doors as Way, Later};
use hc_node::region::{DoorRefusal, Region};

use super::clients::{DoorError, Doors};
use super::door::{ParcelRefused, TakeParcels, Taking};
use crate::api::Root;

/// A region's node as it takes parcels at its door.
pub struct ParcelsOf<S, R>(Arc<Region<S, R>>);

impl<S: Store, R: Root> ParcelsOf<S, R> {
    /// Of a node.
    pub const fn new(region: Arc<Region<S, R>>) -> Self {
        Self(region)
    }
}

impl<S: Store, R: Root> TakeParcels for ParcelsOf<S, R> {
    fn take(&self, from: DivisionCode, parcel: Bytes) -> Taking<'_> {
        Box::pin(async move {
            let taken = self.0.take_parcel(Some(from), &parcel).await;
            taken.map_err(|refusal: DoorRefusal| {
                if refusal.is_of_an_old_key() {
                    ParcelRefused::OldKey
                } else if refusal.is_ours() {
                    ParcelRefused::Away
                } else {
                    ParcelRefused::Bad(refusal.to_string())
                }
            })
        })
    }
}

/// The status of a door that has another key by now.
const OLD_KEY: u16 = 409;

impl Way for Doors {
    fn send(&self, to: DivisionCode, parcel: Vec<u8>) -> Later<'_, Result<Vec<u8>, Unsent>> {
        Box::pin(async move {
            let sent = Self::send(self, to, parcel).await;
            sent.map_err(|error| {
                let may_pass = error.may_pass();
                match error {
                    DoorError::Refused {
                        status: OLD_KEY, ..
                    } => Unsent::OldKey,
                    DoorError::Refused { says, .. } if !may_pass => Unsent::Refused(says),
                    other => Unsent::Unreachable(other.to_string()),
                }
            })
        })
    }
}

impl<S, R> fmt::Debug for ParcelsOf<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ParcelsOf(…)")
    }
}
