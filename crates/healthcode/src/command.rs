//! One file per command.

mod audit;
mod backup;
mod certificate;
mod code;
mod conformance;
mod decide;
mod demo;
mod doctor;
mod erase;
mod export;
mod federation;
mod hub;
mod import;
mod init;
mod key;
mod list;
mod officer;
mod party;
mod receipt;
mod recognition;
mod restore;
mod rules;
mod serve;
mod signed_data;
mod tour;

use anyhow::Result;

use crate::args::{Args, Command};
use crate::screen::Screen;

/// How a command that could be done ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Nothing needs a look.
    Clean,
    /// Something does; it was printed.
    Found,
}

impl Outcome {
    /// Clean if nothing was found.
    pub(crate) const fn from_found(found: bool) -> Self {
        if found { Self::Found } else { Self::Clean }
    }
}

/// Options that do not go together in a way that the parser of the command line cannot tell.
#[derive(Debug)]
pub(crate) struct Misunderstood(pub(crate) &'static str);

impl std::fmt::Display for Misunderstood {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Misunderstood {}

pub(crate) fn run(args: &Args) -> Result<Outcome> {
    let mut screen = Screen::new(args.lang, args.json);
    match &args.command {
        Command::Rules(command) => rules::run(command, &mut screen),
        Command::Recognition(command) => recognition::run(command, &mut screen),
        Command::Decide(command) => decide::run(command, &mut screen),
        Command::Import(command) => import::run(command, &mut screen),
        Command::Key(command) => key::run(command, &mut screen),
        Command::Certificate(command) => certificate::run(command, &mut screen),
        Command::SignedData(command) => signed_data::run(command, &mut screen),
        Command::Code(command) => code::run(command, &mut screen),
        Command::Receipt(command) => receipt::run(command, &mut screen),
        Command::List(command) => list::run(command, &mut screen),
        Command::Init(command) => init::run(command, &mut screen),
        Command::Serve(command) => serve::run(command, &mut screen),
        Command::Doctor(command) => doctor::run(command, &mut screen),
        Command::Officer(command) => officer::run(command, &mut screen),
        Command::Source(command) => party::source(command, &mut screen),
        Command::Gate(command) => party::gate(command, &mut screen),
        Command::Application(command) => party::application(command, &mut screen),
        Command::Federation(command) => federation::run(command, &mut screen),
        Command::Hub(command) => hub::run(command, &mut screen),
        Command::Conformance(command) => conformance::run(command, &mut screen),
        Command::Backup(command) => backup::run(command, &mut screen),
        Command::Audit(command) => audit::run(command, &mut screen),
        Command::Export(command) => export::run(command, &mut screen),
        Command::Erase(command) => erase::run(command, &mut screen),
        Command::Restore(command) => restore::run(command, &mut screen),
        Command::Demo(command) => demo::run(command, &mut screen),
        Command::Tour(command) => tour::run(command, &mut screen),
    }
}
