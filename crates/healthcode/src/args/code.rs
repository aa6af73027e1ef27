//! What can be asked of codes.

use std::path::PathBuf;

use clap::Subcommand;
use hc_code::statement::TestKind;
use hc_code::{Class, Day, DivisionCode, Level, Offset, ReasonClass, Span, Timestamp};

use super::value;

#[derive(Debug, Subcommand)]
pub(crate) enum Code {
    /// Sign codes: from decisions of `healthcode decide --json`, or from options
    Issue(Issue),
    /// Show a code as a QR code in the terminal, or draw it into a file
    Show(Show),
    /// Draw a code as Grid Matrix (GB/T 27766) into a file, by the program zint where it is installed
    GridMatrix(GridMatrix),
    /// Take any text apart and name what is wrong with its form; believes nothing
    Inspect(Inspect),
    /// Say what a gate would: against lists that were fetched before, without network
    Verify(Verify),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Issue {
    /// The node's key (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// Decisions as `healthcode decide --json` writes them, one code each; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["level", "reason", "as_of", "valid_until"])]
    pub(crate) decision: Option<PathBuf>,

    /// The region that issues [default: the decision's]
    #[arg(long, value_name = "CODE", required_unless_present = "decision")]
    pub(crate) region: Option<DivisionCode>,

    /// live (a minute), carried (a day, needs the holder's key) or paper (months)
    #[arg(long, value_name = "CLASS", default_value = "live", value_parser = value::class)]
    pub(crate) class: Class,

    /// The level: low, medium, high or unknown, or its two digits; not for paper, and needed for the
    /// others where no decision is given
    #[arg(long, value_name = "LEVEL")]
    pub(crate) level: Option<Level>,

    /// The class of the reason, as in risk-area
    #[arg(long, value_name = "WORD", default_value = "none")]
    pub(crate) reason: ReasonClass,

    /// The time of the facts [default: the time of issue; the decision's time]
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Timestamp>,

    /// From when on the level may be another [default: never; the decision's]
    #[arg(long, value_name = "TIME")]
    pub(crate) valid_until: Option<Timestamp>,

    /// The time of issue [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// When the last negative test was taken; the code says the hour
    #[arg(long, value_name = "TIME")]
    pub(crate) tested_at: Option<Timestamp>,

    /// How it was tested: nucleic-acid or antigen
    #[arg(long, value_name = "KIND", default_value = "nucleic-acid", value_parser = value::test_kind, requires = "tested_at")]
    pub(crate) test_kind: TestKind,

    /// Masked name and digits, at most 16 bytes, as in 张*12
    #[arg(long, value_name = "TEXT")]
    pub(crate) binder: Option<String>,

    /// What the region adds, at most 200 bytes
    #[arg(long, value_name = "TEXT")]
    pub(crate) extension: Option<String>,

    /// Carried: the holder's key (ES256, public file)
    #[arg(long, value_name = "FILE", required_if_eq("class", "carried"))]
    pub(crate) holder: Option<PathBuf>,

    /// Carried: the position in the day's status list
    #[arg(long, value_name = "N", required_if_eq("class", "carried"))]
    pub(crate) index: Option<u32>,

    /// Carried: the day [default: that of the time of issue]
    #[arg(long, value_name = "DAY")]
    pub(crate) day: Option<Day>,

    /// Paper: how long it is good, at most 184d
    #[arg(long, value_name = "SPAN", default_value = "90d")]
    pub(crate) life: Span,

    /// Facts older than this are no facts; as the trust list says it of the region
    #[arg(long, value_name = "SPAN", default_value = "4h")]
    pub(crate) staleness: Span,

    /// Where the region's days begin
    #[arg(long, value_name = "OFFSET", default_value = "+08:00")]
    pub(crate) offset: Offset,
}

#[derive(Debug, clap::Args)]
pub(crate) struct GridMatrix {
    /// The code's text, in single quotes, since it has spaces; - for standard input
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,

    /// The picture, .png or .svg; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The code's text, in single quotes, since it has spaces; - for standard input
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,

    /// Carried: sign the showing with the holder's key (secret file), as the device would
    #[arg(long, value_name = "FILE")]
    pub(crate) holder: Option<PathBuf>,

    /// Carried: the time of the showing [default: now]
    #[arg(long, value_name = "TIME", requires = "holder")]
    pub(crate) at: Option<Timestamp>,

    /// Draw into an SVG file instead; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,

    /// Draw into a PNG file instead; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) png: Option<PathBuf>,

    /// PNG: pixels to a module, 1 to 64
    #[arg(long, value_name = "PIXELS", default_value_t = 8)]
    pub(crate) scale: u8,

    /// For terminals without colours that write light on dark
    #[arg(long)]
    pub(crate) light_on_dark: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Inspect {
    /// The text, in single quotes, since codes have spaces; - for standard input, one text a line
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Verify {
    /// The text as it was scanned, in single quotes, since codes have spaces; - for standard input,
    /// one text a line
    #[arg(value_name = "TEXT")]
    pub(crate) text: String,

    /// The trust list
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: PathBuf,

    /// A key of the hub, which signed the trust list (public file)
    #[arg(long, required = true, value_name = "FILE")]
    pub(crate) hub: Vec<PathBuf>,

    /// Key lists, removals, status lists, their deltas, paper lists and signed recognition policies, in
    /// any order; may be given several times
    #[arg(long = "list", value_name = "FILE")]
    pub(crate) lists: Vec<PathBuf>,

    /// The venue's own rules (JSON) [default, where no --authority is named: low passes, medium is
    /// checked, high is refused]
    #[arg(long, value_name = "FILE")]
    pub(crate) policy: Option<PathBuf>,

    /// A region whose recognition policy this gate has to satisfy, as in 510000; may be given several
    /// times: the strictest of all decides
    #[arg(long = "authority", value_name = "CODE")]
    pub(crate) authorities: Vec<DivisionCode>,

    /// The gate's key (secret file): for every verdict that is not pass each authority's receipt is signed
    #[arg(long, value_name = "FILE", requires = "gate")]
    pub(crate) receipts: Option<PathBuf>,

    /// The gate that signs receipts, by the region that registered it and its id there, as in
    /// 510000/gate-west-1
    #[arg(long, value_name = "REGION/ID", requires = "receipts", value_parser = value::gate_name)]
    pub(crate) gate: Option<(DivisionCode, String)>,

    /// The newest lists that this gate has seen; read if it is there, and written anew. Lists that
    /// are older, and the lack of a removal, are then noticed in the next run too
    #[arg(long, value_name = "FILE")]
    pub(crate) seen: Option<PathBuf>,

    /// What this gate was shown in the last minutes; read if it is there, and written anew. Runs
    /// take turns with this file and that of --seen, by a lock beside each (FILE.lock)
    #[arg(long, value_name = "FILE")]
    pub(crate) memory: Option<PathBuf>,

    /// The time by the gate's clock [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,
}
