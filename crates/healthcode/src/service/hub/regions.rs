//! Regions that have no code of their own: the hub serves them beside itself, in its own process.
//!
//! Each is a region like any other, with its own number, rules, store, root and log: it asks to be let in, stands on
//! the trust list, and comes to the hub's doors as the others do. Nothing passes between hub and region within the
//! process, so a region that gets a code of its own takes its folder with it.

use std::collections::BTreeSet;
use std::future::pending;
use std::net::SocketAddr;

use anyhow::{Context, Result, bail, ensure};
use hc_code::DivisionCode;
use hc_http::journal::Journal;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::{HubConfigured, is_hub};
use crate::service::Configured;
use crate::service::serving::Served;

/// Regions that answer.
pub(crate) struct ServedRegions {
    at: Vec<(DivisionCode, SocketAddr)>,
    stop: watch::Sender<bool>,
    serving: JoinSet<Result<()>>,
}

impl HubConfigured {
    /// The regions that the hub serves: each once.
    pub(crate) fn regions(&self) -> Result<Vec<Configured>> {
        let mut seen = BTreeSet::new();
        let mut regions = Vec::new();
        for file in &self.config.regions {
            let path = self.path(file);
            let what = || format!("regions: {}", path.display());
            ensure!(!is_hub(&path), "{}: it is a hub's configuration", what());
            let region = Configured::read(&path).with_context(what)?;
            let code = region.config.region;
            ensure!(seen.insert(code), "{}: {code} is named twice", what());
            regions.push(region);
        }
        Ok(regions)
    }
}

impl ServedRegions {
    /// Opens every region that the hub serves.
    pub(crate) async fn open(configured: &HubConfigured, journal: &Journal) -> Result<Self> {
        let (stop, stopped) = watch::channel(false);
        let (mut at, mut serving) = (Vec::new(), JoinSet::new());
        for region in configured.regions()? {
            let code = region.config.region;
            let what = move || format!("region {code}");
            let served = Served::of(&region, journal.clone()).await;
            let served = served.with_context(what)?;
            at.push((code, served.address()));
            let mut stopped = stopped.clone();
            let end = async move {
                // A sender that is gone is an end too.
                drop(stopped.wait_for(|stopped| *stopped).await);
            };
            serving.spawn(async move { served.until(end).await.with_context(what) });
        }
        Ok(Self { at, stop, serving })
    }

    /// Which ones, and where they answer.
    pub(crate) fn addresses(&self) -> &[(DivisionCode, SocketAddr)] {
        &self.at
    }

    /// Waits for one that ends without being asked to, which none should.
    pub(crate) async fn fault(&mut self) -> Result<()> {
        match self.serving.join_next().await {
            None => pending().await,
            Some(ended) => {
                ended??;
                bail!("a region that the hub serves ended by itself")
            }
        }
    }

    /// Ends all of them.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.stop.send_replace(true);
        while let Some(ended) = self.serving.join_next().await {
            ended??;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn read(regions: &str) -> Result<Vec<Configured>> {
        let folder = tempfile::tempdir().unwrap();
        let hub = folder.path().join("hub.toml");
        let least = "role = \"hub\"\nlisten = \"127.0.0.1:0\"\n";
        fs::write(&hub, format!("{least}regions = {regions}\n")).unwrap();
        let region = "region = \"520000\"\nlisten = \"127.0.0.1:0\"\nlists-at = \"https://520000.example/status\"\n\
            rules = \"rules.toml\"\n";
        for name in ["first.toml", "second.toml"] {
            fs::write(folder.path().join(name), region).unwrap();
        }
        HubConfigured::read(&hub).unwrap().regions()
    }

    #[test]
    fn a_hub_serves_a_region_once_and_no_other_hub() {
        assert_eq!(read("[\"first.toml\"]").unwrap().len(), 1);
        for (regions, named) in [
            ("[\"first.toml\", \"second.toml\"]", "520000 is named twice"),
            ("[\"hub.toml\"]", "it is a hub's configuration"),
            ("[\"missing.toml\"]", "missing.toml"),
        ] {
            let error = format!("{:#}", read(regions).unwrap_err());
            assert!(error.contains(named), "{error}");
        }
    }
}
