//! What can be asked of a hub.

use std::net::SocketAddr;
use std::path::PathBuf;

use clap::Subcommand;
use hc_code::signing::KeyId;
use hc_code::{Span, Timestamp};
use hc_hub::digest::Fingerprint;

use super::value::Named;

#[derive(Debug, Subcommand)]
pub(crate) enum Hub {
    /// Make a new hub: its configuration, the key that removes, and its history. The key that signs trust
    /// lists is made elsewhere and stays there
    Init(NewHub),
    /// Who is a region, who asked, what was done
    Show(OfHub),
    /// Look at a region's request, say everything that is wrong with it, and let the region in: with the
    /// next trust list
    Admit(Admit),
    /// Note that a request was refused, and why
    Refuse(RefuseRequest),
    /// Leave a region, or one of its roots, out of the next trust list; it counts until then
    Dismiss(LeaveOut),
    /// Write the one file that goes to the ceremony of the next trust list
    Propose(Propose),
    /// Where the offline key is: show how the next trust list differs from the one before, and sign it
    SignList(SignList),
    /// Take the signed trust list into force
    Adopt(Adopt),
    /// Remove a region with all its keys, or one key, at once, with the online key
    Remove(LeaveOut),
}

#[derive(Debug, clap::Args)]
pub(crate) struct OfHub {
    /// The hub's configuration
    #[arg(long, value_name = "FILE", default_value = "hub.toml")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewHub {
    /// The folder to make
    #[arg(value_name = "FOLDER")]
    pub(crate) folder: PathBuf,

    /// What the hub is called, as in hub.example: the name under which its history is signed
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,

    /// The public file of the offline key that will sign trust lists; may be given several times
    #[arg(long = "key", required = true, value_name = "FILE")]
    pub(crate) keys: Vec<PathBuf>,

    /// Where regions and gates ask: address and port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8090")]
    pub(crate) listen: SocketAddr,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Admit {
    /// The region's request, as federation request wrote it
    #[arg(value_name = "FILE")]
    pub(crate) request: PathBuf,

    /// The fingerprint that the region's people told you by another way than the file came
    #[arg(long, value_name = "GROUPS")]
    pub(crate) fingerprint: Fingerprint,

    /// Who lets the region in, and how you know that it is the region: kept in the history for ever
    #[arg(long, value_name = "TEXT")]
    pub(crate) by: String,

    /// This root comes beside the one that the region has
    #[arg(long)]
    pub(crate) another_root: bool,

    /// Do not ask the region's addresses; what they give is then not looked at
    #[arg(long)]
    pub(crate) without_asking: bool,

    #[command(flatten)]
    pub(crate) of: OfHub,
}

#[derive(Debug, clap::Args)]
pub(crate) struct RefuseRequest {
    /// The region's request
    #[arg(value_name = "FILE")]
    pub(crate) request: PathBuf,

    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,

    #[command(flatten)]
    pub(crate) of: OfHub,
}

#[derive(Debug, clap::Args)]
pub(crate) struct LeaveOut {
    /// A region, as in 330000, or one key of it, as in 330000=0123456789abcdef
    #[arg(value_name = "CODE[=KEY_ID]")]
    pub(crate) named: Named,

    /// Why: kept in the history for ever
    #[arg(long, value_name = "TEXT")]
    pub(crate) why: String,

    #[command(flatten)]
    pub(crate) of: OfHub,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Propose {
    /// The file to write; nothing of that name may be there
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    #[command(flatten)]
    pub(crate) of: OfHub,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SignList {
    /// The file of the hub
    #[arg(long, value_name = "FILE")]
    pub(crate) proposal: PathBuf,

    /// The fingerprint that hub propose printed; without it nothing is signed, and the difference is shown
    #[arg(long, value_name = "GROUPS")]
    pub(crate) fingerprint: Option<Fingerprint>,

    /// The offline key (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// The public file of the key that signed the list before, where that was another one
    #[arg(long, value_name = "FILE")]
    pub(crate) key_before: Option<PathBuf>,

    /// A key that may sign the lists after this one as well (public file)
    #[arg(long, value_name = "FILE")]
    pub(crate) more_signer: Vec<PathBuf>,

    /// A key that may sign no list after this one
    #[arg(long, value_name = "KEY_ID")]
    pub(crate) fewer_signer: Vec<KeyId>,

    /// A key that may remove from this list on (public file)
    #[arg(long, value_name = "FILE")]
    pub(crate) more_remover: Vec<PathBuf>,

    /// A key that may remove no more
    #[arg(long, value_name = "KEY_ID")]
    pub(crate) fewer_remover: Vec<KeyId>,

    /// The time of signing [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// How long the list is good; at most 400d
    #[arg(long, value_name = "SPAN", default_value = "30d")]
    pub(crate) life: Span,

    /// The signed list; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Adopt {
    /// The signed list
    #[arg(value_name = "FILE")]
    pub(crate) list: PathBuf,

    #[command(flatten)]
    pub(crate) of: OfHub,
}
