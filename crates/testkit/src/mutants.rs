//! Mutated codes: however a genuine text is changed, it must not be believed.
//!
//! [`run`] changes genuine texts of every class and algorithm in every way that comes to mind (see
//! [`Change`]) and verifies each at a gate that believes the originals. Seeded: a failure is found
//! again by its seed and number.

mod change;

use std::collections::{BTreeMap, BTreeSet};

use hc_code::keys::KeyBook;
use hc_code::signing::Algorithm;
use hc_code::verify::{Action, Cause, ShowingMemory};
use hc_code::{Level, Span};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub use change::Change;

use crate::held::Held;
use crate::regions::NOON;
use crate::vectors::World;

/// What came of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Texts that were verified.
    pub mutants: u64,
    /// Changes that gave a genuine text again, which is no mutant.
    pub unchanged: u64,
    /// Mutants by kind of change.
    pub by_change: BTreeMap<Change, u64>,
    /// Mutants by the cause of their refusal.
    pub by_cause: BTreeMap<&'static str, u64>,
    /// Mutants that were believed, with their number. Must be empty.
    pub believed: Vec<(u64, Change, String)>,
}

impl Tally {
    /// Mutants on which a signature was computed and found wrong: those that form checks let by.
    pub fn reached_the_signature(&self) -> u64 {
        ["forged", "showing-forged"]
            .iter()
            .filter_map(|cause| self.by_cause.get(cause))
            .sum()
    }

    /// Both tallies together.
    #[must_use]
    pub fn plus(mut self, other: Self) -> Self {
        self.mutants += other.mutants;
        self.unchanged += other.unchanged;
        for (change, count) in other.by_change {
            *self.by_change.entry(change).or_default() += count;
        }
        for (cause, count) in other.by_cause {
            *self.by_cause.entry(cause).or_default() += count;
        }
        self.believed.extend(other.believed);
        self
    }
}

/// Genuine texts, and a gate that believes each of them.
#[derive(Debug)]
pub struct Originals {
    held: Held,
    texts: Vec<String>,
    all: BTreeSet<String>,
}

impl Default for Originals {
    fn default() -> Self {
        Self::new()
    }
}

impl Originals {
    /// Two texts of every class, level and algorithm, at noon.
    ///
    /// # Panics
    /// Where the gate does not believe one of them: then nothing would be proven.
    #[expect(clippy::expect_used, reason = "a broken fixture must stop the proof")]
    pub fn new() -> Self {
        let worlds = Algorithm::ALL.map(World::new);
        let mut worlds = worlds.into_iter();
        let mut world = worlds.next().expect("three worlds");
        let mut texts = texts(&world);
        for other in worlds {
            texts.extend(self::texts(&other));
            world.gate.trust.issuers.extend(other.gate.trust.issuers);
            world.gate.status.extend(other.gate.status);
            world.gate.paper.extend(other.gate.paper);
        }
        let held = world.gate.held().expect("a gate");
        for text in &texts {
            let mut memory = ShowingMemory::default();
            let verdict = held.gate().verify(text, NOON, &mut memory);
            assert!(believed(verdict.cause()), "{:?}: {text}", verdict.cause());
        }
        let all = texts.iter().cloned().collect();
        Self { held, texts, all }
    }

    /// The genuine texts.
    pub fn texts(&self) -> &[String] {
        &self.texts
    }

    /// The keys that the gate holds.
    pub const fn keys(&self) -> &KeyBook {
        &self.held.keys
    }

    /// Verifies `count` mutants from a seed.
    pub fn run(&self, seed: u64, count: u64) -> Tally {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        let mut tally = Tally::default();
        let gate = self.held.gate();
        let mut number = 0;
        while tally.mutants < count {
            number += 1;
            let (change, mutant) = self.mutant(&mut random);
            if self.all.contains(&mutant) {
                tally.unchanged += 1;
                continue;
            }
            tally.mutants += 1;
            *tally.by_change.entry(change).or_default() += 1;
            let mut memory = ShowingMemory::new(1);
            let verdict = gate.verify(&mutant, NOON, &mut memory);
            let cause = verdict.cause();
            *tally.by_cause.entry(cause.word()).or_default() += 1;
            let opens = matches!(
                verdict.action(),
                Action::Pass | Action::Check | Action::Refuse
            );
            if opens || believed(cause) {
                tally.believed.push((number, change, mutant));
            }
        }
        tally
    }

    /// A genuine text, one of the changes, and the result, one to three times over.
    pub fn mutant(&self, random: &mut ChaCha8Rng) -> (Change, String) {
        let text = self.pick(random).to_owned();
        let change = Change::random(random);
        let times = 1 + random.next_u32() % 8 / 6;
        let mut mutant = text;
        for _ in 0..times {
            let other = self.pick(random);
            mutant = change.apply(&mutant, other, random);
        }
        (change, mutant)
    }

    fn pick(&self, random: &mut ChaCha8Rng) -> &str {
        let at = random.next_u32() as usize % self.texts.len().max(1);
        self.texts.get(at).map_or("", String::as_str)
    }
}

/// Whether the gate took a text for a genuine code that counts.
fn believed(cause: &Cause) -> bool {
    matches!(cause, Cause::Judged(_))
}

fn texts(world: &World) -> Vec<String> {
    let mut texts = vec![
        world.live_with_extension(b"12345"),
        world.live_with_extension(&[0xa5; 200]),
        world.paper(NOON.minus(Span::days(1))),
        world.paper(NOON),
    ];
    for level in Level::ALL {
        texts.push(world.live(level, NOON));
        let carried = world.carried(level, NOON);
        texts.push(World::shown(&carried, NOON));
        texts.push(World::shown(&carried, NOON.plus(Span::seconds(1))));
    }
    texts
}

/// Verifies `count` mutants from a seed, as [`Originals::run`].
pub fn run(seed: u64, count: u64) -> Tally {
    Originals::new().run(seed, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_mutant_is_believed() {
        let tally = run(20_220_628, 20_000);
        assert!(tally.believed.is_empty(), "{:?}", tally.believed);
        assert_eq!(tally.mutants, 20_000);
        // Every change was tried, and many mutants got past the form checks.
        assert_eq!(tally.by_change.len(), Change::ALL.len());
        assert!(tally.reached_the_signature() > 2000, "{tally:?}");
    }

    #[test]
    fn a_run_comes_out_the_same_again() {
        let originals = Originals::new();
        assert_eq!(originals.run(7, 300), originals.run(7, 300));
        assert_ne!(originals.run(7, 300), originals.run(8, 300));
    }
}
