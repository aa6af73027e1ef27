//! Admission at a configured capacity: what fits is answered in its turn, the surplus is refused
//! slowly and cheaply, and most of it is never read.
//!
//! A request takes the next of the turns that follow one another at the configured rate (a virtual
//! queue, GCRA of ITU-T I.371 Annex A). Whoever would wait longer than [`LONGEST_WAIT`] is refused,
//! but not at once: the refusal comes after a pause during which nothing more is read from that
//! connection. So a connection can be refused about once a second, and refusing costs little however
//! much is sent.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::http::Response;
use tokio::time::{Instant, sleep};

use crate::door;
use crate::problem::{Problem, ProblemType};

/// How long a request may wait for its turn.
const LONGEST_WAIT: Duration = Duration::from_millis(50);
/// How long a refusal is held back: this and up to as much again.
const PAUSE: Duration = Duration::from_millis(500);
/// Turns that come sooner are not waited for: timers count milliseconds.
const AT_ONCE: Duration = Duration::from_millis(2);

/// Turns at a rate.
#[derive(Debug)]
pub(super) struct Turnstile {
    begun: Instant,
    /// Nanoseconds between two turns.
    step: u64,
    /// When the next turn is, in nanoseconds since the beginning.
    next: AtomicU64,
}

impl Turnstile {
    pub(super) fn new(a_second: u32) -> Self {
        Self {
            begun: Instant::now(),
            step: 1_000_000_000 / u64::from(a_second.max(1)),
            next: AtomicU64::new(0),
        }
    }

    /// Takes the next turn if it comes within a time; gives how long it is until then.
    fn take(&self, within: Duration) -> Option<Duration> {
        let now = nanoseconds(self.begun.elapsed());
        let latest = now.saturating_add(nanoseconds(within));
        let taken = self
            .next
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |next| {
                let turn = next.max(now);
                (turn <= latest).then(|| turn.saturating_add(self.step))
            });
        let turn = taken.ok()?.max(now);
        Some(Duration::from_nanos(turn - now))
    }

    /// Waits for the next turn, however long it takes.
    pub(super) async fn wait(&self) {
        if let Some(wait) = self.take(Duration::MAX)
            && wait > AT_ONCE
        {
            sleep(wait).await;
        }
    }
}

/// What a node carries.
#[derive(Debug)]
pub struct Capacity {
    turns: Turnstile,
    refused: AtomicU64,
}

impl Capacity {
    /// So many requests a second, at least one.
    pub fn new(a_second: u32) -> Self {
        Self {
            turns: Turnstile::new(a_second),
            refused: AtomicU64::new(0),
        }
    }

    /// Waits for the request's turn.
    ///
    /// # Errors
    /// The refusal, where that would take too long.
    pub(super) async fn admit(&self) -> Result<(), Response<Body>> {
        if let Some(wait) = self.turns.take(LONGEST_WAIT) {
            if wait > AT_ONCE {
                sleep(wait).await;
            }
            return Ok(());
        }
        let count = self.refused.fetch_add(1, Ordering::Relaxed);
        // Fibonacci hashing spreads a counter evenly.
        let spread = count.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        sleep(PAUSE + Duration::from_millis(spread >> 55)).await;
        let after = 1 + u32::try_from(spread >> 61).unwrap_or(0);
        let problem = Problem::new(ProblemType::Overloaded).with_retry_after(after);
        Err(door::finish(problem.response()))
    }

    /// How many were refused since the start.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[tokio::test(start_paused = true)]
    async fn what_fits_is_let_in_at_the_rate_and_the_surplus_is_refused_after_a_pause() {
        let capacity = Arc::new(Capacity::new(100));
        let begun = Instant::now();
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..20 {
            let capacity = Arc::clone(&capacity);
            asking.spawn(async move { (capacity.admit().await, begun.elapsed()) });
        }
        let (mut admitted, mut refused) = (0, 0);
        while let Some(asked) = asking.join_next().await {
            match asked.unwrap() {
                (Ok(()), after) => {
                    assert!(after <= LONGEST_WAIT + AT_ONCE, "{after:?}");
                    admitted += 1;
                }
                (Err(refusal), after) => {
                    assert!(after >= PAUSE && after <= PAUSE * 3, "{after:?}");
                    assert_eq!(refusal.status(), 503);
                    let retry = refusal.headers()["retry-after"].to_str().unwrap();
                    assert!((1..=8).contains(&retry.parse::<u32>().unwrap()));
                    refused += 1;
                }
            }
        }
        // One at once and one each hundredth of a second of the longest wait.
        assert_eq!((admitted, refused), (6, 14));
        assert_eq!(capacity.refused(), 14);
        // The pause of the refused is idle time: a turn is free at once.
        assert!(capacity.admit().await.is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn under_twice_the_load_the_whole_capacity_is_used() {
        let capacity = Arc::new(Capacity::new(1000));
        let mut asking = tokio::task::JoinSet::new();
        for _ in 0..4000 {
            let capacity = Arc::clone(&capacity);
            asking.spawn(async move { capacity.admit().await.is_ok() });
            sleep(Duration::from_micros(500)).await;
        }
        let mut admitted = 0;
        while let Some(asked) = asking.join_next().await {
            admitted += u32::from(asked.unwrap());
        }
        let took = 4;
        assert!(
            admitted >= 970 * took && admitted <= 1060 * took,
            "{admitted}"
        );
    }
}
