//! Admission: acts wait in a bounded queue, and whoever does not fit is told at once when to come back.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};

use crate::api::Limits;
use crate::problem::{Problem, ProblemType};

/// The lanes that requests pass besides memory.
#[derive(Debug)]
pub(crate) struct Lanes {
    acts: Semaphore,
    batches: Semaphore,
    waiting: AtomicUsize,
    most_waiting: usize,
    turn_within: Duration,
    turned_away: AtomicU32,
}

impl Lanes {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self {
            acts: Semaphore::new(limits.acts_at_once),
            batches: Semaphore::new(limits.batches_at_once),
            waiting: AtomicUsize::new(0),
            most_waiting: limits.acts_waiting,
            turn_within: limits.turn_within,
            turned_away: AtomicU32::new(0),
        }
    }

    /// Waits for the turn of an act.
    ///
    /// # Errors
    /// [`ProblemType::Overloaded`] where the queue is full or does not move.
    pub(crate) async fn act(&self) -> Result<SemaphorePermit<'_>, Problem> {
        if let Ok(permit) = self.acts.try_acquire() {
            return Ok(permit);
        }
        let place = Place::take(&self.waiting);
        if place.before >= self.most_waiting {
            return Err(self.turn_away());
        }
        match tokio::time::timeout(self.turn_within, self.acts.acquire()).await {
            Ok(Ok(permit)) => Ok(permit),
            _ => Err(self.turn_away()),
        }
    }

    /// A place for reading a batch; batches are large, so few are held at once.
    ///
    /// # Errors
    /// [`ProblemType::Overloaded`] where all are taken.
    pub(crate) fn batch(&self) -> Result<SemaphorePermit<'_>, Problem> {
        self.batches.try_acquire().map_err(|_| self.turn_away())
    }

    /// How many acts wait.
    pub(crate) fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// How many acts have their turn.
    pub(crate) fn running(&self, limits: &Limits) -> usize {
        limits
            .acts_at_once
            .saturating_sub(self.acts.available_permits())
    }

    /// How many batches are being read or taken in.
    pub(crate) fn reading(&self, limits: &Limits) -> usize {
        limits
            .batches_at_once
            .saturating_sub(self.batches.available_permits())
    }

    /// How many requests were turned away; wraps.
    pub(crate) fn turned_away(&self) -> u32 {
        self.turned_away.load(Ordering::Relaxed)
    }

    /// Seconds after which to ask again, 1 to 8: different from one caller to the next, so that those
    /// who were turned away together do not come back together.
    pub(crate) fn after(&self) -> u32 {
        // Fibonacci hashing spreads a counter evenly.
        1 + (self.turned_away().wrapping_mul(0x9E37_79B9) >> 29)
    }

    fn turn_away(&self) -> Problem {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
        Problem::new(ProblemType::Overloaded).with_retry_after(self.after())
    }
}

/// A place in the queue, given back when it is left in whatever way.
struct Place<'a> {
    waiting: &'a AtomicUsize,
    before: usize,
}

impl<'a> Place<'a> {
    fn take(waiting: &'a AtomicUsize) -> Self {
        let before = waiting.fetch_add(1, Ordering::Relaxed);
        Self { waiting, before }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.waiting.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lanes(waiting: usize) -> Lanes {
        Lanes::new(&Limits {
            acts_at_once: 1,
            acts_waiting: waiting,
            batches_at_once: 1,
            turn_within: Duration::from_millis(20),
            ..Limits::default()
        })
    }

    #[tokio::test]
    async fn a_full_queue_refuses_at_once_and_says_when_to_come_back() {
        let lanes = lanes(0);
        let held = lanes.act().await.unwrap();
        let refused = lanes.act().await.unwrap_err();
        assert_eq!(refused.kind(), ProblemType::Overloaded);
        assert!(refused.response().headers().contains_key("retry-after"));
        drop(held);
        assert!(lanes.act().await.is_ok());
        assert_eq!(lanes.waiting(), 0);
    }

    #[tokio::test]
    async fn whoever_waits_gets_the_turn_or_is_told_after_a_while() {
        let lanes = lanes(1);
        let held = lanes.act().await.unwrap();
        assert!(lanes.act().await.is_err());
        assert_eq!(lanes.turned_away(), 1);
        let (turn, ()) = tokio::join!(lanes.act(), async {
            tokio::task::yield_now().await;
            drop(held);
        });
        assert!(turn.is_ok());
    }

    #[test]
    fn those_who_are_turned_away_together_do_not_come_back_together() {
        let lanes = lanes(0);
        let held = lanes.batch().unwrap();
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..64 {
            assert!(lanes.batch().is_err());
            assert!((1..=8).contains(&lanes.after()));
            seen.insert(lanes.after());
        }
        assert_eq!(seen.len(), 8);
        drop(held);
        assert!(lanes.batch().is_ok());
    }
}
