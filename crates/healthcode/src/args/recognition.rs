//! What can be asked of recognition policies.

use std::path::PathBuf;

use clap::Subcommand;
use hc_code::Timestamp;

#[derive(Debug, Subcommand)]
pub(crate) enum Recognition {
    /// Prove that policies keep what a policy must keep; name every place where one does not
    Check {
        /// Recognition policies (TOML)
        #[arg(required = true, value_name = "FILE")]
        policies: Vec<PathBuf>,
    },
    /// Prove that a policy may follow the one before, and tell the two apart in words
    Diff {
        /// The policy before
        #[arg(value_name = "OLD")]
        old: PathBuf,
        /// The policy after
        #[arg(value_name = "NEW")]
        new: PathBuf,
    },
    /// Show a policy as a table that a traveller can read; also a signed one
    Show(ShowPolicy),
    /// Sign a policy with a root key of the region; it is proved before
    Sign(SignPolicy),
}

#[derive(Debug, clap::Args)]
pub(crate) struct ShowPolicy {
    /// The policy (TOML), or a signed one
    #[arg(value_name = "FILE")]
    pub(crate) policy: PathBuf,

    /// A root key of the region (public file), to believe a signed policy by
    #[arg(long, value_name = "FILE")]
    pub(crate) root: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SignPolicy {
    /// The policy (TOML)
    #[arg(value_name = "FILE")]
    pub(crate) policy: PathBuf,

    /// The root key of the region for rules (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) root: PathBuf,

    /// The policy before (TOML): the new one must follow it, and ease where it says so
    #[arg(long, value_name = "FILE")]
    pub(crate) before: Option<PathBuf>,

    /// The time of publication, which is that of signing [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// The signed policy; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}
