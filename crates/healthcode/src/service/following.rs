//! Following the federation: the trust list, removals and all regions' key lists, from the hub, and from the
//! regions themselves where the hub does not have what is wanted.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use hc_code::federation::{Followed, TrustRefused};
use hc_code::trust_list::{EndpointKind, TrustEncodingError, TrustListError};
use hc_code::{DivisionCode, Timestamp};
use hc_http::Gauge;
use hc_http::journal::{Journal, Level};
use hc_http::peers::{FetchError, Fetcher};
use hc_hub::mirror::Index;
use hc_node::foreign::Foreign;
use tokio::sync::Notify;
use tokio::time::sleep;

use super::joined::Joined;
use super::node::Node;
use crate::random;

/// The most bytes of a list, and of a region's key list.
const MOST: usize = 8 << 20;
const MOST_KEYS: usize = 2 << 20;
const MOST_DOOR: usize = 4 << 10;
/// So long nobody is asked again for a key that came up and was not known.
const PAUSE: Duration = Duration::from_secs(2);
/// So many lists are gone through where hub keys have changed since.
const CATCH_UP: u32 = 1000;

/// A node that follows a hub.
pub(crate) struct Following {
    node: Arc<Node>,
    joined: Joined,
    fetcher: Arc<Fetcher>,
    journal: Journal,
    every: Duration,
    wanted: Arc<Notify>,
    seen: Seen,
}

/// By what is known next time what came last.
#[derive(Default)]
struct Seen {
    trust: Option<String>,
    removals: Option<String>,
    door: Option<String>,
    index: Option<String>,
    /// What was said last about a failure: it is said once.
    fault: Option<String>,
}

impl Following {
    /// Begins where the node left off. `wanted` asks for a look at the regions themselves.
    pub(crate) fn begin(
        node: &Arc<Node>,
        (joined, fetcher): (Joined, Arc<Fetcher>),
        journal: Journal,
        every: Duration,
        wanted: Arc<Notify>,
    ) -> Result<Self> {
        let federation = joined.recall(node.now())?;
        node.foreign().begin(federation);
        Ok(Self {
            node: Arc::clone(node),
            joined,
            fetcher,
            journal,
            every,
            wanted,
            seen: Seen::default(),
        })
    }

    /// Goes on for as long as the node serves.
    pub(crate) async fn run(mut self) {
        loop {
            let asked = self.ask_hub().await;
            match &asked {
                Ok(()) => {
                    if self.seen.fault.take().is_some() {
                        self.journal.event(Level::Info, "the hub answers again");
                    }
                }
                Err(error) => self.note(format!("{error:#}")),
            }
            if asked.is_err() {
                self.ask_regions().await;
            }
            if let Err(error) = self.joined.remember(&self.node.foreign().held()) {
                self.note(format!("{error:#}"));
            }
            tokio::select! {
                () = sleep(jittered(self.every)) => {}
                () = self.wanted.notified() => {
                    // A key came up that is not known: its region has a newer list than the hub.
                    self.ask_regions().await;
                    sleep(PAUSE).await;
                }
            }
        }
    }

    fn note(&mut self, fault: String) {
        if self.seen.fault.as_ref() != Some(&fault) {
            self.journal
                .because(Level::Warn, "follow the federation", fault.clone());
            self.seen.fault = Some(fault);
        }
    }

    fn foreign(&self) -> &Foreign {
        self.node.foreign()
    }

    /// Everything that the hub has.
    async fn ask_hub(&mut self) -> Result<()> {
        let hub = self.joined.hub().to_string();
        self.ask_for_trust(&hub).await.context("trust list")?;
        self.ask_for_removals(&hub).await.context("removals")?;
        self.foreign().heard_of_hub(self.node.now());
        self.ask_for_door(&hub).await.context("the hub's door")?;
        self.ask_for_keys(&hub).await.context("key lists")
    }

    async fn ask_for_trust(&mut self, hub: &str) -> Result<()> {
        let address = format!("{hub}/hub/v1/trust-list");
        let held = self.foreign().held().trust_bytes().is_some();
        let etag = self.seen.trust.clone().filter(|_| held);
        let came = match self.fetcher.get(&address, etag.as_deref(), MOST).await {
            // Before the first ceremony there is none.
            Err(FetchError::Status(404)) => return Ok(()),
            came => came.context(address)?,
        };
        let Some(bytes) = came.bytes else {
            return Ok(());
        };
        let now = self.node.now();
        let taken = match self.foreign().take_trust(&bytes, now) {
            Err(TrustRefused::List(TrustListError::Encoding(TrustEncodingError::Signer))) => {
                self.catch_up(hub).await?;
                self.foreign().take_trust(&bytes, now)
            }
            taken => taken,
        };
        if taken? == Followed::Newer {
            let version = self.foreign().held().seen().map_or(0, |mark| mark.version);
            self.journal.because(
                Level::Info,
                "a new trust list",
                format!("version {version}"),
            );
        }
        self.seen.trust = came.etag;
        Ok(())
    }

    /// Goes through the lists since the one that is known: each names the keys of the next.
    async fn catch_up(&self, hub: &str) -> Result<()> {
        let known = self.foreign().held().seen().map_or(1, |mark| mark.version);
        for version in known..known.saturating_add(CATCH_UP) {
            let address = format!("{hub}/hub/v1/trust-list/{version}");
            match self.fetcher.get(&address, None, MOST).await {
                Err(FetchError::Status(404)) => return Ok(()),
                came => {
                    let bytes = came.context(address)?.bytes.unwrap_or_default();
                    // One that cannot be taken is in nobody's way: the next may be.
                    drop(self.foreign().take_trust(&bytes, self.node.now()));
                }
            }
        }
        Ok(())
    }

    async fn ask_for_removals(&mut self, hub: &str) -> Result<()> {
        let address = format!("{hub}/hub/v1/removals");
        let came = match self
            .fetcher
            .get(&address, self.seen.removals.as_deref(), MOST)
            .await
        {
            Err(FetchError::Status(404)) => return Ok(()),
            came => came.context(address)?,
        };
        if let Some(bytes) = came.bytes
            && self.foreign().held().trust().is_some()
        {
            let taken = self.foreign().take_removals(&bytes, self.node.now())?;
            if taken == Followed::Newer {
                self.journal
                    .event(Level::Warn, "regions or keys were removed");
            }
            self.seen.removals = came.etag;
        }
        Ok(())
    }

    /// Where the hub's door is; a hub need not have one.
    async fn ask_for_door(&mut self, hub: &str) -> Result<()> {
        let address = format!("{hub}/hub/v1/door");
        let held = self.foreign().held();
        // It goes with each trust list, which says anew who may state it.
        let known = held.hub_door(self.node.now()).is_some();
        let etag = self.seen.door.clone().filter(|_| known);
        let came = match self.fetcher.get(&address, etag.as_deref(), MOST_DOOR).await {
            Err(FetchError::Status(404)) => return Ok(()),
            came => came.context(address)?,
        };
        if let Some(bytes) = came.bytes
            && held.trust().is_some()
        {
            self.foreign().take_hub_door(&bytes, self.node.now())?;
            self.seen.door = came.etag;
        }
        Ok(())
    }

    /// The key lists that the hub's mirror has and that are newer than those held.
    async fn ask_for_keys(&mut self, hub: &str) -> Result<()> {
        let address = format!("{hub}/mirror/v1/index.json");
        let came = self
            .fetcher
            .get(&address, self.seen.index.as_deref(), MOST)
            .await;
        let came = came.context(address)?;
        let Some(bytes) = came.bytes else {
            return Ok(());
        };
        let index: Index = serde_json::from_slice(&bytes).context("the index of the mirror")?;
        let mut fault = None;
        for of in index.regions {
            let (region, now) = (of.region, self.node.now());
            let Some(version) = of.keys.filter(|_| region != self.node.division()) else {
                continue;
            };
            let held = self.held_version(region);
            if held.is_some_and(|held| held >= version) {
                if let Some(heard_at) = of.heard_at {
                    self.foreign().heard_of(region, heard_at.min(now));
                }
                continue;
            }
            let address = format!("{hub}/mirror/v1/{region}/keys/{version}");
            if let Err(error) = self.take_keys(region, &address).await {
                fault = Some(error.context(region.to_string()));
            }
        }
        match fault {
            None => {
                self.seen.index = came.etag;
                Ok(())
            }
            Some(fault) => Err(fault),
        }
    }

    fn held_version(&self, region: DivisionCode) -> Option<u64> {
        let held = self.foreign().held();
        held.keys()
            .list(region)
            .map(hc_code::keys::KeyList::version)
    }

    async fn take_keys(&self, region: DivisionCode, address: &str) -> Result<()> {
        let came = self.fetcher.get(address, None, MOST_KEYS).await?;
        if let Some(bytes) = came.bytes {
            self.foreign().take_keys(region, &bytes, self.node.now())?;
        }
        Ok(())
    }

    /// Each region's key list from the region itself.
    async fn ask_regions(&self) {
        let (held, now) = (self.foreign().held().clone(), self.node.now());
        for entry in held.regions(now) {
            let region = entry.region();
            let address = held.address(region, EndpointKind::Keys, now);
            if let Some(address) = address.filter(|_| region != self.node.division())
                && let Err(error) = self.take_keys(region, address.as_str()).await
            {
                let why = format!("{region}: {error:#}");
                self.journal
                    .because(Level::Debug, "ask a region for its keys", why);
            }
        }
    }
}

/// A time and up to a fifth more, so that nodes do not come all at once.
pub(crate) fn jittered(every: Duration) -> Duration {
    let drawn = random::bytes::<1>().map_or(0, |drawn| drawn.iter().copied().map(u32::from).sum());
    every + every * drawn / (5 * 255)
}

/// What operators see of it.
pub(crate) fn gauges(node: &Arc<Node>) -> Vec<Gauge> {
    let of = |read: fn(&Foreign, Timestamp) -> Option<i64>| {
        let node = Arc::clone(node);
        Box::new(move || read(node.foreign(), node.now()))
            as Box<dyn Fn() -> Option<i64> + Send + Sync>
    };
    vec![
        Gauge {
            name: "healthcode_federation_hub_heard_seconds",
            help: "How long ago the hub answered; nothing where it never did.",
            read: of(|foreign, now| Some(now.since(foreign.heard().hub?).as_seconds())),
        },
        Gauge {
            name: "healthcode_federation_trust_version",
            help: "The version of the trust list that is held.",
            read: of(|foreign, _| Some(i64::from(foreign.held().trust()?.list().version()))),
        },
        Gauge {
            name: "healthcode_federation_trust_ends_seconds",
            help: "When the trust list ends, in seconds since 1970.",
            read: of(|foreign, _| Some(foreign.held().trust()?.list().expires_at().unix())),
        },
        Gauge {
            name: "healthcode_federation_regions",
            help: "How many regions count now.",
            read: of(|foreign, now| i64::try_from(foreign.held().regions(now).len()).ok()),
        },
        Gauge {
            name: "healthcode_federation_oldest_keys_seconds",
            help: "How long ago it was heard of the region that was not heard of longest.",
            read: of(|foreign, now| {
                let heard = foreign.heard();
                let oldest = heard.regions.values().min()?;
                Some(now.since(*oldest).as_seconds())
            }),
        },
    ]
}
