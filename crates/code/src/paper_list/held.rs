//! What a gate holds: each region's newest paper list.

use super::PaperList;
use crate::paper::Pointer;
use crate::sorted_map::SortedMap;
use crate::status_list::CLOCK_TOLERANCE;
use crate::verify::{ListAnswer, PaperLookup};
use crate::{DivisionCode, Timestamp};

/// The newest paper list of every region, with the memory that makes going back impossible.
#[derive(Clone, Debug, Default)]
pub struct HeldPaperLists {
    lists: SortedMap<DivisionCode, PaperList>,
    marks: SortedMap<DivisionCode, PaperMark>,
}

/// The newest list of a region that a gate has seen; kept across restarts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaperMark {
    /// Whose list.
    pub region: DivisionCode,
    /// Its number.
    pub sequence: u32,
    /// When it was signed.
    pub issued_at: Timestamp,
}

/// Why a verified list was not accepted; what is held is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PaperNotAccepted {
    /// Signed later than the device's clock allows: an alarm.
    #[error("signed at {issued_at}, beyond this device's {now} and its tolerance")]
    FromTheFuture {
        /// When it was signed.
        issued_at: Timestamp,
        /// The device's time.
        now: Timestamp,
    },
    /// It says nothing any more.
    #[error("expired at {0}")]
    Expired(Timestamp),
    /// An older list than one that was seen: an alarm.
    #[error("list {offered}, but list {seen} was seen")]
    RolledBack {
        /// Number of the list that was offered.
        offered: u32,
        /// Number of the newest that was seen.
        seen: u32,
    },
    /// Another list of the same number: an alarm.
    #[error("list {0} contradicts the one that was signed before")]
    Contradiction(u32),
}

impl HeldPaperLists {
    /// Nothing held and nothing seen.
    pub fn new() -> Self {
        Self::default()
    }

    /// Nothing held, but what was seen before a restart.
    pub fn with_marks(marks: impl IntoIterator<Item = PaperMark>) -> Self {
        Self {
            lists: SortedMap::new(),
            marks: marks.into_iter().map(|mark| (mark.region, mark)).collect(),
        }
    }

    /// What must be remembered across a restart; also the times for the
    /// [`ClockFloor`](crate::verify::ClockFloor).
    pub fn marks(&self) -> impl Iterator<Item = &PaperMark> {
        self.marks.values()
    }

    /// Takes a list. `now` is the device's own time.
    ///
    /// # Errors
    /// [`PaperNotAccepted`]; nothing has changed then.
    pub fn accept(&mut self, offered: PaperList, now: Timestamp) -> Result<(), PaperNotAccepted> {
        let issued_at = offered.times.issued_at;
        if issued_at > now.plus(CLOCK_TOLERANCE) {
            return Err(PaperNotAccepted::FromTheFuture { issued_at, now });
        }
        if offered.times.expires_at <= now {
            return Err(PaperNotAccepted::Expired(offered.times.expires_at));
        }
        let sequence = offered.sequence;
        let region = offered.region;
        if let Some(mark) = self.marks.get(region) {
            let seen = mark.sequence;
            if sequence < seen || sequence > seen && issued_at < mark.issued_at {
                return Err(PaperNotAccepted::RolledBack {
                    offered: sequence,
                    seen,
                });
            }
            let held = self.lists.get(region);
            let other = held.is_some_and(|held| *held != offered);
            if sequence == seen && (other || issued_at != mark.issued_at) {
                return Err(PaperNotAccepted::Contradiction(sequence));
            }
        }
        let mark = PaperMark {
            region,
            sequence,
            issued_at,
        };
        self.marks.insert(region, mark);
        self.lists.insert(region, offered);
        Ok(())
    }
}

impl PaperLookup for HeldPaperLists {
    fn paper(&self, issuer: DivisionCode, pointer: &[u8; 16]) -> Option<ListAnswer> {
        let list = self.lists.get(issuer)?;
        Some(ListAnswer {
            listed: list.value(Pointer::from_bytes(*pointer)),
            as_of: list.times.as_of,
            expires_at: list.times.expires_at,
        })
    }
}
