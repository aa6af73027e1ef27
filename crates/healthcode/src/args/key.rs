//! What can be asked of keys.

use std::path::PathBuf;

use clap::Subcommand;
use hc_code::signing::{Algorithm, KeyId};
use hc_code::{DivisionCode, Offset, Span, Timestamp};

use super::value::{self, KeyForUse, Named, RootOf};

#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key: a secret file that only you can read, and a public file beside it
    New(NewKey),
    /// Sign a region's first list of node keys with its root key
    List(ListKeys),
    /// Sign the next list: take keys in, remove others, let those that have ended go
    Rotate(RotateKeys),
    /// Sign a trust list with the hub's key: which regions' root keys are believed; the first, or
    /// the next after the one before
    Trust(Trust),
    /// List the secrets of a region's service by their fingerprints
    Secrets(OfRegion),
    /// Replace the key that seals device tokens; tokens of before are read for forty days more
    RotateTokens(OfRegion),
    /// Sign removals with the online key that may only remove: issuers and keys that are not to be
    /// believed from now on
    Remove(Remove),
}

#[derive(Debug, clap::Args)]
pub(crate) struct OfRegion {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewKey {
    /// Ed25519, ES256 or SM2
    #[arg(long, value_name = "NAME", default_value = "Ed25519", value_parser = value::algorithm)]
    pub(crate) algorithm: Algorithm,

    /// The secret file, made with permissions 0600; its public half goes to FILE.pub. Neither may
    /// exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListKeys {
    /// The region, as in 330000
    #[arg(long, value_name = "CODE")]
    pub(crate) region: DivisionCode,

    /// The region's root key (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) root: PathBuf,

    /// A public file and its use: codes=FILE, lists=FILE or paper=FILE; may be given several times
    #[arg(long = "key", required = true, value_name = "USE=FILE")]
    pub(crate) keys: Vec<KeyForUse>,

    /// The version; larger than that of every list before
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) list_version: u64,

    #[command(flatten)]
    pub(crate) times: KeyTimes,

    /// The signed list; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RotateKeys {
    /// The list that is good now
    #[arg(long, value_name = "FILE")]
    pub(crate) list: PathBuf,

    /// The region, as in 330000
    #[arg(long, value_name = "CODE")]
    pub(crate) region: DivisionCode,

    /// The region's root key (secret file), which signed the list and signs the next
    #[arg(long, value_name = "FILE")]
    pub(crate) root: PathBuf,

    /// A key to take in, with its use: codes=FILE, lists=FILE or paper=FILE
    #[arg(long = "key", value_name = "USE=FILE")]
    pub(crate) keys: Vec<KeyForUse>,

    /// A key that is not to be believed from now on, by its id
    #[arg(long, value_name = "KEY_ID")]
    pub(crate) remove: Vec<KeyId>,

    #[command(flatten)]
    pub(crate) times: KeyTimes,

    /// The signed list; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Clone, Copy, Debug, clap::Args)]
pub(crate) struct KeyTimes {
    /// The time of signing, from which new keys are good [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// How long new keys are good: at most 48h, for paper 400d [default: 48h, for paper 400d]
    #[arg(long, value_name = "SPAN")]
    pub(crate) key_life: Option<Span>,

    /// How long gates may rely on the list; at most 72h
    #[arg(long, value_name = "SPAN", default_value = "48h")]
    pub(crate) list_life: Span,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Trust {
    /// The hub's key (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) hub: PathBuf,

    /// The trust list that is good now, signed by this hub's key: its issuers, root keys and
    /// removal keys stay and are renewed, and the version is the next
    #[arg(long, value_name = "FILE", conflicts_with = "list_version")]
    pub(crate) before: Option<PathBuf>,

    /// A region and its root key (public file); may be given several times
    #[arg(
        long = "root",
        required_unless_present = "before",
        value_name = "CODE=FILE"
    )]
    pub(crate) roots: Vec<RootOf>,

    /// An issuer of the list before, or one of its root keys, that is left out
    #[arg(long, value_name = "CODE[=KEY_ID]", requires = "before")]
    pub(crate) remove: Vec<Named>,

    /// The newest removals (as key remove signs them): issuers and root keys in it are left out too.
    /// Removals of other keys go on; without this option all of them do
    #[arg(long, value_name = "FILE", requires = "before")]
    pub(crate) removals: Option<PathBuf>,

    /// Removals up to then lapse: the list follows them, or they are not wanted any more [default:
    /// as far as the list follows the removals that are given]
    #[arg(long, value_name = "TIME", requires = "before")]
    pub(crate) settled_until: Option<Timestamp>,

    /// A key that may remove others (public file)
    #[arg(long, value_name = "FILE")]
    pub(crate) remover: Vec<PathBuf>,

    /// The version; larger than that of every list before
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) list_version: u32,

    /// The time of signing [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// How long the list, and every root on it, is good; at most 400d
    #[arg(long, value_name = "SPAN", default_value = "30d")]
    pub(crate) life: Span,

    /// Facts older than this are no facts; 1m to 24h; issuers of the list before keep theirs
    #[arg(long, value_name = "SPAN", default_value = "4h")]
    pub(crate) staleness: Span,

    /// Where the regions' days begin; issuers of the list before keep theirs
    #[arg(long, value_name = "OFFSET", default_value = "+08:00")]
    pub(crate) offset: Offset,

    /// The signed list; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Remove {
    /// The online removal key (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) remover: PathBuf,

    /// An issuer with all its keys, as in 330000, or one key of it, as in
    /// 330000=0123456789abcdef; may be given several times
    #[arg(long = "key", required = true, value_name = "CODE[=KEY_ID]")]
    pub(crate) keys: Vec<Named>,

    /// The removals before, by the same key: they stay in force
    #[arg(long, value_name = "FILE")]
    pub(crate) before: Option<PathBuf>,

    /// The time of removal and of signing [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// The signed list; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}
