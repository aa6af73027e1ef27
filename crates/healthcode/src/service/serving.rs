//! A node that answers: listeners, background work, and how it stops.

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::{Context, Error, Result, ensure};
use axum::Router;
use hc_code::Timestamp;
use hc_http::identity::{Answer, Identify, IdentifyError, IdentityProof, Typed};
use hc_http::serve::Connections;
use hc_http::{Api, Limits};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::node::Node;
use super::{Configured, tasks};
use crate::random;

/// A node with everything that runs in it.
pub(crate) struct Served {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    listeners: JoinSet<Result<()>>,
    background: JoinSet<()>,
}

/// The runtime of a service.
pub(crate) fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the service's threads")
}

impl Served {
    /// Opens the addresses and starts everything. `beside` is what a demonstration has in addition.
    pub(crate) async fn open(
        node: &Arc<Node>,
        configured: &Configured,
        identify: Box<dyn Identify>,
        beside: Router,
    ) -> Result<Self> {
        let config = &configured.config;
        node.tend().await.context("the store does not answer")?;
        let seed = *random::bytes::<16>()?;
        let api = Arc::new(Api::new(
            Arc::clone(node),
            identify,
            Limits::default(),
            seed,
        ));
        let public = listener(config.listen).await?;
        let operators = listener(config.operators).await?;
        let address = public.local_addr()?;
        let (stop, stopped) = watch::channel(false);
        let mut listeners = JoinSet::new();
        for (listener, router) in [
            (public, hc_http::public(Arc::clone(&api)).merge(beside)),
            (operators, hc_http::operators(api)),
        ] {
            let mut stopped = stopped.clone();
            listeners.spawn(async move {
                let end = async move {
                    // A sender that is gone is an end too.
                    drop(stopped.wait_for(|stopped| *stopped).await);
                };
                let cut =
                    hc_http::serve::serve(listener, router, Connections::default(), end).await;
                ensure!(cut == 0, "{cut} connections had to be cut");
                Ok(())
            });
        }
        let retention = config.retention.spans();
        Ok(Self {
            address,
            stop,
            listeners,
            background: tasks::start(node, retention, log),
        })
    }

    /// Where it answers.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until something happens, then stops.
    pub(crate) async fn until(mut self, end: impl Future<Output = ()>) -> Result<()> {
        tokio::select! {
            () = end => {}
            Some(ended) = self.listeners.join_next() => ended??,
        }
        self.stop().await
    }

    /// Takes no new request, answers those that were read, and ends.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.stop.send_replace(true);
        while let Some(ended) = self.listeners.join_next().await {
            ended??;
        }
        self.background.shutdown().await;
        Ok(())
    }
}

/// Ends when the operating system asks for it.
///
/// It is listened for from the call on, not only once somebody waits: a service that has said that it serves
/// can be stopped.
pub(crate) fn asked_to_stop() -> impl Future<Output = ()> + Send {
    #[cfg(unix)]
    let term = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate());
    async move {
        let interrupted = tokio::signal::ctrl_c();
        #[cfg(unix)]
        if let Ok(mut term) = term {
            tokio::select! {
                _ = interrupted => {}
                _ = term.recv() => {}
            }
            return;
        }
        // Where no signal can be heard, it serves until it is killed.
        if interrupted.await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

async fn listener(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen at {address}"))
}

/// One line of JSON on standard error: what, and why it was not done. Errors carry no personal value.
fn log(what: &str, error: &Error) {
    use std::io::Write;
    let at = crate::clock::now().to_string();
    let line = serde_json::json!({ "at": at, "level": "error", "what": what, "why": format!("{error:#}") });
    // Nothing is left to do where standard error is closed.
    drop(writeln!(std::io::stderr(), "{line}"));
}

/// No identity provider: every proof is by a method that the region does not know.
#[derive(Clone, Copy, Debug)]
pub(crate) struct NoProvider;

impl Identify for NoProvider {
    fn identify<'a>(
        &'a self,
        _proof: &'a IdentityProof,
        _typed: &'a Typed,
        _now: Timestamp,
    ) -> Answer<'a> {
        Box::pin(std::future::ready(Err(IdentifyError::Method)))
    }
}
