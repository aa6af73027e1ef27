//! Who may act for whom, in memory, and the uses that wait to be logged.
//!
//! A guardian shows a ward's code on the worst morning as they show their own: no store is asked. So
//! grants are held here, loaded at the start and changed as soon as a change is durable. They are not
//! sealed into device tokens, because a token lives for weeks and a grant that is ended must end at once.
//!
//! Showing cannot wait for the log either. The first use of an hour by each guardian for each ward is
//! noted here and logged within seconds; later ones of that hour are not told apart from it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Mutex, PoisonError, RwLock};

use hc_code::day_index::SubjectNumber;
use hc_code::{Span, Timestamp};
use hc_core::store::GrantRow;

/// The grants of the region that have not ended.
#[derive(Debug, Default)]
pub struct Grants {
    /// Until when, by guardian and ward.
    held: RwLock<BTreeMap<(SubjectNumber, SubjectNumber), Timestamp>>,
    uses: Mutex<Uses>,
}

/// One use that waits to be logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Use {
    /// Who acted.
    pub guardian: SubjectNumber,
    /// For whom.
    pub ward: SubjectNumber,
    /// What they did.
    pub act: &'static str,
    /// When first in its hour.
    pub at: Timestamp,
}

#[derive(Debug, Default)]
struct Uses {
    hour: i64,
    /// What was noted in this hour.
    noted: BTreeSet<(SubjectNumber, SubjectNumber, &'static str)>,
    waiting: Vec<Use>,
}

const HOUR: i64 = Span::hours(1).as_seconds();

impl Grants {
    /// Takes in a grant, new or changed.
    pub fn apply(&self, row: &GrantRow, now: Timestamp) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if row.until > now {
            held.insert((row.guardian, row.ward), row.until);
        } else {
            held.remove(&(row.guardian, row.ward));
        }
    }

    /// Takes a number out: it was withdrawn or erased.
    pub fn forget(&self, number: SubjectNumber) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.retain(|(guardian, ward), _| *guardian != number && *ward != number);
    }

    /// Whether a guardian may act for a ward.
    pub fn holds(&self, guardian: SubjectNumber, ward: SubjectNumber, now: Timestamp) -> bool {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.get(&(guardian, ward))
            .is_some_and(|until| now < *until)
    }

    /// For whom a guardian may act.
    pub fn wards(&self, guardian: SubjectNumber, now: Timestamp) -> Vec<SubjectNumber> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        let (least, most) = (SubjectNumber::new(0), SubjectNumber::new(u32::MAX));
        held.range((guardian, least)..=(guardian, most))
            .filter(|(_, until)| now < **until)
            .map(|((_, ward), _)| *ward)
            .collect()
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        held.len()
    }

    /// Notes that a guardian acted; once an hour for each act.
    pub fn used(
        &self,
        guardian: SubjectNumber,
        ward: SubjectNumber,
        act: &'static str,
        at: Timestamp,
    ) {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        let hour = at.unix() / HOUR;
        if uses.hour != hour {
            uses.hour = hour;
            uses.noted.clear();
            self.tidy(at);
        }
        if uses.noted.insert((guardian, ward, act)) {
            uses.waiting.push(Use {
                guardian,
                ward,
                act,
                at,
            });
        }
    }

    /// The uses that are to be logged, up to a number. They are here no more: whoever cannot log them
    /// gives them back.
    pub fn take_uses(&self, most: usize) -> Vec<Use> {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        let count = uses.waiting.len().min(most);
        uses.waiting.drain(..count).collect()
    }

    /// Takes uses back that could not be logged.
    pub fn give_back(&self, mut waiting: Vec<Use>) {
        let mut uses = self.uses.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.append(&mut uses.waiting);
        uses.waiting = waiting;
    }

    /// Lets go of grants that have ended by themselves.
    fn tidy(&self, now: Timestamp) {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, until| now < *until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_unix(1_656_734_400);

    fn number(number: u32) -> SubjectNumber {
        SubjectNumber::new(number)
    }

    fn grant(guardian: u32, ward: u32, hours: u16) -> GrantRow {
        GrantRow {
            guardian: number(guardian),
            ward: number(ward),
            at: NOON,
            until: NOON.plus(Span::hours(hours)),
        }
    }

    #[test]
    fn a_grant_holds_for_its_pair_until_its_end_and_no_longer() {
        let grants = Grants::default();
        for row in [grant(1, 2, 5), grant(1, 3, 9), grant(4, 2, 9)] {
            grants.apply(&row, NOON);
        }
        let at = |hours| NOON.plus(Span::hours(hours));
        assert!(grants.holds(number(1), number(2), at(4)));
        assert!(!grants.holds(number(1), number(2), at(5)));
        assert!(!grants.holds(number(2), number(1), at(4)));
        assert_eq!(grants.wards(number(1), at(6)), [number(3)]);
        // Ended early, and a number that is gone.
        let mut ended = grant(1, 3, 9);
        ended.until = at(1);
        grants.apply(&ended, at(1));
        assert_eq!(grants.wards(number(1), at(1)), [number(2)]);
        grants.forget(number(2));
        assert_eq!(grants.count(), 0);
    }

    #[test]
    fn a_use_is_noted_once_an_hour_and_kept_until_it_is_logged() {
        let grants = Grants::default();
        let note = |act, minutes: u32| {
            let at = NOON.plus(Span::seconds(minutes * 60));
            grants.used(number(1), number(2), act, at);
        };
        note("show", 0);
        note("show", 59);
        note("carry", 5);
        let taken = grants.take_uses(9);
        assert_eq!(taken.len(), 2);
        grants.give_back(taken.clone());
        note("show", 60);
        let again = grants.take_uses(2);
        assert_eq!(again, taken);
        assert_eq!(grants.take_uses(9).len(), 1);
        assert!(grants.take_uses(9).is_empty());
    }
}
