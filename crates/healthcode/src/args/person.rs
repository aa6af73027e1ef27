//! One person's data: taking it out, and erasing it; a local register and evidence coming in.

use std::path::PathBuf;
use std::str::FromStr;

/// A document as `TYPE:NUMBER` or `TYPE:COUNTRY:NUMBER`.
#[derive(Clone)]
pub(crate) struct DocumentNumber {
    pub(crate) kind: String,
    pub(crate) country: Option<String>,
    pub(crate) number: String,
}

impl std::fmt::Debug for DocumentNumber {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "DocumentNumber({}, …)", self.kind)
    }
}

impl FromStr for DocumentNumber {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let form = || "written like 111:NUMBER or 414:COUNTRY:NUMBER".to_owned();
        let (kind, rest) = text.split_once(':').ok_or_else(form)?;
        let (country, number) = match rest.split_once(':') {
            Some((country, number)) => (Some(country.to_owned()), number),
            None => (None, rest),
        };
        if kind.is_empty() || number.is_empty() {
            return Err(form());
        }
        Ok(Self {
            kind: kind.to_owned(),
            country,
            number: number.to_owned(),
        })
    }
}

/// The form in which people's data are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum ExportForm {
    /// Everything that is kept, as the person themself gets it
    Own,
    /// Records of GB/T 38962, one a line, which `import people` elsewhere reads
    #[value(name = "gbt38962")]
    Gbt38962,
}

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("whom").required(true))]
pub(crate) struct ExportData {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,

    /// The person's document: type and number, as in 111:NUMBER
    #[arg(long, value_name = "DOCUMENT", group = "whom")]
    pub(crate) document: Option<DocumentNumber>,

    /// Everybody, one person a line
    #[arg(long, group = "whom")]
    pub(crate) all: bool,

    /// In which form
    #[arg(long, value_name = "FORM", default_value = "own")]
    pub(crate) format: ExportForm,

    /// What for; it stands in the person's own log
    #[arg(long, value_name = "WORD")]
    pub(crate) purpose: String,

    /// Who takes it; it stands in the person's own log
    #[arg(long, value_name = "ID", default_value = "operator")]
    pub(crate) recipient: String,

    /// The file; it may not exist, and only you can read it
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

#[derive(Debug, clap::Args)]
pub(crate) struct EraseData {
    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,

    /// The person's document: type and number, as in 111:NUMBER
    #[arg(long, value_name = "DOCUMENT")]
    pub(crate) document: DocumentNumber,

    /// Why: a word for the log, as in own-wish
    #[arg(long, value_name = "WORD")]
    pub(crate) purpose: String,

    /// Who does it; for the log
    #[arg(long, value_name = "ID", default_value = "operator")]
    pub(crate) officer: String,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Restore {
    /// The configuration; its database may not exist
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,

    /// The copy that `backup` made
    #[arg(long, value_name = "FILE")]
    pub(crate) from: PathBuf,

    /// Go on although the copy is older than what the decision log has signed: with a new key and name
    /// of the log, since the old one may not say two things
    #[arg(long)]
    pub(crate) new_log: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ImportPeople {
    /// Registers. A .csv (UTF-8) has a header with type,number,name and, where known, country,phone,address: type is a
    /// code of spec/gbt38962/document-types.tsv (111 is the resident identity card), country (three letters) goes with
    /// passports. A line of .ndjson is an object with the same members, or a record of GB/T 38962 as `export --format
    /// gbt38962` writes it. What is not kept is counted by element
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,

    /// Say what would be new, what differs, and which levels would result; change nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    /// The version of the text that the people agreed to when they were registered
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) consent_version: u32,

    /// For how many days they agreed, from now on
    #[arg(long, value_name = "DAYS", default_value_t = 365,
          value_parser = clap::value_parser!(u16).range(1..=1096))]
    pub(crate) consent_days: u16,
}

#[derive(Debug, clap::Args)]
pub(crate) struct ImportEvidence {
    /// Evidence, one piece a line (.csv or .ndjson); each file is a batch
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,

    /// The configuration
    #[arg(long, value_name = "FILE", default_value = "healthcode.toml")]
    pub(crate) config: PathBuf,

    /// The registered source whose batches these are
    #[arg(long, value_name = "ID")]
    pub(crate) source: String,

    /// The files are signed data (GB/T 35275, for example batch.csv.p7) by whoever this certificate, or
    /// one below it, is of; may be given several times. What is not signed so is refused whole
    #[arg(long = "signed-data", value_name = "ANCHOR")]
    pub(crate) anchors: Vec<PathBuf>,

    /// A list of what an authority took back (PEM or DER); may be given several times. With one, every
    /// authority above a signer must have one that is good
    #[arg(long, value_name = "FILE", requires = "anchors")]
    pub(crate) revocations: Vec<PathBuf>,
}
