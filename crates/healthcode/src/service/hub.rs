//! A hub as a service: its configuration, its two online secrets, and what runs in it.
//!
//! The service only reads the hub's folder: commands write it, one at a time, and what they wrote is shown a
//! second later.

mod config;
mod door;
mod mirroring;
mod regions;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use axum::Router;
use hc_code::Timestamp;
use hc_code::signing::SigningKey;
use hc_http::hub::ShownHub;
use hc_http::identity::Trust;
use hc_http::journal::{Journal, Level};
use hc_http::peers::Fetcher;
use hc_http::serve::{Connections, Serving, Tls};
use hc_hub::hub::Hub;
use hc_tlog::note::Signer as LogSigner;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::random_seed;
use crate::input::key_file;

pub(crate) use config::{HubConfig, HubConfigured, HubDoorConfig, is_hub};
pub(crate) use regions::ServedRegions;

/// The key that removes, and the key of the history.
pub(crate) const REMOVER: &str = "remover.json";
pub(crate) const LOG: &str = "history.key";
/// How often the folder is looked at.
const LOOK: Duration = Duration::from_secs(1);
/// Regions' lists are fetched with so much time each.
const WITHIN: Duration = Duration::from_secs(20);

impl HubConfigured {
    /// Opens the hub's folder to be read.
    pub(crate) fn reader(&self) -> Result<Hub> {
        Ok(Hub::read(&self.folder(), self.log()?)?)
    }

    /// Opens the hub's folder to be written.
    pub(crate) fn writer(&self) -> Result<Hub> {
        Ok(Hub::write(&self.folder(), self.log()?)?)
    }

    /// The online key that removes.
    pub(crate) fn remover(&self) -> Result<SigningKey> {
        key_file::signing_key(&self.secrets().join(REMOVER))
    }

    fn log(&self) -> Result<LogSigner> {
        let path = self.secrets().join(LOG);
        let text = fs::read_to_string(&path)
            .with_context(|| format!("cannot read the secret {}", path.display()))?;
        key_file::only_for_its_user(&path)?;
        LogSigner::from_secret_text(text.trim_end())
            .with_context(|| format!("{} is no key of a log", path.display()))
    }

    /// Whose TLS certificates are believed when regions are asked.
    pub(crate) fn authorities(&self) -> Result<Trust> {
        match &self.config.authorities {
            Some(file) => {
                let path = self.path(file);
                let what = || format!("authorities: {}", path.display());
                let pem = fs::read(&path).with_context(what)?;
                Trust::of_authorities(&pem).with_context(what)
            }
            None => Trust::of_the_system().context("authorities"),
        }
    }

    fn tls(&self) -> Result<Option<Arc<Tls>>> {
        let Some(terms) = &self.config.tls else {
            return Ok(None);
        };
        let read = |path: &Path| {
            let path: PathBuf = self.path(path);
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        let (chain, key) = (read(&terms.certificate)?, read(&terms.key)?);
        let tls = Tls::new(&chain, &key, terms.older_devices).context("tls")?;
        Ok(Some(Arc::new(tls)))
    }
}

/// A hub that answers.
pub(crate) struct ServedHub {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    listener: JoinSet<u32>,
    background: JoinSet<()>,
    journal: Journal,
}

impl ServedHub {
    /// Opens the address and starts everything.
    pub(crate) async fn open(
        configured: &HubConfigured,
        journal: Journal,
        now: Box<dyn Fn() -> Timestamp + Send + Sync>,
    ) -> Result<Self> {
        let config = &configured.config;
        let hub = configured.reader()?;
        let shown = Arc::new(ShownHub::new(hub, now));
        let door = door::open(configured, &shown, &journal).await?;
        let listener = configured.listening.at(config.listen).await?;
        let address = listener.local_addr()?;
        let serving = Serving {
            bounds: Connections::default(),
            tls: configured.tls()?,
            seed: random_seed()?,
            ..Serving::default()
        };
        let (stop, stopped) = watch::channel(false);
        let router = hc_http::hub::hub(Arc::clone(&shown));
        let mut listeners = JoinSet::new();
        listeners.spawn(serve((serving, listener, router), stopped.clone()));
        let mut background = JoinSet::new();
        if let Some((door, work)) = door {
            let door = (door.serving, door.listener, door.router);
            listeners.spawn(serve(door, stopped));
            background.spawn(work.run());
        }
        let looking = (configured.clone(), Arc::clone(&shown), journal.clone());
        background.spawn(look(looking));
        let fetcher = Fetcher::new(&configured.authorities()?, WITHIN);
        let every = Duration::from_secs(u64::try_from(config.every.as_seconds()).unwrap_or(10));
        let mirroring = mirroring::Mirroring::new(shown, fetcher, every, journal.clone());
        background.spawn(mirroring.run());
        journal.because(Level::Info, "begun", format!("serving at {address}"));
        Ok(Self {
            address,
            stop,
            listener: listeners,
            background,
            journal,
        })
    }

    /// Where it answers.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves until something happens, then stops; and with it the regions that the hub serves.
    pub(crate) async fn until(
        self,
        mut regions: ServedRegions,
        end: impl Future<Output = ()>,
    ) -> Result<()> {
        tokio::select! {
            () = end => {}
            ended = regions.fault() => ended?,
        }
        regions.stop().await?;
        self.stop().await
    }

    /// Takes no new request, answers those that were read, and ends.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.journal.event(Level::Info, "asked to end");
        self.stop.send_replace(true);
        while let Some(cut) = self.listener.join_next().await {
            let cut = cut?;
            ensure!(cut == 0, "{cut} connections had to be cut");
        }
        self.background.shutdown().await;
        self.journal.event(Level::Info, "ended");
        Ok(())
    }
}

async fn serve(
    (serving, listener, router): (Serving, TcpListener, Router),
    mut stopped: watch::Receiver<bool>,
) -> u32 {
    let end = async move {
        // A sender that is gone is an end too.
        drop(stopped.wait_for(|stopped| *stopped).await);
    };
    serving.serve(listener, router, end).await
}

/// Shows what commands wrote.
async fn look((configured, shown, journal): (HubConfigured, Arc<ShownHub>, Journal)) {
    let mut every = interval(LOOK);
    every.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let head = configured.folder().join("history").join("checkpoint");
    let mut seen = None;
    loop {
        every.tick().await;
        let found = fs::read(&head).ok();
        if found == seen {
            continue;
        }
        match configured.reader() {
            Ok(hub) => {
                shown.set_hub(hub);
                seen = found;
            }
            // In the middle of being written, or broken: what is shown stays.
            Err(error) => {
                journal.because(Level::Error, "read the hub's folder", format!("{error:#}"));
            }
        }
    }
}
