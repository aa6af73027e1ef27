//! What a node does by itself: keys, lists, due decisions, sending, purge.

pub(crate) mod entering;
mod sending;

use std::num::{NonZeroU16, NonZeroU32, NonZeroUsize};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Error;
use hc_core::store::{Retention, Store, StoreError};
use hc_http::journal::{Journal, Level};
use hc_node::region::Steps;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval};

use super::node::Node;

/// How often memory, store and keys are looked after.
const TEND: Duration = Duration::from_secs(1);
/// How often lists are published.
const PUBLISH: Duration = Duration::from_mins(1);
/// How often what is past its retention is removed.
const PURGE: Duration = Duration::from_hours(1);
/// So many people are decided anew at once, so that acts of others come in between.
const DUE_AT_ONCE: NonZeroU32 = NonZeroU32::new(500).unwrap();
/// So many cores at most are busy where everybody is looked at: a reader of the store is left for others.
const MOST_LANES: NonZeroU16 = NonZeroU16::new(3).unwrap();

/// Starts everything that goes on in the background; it ends with the set.
pub(crate) fn start(node: &Arc<Node>, retention: Retention, journal: &Journal) -> JoinSet<()> {
    let (journal, journal_of_sending) = (journal.clone(), journal.clone());
    let log = move |what: &'static str, error: &Error| {
        journal.because(Level::Error, what, format!("{error:#}"));
    };
    let mut tasks = JoinSet::new();
    let [first, tending, publishing, purging] = [(); 4].map(|()| log.clone());
    let begun = Arc::clone(node);
    let steps = Steps {
        lanes: cores().min(MOST_LANES),
        at_once: DUE_AT_ONCE,
    };
    tasks.spawn(async move {
        let mut every = ticks(TEND);
        loop {
            every.tick().await;
            if let Err(error) = begun.redecide_where_wanted(steps).await {
                first("decide everybody anew", &error.into());
            }
        }
    });
    let (tended, published, purged) = (Arc::clone(node), Arc::clone(node), Arc::clone(node));
    tasks.spawn(async move {
        let mut every = ticks(TEND);
        loop {
            every.tick().await;
            if let Err(error) = tended.tend().await {
                tending("tend", &error.into());
            }
            if let Err(error) = tended.log_uses().await {
                log("log what guardians did", &error.into());
            }
            if let Err(error) = tended.lapse_appeals(DUE_AT_ONCE.get()).await {
                log("let appeals lapse", &error.into());
            }
            match tended.redecide_due(DUE_AT_ONCE.get()).await {
                Ok(_) => {}
                Err(error) => tending("decide what is due", &error.into()),
            }
        }
    });
    tasks.spawn(async move {
        let mut every = ticks(PUBLISH);
        loop {
            every.tick().await;
            if let Err(error) = published.sign_log().await {
                publishing("sign the decision log", &error.into());
            }
            if let Err(error) = keep_levels(&published).await {
                publishing("count levels", &error);
            }
            let node = Arc::clone(&published);
            let made = tokio::task::spawn_blocking(move || node.publish_lists()).await;
            match made {
                Ok(Ok(())) => {}
                Ok(Err(error)) => publishing("publish lists", &error.into()),
                Err(error) => publishing("publish lists", &error.into()),
            }
        }
    });
    tasks.spawn(sending::run(Arc::clone(node), journal_of_sending));
    tasks.spawn(async move {
        let mut every = ticks(PURGE);
        loop {
            every.tick().await;
            if let Err(error) = purge(&purged, retention).await {
                purging("purge", &Error::from(error));
            }
        }
    });
    tasks
}

/// Keeps how many people are at which level, once in a quarter of an hour.
async fn keep_levels(node: &Arc<Node>) -> Result<(), Error> {
    let Some(quarter) = node.levels_due().await? else {
        return Ok(());
    };
    let counting = Arc::clone(node);
    let mut row = tokio::task::spawn_blocking(move || counting.count_levels()).await?;
    row.at = quarter;
    Ok(node.keep_levels(row).await?)
}

/// Removes what is past its retention, a few thousand rows in an act, so that others come in between.
async fn purge(node: &Node, retention: Retention) -> Result<(), StoreError> {
    let now = node.now();
    loop {
        let gone = node
            .store()
            .write(move |writing| writing.purge(now, &retention))
            .await?;
        if gone == 0 {
            return Ok(());
        }
    }
}

fn cores() -> NonZeroU16 {
    let cores = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let cores = u16::try_from(cores).unwrap_or(u16::MAX);
    NonZeroU16::new(cores).unwrap_or(NonZeroU16::MIN)
}

/// Comes back after so long each time, and later where it was busy.
fn ticks(every: Duration) -> tokio::time::Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
