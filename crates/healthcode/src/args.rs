//! What can be asked for on the command line.

mod audit;
mod certificate;
mod code;
mod conformance;
mod federation;
mod hub;
mod key;
mod list;
mod party;
mod person;
mod receipt;
mod recognition;
mod service;
pub(crate) mod value;

use std::path::PathBuf;

use clap::{Parser, Subcommand, ValueEnum};
use hc_code::Timestamp;

pub(crate) use audit::{Audit, CheckProof, ShowLog, VerifyLog};
pub(crate) use certificate::{
    Certificate, Issue as IssueCertificate, ListRevocations, NewRequest, NewRoot, OpenData,
    ShowCertificate, SignData, SignedData, Trusted, VerifyCertificate,
};
pub(crate) use code::{Code, GridMatrix, Inspect, Issue, Show, Verify};
pub(crate) use conformance::{Conformance, ReportForm};
pub(crate) use federation::{AskHub, DirectoryKey, Federation, Join, OfMember};
pub(crate) use hub::{
    Admit, Adopt, Hub, LeaveOut, NewHub, OfHub, Propose, RefuseRequest, SignList,
};
pub(crate) use key::{Key, KeyTimes, ListKeys, NewKey, OfRegion, Remove, RotateKeys, Trust};
pub(crate) use list::{Build, DeltaOf, InspectList, List, SignPaper};
pub(crate) use party::{
    AddApplication, AddGate, AddSource, Application, Call, EndParty, Gate, NewParty, Officer,
    Registered, Source,
};
pub(crate) use person::{
    DocumentNumber, EraseData, ExportData, ExportForm, ImportEvidence, ImportPeople, Restore,
};
pub(crate) use receipt::{Receipt, SayNumber, VerifyReceipt};
pub(crate) use recognition::{Recognition, ShowPolicy, SignPolicy};
pub(crate) use service::{Backup, Demo, Doctor, Init, Serve};

/// A personal health information code system: published rules and dated evidence give a level with
/// its reasons.
#[derive(Debug, Parser)]
#[command(name = "healthcode", version, propagate_version = true, after_help = EXIT_CODES)]
pub(crate) struct Args {
    /// Write JSON, one object a line, instead of text for people
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Language of texts for people
    #[arg(long, global = true, value_enum, default_value_t = Language::En, value_name = "LANGUAGE")]
    pub(crate) lang: Language,

    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  done, and something was found that needs a look: findings in a rule pack, rows set aside,
     names that could not be mapped, a code with a defect, a verdict that is not pass, a signature
     that was not checked
  2  the command was not understood
  3  it could not be done: a file is missing or is not what it should be";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Language {
    /// Chinese
    Zh,
    /// English
    En,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Prove, compare and explain rule packs
    #[command(subcommand)]
    Rules(Rules),

    /// Prove, compare, show and sign recognition policies: what a region's gates make of codes
    #[command(subcommand)]
    Recognition(Recognition),

    /// Decide for the people that evidence is about
    Decide(Decide),

    /// Read what others publish
    #[command(subcommand)]
    Import(Import),

    /// Make keys, and sign the lists that say whose keys are to be believed
    #[command(subcommand)]
    Key(Key),

    /// Make, ask for, issue and check SM2 certificates (GB/T 20518) of applications and issuers
    #[command(subcommand)]
    Certificate(Certificate),

    /// Sign files, and open signed ones, in the form of GB/T 35275: batches of evidence, lists, whatever
    /// is handed over
    #[command(subcommand)]
    SignedData(SignedData),

    /// Issue, show, inspect and verify codes
    #[command(subcommand)]
    Code(Code),

    /// Check what somebody who did not pass took away from a gate
    #[command(subcommand)]
    Receipt(Receipt),

    /// Sign the status list of a day, what changed between two editions, and the paper list; look
    /// into lists
    #[command(subcommand)]
    List(List),

    /// Make a new region: its configuration, its secrets and its first rules
    Init(Init),

    /// Run a region
    Serve(Serve),

    /// Look for what is wrong with a region, and say how it is mended; the service may be running
    Doctor(Doctor),

    /// Register the first officers, and sign what officers ask of a region
    #[command(subcommand)]
    Officer(Officer),

    /// Register sources of evidence while the region is not served
    #[command(subcommand)]
    Source(Source),

    /// Register gates while the region is not served
    #[command(subcommand)]
    Gate(Gate),

    /// Register applications of the national interface (GB/T 38963) while the region is not served
    #[command(subcommand)]
    Application(Application),

    /// What a region does in the federation: ask to be listed, join, look at its neighbours
    #[command(subcommand)]
    Federation(Federation),

    /// What a hub does: the register of regions, the ceremony of trust lists, removals
    #[command(subcommand)]
    Hub(Hub),

    /// Look whether a service keeps the three national standards: messages per clause, right and wrong ones
    Conformance(Conformance),

    /// Copy a region's database while it is in use; secrets and day keys are not in it
    Backup(Backup),

    /// Check the decision log: the whole, its entries, a person's own proof
    #[command(subcommand)]
    Audit(Audit),

    /// Write a person's data, or everybody's, into a file; logged in the log of each. The service is
    /// stopped meanwhile
    Export(ExportData),

    /// Forget a person; logged. The service is stopped meanwhile
    Erase(EraseData),

    /// Put a copy of the database in the place of one that is lost
    Restore(Restore),

    /// Show a whole region at work, with people who never lived: declare, show, scan, a positive test
    /// comes in, time goes by
    Demo(Demo),

    /// Play one person's story: declare, low, a stay in an area that is put at risk, a test, low
    /// again; with the code that she shows and the gate's verdict at every step
    Tour(Tour),
}

#[derive(Debug, Subcommand)]
pub(crate) enum Rules {
    /// Prove that packs keep what a pack must keep; name every place where one does not
    Check {
        /// Rule packs (TOML)
        #[arg(required = true, value_name = "FILE")]
        packs: Vec<PathBuf>,
    },
    /// Tell two versions of a pack apart in words
    Diff {
        /// The version before
        #[arg(value_name = "OLD")]
        old: PathBuf,
        /// The version after
        #[arg(value_name = "NEW")]
        new: PathBuf,
    },
    /// Show a pack as a table that a citizen can read
    Explain {
        /// The rule pack (TOML)
        #[arg(value_name = "FILE")]
        pack: PathBuf,
        /// Markdown instead of a table for the terminal
        #[arg(long, conflicts_with = "json")]
        markdown: bool,
    },
    /// Make a published pack one's own: the same rules with a version and dates of one's own, proved before they are
    /// written. It says by when the pack must be published
    Adopt(AdoptRules),
}

#[derive(Debug, clap::Args)]
pub(crate) struct AdoptRules {
    /// The rule pack (TOML)
    #[arg(value_name = "FILE")]
    pub(crate) pack: PathBuf,

    /// The first day on which it decides, as in 2026-01-31, where the pack's days turn; today where it is not given
    #[arg(long, value_name = "DATE")]
    pub(crate) from: Option<String>,

    /// The day from which on it decides no more; 180 days later where it is not given, and at most 366
    #[arg(long, value_name = "DATE")]
    pub(crate) until: Option<String>,

    /// Its version; one more than before where it is not given
    #[arg(long, value_name = "N")]
    pub(crate) pack_version: Option<u32>,

    /// The new file; it may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Decide {
    /// The rule pack (TOML)
    #[arg(long, value_name = "FILE")]
    pub(crate) rules: PathBuf,

    /// Evidence, one piece a line (.ndjson, .jsonl or .csv; - for NDJSON on standard input); may be
    /// given several times
    #[arg(long, required = true, value_name = "FILE")]
    pub(crate) evidence: Vec<PathBuf>,

    /// Publications of risk areas (.json), or the region's own statements (.ndjson); may be given
    /// several times, also a folder
    #[arg(long, value_name = "FILE")]
    pub(crate) areas: Vec<PathBuf>,

    /// The instant to decide for, as in 2022-06-28T09:00:00+08:00
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Timestamp,

    /// Show every person, also where there are many
    #[arg(long)]
    pub(crate) all: bool,

    /// Show document numbers in full; they are masked otherwise
    #[arg(long)]
    pub(crate) show_documents: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Import {
    /// Read publications of the national list of risk areas: map names to divisions, name what could
    /// not be mapped, tell each publication from the one before
    RiskAreas(RiskAreas),
    /// Enrol the people of a local register; say first what it would do with --dry-run. The service is
    /// stopped meanwhile
    People(ImportPeople),
    /// Take in batches of a registered source from files. The service is stopped meanwhile
    Evidence(ImportEvidence),
}

#[derive(Debug, clap::Args)]
pub(crate) struct RiskAreas {
    /// Publications (.json), or folders of them; order does not matter
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// With --evidence: at each publication, decide for everybody without and with it, and say how many
    /// it turned which level, why, and how finely their stays were known. Corrections and links count
    /// as they are known at the last publication
    #[arg(long, value_name = "FILE", requires = "evidence")]
    pub(crate) rules: Option<PathBuf>,

    /// Evidence about the people to decide for (.ndjson, .jsonl or .csv); may be given several times
    #[arg(long, value_name = "FILE", requires = "rules")]
    pub(crate) evidence: Vec<PathBuf>,

    /// Also name every area that was added, removed, raised or lowered
    #[arg(long)]
    pub(crate) differences: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Tour {
    /// Wait for the Enter key between two steps
    #[arg(long, conflicts_with = "json")]
    pub(crate) step: bool,
}
