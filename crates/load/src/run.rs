//! Offering requests at the instants of a schedule.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use anyhow::Result;
use hdrhistogram::Histogram;
use tokio::task::LocalSet;
use tokio::time::{Instant, sleep_until};

use crate::args::{Offer, Scenario, Target};
use crate::connection::{Connection, Way};
use crate::pace::Pace;
use crate::people::{People, get};
use crate::report::{self, Step};

/// Requests of one kind, taken in turn; an empty one is a handshake and nothing more.
pub(crate) type Requests = Rc<Vec<Vec<u8>>>;

/// More enrolments than a service answers in a second.
const MOST_ANSWERED: u32 = 20_000;

/// What came back.
pub(crate) struct Tally {
    pub(crate) micros: Histogram<u64>,
    pub(crate) good: u64,
    /// Refused because the service had too much to do.
    pub(crate) refused: u64,
    /// Any other answer.
    pub(crate) other: u64,
    /// No answer.
    pub(crate) broken: u64,
}

/// Plays the steps of a scenario.
pub(crate) async fn offer(offer: &Offer, json: bool) -> Result<()> {
    let mut people = People::enrol(&offer.target).await?;
    let mut steps: Vec<Option<u32>> = offer.rate.iter().copied().map(Some).collect();
    if steps.is_empty() {
        steps.push(None);
    }
    for rate in steps {
        let most = u64::from(rate.unwrap_or(MOST_ANSWERED));
        let count = most * u64::from(offer.seconds);
        let requests = requests(&mut people, offer.scenario, &offer.target, count).await?;
        let length = Duration::from_secs(offer.seconds.into());
        let pace = rate.map(|rate| Pace {
            rate: rate.into(),
            burst: offer.burst.into(),
        });
        let (tally, took) = run(&offer.target, requests, pace, length).await?;
        report::step(&Step::of(offer.scenario, rate, &tally, took), json)?;
    }
    Ok(())
}

/// The requests of a scenario: as many as there can be before they repeat.
pub(crate) async fn requests(
    people: &mut People,
    scenario: Scenario,
    target: &Target,
    count: u64,
) -> Result<Requests> {
    let some = usize::try_from(count.min(10_000))?;
    let all = usize::try_from(count.min(2_000_000))?;
    Ok(Rc::new(match scenario {
        Scenario::Show => people.show.clone(),
        Scenario::Verify => people.verdicts(some).await?,
        Scenario::Enrol => (0..all).map(|_| people.enrolment()).collect(),
        Scenario::Declare => people.declare.clone(),
        Scenario::Bare => vec![get(target, "/v1/keys", None)],
        // No request at all.
        Scenario::Handshake => vec![Vec::new()],
        Scenario::Mixed => {
            let verdicts = people.verdicts(some).await?;
            let mut mix = Vec::with_capacity(all);
            for place in 0..all {
                let next = match place % 100 {
                    0 => Some(people.enrolment()),
                    1..5 => people.declare.get(place % people.declare.len()).cloned(),
                    5..20 => verdicts.get(place % verdicts.len()).cloned(),
                    _ => people.show.get(place % people.show.len()).cloned(),
                };
                mix.extend(next);
            }
            mix
        }
    }))
}

/// Sends requests over all connections for a time: at a pace, or each as soon as the one before was
/// answered.
pub(crate) async fn run(
    target: &Target,
    requests: Requests,
    pace: Option<Pace>,
    length: Duration,
) -> Result<(Tally, Duration)> {
    let next = Rc::new(Cell::new(0u64));
    let tally = Rc::new(RefCell::new(Tally::new()?));
    let way = Way::of(target)?;
    let mut connections: Vec<_> = (0..target.connections)
        .map(|_| Connection::by(&way))
        .collect();
    if requests.iter().all(|request| !request.is_empty()) {
        // They are kept open, so that opening them is no part of what is measured. One that cannot be opened
        // tries again with its first request, which counts.
        for connection in &mut connections {
            drop(connection.ready().await);
        }
    }
    let begun = Instant::now();
    let end = begun + length;
    let local = LocalSet::new();
    for mut connection in connections {
        let (next, tally, requests) = (Rc::clone(&next), Rc::clone(&tally), Rc::clone(&requests));
        local.spawn_local(async move {
            loop {
                let place = next.get();
                next.set(place + 1);
                let due = pace.map_or_else(Instant::now, |pace| begun + pace.due(place));
                if due >= end {
                    break;
                }
                if pace.is_some() {
                    sleep_until(due).await;
                }
                let turn = usize::try_from(place).unwrap_or(0) % requests.len().max(1);
                let Some(request) = requests.get(turn) else {
                    break;
                };
                let status = if request.is_empty() {
                    let shaken = connection.shake_hands().await;
                    shaken.ok().map(|()| 200)
                } else {
                    let answer = connection.ask(request).await;
                    answer.ok().map(|answer| answer.status)
                };
                tally.borrow_mut().count(status, due.elapsed());
            }
        });
    }
    local.await;
    let took = begun.elapsed();
    let tally = tally.replace(Tally::new()?);
    Ok((tally, took))
}

impl Tally {
    fn new() -> Result<Self> {
        Ok(Self {
            // From a microsecond to ten minutes, to three digits.
            micros: Histogram::new_with_bounds(1, 600_000_000, 3)?,
            good: 0,
            refused: 0,
            other: 0,
            broken: 0,
        })
    }

    fn count(&mut self, status: Option<u16>, took: Duration) {
        match status {
            Some(200..300) => {
                self.good += 1;
                let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
                self.micros.saturating_record(micros.max(1));
            }
            Some(429 | 503) => self.refused += 1,
            Some(_) => self.other += 1,
            None => self.broken += 1,
        }
    }
}
