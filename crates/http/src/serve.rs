//! Connections: HTTP/1.1 on a listener, bounded in number and time, with an orderly end.
//!
//! Slow and half-open clients hold a place and nothing else, and lose it after a while. Beyond the
//! most connections nobody is accepted: the surplus waits in the kernel and is refused there. A
//! listener speaks TLS ([`Tls`]) or plain HTTP behind something that does.

mod addresses;
mod capacity;
mod connection;
mod counts;
mod handshakes;
mod tls;
mod validity;

use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hc_code::signing::KeyId;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

pub(crate) use addresses::network;
use addresses::{Addresses, Seat};
pub use capacity::Capacity;
use connection::Connection;
pub use counts::ConnectionCounts;
use handshakes::Handshakes;
pub use tls::{Tls, TlsError};

use crate::peers::DoorTls;

/// Bounds of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// The most at once on this listener.
    pub most: u32,
    /// The most at once from one address (an IPv6 network of 64 bits); many phones share one behind a
    /// carrier's translation, so none is set by itself.
    pub most_per_address: Option<u32>,
    /// How long the head of a request may take; also how long a connection may be idle.
    pub head_within: Duration,
    /// How long a connection lives; then it ends after the answer that is under way.
    pub lifetime: Duration,
    /// How long answers under way may still take at the end.
    pub grace: Duration,
    /// How long a TLS handshake may take.
    pub handshake_within: Duration,
    /// How many handshakes are under way at once; one more ends the oldest of them.
    pub handshakes_at_once: u32,
    /// How many requests a second are read from one connection; the surplus stays unread.
    pub requests_a_second: Option<u32>,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            most: 8192,
            most_per_address: None,
            head_within: Duration::from_secs(10),
            lifetime: Duration::from_mins(10),
            grace: Duration::from_secs(30),
            handshake_within: Duration::from_secs(5),
            handshakes_at_once: 1024,
            requests_a_second: None,
        }
    }
}

/// How a listener serves beside its bounds.
#[derive(Clone, Debug, Default)]
pub struct Serving {
    /// The bounds.
    pub bounds: Connections,
    /// TLS, or plain HTTP where there is none.
    pub tls: Option<Arc<Tls>>,
    /// Mutual TLS of a door for other regions, instead.
    pub door: Option<Arc<DoorTls>>,
    /// How much is carried; everything where there is none.
    pub capacity: Option<Arc<Capacity>>,
    /// What is counted of connections.
    pub counts: Arc<ConnectionCounts>,
    /// Drawn at random: by it addresses are spread over counters.
    pub seed: [u8; 16],
}

/// Who a connection comes from: an extension of each of its requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub IpAddr);

/// The key that the node of another region proved itself with: an extension of each request at a door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PeerKey(pub KeyId);

/// After a failure to accept (no file descriptors left), nobody is accepted for so long.
const PAUSE: Duration = Duration::from_millis(50);

/// Serves a router in plain HTTP until `stop` is done, then lets answers under way come to their
/// end. Gives how many connections had to be cut.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Connections,
    stop: impl Future<Output = ()>,
) -> u32 {
    let serving = Serving {
        bounds,
        ..Serving::default()
    };
    serving.serve(listener, router, stop).await
}

impl Serving {
    /// Serves a router until `stop` is done, then lets answers under way come to their end. Gives
    /// how many connections had to be cut.
    pub async fn serve(
        self,
        listener: TcpListener,
        router: Router,
        stop: impl Future<Output = ()>,
    ) -> u32 {
        let bounds = self.bounds;
        let places = Arc::new(Semaphore::new(bounds.most as usize));
        let handshakes = Arc::new(Handshakes::new(bounds.handshakes_at_once));
        let addresses = Arc::new(Addresses::new(bounds.most_per_address, self.seed));
        let serving = Arc::new(self);
        let (ending, ended) = watch::channel(false);
        let mut stop = pin!(stop);
        loop {
            let accepted = tokio::select! {
                () = &mut stop => break,
                accepted = accept(&listener, &places) => accepted,
            };
            let Some((stream, peer, place)) = accepted else {
                sleep(PAUSE).await;
                continue;
            };
            let Some(seat) = Addresses::sit(&addresses, peer) else {
                serving.counts.refuse();
                continue;
            };
            let connection = Connection {
                serving: Arc::clone(&serving),
                handshakes: Arc::clone(&handshakes),
                peer,
                ended: ended.clone(),
                held: (place, seat),
            };
            drop(tokio::spawn(connection.run(stream, router.clone())));
        }
        drop(listener);
        ending.send_replace(true);
        if timeout(bounds.grace, places.acquire_many(bounds.most))
            .await
            .is_ok()
        {
            return 0;
        }
        let free = u32::try_from(places.available_permits()).unwrap_or(bounds.most);
        bounds.most.saturating_sub(free)
    }
}

/// What a connection holds as long as it lives: its place and its seat among those of its address.
type Held = (OwnedSemaphorePermit, Seat);

/// The next connection, with its place.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, IpAddr, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let (stream, peer) = listener.accept().await.ok()?;
    // Without it answers wait for acknowledgements; whether it could be set changes nothing else.
    drop(stream.set_nodelay(true));
    Some((stream, peer.ip(), place))
}
