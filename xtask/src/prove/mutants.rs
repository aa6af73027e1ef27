//! Proof: however the text of a code is changed, a gate that believes the original does not believe
//! the change, and never takes it for a statement that nobody signed.
//!
//! Every class and algorithm gets the same number of mutants; the ways to change a text are those
//! of [`hc_testkit::mutants::Change`], one to three times over.

mod tally;

use std::collections::BTreeSet;
use std::thread;

use anyhow::{Context, Result, ensure};
use clap::Args;
use hc_code::cose::Sign1;
use hc_code::signing::Algorithm;
use hc_code::text::CodeText;
use hc_code::verify::{Action, Cause, Gate, ShowingMemory, Verdict};
use hc_testkit::held::Held;
use hc_testkit::mutants::{Change, Originals};
use hc_testkit::regions::NOON;
use hc_testkit::vectors::World;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::report::Report;
use tally::{Sort, Tally};

#[derive(Debug, Args)]
pub(super) struct Mutants {
    /// How many mutated texts, shared evenly among classes and algorithms
    #[arg(long, default_value_t = 10_000_000, value_parser = clap::value_parser!(u64).range(1..))]
    count: u64,

    /// The seed of all changes
    #[arg(long, default_value_t = 20_220_628)]
    seed: u64,

    /// How many threads share the work; each draws its own changes
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=64))]
    threads: u64,
}

impl Mutants {
    pub(super) fn run(&self) -> Result<Report> {
        let genuine = Genuine::new()?;
        let tally = self.tally(&genuine)?;
        let mut report = Report::new(
            "Mutated codes",
            "No changed text of a live, carried (with its showing) or paper code, signed with Ed25519, ES256 or SM2, \
             is believed by a gate that believes the original; and where the change left the issuer's statement whole, \
             the verdict speaks of that statement and of no other.",
        );
        report.text(&format!(
            "{} mutants of {} genuine texts, of every class, level and algorithm; seed {}, {} threads with a stream of \
             changes each. The gate holds the lists of all three issuers and believed every genuine text before and \
             after. A change that gave a genuine text again ({} times) is no mutant and is not counted. *Before a \
             signature*: form, clear part, issuer, key. *Issuer's signature*, *showing*: a signature was computed and \
             found wrong, or the showing is missing or of no form. Seconds are those of all threads by the wall \
             clock, added up.",
            tally.mutants(),
            genuine.texts.len(),
            self.seed,
            self.threads,
            tally.unchanged(),
        ));
        tally.tables(&mut report);
        for believed in tally.believed() {
            report.fail(believed);
        }
        let missing = tally.never_reached();
        if self.count >= 1_000_000 && !missing.is_empty() {
            report.fail(format!("never tried: {}", missing.join(", ")));
        }
        Ok(report)
    }

    /// All mutants, on all threads.
    fn tally(&self, genuine: &Genuine) -> Result<Tally> {
        genuine.is_believed()?;
        let tallies: Vec<Result<Tally>> = thread::scope(|scope| {
            let workers: Vec<_> = (0..self.threads)
                .map(|thread| scope.spawn(move || self.on_one_thread(genuine, thread)))
                .collect();
            workers
                .into_iter()
                .map(|worker| match worker.join() {
                    Ok(tally) => Ok(tally),
                    Err(_) => Err(anyhow::anyhow!("the verifier panicked: see above")),
                })
                .collect()
        });
        genuine.is_believed()?;
        tallies
            .into_iter()
            .try_fold(Tally::default(), |all, tally| Ok(all.plus(tally?)))
    }

    fn on_one_thread(&self, genuine: &Genuine, thread: u64) -> Tally {
        let mut tally = Tally::default();
        for (sort, number) in Sort::all().into_iter().zip(0_u64..) {
            // What is left over goes to the first sorts, then to the first threads.
            let of_sort = share(self.count, Sort::COUNT, number);
            let mine = share(of_sort, self.threads, thread);
            let mut random = ChaCha8Rng::seed_from_u64(self.seed);
            random.set_stream(number * self.threads + thread);
            genuine.mutate(sort, mine, &mut random, &mut tally);
        }
        tally
    }
}

/// The part of a number that goes to one of several.
const fn share(whole: u64, among: u64, number: u64) -> u64 {
    whole / among + (number < whole % among) as u64
}

/// Genuine texts by sort, a gate that believes them, and what they say.
struct Genuine {
    held: Held,
    texts: Vec<(Sort, String)>,
    all: BTreeSet<String>,
    /// Claims and extension of every text, in their one encoding.
    statements: BTreeSet<(Vec<u8>, Vec<u8>)>,
}

impl Genuine {
    fn new() -> Result<Self> {
        let mut gates = Algorithm::ALL
            .map(|algorithm| World::new(algorithm).gate)
            .into_iter();
        let mut gate = gates.next().context("no algorithm")?;
        for other in gates {
            gate.trust.issuers.extend(other.trust.issuers);
            gate.status.extend(other.status);
            gate.paper.extend(other.paper);
        }
        let originals = Originals::new();
        let mut genuine = Self {
            held: gate.held()?,
            texts: Vec::new(),
            all: originals.texts().iter().cloned().collect(),
            statements: BTreeSet::new(),
        };
        for text in originals.texts() {
            let code = CodeText::parse(text)?;
            let algorithm = Sign1::parse(code.security())?.algorithm();
            let class = code.standard().class();
            genuine
                .texts
                .push((Sort { class, algorithm }, text.clone()));
            let verdict = verify(&genuine.held.gate(), text);
            genuine.statements.extend(statement(&verdict));
        }
        for sort in Sort::all() {
            let has = genuine.texts.iter().any(|(of, _)| *of == sort);
            ensure!(has, "there is no genuine text of {sort}");
        }
        Ok(genuine)
    }

    /// # Errors
    /// Where the gate does not believe a genuine text: then it proves nothing that it believes no
    /// other either.
    fn is_believed(&self) -> Result<()> {
        for (sort, text) in &self.texts {
            let verdict = verify(&self.held.gate(), text);
            ensure!(
                is_believed(&verdict),
                "a genuine text of {sort} is not believed: {}: {text}",
                verdict.cause()
            );
        }
        Ok(())
    }

    /// Verifies mutants of one sort.
    fn mutate(&self, sort: Sort, count: u64, random: &mut ChaCha8Rng, tally: &mut Tally) {
        let gate = self.held.gate();
        let of_sort: Vec<&str> = self
            .texts
            .iter()
            .filter(|(of, _)| *of == sort)
            .map(|(_, text)| text.as_str())
            .collect();
        let of_any: Vec<&str> = self.texts.iter().map(|(_, text)| text.as_str()).collect();
        #[expect(clippy::disallowed_methods, reason = "the proof says how long it took")]
        let begun = std::time::Instant::now();
        let mut made = 0;
        while made < count {
            let change = Change::random(random);
            let times = 1 + random.next_u32() % 8 / 6;
            let mut mutant = pick(&of_sort, random).to_owned();
            for _ in 0..times {
                mutant = change.apply(&mutant, pick(&of_any, random), random);
            }
            if self.all.contains(&mutant) {
                tally.count_unchanged();
                continue;
            }
            made += 1;
            let verdict = verify(&gate, &mutant);
            tally.count(sort, change, verdict.cause().word());
            let stands = statement(&verdict);
            if is_believed(&verdict) {
                tally.count_believed(sort, change, "believed", &mutant);
            } else if stands.is_some_and(|stands| !self.statements.contains(&stands)) {
                tally.count_believed(sort, change, "taken for another statement", &mutant);
            }
        }
        tally.count_time(sort, begun.elapsed());
    }
}

/// Each text is the first that the gate sees: nothing is refused for having been shown before.
fn verify(gate: &Gate<'_>, text: &str) -> Verdict {
    gate.verify(text, NOON, &mut ShowingMemory::new(1))
}

fn is_believed(verdict: &Verdict) -> bool {
    matches!(
        verdict.action(),
        Action::Pass | Action::Check | Action::Refuse
    ) || matches!(verdict.cause(), Cause::Judged(_))
}

/// What the gate holds to be signed by the issuer: claims and extension.
fn statement(verdict: &Verdict) -> Option<(Vec<u8>, Vec<u8>)> {
    let genuine = verdict.genuine()?;
    Some((
        genuine.claims().encode(),
        genuine.extension().as_bytes().to_vec(),
    ))
}

fn pick<'a>(from: &[&'a str], random: &mut ChaCha8Rng) -> &'a str {
    let at = random.next_u32() as usize % from.len().max(1);
    from.get(at).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use hc_code::Class;

    use super::*;

    fn proof(count: u64, threads: u64) -> Mutants {
        Mutants {
            count,
            seed: 5,
            threads,
        }
    }

    #[test]
    fn shares_add_up_and_differ_by_one_at_most() {
        for (whole, among) in [(10, 9), (9, 9), (8, 9), (10_000_000, 9), (1, 2)] {
            let shares: Vec<u64> = (0..among).map(|n| share(whole, among, n)).collect();
            assert_eq!(shares.iter().sum::<u64>(), whole);
            assert!(shares.iter().max().unwrap() - shares.iter().min().unwrap() <= 1);
        }
    }

    #[test]
    fn every_mutant_is_counted_once_and_none_is_believed() {
        let genuine = Genuine::new().unwrap();
        let tally = proof(2000, 2).tally(&genuine).unwrap();
        assert_eq!(tally.mutants(), 2000);
        assert_eq!(tally.believed(), Vec::<String>::new());
        for sort in Sort::all() {
            assert!((222..=223).contains(&tally.of(sort)), "{sort}");
        }
    }

    #[test]
    fn a_believed_text_fails_the_proof() {
        // With nothing held to be genuine, the unchanged texts that changes give again are mutants.
        let mut genuine = Genuine::new().unwrap();
        genuine.all.clear();
        let tally = proof(2000, 1).tally(&genuine).unwrap();
        assert!(!tally.believed().is_empty());
        // And a statement that nobody is known to have signed is found where only the showing is bad.
        let mut genuine = Genuine::new().unwrap();
        genuine.statements.clear();
        let tally = proof(2000, 1).tally(&genuine).unwrap();
        assert!(
            tally
                .believed()
                .iter()
                .any(|why| why.contains("another statement")),
            "{:?}",
            tally.believed()
        );
    }

    #[test]
    fn a_genuine_text_that_is_not_believed_stops_the_proof() {
        let mut genuine = Genuine::new().unwrap();
        genuine.held.trust.issuers.clear();
        let error = proof(1, 1).tally(&genuine).unwrap_err().to_string();
        assert!(error.contains("is not believed"), "{error}");
    }

    #[test]
    fn threads_draw_different_changes() {
        let genuine = Genuine::new().unwrap();
        let one = proof(900, 1).tally(&genuine).unwrap();
        let two = proof(900, 2).tally(&genuine).unwrap();
        assert_ne!(one.counts(), two.counts());
        assert_eq!(
            two.counts(),
            proof(900, 2).tally(&genuine).unwrap().counts()
        );
    }

    #[test]
    fn sorts_are_all_classes_with_all_algorithms() {
        let sorts: BTreeSet<Sort> = Sort::all().into_iter().collect();
        assert_eq!(sorts.len(), Class::ALL.len() * Algorithm::ALL.len());
        assert_eq!(u64::try_from(sorts.len()).unwrap(), Sort::COUNT);
    }
}
