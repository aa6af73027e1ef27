//! What a region's node does beyond its region: follow the federation, have a door, go to others' doors.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use axum::Router;
use hc_http::journal::Journal;
use hc_http::peers::{
    self, DoorTls, Doors, DoorsTerms, Fetcher, Neighbours, OfRegion, TakeParcels,
};
use hc_http::serve::{Connections, Serving};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::following::Following;
use super::joined::{self, Joined};
use super::node::Node;
use super::{Configured, random_seed};

/// Everything that leads to other regions.
pub(crate) struct Abroad {
    /// The way to their doors.
    pub(crate) doors: Arc<Doors>,
    neighbours: Arc<dyn Neighbours>,
    following: Option<Following>,
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
        let following = match Joined::read(configured)? {
            Some(joined) => {
                let trust = joined::authorities(configured)?;
                let fetcher = Fetcher::new(&trust, Duration::from_secs(10));
                let every = configured.config.federation.every.as_seconds();
                let every = Duration::from_secs(u64::try_from(every).unwrap_or(10));
                let both = (joined, fetcher);
                Some(Following::begin(
                    node,
                    both,
                    journal.clone(),
                    every,
                    wanted,
                )?)
            }
            None => None,
        };
        Ok(Self {
            doors: Arc::new(Doors::new(Arc::clone(&neighbours), DoorsTerms::default())),
            neighbours,
            following,
        })
    }

    /// The work that goes on in the background.
    pub(crate) fn following(&mut self) -> Option<Following> {
        self.following.take()
    }

    /// Opens the own door, where one is configured.
    pub(crate) async fn door(
        &self,
        configured: &Configured,
        parcels: Option<Arc<dyn TakeParcels>>,
    ) -> Result<Option<OwnDoor>> {
        let Some(terms) = &configured.config.door else {
            return Ok(None);
        };
        let listener = TcpListener::bind(terms.listen)
            .await
            .with_context(|| format!("door.listen: cannot listen at {}", terms.listen))?;
        let serving = Serving {
            bounds: Connections {
                most: MOST,
                ..Connections::default()
            },
            door: Some(Arc::new(DoorTls::new(&self.neighbours)?)),
            seed: random_seed()?,
            ..Serving::default()
        };
        let router = peers::door(Arc::clone(&self.neighbours), parcels);
        Ok(Some(OwnDoor {
            serving,
            listener,
            router,
        }))
    }
}
