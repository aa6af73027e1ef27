//! Proofs: claims whose demonstration takes longer than the gate has.
//!
//! A proof is one file in `prove/` and one line in [`Proof`]. It hands back a [`Report`], which is
//! written to `docs/results/` with the commit, the machine and the command, and checked in.

mod codes;
mod federation;
mod feed;
mod fuzz;
mod gate_country;
mod gate_page;
mod interface;
mod kill;
mod load;
mod machine;
mod mutants;
mod national;
mod overload;
mod pages;
mod redecide;
mod region;
mod report;
mod season;
mod size;
mod source;
mod status_list;
mod wasm;

use anyhow::{Result, ensure};
use clap::{Args, Command, Subcommand};
use hc_code::{Offset, Timestamp};

use crate::checkout::{Checkout, say};
use report::{Circumstances, Report};

#[derive(Debug, Args)]
#[command(arg_required_else_help = true)]
pub(crate) struct Prove {
    /// Name every proof
    #[arg(long)]
    list: bool,

    #[command(subcommand)]
    proof: Option<Proof>,
}

/// Every proof there is; the first sentence of each is what `--list` shows.
#[derive(Debug, Subcommand)]
enum Proof {
    /// Issuing and verifying a code costs little more than its signatures
    Codes(codes::Codes),
    /// A positive test taken in one region turns another region's code within five seconds
    Federation(federation::Federation),
    /// The feed of risk areas goes through whole and turns a seeded population
    Feed(feed::FeedProof),
    /// A population of ten million is decided anew after a change of rules
    Redecide(redecide::Redecide),
    /// Every parser fuzzed: no panic, no endless work, no unbounded memory
    Fuzz(fuzz::Fuzz),
    /// A tester that knows only the description finds no answer that it does not have
    Interface(interface::Interface),
    /// Killed at any moment, a region loses nothing that it acknowledged
    Kill(kill::Kill),
    /// One core shows and verifies nearly as fast as its parts
    Load(load::Load),
    /// No changed text of any class and algorithm is believed where the original is
    Mutants(mutants::Mutants),
    /// SM2 is signed as fast as the other algorithms, and its time does not tell the nonce
    National(national::National),
    /// Offered ten times what it carries, a region still serves
    Overload(overload::Overload),
    /// In a travel season of many regions nobody passes who should not, nor is refused without a rule
    Season(season::Season),
    /// Ten million people in one region: it starts soon, shows as fast, and turns a third of them
    Size(size::Size),
    /// A gate carries the whole country in 4 MB and decides on any region's code at once
    GateCountry(gate_country::GateCountry),
    /// A gate's page decides thirty codes a minute in time, and nothing of them stays in memory
    GatePage(gate_page::GatePage),
    /// A code is there soon on a slow phone behind a slow network
    Pages(pages::Pages),
    /// The status list of 100 million people: size, speed, and nobody answered wrongly
    StatusList(status_list::StatusList),
    /// The verifier for browsers is small and says what the native one says
    Wasm(wasm::Wasm),
}

impl Proof {
    /// The name on the command line, which is also that of the page.
    const fn name(&self) -> &'static str {
        match self {
            Self::Codes(_) => "codes",
            Self::Federation(_) => "federation",
            Self::Feed(_) => "feed",
            Self::Redecide(_) => "redecide",
            Self::Fuzz(_) => "fuzz",
            Self::Interface(_) => "interface",
            Self::Kill(_) => "kill",
            Self::Load(_) => "load",
            Self::Mutants(_) => "mutants",
            Self::National(_) => "national",
            Self::Overload(_) => "overload",
            Self::Season(_) => "season",
            Self::Size(_) => "size",
            Self::GateCountry(_) => "gate-country",
            Self::GatePage(_) => "gate-page",
            Self::Pages(_) => "pages",
            Self::StatusList(_) => "status-list",
            Self::Wasm(_) => "wasm",
        }
    }

    /// Whether a proof that needs hosts of its own ran there, and how it ended; nothing where it runs here.
    fn ended_elsewhere(&self, checkout: &Checkout) -> Result<Option<bool>> {
        match self {
            Self::Federation(proof) => proof.ended_elsewhere(checkout),
            _ => Ok(None),
        }
    }

    fn run(&self, checkout: &Checkout) -> Result<Report> {
        match self {
            Self::Codes(proof) => proof.run(checkout),
            Self::Federation(proof) => proof.run(checkout),
            Self::Feed(proof) => proof.run(checkout),
            Self::Redecide(proof) => proof.run(checkout),
            Self::Fuzz(proof) => proof.run(checkout),
            Self::Interface(proof) => proof.run(checkout),
            Self::Kill(proof) => proof.run(checkout),
            Self::Load(proof) => proof.run(checkout),
            Self::Mutants(proof) => proof.run(),
            Self::National(proof) => proof.run(checkout),
            Self::Overload(proof) => proof.run(checkout),
            Self::Season(proof) => proof.run(checkout),
            Self::Size(proof) => proof.run(checkout),
            Self::GateCountry(proof) => proof.run(checkout),
            Self::GatePage(proof) => proof.run(checkout),
            Self::Pages(_) => pages::Pages::run(checkout),
            Self::StatusList(proof) => proof.run(),
            Self::Wasm(proof) => proof.run(checkout),
        }
    }
}

impl Prove {
    /// Runs the proof and writes its page, also where the claim turned out not to hold.
    ///
    /// # Errors
    /// When the proof could not be run, or the claim does not hold.
    pub(crate) fn run(&self, checkout: &Checkout) -> Result<()> {
        if self.list {
            for proof in Proof::augment_subcommands(Command::new("prove")).get_subcommands() {
                let claim = proof
                    .get_about()
                    .map(ToString::to_string)
                    .unwrap_or_default();
                say(format!("{:16} {claim}", proof.get_name()))?;
            }
        }
        let Some(proof) = &self.proof else {
            return Ok(());
        };
        if let Some(ended) = proof.ended_elsewhere(checkout)? {
            ensure!(ended, "the proof ended so on its host");
            return Ok(());
        }
        // Before the proof runs: what it writes is not part of what it shows.
        let circumstances = Circumstances {
            commit: checkout.commit()?,
            date: today(),
            machine: machine::describe(),
            command: command_line(),
        };
        let report = proof.run(checkout)?;
        let page = format!("docs/results/{}.md", proof.name());
        checkout.write(&page, &report.markdown(&circumstances))?;
        say(format!("written: {page}"))?;
        ensure!(
            report.holds(),
            "the claim does not hold:\n{}",
            report.failures().join("\n")
        );
        Ok(())
    }
}

/// The command that repeats this run.
fn command_line() -> String {
    let mut words = vec!["cargo xtask".to_owned()];
    words.extend(std::env::args().skip(1));
    words.join(" ")
}

/// The day by the machine's clock, in China's time.
fn today() -> String {
    #[expect(
        clippy::disallowed_methods,
        reason = "a page of results is dated by the wall clock"
    )]
    let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let seconds = since_1970.map_or(0, |since| {
        i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
    });
    let now = Timestamp::from_unix(seconds).at_offset(Offset::CHINA);
    now.split('T').next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use clap::FromArgMatches;

    use super::*;

    #[test]
    fn every_proof_is_listed_with_its_claim() {
        for proof in Proof::augment_subcommands(Command::new("prove")).get_subcommands() {
            assert!(
                proof.get_about().is_some(),
                "{} claims nothing",
                proof.get_name()
            );
        }
    }

    #[test]
    fn a_proof_is_named_as_on_the_command_line() {
        let prove = Proof::augment_subcommands(Command::new("prove"));
        for name in prove.get_subcommands().map(Command::get_name) {
            let matches = prove.clone().get_matches_from(["prove", name]);
            assert_eq!(Proof::from_arg_matches(&matches).unwrap().name(), name);
        }
    }

    #[test]
    fn the_date_is_a_date() {
        let today = today();
        assert!(
            format!("{today}T00:00:00+08:00")
                .parse::<Timestamp>()
                .is_ok(),
            "{today}"
        );
    }
}
