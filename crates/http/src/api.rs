//! What all endpoints share.

use std::fmt;
use std::hash::{DefaultHasher, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hc_code::Timestamp;
use hc_code::signing::Signer;
use hc_core::store::Store;
use hc_node::passkeys::RelyingParty;
use hc_node::region::Region;

use crate::desk::Desk;
use crate::gates::elsewhere::Elsewhere;
use crate::gates::trust::OwnTrust;
use crate::identity::Identify;
use crate::journal::Journal;
use crate::lanes::Lanes;
use crate::metrics::Metrics;
use crate::national::{Calls, Minutes};
use crate::pace::Pace;
use crate::peers::Doors;
use crate::serve::{Capacity, ConnectionCounts};
use crate::signature::{MOST, Once};

/// A signer that a node can hold: the region's root.
pub trait Root: Signer + Send + Sync + 'static {}

impl<T: Signer + Send + Sync + 'static> Root for T {}

/// Everything bounded in size, time and number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most bytes of a JSON body.
    pub json_bytes: usize,
    /// Most bytes of a batch.
    pub batch_bytes: usize,
    /// How long a JSON body may take to come.
    pub json_within: Duration,
    /// How long a batch may take to come.
    pub batch_within: Duration,
    /// How many batches are read at once.
    pub batches_at_once: usize,
    /// How many acts run at once.
    pub acts_at_once: usize,
    /// How many acts wait behind them; one more is refused at once.
    pub acts_waiting: usize,
    /// How long an act may wait for its turn.
    pub turn_within: Duration,
    /// How long an act may take.
    pub act_within: Duration,
    /// How many acts one subject may ask for in a minute, and how often one document may be tried.
    pub acts_a_minute: u32,
    /// How many people one officer may enrol at a counter in an hour.
    pub counter_enrolments_an_hour: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            json_bytes: 64 << 10,
            batch_bytes: 16 << 20,
            json_within: Duration::from_secs(10),
            batch_within: Duration::from_mins(1),
            batches_at_once: 4,
            acts_at_once: 256,
            acts_waiting: 1024,
            turn_within: Duration::from_secs(5),
            act_within: Duration::from_secs(30),
            acts_a_minute: 60,
            counter_enrolments_an_hour: 60,
        }
    }
}

/// How many records one officer may open in an hour.
const RECORDS_AN_HOUR: u32 = 60;

/// A region's node as HTTP sees it.
pub struct Api<S, R> {
    region: Arc<Region<S, R>>,
    identify: Box<dyn Identify>,
    limits: Limits,
    pub(crate) lanes: Lanes,
    pub(crate) pace: Pace,
    pub(crate) counters: Pace,
    pub(crate) once: Once,
    /// The same for messages of applications, which are many: they take no room from officers and gates.
    pub(crate) once_of_applications: Once,
    pub(crate) calls: Calls,
    pub(crate) minutes: Minutes,
    pub(crate) metrics: Metrics,
    pub(crate) journal: Journal,
    pub(crate) gauges: Vec<Gauge>,
    pub(crate) connections: Arc<ConnectionCounts>,
    pub(crate) capacity: Option<Arc<Capacity>>,
    trust: Option<OwnTrust>,
    doors: Option<Arc<Doors>>,
    elsewhere: Option<Elsewhere>,
    pub(crate) records: Pace,
    desk: Option<Desk>,
    requests: AtomicU64,
    seed: [u8; 16],
}

/// A number that the operators want to see and that is somebody else's to know.
pub struct Gauge {
    /// Its name as a metric.
    pub name: &'static str,
    /// What it says.
    pub help: &'static str,
    /// What it is now; nothing where that cannot be known.
    pub read: Box<dyn Fn() -> Option<i64> + Send + Sync>,
}

impl fmt::Debug for Gauge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Gauge({})", self.name)
    }
}

impl<S: Store, R: Root> Api<S, R> {
    /// Puts a node behind HTTP. `seed` is drawn at random: by it callers are spread over counters, so
    /// that nobody can aim at another one's.
    pub fn new(
        region: Arc<Region<S, R>>,
        identify: Box<dyn Identify>,
        limits: Limits,
        seed: [u8; 16],
    ) -> Self {
        let once = |share| Once::beginning_at(region.now(), MOST).with_most_of_one(share);
        // Nonces may be dated five minutes ahead and are kept five minutes: ten minutes at the pace.
        let paced = usize::try_from(limits.acts_a_minute).unwrap_or(MOST);
        let (own, of_applications) = (once(paced.saturating_mul(10).max(1024)), once(MOST / 4));
        Self {
            region,
            identify,
            limits,
            lanes: Lanes::new(&limits),
            pace: Pace::new(limits.acts_a_minute, seed),
            counters: Pace::hourly(limits.counter_enrolments_an_hour, seed),
            once: own,
            once_of_applications: of_applications,
            calls: Calls::default(),
            minutes: Minutes::default(),
            metrics: Metrics::default(),
            journal: Journal::default(),
            gauges: Vec::new(),
            connections: Arc::default(),
            capacity: None,
            trust: None,
            doors: None,
            elsewhere: None,
            records: Pace::hourly(RECORDS_AN_HOUR, seed),
            desk: None,
            requests: AtomicU64::new(0),
            seed,
        }
    }

    /// With the trust list that gates begin with.
    #[must_use]
    pub fn with_trust(self, trust: OwnTrust) -> Self {
        Self {
            trust: Some(trust),
            ..self
        }
    }

    /// With the way to doors of other regions.
    #[must_use]
    pub fn with_doors(self, doors: Arc<Doors>) -> Self {
        Self {
            doors: Some(doors),
            ..self
        }
    }

    pub(crate) const fn doors(&self) -> Option<&Arc<Doors>> {
        self.doors.as_ref()
    }

    /// With what other regions publish, passed on to this region's gates.
    #[must_use]
    pub fn with_elsewhere(self, elsewhere: Elsewhere) -> Self {
        Self {
            elsewhere: Some(elsewhere),
            ..self
        }
    }

    pub(crate) const fn elsewhere(&self) -> Option<&Elsewhere> {
        self.elsewhere.as_ref()
    }

    /// With a journal of what happens.
    #[must_use]
    pub fn with_journal(self, journal: Journal) -> Self {
        Self { journal, ..self }
    }

    /// With pages for officers on the operators' listener, at one origin.
    #[must_use]
    pub fn with_desk(self, relying: RelyingParty) -> Self {
        let desk = Desk::new(relying, self.region.random());
        Self {
            desk: Some(desk),
            ..self
        }
    }

    pub(crate) const fn desk(&self) -> Option<&Desk> {
        self.desk.as_ref()
    }

    /// With more numbers for the operators.
    #[must_use]
    pub fn with_gauges(self, gauges: Vec<Gauge>) -> Self {
        Self { gauges, ..self }
    }

    /// With what is counted of the public listener.
    #[must_use]
    pub fn with_counts(
        self,
        connections: Arc<ConnectionCounts>,
        capacity: Option<Arc<Capacity>>,
    ) -> Self {
        Self {
            connections,
            capacity,
            ..self
        }
    }

    /// A number for one request: in no order that tells how many there were.
    pub(crate) fn request_id(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        hasher.write(&self.seed);
        hasher.write_u64(self.requests.fetch_add(1, Ordering::Relaxed));
        hasher.finish()
    }

    /// The node.
    pub const fn region(&self) -> &Arc<Region<S, R>> {
        &self.region
    }

    pub(crate) const fn trust(&self) -> Option<&OwnTrust> {
        self.trust.as_ref()
    }

    /// The limits.
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(crate) fn identify(&self) -> &dyn Identify {
        &*self.identify
    }

    /// RFC 3339 where the region's people live; `None` for never.
    pub(crate) fn time(&self, at: Timestamp) -> Option<String> {
        (at != Timestamp::MAX).then(|| at.at_offset(self.region.terms().offset))
    }
}

impl<S, R> fmt::Debug for Api<S, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Api")
            .field("region", &self.region)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
