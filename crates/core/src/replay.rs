//! Publications played over a population: whom each turns which level.

use std::collections::BTreeMap;

use hc_code::{Level, Timestamp};

use crate::area::{AreaHistory, AreaIndex, AreaLedger, AreaSnapshot};
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
    /// The level of each person at the publication before; empty before the first.
    levels: Vec<Level>,
}

/// What one publication did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// When it was published, and for when everybody was decided.
    pub at: Timestamp,
    /// How many people are at which level, and why.
    pub tally: Tally,
    /// How many people turned from which level to which since the publication before.
    pub turned: BTreeMap<Turn, u64>,
}

/// A change of level, by the codes of the levels in the order of [`Level::ALL`].
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
            levels: Vec::new(),
        }
    }

    /// Adds a publication and decides for everybody by what had been published then.
    ///
    /// Publications come in the order of their time; one that comes late is added to the history, and
    /// everybody is decided for its own time.
    pub fn publish(&mut self, snapshot: &AreaSnapshot) -> Step {
        self.ledger.add(snapshot);
        let at = snapshot.at();
        let areas = AreaIndex::build(self.places, &self.history());
        let mut tally = Tally::default();
        let mut turned = BTreeMap::new();
        let mut levels = Vec::with_capacity(self.population.len());
        let everybody = (0, self.population.len());
        decide_range(
            self.pack,
            self.population,
            everybody,
            &areas,
            at,
            |person, decision| {
                tally.add(&decision);
                let to = decision.level;
                levels.push(to);
                if let Some(from) = self.levels.get(person).copied().filter(|from| *from != to) {
                    *turned.entry(Turn { from, to }).or_default() += 1;
                }
            },
        );
        self.levels = levels;
        Step { at, tally, turned }
    }

    /// The areas published so far.
    pub fn history(&self) -> AreaHistory {
        self.ledger.history()
    }
}
