//! The repository's own chores: `cargo xtask --help` lists them.

mod checkout;
mod dependencies;
mod fuzzing;
mod package;
mod prove;
mod rooms;
mod wasm;

use std::io::{self, Write};
use std::process::ExitCode;

use anyhow::Result;
use clap::Parser;

use checkout::Checkout;

/// The repository's own chores.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask")]
enum Chore {
    /// Check that docs/dependencies.md has one true line for every dependency
    Deps,
    /// Check that no arrow between the rooms points up and that pure rooms stay pure
    Rooms,
    /// Build every fuzz target and run it on the kept corpus for some seconds; new inputs are not kept
    Fuzz(fuzzing::Smoke),
    /// Build the verifier for browsers and Node, measure it, and compare it with the native one
    Wasm(wasm::Wasm),
    /// Put the verifier for browsers and Node together as a package, in target/package
    Package,
    /// Show a claim that takes longer than the gate has, and write docs/results/NAME.md
    Prove(prove::Prove),
}

fn main() -> ExitCode {
    let Err(error) = run(&Chore::parse()) else {
        return ExitCode::SUCCESS;
    };
    // Nothing is left to do where standard error is closed.
    drop(writeln!(io::stderr(), "xtask: {error:#}"));
    ExitCode::FAILURE
}

fn run(chore: &Chore) -> Result<()> {
    let checkout = Checkout::new()?;
    match chore {
        Chore::Deps => dependencies::check(&checkout),
        Chore::Rooms => rooms::check(&checkout),
        Chore::Fuzz(smoke) => smoke.run(&checkout),
        Chore::Wasm(wasm) => wasm.run(&checkout),
        Chore::Package => package::run(&checkout),
        Chore::Prove(prove) => prove.run(&checkout),
    }
}
