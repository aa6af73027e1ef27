//! The verifier's modules: built by whatever toolchain is there, made small, measured, and compared
//! with the native verifier in Node.

mod module;
mod others;
mod recording;
mod signed_gate;
mod vectors;

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};
use clap::Args;
use hc_code::signing::Algorithm;
use hc_testkit::mutants::Originals;
use hc_testkit::regions::NOON;
use hc_testkit::vectors::{GateForm, World};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::checkout::{Checkout, output, say};
pub(crate) use module::{Kind, Module};
use recording::{Input, Recording, field};

/// Builds the verifier for browsers and Node and compares it with the native one.
#[derive(Debug, Args)]
pub(crate) struct Wasm {
    /// Mutated texts to compare, besides all vectors
    #[arg(long, default_value_t = 20_000)]
    mutants: u64,

    /// Only build and measure
    #[arg(long)]
    build_only: bool,

    /// Put the modules where pages and the package have them
    #[arg(long)]
    keep: bool,
}

/// What a comparison was made on; it found no difference.
#[derive(Clone, Debug)]
pub(crate) struct Compared {
    pub(crate) vectors: Vec<(&'static str, usize)>,
    /// Calls besides those of vectors and mutants.
    pub(crate) others: usize,
    pub(crate) mutants: u64,
    pub(crate) calls: usize,
    pub(crate) differences: Vec<String>,
    pub(crate) node: String,
    pub(crate) seconds: f64,
}

/// The seed of the mutants.
pub(crate) const SEED: u64 = 20_220_628;

impl Wasm {
    /// # Errors
    /// Where the module cannot be built or differs from the native verifier.
    pub(crate) fn run(&self, checkout: &Checkout) -> Result<()> {
        let modules = Module::both(checkout)?;
        let within_bounds = || modules.iter().try_for_each(Module::within_bound);
        for module in &modules {
            say(module.to_string())?;
            if self.keep {
                fs::copy(module.file(), checkout.path(module.kind.kept()))?;
            }
        }
        if self.build_only {
            return within_bounds();
        }
        let compared = compare(checkout, &modules, self.mutants)?;
        for (folder, count) in &compared.vectors {
            say(format!("vectors/{folder}: {count} as expected"))?;
        }
        say(format!("{} other calls as expected", compared.others))?;
        say(format!(
            "{} mutants; {} calls in {} took {:.1} s",
            compared.mutants, compared.calls, compared.node, compared.seconds
        ))?;
        ensure!(
            compared.differences.is_empty(),
            "{} answers differ; the first:\n{}",
            compared.differences.len(),
            compared.differences.first().map_or("", String::as_str)
        );
        say("native and WebAssembly agree on every answer")?;
        within_bounds()
    }
}

/// Makes every call natively and in Node, in each module and in the one of its kind that is checked in.
///
/// # Errors
/// Where Node is missing, or a vector natively does not come out as it says.
pub(crate) fn compare(checkout: &Checkout, modules: &[Module], mutants: u64) -> Result<Compared> {
    let node = output(checkout.command("node").arg("--version"))
        .context("Node is needed (20 or later; Debian: apt-get install nodejs)")?;
    let mut recording = Recording::default();
    let vectors = vectors::record(checkout, &mut recording)?;
    let originals = Originals::new();
    let form = gate_of_all_worlds()?;
    let code = originals.texts().first().context("no original")?;
    let others = others::record(&mut recording, &form, code)?;
    record_mutants(&mut recording, &originals, &form, mutants)?;
    // What the door alone can, at a gate of its own.
    let mut of_door = Recording::default();
    let others = others + others::record_door(&mut of_door, &form, code)?;
    #[expect(
        clippy::disallowed_methods,
        reason = "a chore measures how long Node takes"
    )]
    let begun = std::time::Instant::now();
    let mut differences = Vec::new();
    for module in modules {
        let mut loader = checkout.command("node");
        output(
            loader
                .arg("crates/wasm/tests/loader.mjs")
                .arg(module.file()),
        )?;
        differences.extend(recording.replay(checkout, module)?);
        if module.kind == Kind::Door {
            differences.extend(of_door.replay(checkout, module)?);
        }
    }
    Ok(Compared {
        vectors,
        others,
        mutants,
        calls: recording.len() + of_door.len(),
        differences,
        node: format!("Node {}", node.trim()),
        seconds: begun.elapsed().as_secs_f64(),
    })
}

/// Mutated texts of every class and algorithm at a gate that believes the originals, which come
/// first.
fn record_mutants(
    recording: &mut Recording,
    originals: &Originals,
    form: &GateForm,
    count: u64,
) -> Result<()> {
    let gate = signed_gate::open(recording, form)?;
    let memory = recording.open("hc_open_memory", &[65_536.into()], Input::Nothing)?;
    let mut verify = |text: String| {
        let numbers = [gate.into(), memory.into(), NOON.into()];
        recording.call("hc_verify", &numbers, Input::Text(text))
    };
    for text in originals.texts() {
        let answer = verify(text.clone())?;
        ensure!(
            answer
                .pointer("/genuine/level")
                .is_some_and(serde_json::Value::is_string),
            "an original is not believed: {answer}"
        );
    }
    let genuine: BTreeSet<&String> = originals.texts().iter().collect();
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let mut made = 0;
    while made < count {
        let (change, mutant) = originals.mutant(&mut random);
        if genuine.contains(&mutant) {
            continue;
        }
        made += 1;
        let answer = verify(mutant)?;
        let action = field(&answer, "action").as_str().unwrap_or_default();
        ensure!(
            matches!(action, "invalid" | "unknown") && field(&answer, "rule").is_null(),
            "mutant {made} ({change:?}) is believed: {answer}"
        );
    }
    Ok(())
}

/// What the gate of [`Originals`] holds.
fn gate_of_all_worlds() -> Result<GateForm> {
    let mut gates = Algorithm::ALL
        .map(|algorithm| World::new(algorithm).gate)
        .into_iter();
    let mut gate = gates.next().context("no algorithm")?;
    for other in gates {
        gate.trust.issuers.extend(other.trust.issuers);
        gate.status.extend(other.status);
        gate.paper.extend(other.paper);
    }
    Ok(gate)
}
