//! How evidence about somebody from elsewhere reaches the region that decides.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use hc_code::{Span, Timestamp};
use hc_core::evidence::Fact;

use super::chance::Chance;
use super::country::Person;
use super::plan::Plan;

/// Attempts at the other's door fail in so many of a thousand.
const LOST: u32 = 20;
/// After so many the hub is asked to pass it on.
const DIRECT: u32 = 3;
/// The longest wait between two attempts.
const LONGEST_WAIT: u32 = 16 * 60;

/// One fact on its way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Parcel {
    due: Timestamp,
    pub(super) made: Timestamp,
    attempts: u32,
    from: usize,
    pub(super) about: Person,
    pub(super) fact: Fact,
}

/// Everything that waits at some region's door, by when it is tried next.
#[derive(Debug, Default)]
pub(super) struct Post {
    waiting: BinaryHeap<Reverse<Parcel>>,
    pub(super) attempts: u64,
    pub(super) through_the_hub: u64,
}

impl Post {
    pub(super) fn send(&mut self, from: usize, about: Person, fact: Fact, at: Timestamp) {
        self.waiting.push(Reverse(Parcel {
            due: at,
            made: at,
            attempts: 0,
            from,
            about,
            fact,
        }));
    }

    /// Tries what is due; gives what arrived.
    pub(super) fn deliver(
        &mut self,
        plan: &Plan,
        chance: &mut Chance,
        now: Timestamp,
    ) -> Vec<Parcel> {
        let mut arrived = Vec::new();
        while let Some(Reverse(first)) = self.waiting.peek()
            && first.due <= now
        {
            let Some(Reverse(mut parcel)) = self.waiting.pop() else {
                break;
            };
            parcel.attempts += 1;
            self.attempts += 1;
            let away = |region| plan.gone(region).filter(|gap| gap.contains(now));
            let to = parcel.about.region;
            let direct = !plan.apart(parcel.from, to, now) && !chance.of_a_thousand(LOST);
            let passed_on = parcel.attempts > DIRECT && !plan.no_hub(now);
            let closed = away(to).or_else(|| away(parcel.from));
            if closed.is_none() && (direct || passed_on) {
                self.through_the_hub += u64::from(!direct);
                arrived.push(parcel);
                continue;
            }
            let wait = 60_u32 << parcel.attempts.min(10).saturating_sub(1);
            parcel.due = now.plus(Span::seconds(wait.min(LONGEST_WAIT)));
            // Doors greet each other every minute: what waits goes out when the other is back.
            if let Some(gap) = closed.filter(|_| plan.drains) {
                parcel.due = gap.until();
            }
            self.waiting.push(Reverse(parcel));
        }
        arrived
    }
}
