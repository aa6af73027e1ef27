//! The status list: the level of every position of one day, signed, small enough for every gate.
//!
//! A region's list of a day has one 2-bit value for each position of the day's
//! [`Domain`](crate::day_index::Domain), in shards of 2^20, each an IETF Token Status List in a CWT. Between
//! full lists go [`Delta`]s, which say exactly which positions changed. A gate keeps both in
//! [`HeldLists`], which knows what is newer, what is too old and what was rolled back. A region
//! writes them with a [`ListBook`]. The format is in `spec/status-list.md`.

mod book;
mod changes;
mod compression;
mod delta;
mod edition;
mod held;
mod packed;
mod shard;
mod signed_shard;
mod value;

pub use self::book::{BookError, EditionTimes, ListBook};
pub(crate) use self::changes::bits::{BitReader, BitWriter};
pub(crate) use self::changes::rice_parameter;
pub use self::changes::{Changes, ChangesError};
pub use self::compression::InflateError;
pub use self::delta::{Delta, DeltaBase, DeltaError};
pub use self::edition::{Edition, EditionError, EditionFault, ListIssuer, ListName};
pub(crate) use self::edition::{number, time};
pub use self::held::{Accepted, CLOCK_TOLERANCE, HeldEditions, HeldLists, Mark, NotAccepted};
pub use self::packed::{PackedError, PackedList, StatusBits};
pub use self::shard::Shard;
pub use self::signed_shard::{ShardError, SignedShard};
