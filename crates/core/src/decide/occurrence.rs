//! A rule set off by something.

use hc_code::Timestamp;

use crate::place::Grain;

/// A rule set off by something, once.
pub(super) struct Occurrence {
    pub(super) rule: u16,
    /// From when on the region knows that it applies.
    pub(super) since: Timestamp,
    /// The end of what happened; stages count from here.
    pub(super) anchor: Timestamp,
    /// What exits of the first stage count from: the anchor, but the begin of an order, which can be
    /// released before its last day.
    pub(super) open_from: Timestamp,
    pub(super) fact: u32,
    /// When the fact stops to count.
    pub(super) expires: Timestamp,
    pub(super) grain: Option<Grain>,
    pub(super) area: Option<u32>,
}
