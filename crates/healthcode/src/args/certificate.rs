//! What can be asked of certificates and signed data.

use std::path::PathBuf;

use clap::Subcommand;
use hc_code::{Span, Timestamp};
use hc_pki::Name;

#[derive(Debug, Subcommand)]
pub(crate) enum Certificate {
    /// Make the certificate of an authority that signs itself: what others take as their anchor
    Root(NewRoot),
    /// Ask for a certificate: a name and a key, signed by that key (PKCS #10)
    Request(NewRequest),
    /// Issue a certificate for a request
    Issue(Issue),
    /// List the certificates that an authority takes back, and say until when the list is good
    Revocations(ListRevocations),
    /// Check whether a certificate is to be believed: its way up to an anchor, times, usage, names, and with
    /// --revocations that nobody took it back
    Verify(VerifyCertificate),
    /// Show what a certificate or a request says
    Show(ShowCertificate),
}

#[derive(Debug, Subcommand)]
pub(crate) enum SignedData {
    /// Sign a file
    Sign(SignData),
    /// Check who signed, and write the content out
    Open(OpenData),
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewRoot {
    /// The authority's key (secret file), of SM2
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// Whose it is, as in "CN=卫生健康信任根,O=浙江省,C=CN"
    #[arg(long, value_name = "NAME")]
    pub(crate) subject: Name,

    /// How many authorities may stand below each other under it
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) below: u8,

    /// From when it is good [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// How long it is good
    #[arg(long, value_name = "SPAN", default_value = "3650d")]
    pub(crate) life: Span,

    /// The certificate (PEM); may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewRequest {
    /// The key that the certificate is for (secret file), of SM2
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// Whose it is, as in "CN=某医院检验科,O=杭州市,C=CN"
    #[arg(long, value_name = "NAME")]
    pub(crate) subject: Name,

    /// The request (PEM); may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Issue {
    /// The request (PEM or DER)
    #[arg(long, value_name = "FILE")]
    pub(crate) request: PathBuf,

    /// The authority's certificate (PEM or DER)
    #[arg(long, value_name = "FILE")]
    pub(crate) authority: PathBuf,

    /// The authority's key (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// Make it an authority itself, with so many authorities below
    #[arg(long, value_name = "N")]
    pub(crate) as_authority: Option<u8>,

    /// From when it is good [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// How long it is good; not longer than the authority's
    #[arg(long, value_name = "SPAN", default_value = "365d")]
    pub(crate) life: Span,

    /// The certificate (PEM); may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ListRevocations {
    /// The authority's certificate (PEM or DER)
    #[arg(long, value_name = "FILE")]
    pub(crate) authority: PathBuf,

    /// The authority's key (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// The list before this one: what stands there stays
    #[arg(long, value_name = "FILE")]
    pub(crate) before: Option<PathBuf>,

    /// A certificate that is taken back from now on (PEM or DER); may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: Vec<PathBuf>,

    /// From when the list is good, and the certificates are taken back [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// How long the list is good: when the next one comes at the latest
    #[arg(long, value_name = "SPAN", default_value = "7d")]
    pub(crate) life: Span,

    /// The list (PEM); may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Trusted {
    /// The certificate of an authority that is believed (PEM or DER); may be given several times
    #[arg(long = "anchor", required = true, value_name = "FILE")]
    pub(crate) anchors: Vec<PathBuf>,

    /// A list of what an authority took back (PEM or DER); may be given several times. With one, every
    /// authority on the way must have one that is good
    #[arg(long, value_name = "FILE")]
    pub(crate) revocations: Vec<PathBuf>,

    /// The time that is asked about [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct VerifyCertificate {
    /// The certificate (PEM or DER)
    #[arg(value_name = "FILE")]
    pub(crate) certificate: PathBuf,

    /// A certificate on the way up; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) through: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) trusted: Trusted,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ShowCertificate {
    /// A certificate or a request (PEM), or a certificate in DER
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SignData {
    /// What is signed
    #[arg(value_name = "FILE")]
    pub(crate) content: PathBuf,

    /// The signer's key (secret file), of SM2
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// The signer's certificate (PEM or DER)
    #[arg(long, value_name = "FILE")]
    pub(crate) certificate: PathBuf,

    /// A certificate on the way up, to go along; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) through: Vec<PathBuf>,

    /// Leave the content out: it is handed over beside the signature
    #[arg(long)]
    pub(crate) detached: bool,

    /// The signed data (DER); may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct OpenData {
    /// The signed data (DER or PEM)
    #[arg(value_name = "FILE")]
    pub(crate) signed: PathBuf,

    /// The content, where it is not in the signed data
    #[arg(long, value_name = "FILE")]
    pub(crate) content: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) trusted: Trusted,

    /// Where the content is written to; may not exist. Without it only the signers are shown
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}
