//! Sending what waits for other regions: each region by itself, so that one that does not answer holds
//! nobody else up.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use hc_code::DivisionCode;
use hc_http::journal::{Journal, Level};
use hc_node::region::{Due, RegionError, Round};
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{TEND, ticks};
use crate::service::node::Node;

/// Nobody is left alone for longer.
const LONGEST: Duration = Duration::from_secs(30);

/// Where something is on its way to: a region, or none for the directory.
type Place = Option<DivisionCode>;
/// What came of going there.
type Gone = (Place, Result<Round, RegionError>);

/// Goes on for as long as the node serves. What is under way when it ends is sent again after the next
/// start, under the same id.
pub(super) async fn run(node: Arc<Node>, journal: Journal) {
    let mut sending = Sending {
        node,
        journal,
        under_way: BTreeSet::new(),
        going: JoinSet::new(),
        away: BTreeMap::new(),
    };
    let mut every = ticks(TEND);
    loop {
        tokio::select! {
            _ = every.tick() => sending.begin().await,
            Some(gone) = sending.going.join_next() => {
                if let Ok((place, came)) = gone {
                    sending.under_way.remove(&place);
                    // What the directory found, and what came meanwhile, goes at once.
                    if sending.note(place, came) {
                        sending.begin().await;
                    }
                }
            }
        }
    }
}

struct Sending {
    node: Arc<Node>,
    journal: Journal,
    under_way: BTreeSet<Place>,
    going: JoinSet<Gone>,
    /// Who did not answer, how often on end, and when they are tried again.
    away: BTreeMap<Place, (u32, Instant)>,
}

impl Sending {
    async fn begin(&mut self) {
        let now = Instant::now();
        let due = match self.node.due_to_go().await {
            Ok(due) => due,
            Err(error) => return self.fault(&error),
        };
        for due in due {
            let away = self.away.get(&due.to());
            if away.is_some_and(|(_, until)| *until > now) {
                continue;
            }
            if self.under_way.insert(due.to()) {
                self.going.spawn(go(Arc::clone(&self.node), due));
            }
        }
    }

    /// Says what went wrong; whether something was answered.
    fn note(&mut self, place: Place, came: Result<Round, RegionError>) -> bool {
        let round = match came {
            Ok(round) => round,
            Err(error) => {
                self.fault(&error);
                return false;
            }
        };
        let name = place.map_or_else(|| "the directory".to_owned(), |region| region.to_string());
        if round.given_up > 0 {
            let why = format!("{} to {name}", round.given_up);
            let what = "messages to another region were given up";
            self.journal.because(Level::Warn, what, why);
        }
        if round.answered > 0 {
            if self.away.remove(&place).is_some() {
                let what = "what waited for another region goes again";
                self.journal.because(Level::Info, what, name);
            }
        } else if round.again > 0 {
            self.pause(place, name);
        }
        round.answered > 0
    }

    /// A place where nobody answers is left alone for a while, twice as long each time.
    fn pause(&mut self, place: Place, name: String) {
        let tries = self.away.get(&place).map_or(0, |(tries, _)| *tries);
        if tries == 0 {
            let what = "messages to another region wait";
            self.journal.because(Level::Warn, what, name);
        }
        let wait = Duration::from_secs(1 << tries.min(5)).min(LONGEST);
        let until = Instant::now() + wait;
        self.away.insert(place, (tries.saturating_add(1), until));
    }

    fn fault(&self, error: &RegionError) {
        let what = "send to other regions";
        self.journal
            .because(Level::Error, what, format!("{error:#}"));
    }
}

async fn go(node: Arc<Node>, due: Due) -> Gone {
    (due.to(), node.send(due).await)
}
