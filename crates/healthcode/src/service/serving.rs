//! A node that answers: listeners, background work, and how it stops.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use axum::Router;
use hc_core::division::DivisionTable;
use hc_http::identity::Identify;
use hc_http::journal::{Journal, Level};
use hc_http::serve::{Capacity, Serving, Tls};
use hc_http::{Api, Gauge, OwnTrust};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::abroad::Abroad;
use super::certificate::Certificate;
use super::elsewhere;
use super::following;
use super::node::{self, Node};
use super::{Clockwork, Configured, Secrets, identity, secrets, tasks};
use crate::random;

/// A node with everything that runs in it.
pub(crate) struct Served {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    listeners: JoinSet<Result<()>>,
    background: JoinSet<()>,
    journal: Journal,
    node: Arc<Node>,
}

/// The runtime of a service.
pub(crate) fn runtime() -> Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .context("cannot start the service's threads")
}

/// What a node is served with beside its configuration.
pub(crate) struct With {
    /// How people prove who they are.
    pub(crate) identify: Box<dyn Identify>,
    /// What a demonstration has in addition.
    pub(crate) beside: Router,
    /// Where it is written what happens.
    pub(crate) journal: Journal,
}

impl Served {
    /// A region as its configuration and secrets have it, by the machine's clock.
    pub(crate) async fn of(configured: &Configured, journal: Journal) -> Result<Self> {
        let secrets = Secrets::read(&configured.path(&configured.config.secrets))?;
        let providers = identity::providers(configured, &secrets, journal.clone())?;
        drop(secrets);
        if providers.methods().is_empty() {
            journal.event(
                Level::Warn,
                "no identity provider: nobody can enrol by themselves",
            );
        }
        let node = node::begin(configured, Arc::new(Clockwork::default())).await?;
        let with = With {
            identify: Box::new(providers),
            beside: Router::new(),
            journal,
        };
        Self::open(&node, configured, with).await
    }

    /// Opens the addresses and starts everything.
    pub(crate) async fn open(
        node: &Arc<Node>,
        configured: &Configured,
        with: With,
    ) -> Result<Self> {
        let config = &configured.config;
        let journal = with.journal;
        node.tend().await.context("the store does not answer")?;
        let seed = *random::bytes::<16>()?;
        let certificate = Certificate::read(configured)?;
        let tls = certificate.as_ref().map(Certificate::tls).map(Arc::clone);
        let public = Serving {
            bounds: config.limits.of_connections(),
            tls: tls.clone(),
            door: None,
            capacity: config.limits.capacity.map(Capacity::new).map(Arc::new),
            counts: Arc::default(),
            seed: *random::bytes::<16>()?,
        };
        let limits = config.limits.of_requests();
        let hub = secrets::hub(&configured.path(&config.secrets), node.root().algorithm())?;
        let api = Api::new(Arc::clone(node), with.identify, limits, seed)
            .with_trust(OwnTrust::new(hub))
            .with_journal(journal.clone())
            .with_counts(Arc::clone(&public.counts), public.capacity.clone())
            .with_gauges(gauges(node, &configured.path(&config.database), tls));
        let mut abroad = Abroad::begin(node, configured, &journal)?;
        let api = api.with_doors(Arc::clone(&abroad.doors));
        let door = abroad.door(configured, node).await?;
        let api = match elsewhere::begin(configured)? {
            Some(elsewhere) => api.with_elsewhere(elsewhere),
            None => api,
        };
        let api = match &config.desk {
            Some(desk) => api.with_desk(desk.relying()?),
            None => api,
        };
        let api = Arc::new(api);
        let listening = &configured.listening;
        let (listener, operators) = (
            listening.at(config.listen).await?,
            listening.at(config.operators).await?,
        );
        let address = listener.local_addr()?;
        let begun = format!(
            "serving at {address}, operators at {}",
            operators.local_addr()?
        );
        if config.is_open_in_clear() {
            let why = format!("{address} is no address of this machine alone, and there is no TLS");
            journal.because(Level::Warn, "tokens cross the network in clear", why);
        }
        let (stop, stopped) = watch::channel(false);
        let mut listeners = JoinSet::new();
        let mut router = hc_http::public(Arc::clone(&api)).merge(with.beside);
        if config.pages.serve {
            let name = DivisionTable::bundled().name(config.region);
            let settings = config.pages.settings(config.region, name)?;
            router = router.merge(hc_http::pages::pages(&settings));
        }
        listeners.spawn(serve(public, listener, router, stopped.clone()));
        // Operators have a listener of their own, which no load of the public can fill.
        let private = Serving::default();
        let operating = serve(private, operators, hc_http::operators(api), stopped.clone());
        listeners.spawn(operating);
        if let Some(door) = door {
            listeners.spawn(serve(door.serving, door.listener, door.router, stopped));
        }
        let mut background = tasks::start(node, config.retention.spans(), &journal);
        if let Some(following) = abroad.following() {
            background.spawn(following.run());
        }
        if let Some(entering) = abroad.entering() {
            background.spawn(entering.run());
        }
        if let Some(certificate) = certificate {
            background.spawn(certificate.watch(journal.clone()));
        }
        journal.because(Level::Info, "begun", begun);
        Ok(Self {
            address,
            stop,
            listeners,
            background,
            journal,
            node: Arc::clone(node),
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
        self.journal.event(Level::Info, "asked to end");
        self.stop.send_replace(true);
        while let Some(ended) = self.listeners.join_next().await {
            ended??;
        }
        self.background.shutdown().await;
        // What waits for other regions goes after the next start; the way to them holds the node until here.
        self.node.leave();
        // What was done since the last minute is signed for as well.
        if let Err(error) = self.node.sign_log().await {
            let why = format!("{error:#}");
            self.journal
                .because(Level::Error, "sign the decision log", why);
        }
        self.journal.event(Level::Info, "ended");
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

async fn serve(
    serving: Serving,
    listener: TcpListener,
    router: Router,
    mut stopped: watch::Receiver<bool>,
) -> Result<()> {
    let end = async move {
        // A sender that is gone is an end too.
        drop(stopped.wait_for(|stopped| *stopped).await);
    };
    let cut = serving.serve(listener, router, end).await;
    ensure!(cut == 0, "{cut} connections had to be cut");
    Ok(())
}

/// What only the binary knows of a node.
fn gauges(node: &Arc<Node>, database: &Path, tls: Option<Arc<Tls>>) -> Vec<Gauge> {
    let bytes = |path: PathBuf| {
        let size = move || i64::try_from(fs::metadata(&path).ok()?.len()).ok();
        Box::new(size)
    };
    let mut journal = database.as_os_str().to_owned();
    journal.push("-wal");
    let mut gauges = following::gauges(node);
    gauges.extend([
        Gauge {
            name: "healthcode_database_bytes",
            help: "How large the file of the database is.",
            read: bytes(database.to_owned()),
        },
        Gauge {
            name: "healthcode_database_wal_bytes",
            help: "How large the journal of the database is.",
            read: bytes(journal.into()),
        },
        Gauge {
            name: "healthcode_tls_certificate_ends_seconds",
            help: "When the certificate ends, in seconds since 1970; nothing without TLS.",
            read: Box::new(move || tls.as_ref().map(|tls| tls.ends().unix())),
        },
    ]);
    gauges
}
