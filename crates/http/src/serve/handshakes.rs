//! Handshakes under way: so many and no more, and nobody waits for a slow one.
//!
//! A queue would let a few hundred half-open clients keep everybody else outside until their time is
//! over. Here a new handshake takes the place of the one that began longest ago: whoever wants to
//! push honest clients out must begin as many handshakes as there are places within the time that an
//! honest one takes.

use std::sync::{Mutex, PoisonError};

use tokio::sync::{oneshot, watch};

/// The places of handshakes.
#[derive(Debug)]
pub(super) struct Handshakes {
    ring: Mutex<Ring>,
}

#[derive(Debug)]
struct Ring {
    places: Vec<Option<oneshot::Sender<()>>>,
    next: usize,
}

/// How a handshake ended that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum HandshakeEnd {
    /// The peer did not speak TLS, or none that is allowed, or went away.
    Failed,
    /// It took too long.
    Slow,
    /// Others came and there were too many.
    PushedOut,
}

impl Handshakes {
    /// So many places, at least one.
    pub(super) fn new(places: u32) -> Self {
        let places = (0..places.max(1)).map(|_| None).collect();
        Self {
            ring: Mutex::new(Ring { places, next: 0 }),
        }
    }

    /// Goes on with a handshake until it is done, or pushed out, or the service ends.
    ///
    /// # Errors
    /// [`HandshakeEnd::PushedOut`].
    pub(super) async fn watch<T>(
        &self,
        handshake: impl Future<Output = T>,
        mut ended: watch::Receiver<bool>,
    ) -> Result<T, HandshakeEnd> {
        let pushed_out = self.place();
        tokio::select! {
            done = handshake => Ok(done),
            _ = pushed_out => Err(HandshakeEnd::PushedOut),
            _ = ended.wait_for(|ended| *ended) => Err(HandshakeEnd::PushedOut),
        }
    }

    /// Takes the oldest place; whoever still held it hears of it.
    fn place(&self) -> oneshot::Receiver<()> {
        let (sender, receiver) = oneshot::channel();
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let next = ring.next;
        ring.next = (next + 1) % ring.places.len().max(1);
        if let Some(place) = ring.places.get_mut(next) {
            *place = Some(sender);
        }
        receiver
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::future::{pending, ready};

    #[tokio::test]
    async fn the_oldest_handshake_makes_room_and_those_that_are_done_cost_nothing() {
        let handshakes = Handshakes::new(2);
        let (_going_on, ended) = watch::channel(false);
        let stuck = handshakes.watch(pending::<()>(), ended.clone());
        let mut stuck = std::pin::pin!(stuck);
        let waits = std::future::poll_fn(|context| {
            std::task::Poll::Ready(stuck.as_mut().poll(context).is_pending())
        });
        assert!(waits.await);
        assert_eq!(handshakes.watch(ready(1), ended.clone()).await, Ok(1));
        assert_eq!(handshakes.watch(ready(2), ended.clone()).await, Ok(2));
        assert_eq!(stuck.await, Err(HandshakeEnd::PushedOut));
        for number in 0..10 {
            assert_eq!(
                handshakes.watch(ready(number), ended.clone()).await,
                Ok(number)
            );
        }
    }
}
