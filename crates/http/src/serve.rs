//! Connections: HTTP/1.1 on a listener, bounded in number and time, with an orderly end.
//!
//! Slow and half-open clients hold a place and nothing else, and lose it after a while. Beyond the
//! most connections nobody is accepted: the surplus waits in the kernel and is refused there.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

/// Bounds of connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Connections {
    /// The most at once on this listener.
    pub most: u32,
    /// How long the head of a request may take; also how long a connection may be idle.
    pub head_within: Duration,
    /// How long a connection lives; then it ends after the answer that is under way.
    pub lifetime: Duration,
    /// How long answers under way may still take at the end.
    pub grace: Duration,
}

impl Default for Connections {
    fn default() -> Self {
        Self {
            most: 8192,
            head_within: Duration::from_secs(10),
            lifetime: Duration::from_mins(10),
            grace: Duration::from_secs(30),
        }
    }
}

/// After a failure to accept (no file descriptors left), nobody is accepted for so long.
const PAUSE: Duration = Duration::from_millis(50);
/// The most header fields of a request, and the most bytes of its head.
const MOST_FIELDS: usize = 64;
const LONGEST_HEAD: usize = 16 << 10;

/// Serves a router until `stop` is done, then lets answers under way come to their end. Gives how
/// many connections had to be cut.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    bounds: Connections,
    stop: impl Future<Output = ()>,
) -> u32 {
    let places = Arc::new(Semaphore::new(bounds.most as usize));
    let (ending, ended) = watch::channel(false);
    let mut stop = pin!(stop);
    loop {
        let accepted = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Some((stream, place)) => {
                let connection = Connection {
                    stream,
                    bounds,
                    ended: ended.clone(),
                    place,
                };
                drop(tokio::spawn(connection.run(router.clone())));
            }
            None => sleep(PAUSE).await,
        }
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

/// The next connection, with its place.
async fn accept(
    listener: &TcpListener,
    places: &Arc<Semaphore>,
) -> Option<(TcpStream, OwnedSemaphorePermit)> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let (stream, _) = listener.accept().await.ok()?;
    // Without it answers wait for acknowledgements; whether it could be set changes nothing else.
    drop(stream.set_nodelay(true));
    Some((stream, place))
}

struct Connection {
    stream: TcpStream,
    bounds: Connections,
    ended: watch::Receiver<bool>,
    place: OwnedSemaphorePermit,
}

impl Connection {
    async fn run(mut self, router: Router) {
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(self.bounds.head_within)
            .keep_alive(true)
            .pipeline_flush(true)
            .max_headers(MOST_FIELDS)
            .max_buf_size(LONGEST_HEAD);
        let service = TowerToHyperService::new(router);
        let served = builder.serve_connection(TokioIo::new(self.stream), service);
        let mut served = pin!(served);
        tokio::select! {
            // An error is the peer's: it went away, or did not speak HTTP.
            _ = served.as_mut() => {}
            () = over(&mut self.ended, self.bounds.lifetime) => {
                served.as_mut().graceful_shutdown();
                drop(timeout(self.bounds.grace, served).await);
            }
        }
        drop(self.place);
    }
}

/// When a connection is to end: its life is over, or the service's.
async fn over(ended: &mut watch::Receiver<bool>, lifetime: Duration) {
    // Where the sender is gone, the service is over too.
    drop(timeout(lifetime, ended.wait_for(|ended| *ended)).await);
}
