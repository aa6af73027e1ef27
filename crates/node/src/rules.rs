//! Rules and areas at work: which pack is in force, which one follows, and how far deciding everybody
//! anew, or trying a pack, has come.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;

use hc_code::{DivisionCode, Level, Span, Timestamp};
use hc_core::area::AreaSnapshot;
use hc_core::rules::check::check;
use hc_core::rules::{Findings, RulePack};
use hc_core::store::PackRow;

/// The notice of an ordinary pack, whatever it promises itself.
const LEAST_LEAD: Span = Span::hours(24);

/// How far going through everybody has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// When it began.
    pub began: Timestamp,
    /// How many people were looked at.
    pub looked: u64,
    /// How many there were in all when it began.
    pub of: u64,
    /// When it ended, if it has.
    pub ended: Option<Timestamp>,
    /// Whether it ended because it could not go on.
    pub failed: bool,
}

impl Progress {
    pub(crate) const fn beginning(began: Timestamp, of: u64) -> Self {
        Self {
            began,
            looked: 0,
            of,
            ended: None,
            failed: false,
        }
    }
}

/// A pack tried on everybody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trial {
    /// The pack's version.
    pub version: u32,
    /// How far it has come.
    pub progress: Progress,
    /// How many people of which division would go from which level to which.
    pub turns: BTreeMap<Turn, u64>,
}

/// From which level to which, and where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The prefecture, within the region; none for everybody else.
    pub division: Option<DivisionCode>,
    /// The level now, where one is known.
    pub from: Option<Level>,
    /// The level by the pack.
    pub to: Level,
}

impl Turn {
    fn order(self) -> (Option<DivisionCode>, Option<u8>, u8) {
        let from = self.from.map(|level| level as u8);
        (self.division, from, self.to as u8)
    }
}

impl PartialOrd for Turn {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Turn {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

/// What of all this a node holds.
#[derive(Debug, Default)]
pub(crate) struct AtWork {
    /// Packs that two officers activated and that are not in force yet, by the time at which they will be.
    pub(crate) due: Mutex<Vec<(Timestamp, RulePack)>>,
    /// Publications that are durable and not in the rulebook yet.
    pub(crate) areas: Mutex<Vec<AreaSnapshot>>,
    /// Whether everybody is to be decided anew.
    pub(crate) wanted: AtomicBool,
    pub(crate) redeciding: Mutex<Option<Progress>>,
    pub(crate) trial: Mutex<Option<Trial>>,
}

/// Reads and proves a pack.
///
/// # Errors
/// Everything that is wrong with it.
pub(crate) fn proved(text: &str) -> Result<RulePack, Findings> {
    let pack = RulePack::parse(text)?;
    check(&pack)?;
    Ok(pack)
}

/// When a pack that was uploaded at an instant takes effect if it is activated at another: not before it
/// says itself, and not before the notice is over that began with the upload, whatever the file says of its
/// publication.
pub(crate) fn in_force_from(
    pack: &RulePack,
    uploaded: Timestamp,
    activated: Timestamp,
) -> Timestamp {
    let notice = if pack.emergency.is_some() {
        pack.lead_time
    } else {
        pack.lead_time.max(LEAST_LEAD)
    };
    pack.valid_from.max(uploaded.plus(notice)).max(activated)
}

/// Which of the stored packs is in force at an instant, and which follow: of those whose time has come the
/// highest version, since a later version takes the place of all before it.
pub(crate) fn at(rows: Vec<PackRow>, now: Timestamp) -> (Option<PackRow>, Vec<PackRow>) {
    let activated = rows.into_iter().filter(|row| row.activated.is_some());
    let (begun, mut following): (Vec<PackRow>, Vec<PackRow>) =
        activated.partition(|row| row.activated <= Some(now));
    let in_force = begun.into_iter().max_by_key(|row| row.version);
    let version = in_force.as_ref().map_or(0, |row| row.version);
    following.retain(|row| row.version > version);
    (in_force, following)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_unix(1_657_857_600);

    fn row(version: u32, activated: Option<u32>) -> PackRow {
        PackRow {
            version,
            at: NOW,
            activated: activated.map(|after| NOW.plus(Span::seconds(after))),
            text: String::new(),
        }
    }

    #[test]
    fn the_highest_version_whose_time_has_come_decides_and_later_ones_follow() {
        let versions = |rows: Vec<PackRow>| {
            let (in_force, following) = at(rows, NOW.plus(Span::seconds(10)));
            let following: Vec<u32> = following.iter().map(|row| row.version).collect();
            (in_force.map(|row| row.version), following)
        };
        assert_eq!(versions(vec![]), (None, vec![]));
        assert_eq!(versions(vec![row(2, None)]), (None, vec![]));
        let all = vec![
            row(2, Some(0)),
            row(3, Some(20)),
            row(4, Some(10)),
            row(5, Some(11)),
        ];
        assert_eq!(versions(all), (Some(4), vec![5]));
    }
}
