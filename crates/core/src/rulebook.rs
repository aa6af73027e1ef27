//! What decides now: the rule pack in force, the areas at risk, and the places that stays are known at.

use crate::area::{AreaHistory, AreaIndex, AreaLedger};
use crate::decide::Decision;
use crate::evidence::Story;
use crate::explanation::{Explanation, explain};
use crate::place::PlaceTable;
use crate::rules::RulePack;
use crate::standing::Standing;
use hc_code::Timestamp;

/// The rule pack in force with all that a decision reads beside the facts.
#[derive(Clone, Debug)]
pub struct Rulebook {
    pack: RulePack,
    ledger: AreaLedger,
    history: AreaHistory,
    places: PlaceTable,
    areas: AreaIndex,
    /// Rises with every change of rules or areas.
    edition: u64,
    /// The edition by which everybody's standing was decided.
    followed: Option<u64>,
}

impl Rulebook {
    /// A pack, and no area at risk yet.
    pub fn new(pack: RulePack) -> Self {
        Self {
            pack,
            ledger: AreaLedger::new(),
            history: AreaHistory::default(),
            places: PlaceTable::new(),
            areas: AreaIndex::empty(),
            edition: 0,
            followed: None,
        }
    }

    /// The pack in force.
    pub const fn pack(&self) -> &RulePack {
        &self.pack
    }

    /// Puts another pack in force.
    pub fn set_pack(&mut self, pack: RulePack) {
        self.pack = pack;
        self.edition += 1;
    }

    /// Which rules and areas these are: another number after every change.
    pub const fn edition(&self) -> u64 {
        self.edition
    }

    /// Notes that everybody's standing follows from an edition, because everybody was decided by it.
    pub const fn follow(&mut self, edition: u64) {
        self.followed = Some(edition);
    }

    /// Whether everybody's standing is known to follow from these rules and areas. Only then may what is
    /// known of somebody be taken from their standing instead of deciding them anew.
    pub fn is_followed(&self) -> bool {
        self.followed == Some(self.edition)
    }

    /// The areas at risk.
    pub const fn history(&self) -> &AreaHistory {
        &self.history
    }

    /// Adds publications to the areas and compares every place again.
    pub fn publish(&mut self, add: impl FnOnce(&mut AreaLedger)) {
        add(&mut self.ledger);
        self.history = self.ledger.history();
        self.areas = AreaIndex::build(&self.places, &self.history);
        self.edition += 1;
    }

    /// The table in which places of stays get their numbers.
    pub const fn places(&mut self) -> &mut PlaceTable {
        &mut self.places
    }

    /// Decides a story for now and the time to come; the story's places are those of
    /// [`Self::places`].
    pub fn decide(&mut self, story: &Story, now: Timestamp) -> (Standing, Decision) {
        self.areas.extend(&self.places, &self.history);
        Standing::decide(&self.pack, story.facts(), &self.areas, now)
    }

    /// Puts a decision that [`Self::decide`] gave for this story and instant into words.
    pub fn explain(&self, decision: &Decision, story: &Story, now: Timestamp) -> Explanation {
        explain(&self.pack, decision, now, story, &self.history)
    }
}
