//! One connection: its handshake, its requests, its end.

use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use axum::http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;

use super::capacity::Turnstile;
use super::handshakes::{HandshakeEnd, Handshakes};
use super::{Held, Peer, PeerKey, Serving};
use crate::peers::proved;

/// The most header fields of a request, and the most bytes of its head.
const MOST_FIELDS: usize = 64;
const LONGEST_HEAD: usize = 16 << 10;

/// Whoever came here by TLS comes by TLS for a year (RFC 6797 §6.1); over plain HTTP it must not be said (§7.2).
const BY_TLS_FOR_A_YEAR: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// A connection that was accepted.
pub(super) struct Connection {
    pub(super) serving: Arc<Serving>,
    pub(super) handshakes: Arc<Handshakes>,
    pub(super) peer: IpAddr,
    pub(super) ended: watch::Receiver<bool>,
    pub(super) held: Held,
}

impl Connection {
    pub(super) async fn run(mut self, stream: TcpStream, router: Router) {
        let serving = Arc::clone(&self.serving);
        let open = serving.counts.open();
        let accepted = match (&serving.door, &serving.tls) {
            (Some(door), _) => Ok(door.accept(stream)),
            (None, Some(tls)) => Ok(tls.accept(stream)),
            (None, None) => Err(stream),
        };
        match accepted {
            Err(stream) => self.answer(stream, router, None).await,
            Ok(accepted) => {
                let within = serving.bounds.handshake_within;
                let ended = self.ended.clone();
                let shaken = self.handshakes.watch(timeout(within, accepted), ended);
                let end = match shaken.await {
                    Ok(Ok(Ok(stream))) => {
                        serving.counts.shaken();
                        let key = proved(stream.get_ref().1.peer_certificates());
                        self.answer(stream, router, key.map(PeerKey)).await;
                        None
                    }
                    Ok(Ok(Err(_))) => Some(HandshakeEnd::Failed),
                    Ok(Err(_)) => Some(HandshakeEnd::Slow),
                    Err(end) => Some(end),
                };
                if let Some(end) = end {
                    serving.counts.not_shaken(end);
                }
            }
        }
        drop(open);
        drop(self.held);
    }

    async fn answer(
        &mut self,
        stream: impl AsyncRead + AsyncWrite + Unpin,
        router: Router,
        key: Option<PeerKey>,
    ) {
        let bounds = self.serving.bounds;
        let mut builder = http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(bounds.head_within)
            .keep_alive(true)
            .pipeline_flush(true)
            .max_headers(MOST_FIELDS)
            .max_buf_size(LONGEST_HEAD);
        let inner = TowerToHyperService::new(router);
        let pace = bounds.requests_a_second.map(Turnstile::new);
        let (serving, peer) = (&self.serving, Peer(self.peer));
        let service = service_fn(|mut request: Request<Incoming>| {
            request.extensions_mut().insert(peer);
            if let Some(key) = key {
                request.extensions_mut().insert(key);
            }
            let (inner, pace) = (&inner, &pace);
            async move {
                if let Some(pace) = pace {
                    pace.wait().await;
                }
                let refused = match &serving.capacity {
                    Some(capacity) => capacity.admit().await.err(),
                    None => None,
                };
                let mut answer = match refused {
                    Some(refusal) => refusal,
                    None => inner.call(request).await?,
                };
                // A door is for other regions, whose nodes keep no such promises.
                if serving.tls.is_some() && serving.door.is_none() {
                    let headers = answer.headers_mut();
                    headers.insert(STRICT_TRANSPORT_SECURITY, BY_TLS_FOR_A_YEAR);
                }
                Ok::<Response<Body>, Infallible>(answer)
            }
        });
        let served = builder.serve_connection(TokioIo::new(stream), service);
        let mut served = pin!(served);
        tokio::select! {
            // An error is the peer's: it went away, or did not speak HTTP.
            _ = served.as_mut() => {}
            () = over(&mut self.ended, bounds.lifetime) => {
                served.as_mut().graceful_shutdown();
                drop(timeout(bounds.grace, served).await);
            }
        }
    }
}

/// When a connection is to end: its life is over, or the service's.
async fn over(ended: &mut watch::Receiver<bool>, lifetime: Duration) {
    // Where the sender is gone, the service is over too.
    drop(timeout(lifetime, ended.wait_for(|ended| *ended)).await);
}
