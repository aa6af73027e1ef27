//! What time it is at a gate whose clock may be wrong.

use crate::{DivisionCode, Span, Timestamp};

/// The earliest time that it can be: signed lists prove that their time has come.
///
/// It is the trust list's time or the second-newest among the times of distinct issuers, so that
/// one issuer with a wrong clock moves nobody; a holder's times never count. A gate's own region
/// counts alone ([`Self::with_own`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockFloor(Timestamp);

impl ClockFloor {
    /// No list proves anything.
    pub const NONE: Self = Self(Timestamp::MIN);

    /// The floor that the trust list and the issuers' lists prove. An issuer may occur several
    /// times; its newest list counts.
    pub fn new(
        trust_list: Timestamp,
        lists: impl IntoIterator<Item = (DivisionCode, Timestamp)>,
    ) -> Self {
        // Who has the newest list, and the newest of everybody else.
        let mut newest: Option<(DivisionCode, Timestamp)> = None;
        let mut second = Timestamp::MIN;
        for (issuer, time) in lists {
            newest = match newest {
                Some((first, held)) if first == issuer => Some((first, held.max(time))),
                Some((_, held)) if time > held => {
                    second = held;
                    Some((issuer, time))
                }
                Some(first) => {
                    second = second.max(time);
                    Some(first)
                }
                None => Some((issuer, time)),
            };
        }
        Self(trust_list.max(second))
    }

    /// Counts the lists of the gate's own region alone too. Two distinct issuers are asked for so
    /// that a stranger with a wrong clock ends nobody else's codes at this gate. Its own region
    /// decides there anyway, by its lists and its policy, and most gates hold lists of nobody else.
    #[must_use]
    pub fn with_own(
        self,
        own: DivisionCode,
        lists: impl IntoIterator<Item = (DivisionCode, Timestamp)>,
    ) -> Self {
        let of_own = lists.into_iter().filter(|(issuer, _)| *issuer == own);
        Self(of_own.fold(self.0, |floor, (_, time)| floor.max(time)))
    }

    /// The earliest time.
    pub const fn time(self) -> Timestamp {
        self.0
    }

    /// The time to reckon with, and how far the device's clock is behind it.
    pub fn now(self, device: Timestamp) -> (Timestamp, Span) {
        (device.max(self.0), self.0.since(device))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix(seconds)
    }

    fn issuer(number: u32) -> DivisionCode {
        DivisionCode::new(number).unwrap()
    }

    #[test]
    fn one_issuers_wrong_clock_moves_nobody() {
        let lists = [
            (issuer(330_000), at(4_000_000_000)),
            (issuer(330_000), at(4_100_000_000)),
            (issuer(310_000), at(1000)),
        ];
        assert_eq!(ClockFloor::new(at(900), lists).time(), at(1000));
        assert_eq!(ClockFloor::new(at(1100), lists).time(), at(1100));
    }

    #[test]
    fn a_lone_own_region_counts_and_no_other_one_does() {
        let lists = [
            (issuer(330_000), at(2000)),
            (issuer(330_000), at(1500)),
            (issuer(310_000), at(4_000_000_000)),
        ];
        let floor = ClockFloor::new(at(900), lists.into_iter().take(2));
        assert_eq!(floor.time(), at(900));
        assert_eq!(floor.with_own(issuer(330_000), lists).time(), at(2000));
        assert_eq!(floor.with_own(issuer(440_000), lists).time(), at(900));
    }

    proptest! {
        #[test]
        fn of_distinct_issuers_the_second_newest_counts(
            trust in 0_i64..30,
            lists in proptest::collection::vec((0_u32..4, 0_i64..30), 0..12),
        ) {
            let mut newest = BTreeMap::new();
            for (number, time) in &lists {
                let held = newest.entry(*number).or_insert(*time);
                *held = (*held).max(*time);
            }
            let mut times: Vec<_> = newest.into_values().collect();
            times.sort_unstable_by(|one, other| other.cmp(one));
            let due = times.get(1).map_or(trust, |second| trust.max(*second));
            let lists = lists.iter().map(|(number, time)| (issuer(330_000 + number * 100), at(*time)));
            prop_assert_eq!(ClockFloor::new(at(trust), lists).time(), at(due));
        }
    }

    #[test]
    fn a_clock_set_back_is_brought_to_the_floor() {
        let floor = ClockFloor::new(at(1000), []);
        assert_eq!(floor.now(at(400)), (at(1000), Span::seconds(600)));
        assert_eq!(floor.now(at(1400)), (at(1400), Span::ZERO));
    }
}
