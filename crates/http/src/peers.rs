//! Nodes of other regions: a door of one's own, their doors, and what they publish.
//!
//! * A *door* is a listener with mutual TLS 1.3 in which each side proves itself with a bare public key
//!   (RFC 7250) that its region's key list names for doors. There is no certificate authority beside
//!   trust list, root and key list, and no resumption: what was removed is out with the next request.
//! * [`Doors`] goes to the doors of others, and to nobody who is not the region that was meant.
//! * [`AtHub`] asks the hub's directory, through the hub's door, which is `000000` among doors.
//! * [`Fetcher`] gets what others publish; what it brings is believed by its signature alone.
//!
//! Rules are in `spec/federation.md`.

mod clients;
mod directory;
mod door;
mod fetch;
mod key;
mod neighbours;
mod of_region;
mod parcels;
mod tls;

pub use clients::{DoorError, Doors, DoorsTerms};
pub use directory::AtHub;
pub use door::{Hello, ParcelRefused, TakeParcels, Taking, door};
pub(crate) use door::{turned_away, visitor, whole};
pub use fetch::{FetchError, Fetched, Fetcher};
pub use neighbours::{About, Neighbours};
pub use of_region::OfRegion;
pub use parcels::ParcelsOf;
pub use tls::DoorTls;
pub(crate) use tls::proved;
