//! Running a region.

use std::net::SocketAddr;
use std::path::PathBuf;

use hc_code::signing::Algorithm;
use hc_code::{DivisionCode, HttpsUri};
use hc_core::store::ColumnSuite;

use super::value;

#[derive(Debug, clap::Args)]
pub(crate) struct Init {
    /// The folder to make: configuration, secrets, rules and, later, the database
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// The division of GB/T 2260 that issues codes here
    #[arg(long, value_name = "CODE")]
    pub(crate) region: DivisionCode,

    /// The rule pack to begin with (TOML); it is proved and copied
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: PathBuf,

    /// Where people and gates ask: address and port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    /// Under which address gates find the status lists; it is part of what is signed
    #[arg(long, value_name = "URL", value_parser = HttpsUri::parse)]
    pub(crate) lists_at: HttpsUri,

    /// The algorithm of the region's keys: Ed25519, ES256 or SM2
    #[arg(long, value_name = "NAME", default_value = "Ed25519", value_parser = value::algorithm)]
    pub(crate) algorithm: Algorithm,

    /// The cipher of personal columns in the database: AES-256-GCM-SIV or SM4-GCM. It cannot be changed
    /// later
    #[arg(long, value_name = "NAME", default_value = "AES-256-GCM-SIV")]
    pub(crate) cipher: ColumnSuite,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Serve {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Demo {
    /// How many seeded people live in the region
    #[arg(long, value_name = "COUNT", default_value_t = 100_000,
          value_parser = clap::value_parser!(u32).range(1..=20_000_000))]
    pub(crate) people: u32,

    /// Keep the region in this folder; one that is there goes on, with its people
    #[arg(long, value_name = "FOLDER")]
    pub(crate) folder: Option<PathBuf>,

    /// Where the page is: address and port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    /// Publications of risk areas (.json), archives of them (.tar.zst), or folders of either, instead
    /// of the real ones next to the checkout or the bundled ones
    #[arg(long, value_name = "FILE")]
    pub(crate) areas: Vec<PathBuf>,

    /// Offer the officers' desk too, at a port of this machine as in 127.0.0.1:8081, and show a ticket for each of two
    /// officers: with it they add a passkey and sign in
    #[arg(long, value_name = "ADDRESS", conflicts_with_all = ["once", "federation"])]
    pub(crate) operators: Option<SocketAddr>,

    /// Play the story once over HTTP in the terminal, and end
    #[arg(long)]
    pub(crate) once: bool,

    /// Several regions and the national hub instead: a migrant worker's trip of 2020, from Sichuan by Chongqing
    /// to Guangdong
    #[arg(long, conflicts_with_all = ["folder", "areas"])]
    pub(crate) federation: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Backup {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,

    /// The copy; nothing of that name may be there
    #[arg(long, value_name = "FILE")]
    pub(crate) to: PathBuf,
}
