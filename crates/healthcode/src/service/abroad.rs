//! What a region's node does beyond its region: follow the federation, have a door, go to others' doors.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use hc_http::journal::{Journal, Level};
use hc_http::peers::{
    self, DoorTls, Doors, DoorsTerms, Fetcher, Neighbours, OfRegion, ParcelsOf, TakeParcels,
};
use hc_http::serve::{Connections, Serving};
use hc_node::federation::{Federation, HeldPeers};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::directory::Shared;
use super::following::Following;
use super::joined::{self, Joined};
use super::node::Node;
use super::renewing::Renewing;
use super::tasks::entering::EnterEverybody;
use super::{Configured, random_seed, secrets};

/// Everything that leads to other regions.
pub(crate) struct Abroad {
    /// The way to their doors.
    pub(crate) doors: Arc<Doors>,
    neighbours: Arc<dyn Neighbours>,
    following: Option<Following>,
    entering: Option<EnterEverybody>,
}

/// The own door, opened.
pub(crate) struct OwnDoor {
    pub(crate) serving: Serving,
    pub(crate) listener: TcpListener,
    pub(crate) router: Router,
}

/// Other regions have a node each, and few connections at once.
const MOST: u32 = 1024;

impl Abroad {
    /// Begins to follow, where the region has joined a federation.
    pub(crate) fn begin(
        node: &Arc<Node>,
        configured: &Configured,
        journal: &Journal,
    ) -> Result<Self> {
        let wanted = Arc::new(Notify::new());
        let neighbours: Arc<dyn Neighbours> =
            Arc::new(OfRegion::new(Arc::clone(node), Arc::clone(&wanted)));
        let doors = Arc::new(Doors::new(Arc::clone(&neighbours), DoorsTerms::default()));
        let (following, entering) = match Joined::read(configured)? {
            Some(joined) => {
                let trust = joined::authorities(configured)?;
                let fetcher = Arc::new(Fetcher::new(&trust, Duration::from_secs(10)));
                let every = configured.config.federation.every.as_seconds();
                let every = Duration::from_secs(u64::try_from(every).unwrap_or(10));
                let both = (joined, Arc::clone(&fetcher));
                let following = Following::begin(node, both, journal.clone(), every, wanted)?;
                let renew = Renewing::of(node, fetcher).renew();
                let key = secrets::directory(&configured.path(&configured.config.secrets))?;
                if key.is_none() {
                    let what = "no key of the directory: evidence that names documents finds no other region";
                    journal.event(Level::Warn, what);
                }
                let directory = key.map(|secret| Shared::new(&secret, &doors));
                node.join(Federation {
                    peers: Arc::new(HeldPeers::new(Arc::clone(node.foreign()), renew)),
                    doors: Arc::clone(&doors) as _,
                    directory: directory.as_ref().map(Shared::parts),
                });
                let entering =
                    directory.map(|shared| shared.entering(node, configured, journal.clone()));
                (Some(following), entering)
            }
            None => (None, None),
        };
        Ok(Self {
            doors,
            neighbours,
            following,
            entering,
        })
    }

    /// The work that goes on in the background.
    pub(crate) fn following(&mut self) -> Option<Following> {
        self.following.take()
    }

    /// The work of entering people in the hub's directory.
    pub(crate) fn entering(&mut self) -> Option<EnterEverybody> {
        self.entering.take()
    }

    /// Opens the own door, where one is configured.
    pub(crate) async fn door(
        &self,
        configured: &Configured,
        node: &Arc<Node>,
    ) -> Result<Option<OwnDoor>> {
        let Some(terms) = &configured.config.door else {
            return Ok(None);
        };
        let listener = configured.listening.at(terms.listen).await;
        let listener = listener.context("door.listen")?;
        let serving = Serving {
            bounds: Connections {
                most: MOST,
                ..Connections::default()
            },
            door: Some(Arc::new(DoorTls::new(&self.neighbours)?)),
            seed: random_seed()?,
            ..Serving::default()
        };
        let parcels: Arc<dyn TakeParcels> = Arc::new(ParcelsOf::new(Arc::clone(node)));
        let router = peers::door(Arc::clone(&self.neighbours), Some(parcels));
        Ok(Some(OwnDoor {
            serving,
            listener,
            router,
        }))
    }
}
