//! Checking the decision log.

use std::path::PathBuf;

use clap::Subcommand;
use hc_code::Timestamp;
use hc_tlog::entry::Kind;
use hc_tlog::note::VerifierKey;

#[derive(Debug, Subcommand)]
pub(crate) enum Audit {
    /// Compute a whole decision log again, from the database or from what a region publishes, and name
    /// the first entry, tile or head that is not what it should be
    Verify(VerifyLog),
    /// List log entries of a time or kind: who did what by which rule; nobody is named
    Show(ShowLog),
    /// Check a person's own proof of a log entry, without the region
    Proof(CheckProof),
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("log").required(true))]
pub(crate) struct VerifyLog {
    /// The region's own database, by its configuration; the service may be running
    #[arg(long, value_name = "FILE", group = "log")]
    pub(crate) config: Option<PathBuf>,

    /// What a region publishes: the address before /checkpoint and /tile
    #[arg(long, value_name = "URL", group = "log", requires = "key")]
    pub(crate) url: Option<String>,

    /// The log's verifier key: name, id and key; with --config that of the secrets
    #[arg(long, value_name = "KEY", conflicts_with = "config")]
    pub(crate) key: Option<VerifierKey>,

    /// A file with the head that was found good last: the log must go on from there. It is written
    /// anew when all is good, and made where it is not there yet
    #[arg(long, value_name = "FILE")]
    pub(crate) remember: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ShowLog {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,

    /// Entries of this time or later
    #[arg(long, value_name = "TIME")]
    pub(crate) from: Option<Timestamp>,

    /// Entries before this time
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Timestamp>,

    /// Entries of this kind, as in decision or look-up; may be given several times
    #[arg(long, value_name = "KIND", value_parser = kind)]
    pub(crate) kind: Vec<Kind>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct CheckProof {
    /// The proof: what the region gave (JSON), or the receipt in it
    #[arg(value_name = "FILE")]
    pub(crate) proof: PathBuf,

    /// The log's verifier key, from elsewhere than the proof itself
    #[arg(long, value_name = "KEY")]
    pub(crate) key: VerifierKey,
}

fn kind(text: &str) -> Result<Kind, String> {
    let found = Kind::ALL.into_iter().find(|kind| kind.word() == text);
    found.ok_or_else(|| format!("one of {}", Kind::ALL.map(Kind::word).join(", ")))
}
