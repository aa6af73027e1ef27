//! What a season is: how many people and journeys, and what goes wrong when.

use hc_code::{Offset, Span, Timestamp};

/// Inhabitants of the country (census of 2020, in round numbers).
const PEOPLE: u64 = 1_411_780_000;
/// Journeys in the forty days of spring 2020, as the Ministry of Transport counted them: 1.476 thousand
/// million by rail, road, water and air.
const JOURNEYS: u64 = 1_476_000_000;

/// So many days has a whole season.
pub(crate) const DAYS: u16 = 40;

/// A season.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    /// Everybody.
    pub(super) people: u64,
    /// Their journeys.
    pub(super) journeys: u64,
    /// New cases a day, country-wide.
    pub(super) cases_a_day: u32,
    pub(super) begins: Timestamp,
    pub(super) days: u16,
    pub(super) seed: u64,
    /// Whether a region that was away takes what waits for it before its facts count as new.
    pub(super) drains: bool,
}

/// A time in which something does not work.
#[derive(Clone, Copy, Debug)]
pub(super) struct Gap {
    from: Timestamp,
    until: Timestamp,
}

impl Gap {
    pub(super) fn contains(self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    pub(super) const fn from(self) -> Timestamp {
        self.from
    }

    pub(super) const fn until(self) -> Timestamp {
        self.until
    }
}

/// Where the clock of all regions stands.
pub(super) const OFFSET: Offset = Offset::CHINA;
/// Facts are good for so long.
pub(super) const STALENESS: Span = Span::hours(4);
/// What regions promise each other: evidence about somebody reaches the region that decides within this
/// time, whether their doors are open to each other or only the hub's is.
pub(super) const EVIDENCE_WITHIN: Span = Span::hours(1);
/// A live code is shown for its minute, and a page has the next ones already.
pub(super) const LIVE_WITHIN: Span = Span::seconds(150);

impl Plan {
    /// A share of the country and of its journeys, in millionths, and how many days of it are played.
    pub(crate) fn of(millionths: u64, days: u16, seed: u64, drains: bool) -> Self {
        let share = |whole: u64| (whole * millionths / 1_000_000).max(1);
        Self {
            people: share(PEOPLE),
            journeys: share(JOURNEYS) * u64::from(days) / u64::from(DAYS),
            // Forty thousand a day, a bad wave of those years.
            cases_a_day: u32::try_from(share(40_000)).unwrap_or(u32::MAX),
            // 2020-05-06T00:00:00+08:00: all packs are in force.
            begins: Timestamp::from_unix(1_588_694_400),
            days,
            seed,
            drains,
        }
    }

    pub(super) const fn ends(&self) -> Timestamp {
        self.begins.plus(Span::days(self.days))
    }

    /// A gap of a day of the whole season; a shorter one has it as much sooner.
    fn gap(&self, day: u16, hour: u16, length: Span) -> Gap {
        let day = day * self.days / DAYS;
        let from = self.begins.plus(Span::days(day)).plus(Span::hours(hour));
        Gap {
            from,
            until: from.plus(length),
        }
    }

    /// A full region is gone for a day, and later a light one.
    pub(super) fn gone(&self, region: usize) -> Option<Gap> {
        match region {
            1 => Some(self.gap(8, 6, Span::hours(24))),
            14 => Some(self.gap(15, 18, Span::hours(24))),
            _ => None,
        }
    }

    /// Two regions cannot reach each other's doors.
    pub(super) fn apart(&self, one: usize, other: usize, at: Timestamp) -> bool {
        matches!((one, other), (0, 2) | (2, 0)) && self.gap(11, 8, Span::hours(6)).contains(at)
    }

    /// The hub stands still: no trust list, no mirror, nobody who passes parcels on.
    pub(super) fn no_hub(&self, at: Timestamp) -> bool {
        self.gap(18, 8, Span::hours(8)).contains(at)
    }

    /// A node's key of this region is stolen; the end is when that is noticed.
    pub(super) fn theft(&self) -> (usize, Gap) {
        (2, self.gap(22, 10, Span::hours(6)))
    }

    /// This region gets another root: listed beside the old one, used from the middle on, alone at the end.
    pub(super) fn new_root(&self) -> (usize, Gap) {
        (0, self.gap(26, 12, Span::days(2)))
    }
}
