//! Fetching all regions' lists for the mirror: what is new since last time, some regions at once, each at its
//! own moment, and nothing that was not checked.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use hc_code::trust_list::EndpointKind;
use hc_code::{Day, DivisionCode, Offset, Span, Timestamp};
use hc_http::hub::ShownHub;
use hc_http::journal::{Journal, Level};
use hc_http::peers::{FetchError, Fetcher};
use hc_hub::mirror::MirrorError;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::service::following::jittered;

/// The most bytes of a key list, and of any other list.
const MOST_KEYS: usize = 2 << 20;
const MOST: usize = 64 << 20;
/// So long nobody is asked again for a key that came up and was not known.
const PAUSE: Duration = Duration::from_secs(1);
/// So many regions are asked at once.
const AT_ONCE: usize = 8;
/// So many steps of one day are taken at one visit; more are a whole.
const STEPS: usize = 60;
/// Wholes, shards and paper lists are fetched again after so long.
const SELDOM: Span = Span::seconds(60);
/// Tomorrow's list is out so long before midnight at the earliest.
const EVENING: Span = Span::hours(12);

/// The work of fetching.
pub(super) struct Mirroring {
    shown: Arc<ShownHub>,
    fetcher: Arc<Fetcher>,
    every: Duration,
    journal: Journal,
}

/// What is known of the last visits to a region.
#[derive(Clone, Debug, Default)]
struct Visited {
    seldom: Option<Timestamp>,
    fault: Option<String>,
}

/// One region to be visited.
struct Visit {
    shown: Arc<ShownHub>,
    fetcher: Arc<Fetcher>,
    region: DivisionCode,
    offset: Offset,
    addresses: BTreeMap<EndpointKind, String>,
    seldom: bool,
}

impl Mirroring {
    pub(super) fn new(
        shown: Arc<ShownHub>,
        fetcher: Fetcher,
        every: Duration,
        journal: Journal,
    ) -> Self {
        Self {
            shown,
            fetcher: Arc::new(fetcher),
            every,
            journal,
        }
    }

    /// Goes on for as long as the hub serves.
    pub(super) async fn run(self) {
        let mut visited: BTreeMap<DivisionCode, Visited> = BTreeMap::new();
        loop {
            self.round(&mut visited).await;
            tokio::select! {
                () = sleep(jittered(self.every)) => {}
                // A node came to the hub's door with a key that is not known: it began again.
                () = self.shown.keys_wanted() => sleep(PAUSE).await,
            }
        }
    }

    async fn round(&self, visited: &mut BTreeMap<DivisionCode, Visited>) {
        let (federation, now) = (self.shown.federation(), self.shown.now());
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let mut visits = JoinSet::new();
        for entry in federation.regions(now) {
            let region = entry.region();
            let of = visited.entry(region).or_default();
            let seldom = of.seldom.is_none_or(|at| at.plus(SELDOM) <= now);
            if seldom {
                of.seldom = Some(now);
            }
            let addresses = entry.endpoints().iter().rev();
            let visit = Visit {
                shown: Arc::clone(&self.shown),
                fetcher: Arc::clone(&self.fetcher),
                region,
                offset: entry.offset(),
                addresses: addresses
                    .map(|endpoint| (endpoint.kind, endpoint.address.to_string()))
                    .collect(),
                seldom,
            };
            let places = Arc::clone(&places);
            visits.spawn(async move {
                let _place = places.acquire().await;
                // Not all at the same moment.
                sleep(jittered(Duration::from_millis(50))).await;
                (region, visit.all().await)
            });
        }
        while let Some(done) = visits.join_next().await {
            if let Ok((region, outcome)) = done {
                self.note(region, visited.entry(region).or_default(), outcome);
            }
        }
        self.shown
            .change(|mirror, federation| mirror.tidy(federation, now));
    }

    /// A fault is said once, and its end too.
    fn note(&self, region: DivisionCode, of: &mut Visited, outcome: Result<()>) {
        match outcome {
            Ok(()) => {
                let now = self.shown.now();
                self.shown.change(|mirror, _| mirror.heard_of(region, now));
                if of.fault.take().is_some() {
                    self.journal
                        .because(Level::Info, "a region answers again", region.to_string());
                }
            }
            Err(error) => {
                let fault = format!("{region}: {error:#}");
                if of.fault.as_ref() != Some(&fault) {
                    self.journal
                        .because(Level::Warn, "mirror a region", fault.clone());
                    of.fault = Some(fault);
                }
            }
        }
    }
}

const fn is_gap(error: &MirrorError) -> bool {
    matches!(error, MirrorError::Gap(_))
}

impl Visit {
    async fn all(&self) -> Result<()> {
        self.keys().await.context("key list")?;
        self.status().await.context("status lists")?;
        if self.seldom {
            self.paper().await.context("paper list")?;
        }
        Ok(())
    }

    async fn get(&self, address: &str, most: usize) -> Result<Option<Vec<u8>>> {
        match self.fetcher.get(address, None, most).await {
            // What is not out yet is no fault.
            Err(FetchError::Status(404)) => Ok(None),
            came => Ok(came
                .with_context(|| address.to_owned())?
                .bytes
                .map(|bytes| bytes.to_vec())),
        }
    }

    async fn keys(&self) -> Result<()> {
        let Some(address) = self.addresses.get(&EndpointKind::Keys) else {
            return Ok(());
        };
        if let Some(bytes) = self.get(address, MOST_KEYS).await? {
            let now = self.shown.now();
            self.shown.change(|mirror, federation| {
                mirror.take_keys(federation, self.region, &bytes, now)
            })?;
        }
        Ok(())
    }

    async fn status(&self) -> Result<()> {
        let Some(base) = self.addresses.get(&EndpointKind::Status) else {
            return Ok(());
        };
        let now = self.shown.now();
        let today = Day::of(now, self.offset)?;
        let mut days = vec![today];
        if now >= today.end(self.offset).minus(EVENING) {
            days.extend(today.next());
        }
        for day in days {
            self.day(base, day).await.with_context(|| day.to_string())?;
        }
        Ok(())
    }

    async fn day(&self, base: &str, day: Day) -> Result<()> {
        let number = day.number();
        let list = format!("{base}/status-list?day={number}");
        let mut wholly = self.newest(day).is_none();
        if wholly {
            self.status_at(&list, MOST).await?;
        }
        for _ in 0..STEPS {
            let Some((sequence, _)) = self.newest(day) else {
                // Nothing is out yet.
                return Ok(());
            };
            match self
                .status_at(&format!("{list}&after={sequence}"), MOST)
                .await
            {
                Ok(true) => {}
                Ok(false) => break,
                // What was missed in between is in the whole.
                Err(error) if error.downcast_ref().is_some_and(is_gap) && !wholly => {
                    self.status_at(&list, MOST).await?;
                    wholly = true;
                }
                Err(error) => return Err(error),
            }
        }
        if self.seldom && !wholly {
            self.status_at(&list, MOST).await?;
        }
        if self.seldom
            && let Some((_, shards)) = self.newest(day)
        {
            for shard in 0..shards {
                let address = format!("{base}/status-shard?day={number}&shard={shard}");
                if let Some(bytes) = self.get(&address, MOST).await? {
                    let now = self.shown.now();
                    self.shown.change(|mirror, federation| {
                        mirror.take_shard(federation, self.region, &bytes, now)
                    })?;
                }
            }
        }
        Ok(())
    }

    /// Takes what an address gives of a day's list; whether there was anything.
    async fn status_at(&self, address: &str, most: usize) -> Result<bool> {
        let Some(bytes) = self.get(address, most).await? else {
            return Ok(false);
        };
        let now = self.shown.now();
        self.shown.change(|mirror, federation| {
            mirror.take_status(federation, self.region, &bytes, now)
        })?;
        Ok(true)
    }

    /// The newest edition that is held, and how many shards its list has.
    fn newest(&self, day: Day) -> Option<(u32, u32)> {
        let mirror = self.shown.mirror();
        let newest = mirror.of(self.region)?.days().get(&day)?.newest();
        Some((
            newest.sequence(),
            hc_code::status_list::SignedShard::count(newest),
        ))
    }

    async fn paper(&self) -> Result<()> {
        let Some(address) = self.addresses.get(&EndpointKind::Paper) else {
            return Ok(());
        };
        if let Some(bytes) = self.get(address, MOST).await? {
            let now = self.shown.now();
            self.shown.change(|mirror, federation| {
                mirror.take_paper(federation, self.region, &bytes, now)
            })?;
        }
        Ok(())
    }
}
