//! The command line of healthcode.
//!
//! Exit codes: 0 done; 1 done, and something was found that needs a look (findings in a rule pack,
//! rows set aside, names not mapped, a code with a defect, a verdict that is not pass); 2 the command was not understood; 3 it could not be done.

mod args;
mod clock;
mod command;
mod input;
mod output;
mod progress;
mod random;
mod screen;
mod service;
mod show;

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use clap::Parser;

use args::Args;
use command::{Misunderstood, Outcome};

fn main() -> ExitCode {
    let args = Args::parse();
    match command::run(&args) {
        Ok(Outcome::Clean) => ExitCode::SUCCESS,
        Ok(Outcome::Found) => ExitCode::from(1),
        Err(error) if is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Nothing is left to do where standard error is closed too.
            drop(writeln!(io::stderr(), "healthcode: {error:#}"));
            ExitCode::from(if error.is::<Misunderstood>() { 2 } else { 3 })
        }
    }
}

/// Whether whoever read the output has seen enough, as `head` does.
fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error
        .chain()
        .filter_map(|cause| cause.downcast_ref::<io::Error>())
        .any(|cause| cause.kind() == ErrorKind::BrokenPipe)
}
