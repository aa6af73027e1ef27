//! What can be asked of officers, sources, gates and applications.

use std::path::PathBuf;

use clap::Subcommand;
use hc_code::signing::Algorithm;
use hc_code::{DivisionCode, Span};
use hc_core::evidence::SourceKind;
use hc_core::evidence::intake::LineKind;
use hc_core::party::{Duty, Function, Purpose, VenueClass};
use hc_node::party::PartyId;

use super::value;

#[derive(Debug, Subcommand)]
pub(crate) enum Officer {
    /// Register an officer, the first two above all: they propose and approve everybody else while the
    /// region is served
    Add(AddOfficer),
    /// Who is or was registered
    List(Registered),
    /// End a registration at once
    End(EndParty),
    /// Sign a request with an officer's key, send it to the operators' listener and print the answer
    Call(Call),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Source {
    /// Register a source of evidence
    Add(Box<AddSource>),
    /// Who is or was registered
    List(Registered),
    /// End a registration at once
    End(EndParty),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Gate {
    /// Register a gate
    Add(Box<AddGate>),
    /// Who is or was registered
    List(Registered),
    /// End a registration at once
    End(EndParty),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Application {
    /// Register an application of the national interface
    Add(Box<AddApplication>),
    /// Who is or was registered
    List(Registered),
    /// End a registration at once
    End(EndParty),
}

#[derive(Debug, clap::Args)]
pub(crate) struct AddApplication {
    #[command(flatten)]
    pub(crate) party: NewParty,

    /// What people call it
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,

    /// A function that it may call: declareHealth, declareTrip, queryHealth, applyCall, makeCode, verifyCode
    /// or correctHealth; may be given several times
    #[arg(long = "function", required = true, value_name = "FUNCTION")]
    pub(crate) functions: Vec<Function>,

    /// A division in which it works; may be given several times
    #[arg(long = "division", required = true, value_name = "CODE")]
    pub(crate) divisions: Vec<DivisionCode>,

    /// What people may be queried for: entry, travel, medical or emergency; may be given several times
    #[arg(long = "purpose", value_name = "PURPOSE")]
    pub(crate) purposes: Vec<Purpose>,

    /// So many messages in a minute
    #[arg(long, value_name = "CALLS", default_value_t = 6_000)]
    pub(crate) calls_a_minute: u32,

    /// So many queries about people in a day
    #[arg(long, value_name = "QUERIES", default_value_t = 10_000)]
    pub(crate) queries_a_day: u32,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Registered {
    /// The configuration; the service must not be running
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EndParty {
    #[command(flatten)]
    pub(crate) region: Registered,

    /// The id
    #[arg(value_name = "ID", value_parser = PartyId::parse)]
    pub(crate) id: PartyId,

    /// Why, as a short code for the log
    #[arg(long, value_name = "CODE", value_parser = reason)]
    pub(crate) reason: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct NewParty {
    #[command(flatten)]
    pub(crate) region: Registered,

    /// The id to sign as: 1 to 64 visible ASCII characters, never given again
    #[arg(long, value_name = "ID", value_parser = PartyId::parse)]
    pub(crate) id: PartyId,

    #[command(flatten)]
    pub(crate) key: PartyKey,

    #[command(flatten)]
    pub(crate) trust: CertificateTrust,

    /// The algorithm of a key that is made
    #[arg(long, value_name = "NAME", default_value = "Ed25519", value_parser = value::algorithm)]
    pub(crate) algorithm: Algorithm,

    /// How long the registration lasts
    #[arg(long, value_name = "SPAN", default_value = "365d")]
    pub(crate) life: Span,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
pub(crate) struct PartyKey {
    /// The key of the party (public file); better, since only they ever had the secret
    #[arg(long, value_name = "FILE")]
    pub(crate) key: Option<PathBuf>,

    /// Make a key: the secret file, to be handed to the party; its public half goes to FILE.pub
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,

    /// The certificate of the party's SM2 key (PEM or DER), believed by --anchor; the registration ends with
    /// it at the latest
    #[arg(long, value_name = "FILE", requires = "anchors")]
    pub(crate) certificate: Option<PathBuf>,
}

/// By what a party's certificate is believed.
#[derive(Debug, clap::Args)]
pub(crate) struct CertificateTrust {
    /// The certificate of an authority that is believed (PEM or DER); may be given several times
    #[arg(long = "anchor", value_name = "FILE", requires = "certificate")]
    pub(crate) anchors: Vec<PathBuf>,

    /// A certificate on the way up; may be given several times
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) through: Vec<PathBuf>,

    /// A list of what an authority took back (PEM or DER); may be given several times. With one, every
    /// authority on the way must have one that is good
    #[arg(long, value_name = "FILE", requires = "certificate")]
    pub(crate) revocations: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AddOfficer {
    #[command(flatten)]
    pub(crate) party: NewParty,

    /// The person's name
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,

    /// A duty: operator, health, counter or auditor; may be given several times, auditor alone
    #[arg(long = "duty", required = true, value_name = "DUTY")]
    pub(crate) duties: Vec<Duty>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AddSource {
    #[command(flatten)]
    pub(crate) party: NewParty,

    /// The name that its lines are stated by [default: the id]
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// What kind of body it is: health-authority, laboratory, hospital, border, transport, telecom,
    /// community or venue
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: SourceKind,

    /// A kind of line that it may send, as in test or stay; may be given several times
    #[arg(long = "line", required = true, value_name = "LINE", value_parser = line)]
    pub(crate) lines: Vec<LineKind>,

    /// A division that it may state stays in; may be given several times
    #[arg(long = "division", required = true, value_name = "CODE")]
    pub(crate) divisions: Vec<DivisionCode>,

    /// The most rows of a batch
    #[arg(long, value_name = "ROWS", default_value_t = 100_000)]
    pub(crate) rows_a_batch: u32,

    /// The most rows of a day
    #[arg(long, value_name = "ROWS", default_value_t = 1_000_000)]
    pub(crate) rows_a_day: u32,

    /// So many people it may turn above low in a day by itself, in any case
    #[arg(long, value_name = "PEOPLE", default_value_t = 100)]
    pub(crate) raised_freely: u32,

    /// And up to this share of the region, in per mille
    #[arg(long, value_name = "SHARE", default_value_t = 1)]
    pub(crate) raised_per_mille: u16,
}

#[derive(Debug, clap::Args)]
pub(crate) struct AddGate {
    #[command(flatten)]
    pub(crate) party: NewParty,

    /// What people call it
    #[arg(long, value_name = "NAME")]
    pub(crate) name: String,

    /// The venue in the region's registers
    #[arg(long, value_name = "VENUE")]
    pub(crate) venue: String,

    /// What kind of place it is: general, transport, school, care, medical or emergency
    #[arg(long, value_name = "CLASS")]
    pub(crate) class: VenueClass,

    /// In which division it stands
    #[arg(long, value_name = "CODE")]
    pub(crate) division: DivisionCode,

    /// Somebody attends it: only then people may be looked up
    #[arg(long)]
    pub(crate) attended: bool,

    /// What people may be looked up for: entry, travel, medical or emergency; may be given several times
    #[arg(long = "purpose", value_name = "PURPOSE", requires = "attended")]
    pub(crate) purposes: Vec<Purpose>,

    /// So many look-ups in an hour
    #[arg(long, value_name = "LOOK-UPS", default_value_t = 60)]
    pub(crate) an_hour: u32,

    /// So many look-ups in a day
    #[arg(long, value_name = "LOOK-UPS", default_value_t = 500)]
    pub(crate) a_day: u32,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Call {
    /// The method: GET or POST
    #[arg(value_name = "METHOD", value_parser = method)]
    pub(crate) method: String,

    /// Path and query, as in /v1/proposals; `GET /openapi.json` of the region lists all
    #[arg(value_name = "PATH", value_parser = target)]
    pub(crate) target: String,

    /// The officer's id
    #[arg(long, value_name = "ID", env = "HEALTHCODE_OFFICER", value_parser = PartyId::parse)]
    pub(crate) id: PartyId,

    /// The officer's key (secret file)
    #[arg(long, value_name = "FILE", env = "HEALTHCODE_KEY")]
    pub(crate) key: PathBuf,

    /// The region, as in 330000: what is signed for one is nothing in another
    #[arg(long, value_name = "CODE", env = "HEALTHCODE_REGION")]
    pub(crate) region: DivisionCode,

    /// The operators' listener
    #[arg(
        long,
        value_name = "ADDRESS",
        env = "HEALTHCODE_AT",
        default_value = "127.0.0.1:8081"
    )]
    pub(crate) at: String,

    /// What is sent (- for standard input)
    #[arg(long, value_name = "FILE")]
    pub(crate) body: Option<PathBuf>,

    /// What kind of file it is [default: by its ending: .json, .toml]
    #[arg(long, value_name = "TYPE", requires = "body")]
    pub(crate) media: Option<String>,
}

fn line(word: &str) -> Result<LineKind, String> {
    LineKind::from_word(word).ok_or_else(|| "no kind of line has this word".to_owned())
}

fn reason(text: &str) -> Result<String, String> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if (1..=32).contains(&text.len()) && text.bytes().all(plain) {
        Ok(text.to_owned())
    } else {
        Err("1 to 32 lower-case letters, digits or hyphens".to_owned())
    }
}

fn method(text: &str) -> Result<String, String> {
    let upper = text.to_ascii_uppercase();
    match upper.as_str() {
        "GET" | "POST" | "DELETE" => Ok(upper),
        _ => Err("one of GET, POST, DELETE".to_owned()),
    }
}

fn target(text: &str) -> Result<String, String> {
    let plain = text
        .bytes()
        .all(|byte| byte.is_ascii_graphic() && byte != b'#');
    if text.starts_with('/') && plain {
        Ok(text.to_owned())
    } else {
        Err("begins with / and has visible ASCII characters only".to_owned())
    }
}
