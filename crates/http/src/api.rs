//! What all endpoints share.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use hc_code::Timestamp;
use hc_code::signing::Signer;
use hc_core::store::Store;
use hc_node::region::Region;

use crate::identity::Identify;
use crate::lanes::Lanes;
use crate::metrics::Metrics;
use crate::pace::Pace;
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
        }
    }
}

/// A region's node as HTTP sees it.
pub struct Api<S, R> {
    region: Arc<Region<S, R>>,
    identify: Box<dyn Identify>,
    limits: Limits,
    pub(crate) lanes: Lanes,
    pub(crate) pace: Pace,
    pub(crate) once: Once,
    pub(crate) metrics: Metrics,
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
        let once = Once::beginning_at(region.now(), MOST);
        Self {
            region,
            identify,
            limits,
            lanes: Lanes::new(&limits),
            pace: Pace::new(limits.acts_a_minute, seed),
            once,
            metrics: Metrics::default(),
        }
    }

    /// The node.
    pub const fn region(&self) -> &Arc<Region<S, R>> {
        &self.region
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
