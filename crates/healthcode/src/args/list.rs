//! What can be asked of lists.

use std::path::PathBuf;

use clap::Subcommand;
use hc_code::paper::Pointer;
use hc_code::{Day, DivisionCode, HttpsUri, Offset, Timestamp};

use super::value::CountOf;
use crate::input::sheets;

#[derive(Debug, Subcommand)]
pub(crate) enum List {
    /// Sign the status list of a day: all positions low but those that are given
    Build(Build),
    /// Sign what changed from one edition of a day's list to a later one
    Delta(DeltaOf),
    /// Sign the paper list: which sheets are not low or were withdrawn, told only to who scanned them
    Paper(SignPaper),
    /// Look into a signed list of any kind
    Inspect(InspectList),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Build {
    /// The key for lists (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// The region, as in 330000
    #[arg(long, value_name = "CODE")]
    pub(crate) region: DivisionCode,

    /// The day
    #[arg(long, value_name = "DAY")]
    pub(crate) day: Day,

    /// Positions that are not low, one a line: {"index": 7, "level": "10"}; - for standard input
    #[arg(long, value_name = "FILE", conflicts_with = "count")]
    pub(crate) entries: Option<PathBuf>,

    /// Instead of entries, so many people of a level at random positions, as in high=1000: to
    /// measure what a list of a population costs
    #[arg(long, value_name = "LEVEL=N")]
    pub(crate) count: Vec<CountOf>,

    /// How many subject numbers have been given: gives the domain
    #[arg(long, value_name = "N", conflicts_with = "bits")]
    pub(crate) population: Option<u64>,

    /// The domain, 2^BITS positions; 20 to 32 [default: 20]
    #[arg(long, value_name = "BITS")]
    pub(crate) bits: Option<u8>,

    /// The epoch of the day's key
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) epoch: u8,

    /// The number of the edition: 0 for the evening before, from 1 on during the day
    #[arg(long, value_name = "N")]
    pub(crate) sequence: u32,

    /// The time of signing [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// The time of the facts [default: the time of signing]
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Timestamp>,

    /// Until when it is good [default: the end of the day]
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Timestamp>,

    /// Where the region's days begin
    #[arg(long, value_name = "OFFSET", default_value = "+08:00")]
    pub(crate) offset: Offset,

    /// The signed list in its most compact form; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,

    /// Also write the shards as IETF status list tokens into a new folder
    #[arg(long, value_name = "FOLDER", requires = "address")]
    pub(crate) shards: Option<PathBuf>,

    /// Where the shards will be found, as in <https://hc.example/330000/2022-07-08>
    #[arg(long, value_name = "URL", value_parser = HttpsUri::parse, requires = "shards")]
    pub(crate) address: Option<HttpsUri>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct DeltaOf {
    /// The whole list that gates have
    #[arg(value_name = "OLD")]
    pub(crate) old: PathBuf,

    /// The whole list of a later edition of the same day
    #[arg(value_name = "NEW")]
    pub(crate) new: PathBuf,

    /// The key for lists (secret file), which signs
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// Keys that signed the two lists, where it was not this one (public files)
    #[arg(long, value_name = "FILE")]
    pub(crate) signed_by: Vec<PathBuf>,

    /// The region, as in 330000
    #[arg(long, value_name = "CODE")]
    pub(crate) region: DivisionCode,

    /// Where the region's days begin
    #[arg(long, value_name = "OFFSET", default_value = "+08:00")]
    pub(crate) offset: Offset,

    /// The signed delta; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct SignPaper {
    /// The key for lists (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// The region, as in 330000
    #[arg(long, value_name = "CODE")]
    pub(crate) region: DivisionCode,

    /// Sheets that are not low, one a line, unknown where one was withdrawn:
    /// {"pointer": "5a…", "level": "20"}, with the pointer as code inspect shows it; - for standard
    /// input
    #[arg(long, value_name = "FILE")]
    pub(crate) entries: PathBuf,

    /// The number of the list; larger than that of every paper list before
    #[arg(long, value_name = "N")]
    pub(crate) sequence: u32,

    /// The time of signing [default: now]
    #[arg(long, value_name = "TIME")]
    pub(crate) at: Option<Timestamp>,

    /// The time of the facts [default: the time of signing]
    #[arg(long, value_name = "TIME")]
    pub(crate) as_of: Option<Timestamp>,

    /// Until when it is good, at most two days [default: a day]
    #[arg(long, value_name = "TIME")]
    pub(crate) until: Option<Timestamp>,

    /// The signed list, under a salt of its own; may not exist
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct InspectList {
    /// The list
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Keys that may have signed it (public files); without the right one its content is not shown
    #[arg(long, value_name = "FILE")]
    pub(crate) signed_by: Vec<PathBuf>,

    /// Whose list it is, as in 330000; not needed for trust lists and removals
    #[arg(long, value_name = "CODE")]
    pub(crate) region: Option<DivisionCode>,

    /// Where the region's days begin
    #[arg(long, value_name = "OFFSET", default_value = "+08:00")]
    pub(crate) offset: Offset,

    /// Also name every entry; a paper list has only hashes, so it names none
    #[arg(long)]
    pub(crate) entries: bool,

    /// Paper list: also say what it says of this sheet, by its pointer; may be given several times
    #[arg(long = "pointer", value_name = "HEX", value_parser = sheets::pointer)]
    pub(crate) pointers: Vec<Pointer>,
}
