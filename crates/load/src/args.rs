//! What can be asked of the generator.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use hc_code::DivisionCode;

/// Offers requests to a region and measures what comes back.
#[derive(Debug, Parser)]
#[command(name = "hc-load", version)]
pub(crate) struct Args {
    /// Write JSON, one object a line
    #[arg(long, global = true)]
    pub(crate) json: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Offer requests at given rates, one step after the other
    Offer(Offer),
    /// Measure the most that the service answers, beside what its parts make in the same run
    Limit(Limit),
    /// Enrol one person and say the device token, for other tools
    Token(Target),
    /// Say how many people the region has, and how many of them are not plainly low
    Counts(Target),
    /// Send batches of test results as a registered source, as fast as they are taken
    Ingest(Ingest),
    /// Measure making and verifying through GB/T 38963 beside the native endpoints, in one run
    National(National),
    /// Play a travel season of many regions, and count what went wrong at their gates
    Season(Season),
    /// Measure how soon an acknowledged positive test is seen, while people show
    Freshness(Freshness),
}

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Scenario {
    /// People show their codes
    Show,
    /// Gates have live codes verified
    Verify,
    /// People enrol, with a first declaration
    Enrol,
    /// People declare again
    Declare,
    /// A day's mix: 80 of a hundred show, 15 verify, 4 declare, 1 enrols
    Mixed,
    /// Nothing but HTTP: the same stack, a fixed small answer
    Bare,
    /// Nothing but a connection, with its TLS handshake
    Handshake,
}

/// Where and whom.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Target {
    /// The service; it must take demonstration identities
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) address: SocketAddr,

    /// How many people are enrolled first, to show and to be verified
    #[arg(long, value_name = "COUNT", default_value_t = 1000,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) people: u32,

    /// The first of the seeded people, so that two runs can have different ones
    #[arg(long, value_name = "INDEX", default_value_t = 30_000_000)]
    pub(crate) first: u32,

    /// Connections that are kept open
    #[arg(long, value_name = "COUNT", default_value_t = 64,
          value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub(crate) connections: u16,

    /// Speak TLS 1.3; any certificate is believed, and nothing is resumed
    #[arg(long)]
    pub(crate) tls: bool,

    /// Open a connection for every request
    #[arg(long)]
    pub(crate) fresh: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Offer {
    #[command(flatten)]
    pub(crate) target: Target,

    /// What is asked for
    #[arg(long, value_enum, default_value_t = Scenario::Show)]
    pub(crate) scenario: Scenario,

    /// Requests a second, one step for each number; without it each connection asks as soon as it
    /// was answered
    #[arg(long, value_name = "RATE", value_delimiter = ',',
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) rate: Vec<u32>,

    /// How many times the rate comes in the first second of every ten; the other nine share the rest
    #[arg(long, value_name = "TIMES", default_value_t = 1, requires = "rate",
          value_parser = clap::value_parser!(u8).range(1..=10))]
    pub(crate) burst: u8,

    /// How long each step is
    #[arg(long, value_name = "SECONDS", default_value_t = 10,
          value_parser = clap::value_parser!(u32).range(1..=3600))]
    pub(crate) seconds: u32,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Limit {
    #[command(flatten)]
    pub(crate) target: Target,

    /// How long each part is measured; the parts are taken in turn, three times
    #[arg(long, value_name = "SECONDS", default_value_t = 3,
          value_parser = clap::value_parser!(u32).range(1..=600))]
    pub(crate) seconds: u32,
}

#[derive(Clone, Debug, clap::Args)]
pub(crate) struct Ingest {
    #[command(flatten)]
    pub(crate) target: Target,

    /// The id of the source
    #[arg(long, value_name = "ID")]
    pub(crate) source: String,

    /// The name of the source, as lines state it
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,

    /// The file with the source's secret key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// The division of the region
    #[arg(long, value_name = "CODE", default_value = "330000")]
    pub(crate) region: DivisionCode,

    /// About how many of the seeded people
    #[arg(long, value_name = "COUNT", default_value_t = 100_000,
          value_parser = clap::value_parser!(u32).range(1..=36_000_000))]
    pub(crate) about: u32,

    /// What the tests say
    #[arg(long, value_name = "WORD", default_value = "negative",
          value_parser = ["negative", "positive", "undecided"])]
    pub(crate) result: String,

    /// Rows of a batch
    #[arg(long, value_name = "COUNT", default_value_t = 5000,
          value_parser = clap::value_parser!(u32).range(1..=50_000))]
    pub(crate) rows: u32,

    /// How many batches
    #[arg(long, value_name = "COUNT", default_value_t = 40,
          value_parser = clap::value_parser!(u32).range(1..=10_000))]
    pub(crate) batches: u32,
}

#[derive(Debug, clap::Args)]
pub(crate) struct National {
    #[command(flatten)]
    pub(crate) target: Target,

    /// The id of the application
    #[arg(long, value_name = "ID", default_value = "load-app")]
    pub(crate) application: String,

    /// The file with the application's secret key
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// The division of the region
    #[arg(long, value_name = "CODE", default_value = "330000")]
    pub(crate) region: DivisionCode,

    /// Sign the second step of each call too, in place of its code of authentication
    #[arg(long)]
    pub(crate) signed: bool,

    /// How long each part is measured; the parts are taken in turn, three times
    #[arg(long, value_name = "SECONDS", default_value_t = 3,
          value_parser = clap::value_parser!(u32).range(1..=40))]
    pub(crate) seconds: u32,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Freshness {
    #[command(flatten)]
    pub(crate) target: Target,

    /// Showings a second meanwhile
    #[arg(long, value_name = "RATE", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub(crate) rate: u32,

    /// How many people test positive, one after the other
    #[arg(long, value_name = "COUNT", default_value_t = 200,
          value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) count: u32,
}

/// A simulated season.
#[derive(Debug, clap::Args)]
pub(crate) struct Season {
    /// How much of the country and of its journeys, in millionths; a hundredth is 10000
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(crate) millionths: u64,

    /// How many of its forty days are played
    #[arg(long, default_value_t = 40, value_parser = clap::value_parser!(u16).range(1..=40))]
    pub(crate) days: u16,

    /// Another number plays another season
    #[arg(long, default_value_t = 2020)]
    pub(crate) seed: u64,

    /// Let a region that comes back say that it knows everything, before it has taken what waited for
    /// it: shows what that rule is for
    #[arg(long)]
    pub(crate) hasty: bool,
}
