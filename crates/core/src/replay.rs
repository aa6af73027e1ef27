//! Publications played over a population: whom each turns which level.

use std::collections::BTreeMap;

use hc_code::{Level, Timestamp};

use crate::area::{AreaHistory, AreaIndex, AreaLedger, AreaSnapshot};
use crate::decide::Decision;
use crate::place::PlaceTable;
use crate::population::{Population, Tally, decide_range};
use crate::rules::RulePack;

/// A population under one pack, with the publications so far.
#[derive(Debug)]
pub struct Replay<'a> {
    pack: &'a RulePack,
    population: &'a Population,
    places: &'a PlaceTable,
    ledger: AreaLedger,
    /// The areas before the next publication.
    areas: AreaIndex,
}

/// What one publication did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it was published, and for when everybody was decided.
    pub at: Timestamp,
    /// How many people are at which level, and why.
    pub tally: Tally,
    /// How many people the publication itself turned from which level to which: decided for the same
    /// instant without it and with it.
    pub turned: BTreeMap<Turn, u64>,
}

/// From which level somebody was turned to which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Turn {
    /// The level before.
    pub from: Level,
    /// The level after.
    pub to: Level,
}

impl Turn {
    const fn order(self) -> (u8, u8) {
        (self.from as u8, self.to as u8)
    }
}

impl PartialOrd for Turn {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Turn {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.order().cmp(&other.order())
    }
}

impl<'a> Replay<'a> {
    /// Nothing published yet. `places` is the table that the stays of the population are numbered in.
    pub fn new(pack: &'a RulePack, population: &'a Population, places: &'a PlaceTable) -> Self {
        Self {
            pack,
            population,
            places,
            ledger: AreaLedger::new(),
            areas: AreaIndex::empty(),
        }
    }

    /// Adds a publication and decides for everybody at its instant, without it and with it.
    ///
    /// Publications come in the order of their time; one that comes late is added to the history, and
    /// everybody is decided for its own time.
    pub fn publish(&mut self, snapshot: &AreaSnapshot) -> Step {
        let at = snapshot.at();
        let mut before = Vec::with_capacity(self.population.len());
        self.everybody(at, |_, decision| before.push(decision.level));
        self.ledger.add(snapshot);
        self.areas = AreaIndex::build(self.places, &self.history());
        let mut tally = Tally::default();
        let mut turned = BTreeMap::new();
        self.everybody(at, |person, decision| {
            tally.add(&decision);
            let to = decision.level;
            if let Some(from) = before.get(person).copied().filter(|from| *from != to) {
                *turned.entry(Turn { from, to }).or_default() += 1;
            }
        });
        Step { at, tally, turned }
    }

    fn everybody(&self, at: Timestamp, then: impl FnMut(usize, Decision)) {
        let range = (0, self.population.len());
        decide_range(self.pack, self.population, range, &self.areas, at, then);
    }

    /// The areas published so far.
    pub fn history(&self) -> AreaHistory {
        self.ledger.history()
    }
}
