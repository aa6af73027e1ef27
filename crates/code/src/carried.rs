//! The carried code: what a device keeps for a day without network, useless without the device.

use crate::signing::{Algorithm, PublicKey};
use crate::statement::Statement;
use crate::{Offset, Timestamp};

mod showing;

pub use showing::{Showing, ShowingError, show};

/// A carried code says its statement, names its place in the day's status list, and is bound to a
/// key in the holder's device that signs every showing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    pub(crate) statement: Statement,
    pub(crate) day: u32,
    pub(crate) index: u32,
    pub(crate) holder: PublicKey,
}

/// Why the parts do not make a carried code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CarriedError {
    /// Devices hold P-256 keys everywhere; the other algorithms few do.
    #[error("the holder's key is ES256, not {0}")]
    HolderAlgorithm(Algorithm),
    /// The day lies beyond the calendar.
    #[error("day {0} is beyond the year 9999")]
    Day(u32),
}

impl Carried {
    /// A statement for one local day (days since 1970-01-01 at the issuer's offset), with the day
    /// index and the holder's ES256 key.
    ///
    /// # Errors
    /// [`CarriedError`] where the key is of another algorithm or the day is no day.
    pub fn new(
        statement: Statement,
        day: u32,
        index: u32,
        holder: PublicKey,
    ) -> Result<Self, CarriedError> {
        if holder.algorithm() != Algorithm::Es256 {
            return Err(CarriedError::HolderAlgorithm(holder.algorithm()));
        }
        if i64::from(day) * 86_400 >= Timestamp::MAX.unix() {
            return Err(CarriedError::Day(day));
        }
        Ok(Self {
            statement,
            day,
            index,
            holder,
        })
    }

    /// What it says.
    pub const fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The local day that it is for, counted from 1970-01-01.
    pub const fn day(&self) -> u32 {
        self.day
    }

    /// The subject's position in that day's status list.
    pub const fn index(&self) -> u32 {
        self.index
    }

    /// The key that signs showings.
    pub const fn holder(&self) -> &PublicKey {
        &self.holder
    }

    /// The first instant of its day.
    pub fn day_starts(&self, offset: Offset) -> Timestamp {
        Timestamp::start_of_local_day(i64::from(self.day), offset)
    }

    /// The first instant after its day.
    pub fn day_ends(&self, offset: Offset) -> Timestamp {
        Timestamp::start_of_local_day(i64::from(self.day) + 1, offset)
    }
}
