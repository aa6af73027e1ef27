//! What a region can do in the federation.

use std::path::PathBuf;

use clap::Subcommand;
use hc_code::HttpsUri;
use hc_hub::digest::Fingerprint;

#[derive(Debug, Subcommand)]
pub(crate) enum Federation {
    /// Write one signed file for the hub: this region's root, its addresses, whom to call
    Request(AskHub),
    /// Begin to believe a hub's trust list: pin its first key, fetch the list, and say how this region
    /// stands on it
    Join(Join),
    /// Go to the door of every other region, and say who was there
    Check(OfMember),
    /// The key of the hub's directory, which all regions share and the hub never has: say its fingerprint,
    /// draw it, or take it over from another region
    DirectoryKey(DirectoryKey),
}

#[derive(Debug, clap::Args)]
pub(crate) struct OfMember {
    /// The region's configuration
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DirectoryKey {
    /// Draw a new key: one region does, and hands it to the others
    #[arg(long, conflicts_with = "from")]
    pub(crate) new: bool,

    /// Take over the key in this file, which another region handed over by a way that you trust, and never
    /// by the hub
    #[arg(long, value_name = "FILE", requires = "fingerprint")]
    pub(crate) from: Option<PathBuf>,

    /// The fingerprint that the other region told by another way than the file came
    #[arg(long, value_name = "GROUPS")]
    pub(crate) fingerprint: Option<Fingerprint>,

    /// Put it in the place of the key that is there: after a year, and when a region was removed
    #[arg(long)]
    pub(crate) replace: bool,

    #[command(flatten)]
    pub(crate) of: OfMember,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AskHub {
    /// Where others find the region, as in `https://330000.example` [default: the host of lists-at]
    #[arg(long, value_name = "URL", value_parser = HttpsUri::parse)]
    pub(crate) at: Option<HttpsUri>,

    /// What the region calls itself [default: its name in GB/T 2260]
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,

    /// Whom the hub's people call: a telephone number, an office
    #[arg(long, value_name = "TEXT")]
    pub(crate) contact: String,

    /// The file to write; nothing of that name may be there
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    #[command(flatten)]
    pub(crate) of: OfMember,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Join {
    /// Where the hub is, as in `https://hub.example`
    #[arg(long, value_name = "URL", value_parser = HttpsUri::parse)]
    pub(crate) hub: HttpsUri,

    /// The public file of the hub's offline key, which came by a way that you trust; may be given several
    /// times
    #[arg(long = "key", required = true, value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) of: OfMember,
}
