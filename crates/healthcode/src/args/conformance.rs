//! What can be asked of the conformance kit.

use std::path::PathBuf;

use clap::ValueEnum;
use hc_code::{DivisionCode, Timestamp};
use hc_core::party::Purpose;

#[derive(Debug, clap::Args)]
pub(crate) struct Conformance {
    /// The service, as in `https://region.example` or `http://127.0.0.1:8080`
    #[arg(value_name = "URL")]
    pub(crate) url: String,

    /// The id of an application that is registered there for all seven functions and the purpose entry
    #[arg(long, value_name = "ID")]
    pub(crate) application: String,

    /// The application's key (secret file)
    #[arg(long, value_name = "FILE")]
    pub(crate) key: PathBuf,

    /// The region, as in 330000
    #[arg(long, value_name = "CODE")]
    pub(crate) region: DivisionCode,

    /// A division that the application is registered for [default: the region]
    #[arg(long, value_name = "CODE")]
    pub(crate) division: Option<DivisionCode>,

    /// The subject token by which a test person lets the application do everything; declarations are made in
    /// their name
    #[arg(
        long,
        value_name = "TOKEN",
        env = "HEALTHCODE_SUBJECT_TOKEN",
        hide_env_values = true,
        required_unless_present = "device_token"
    )]
    pub(crate) token: Option<String>,

    /// A subject token by which the same person lets it make codes and nothing else
    #[arg(
        long,
        value_name = "TOKEN",
        env = "HEALTHCODE_NARROW_TOKEN",
        hide_env_values = true
    )]
    pub(crate) narrow_token: Option<String>,

    /// The token of the person's own device: no application may use it. At a service with this program's own
    /// interface the subject tokens that are not given are made by it
    #[arg(
        long,
        value_name = "TOKEN",
        env = "HEALTHCODE_TOKEN",
        hide_env_values = true
    )]
    pub(crate) device_token: Option<String>,

    /// What time it is at the service, as in 2022-07-08T12:00:00+08:00 [default: what its signed answers say]
    #[arg(long, value_name = "TIME")]
    pub(crate) time: Option<Timestamp>,

    /// The number of the test person's document: it must stand in no answer
    #[arg(long, value_name = "NUMBER")]
    pub(crate) number: String,

    /// The person's name, which must stand in no answer, and of which a query may show the first character
    #[arg(long, value_name = "NAME")]
    pub(crate) name: Option<String>,

    /// The person's telephone number, which must stand in no answer
    #[arg(long, value_name = "NUMBER")]
    pub(crate) phone: Option<String>,

    /// The key that the service answers with, in hexadecimal as /gbt38963/keys gives it: other keys are a fault
    #[arg(long, value_name = "HEX", conflicts_with = "root")]
    pub(crate) answer_key: Option<String>,

    /// A root key of the region (public file): keys of answers that its list at /v1/keys does not have are a
    /// fault. Without this and --answer-key the keys are taken on the service's word
    #[arg(long, value_name = "FILE")]
    pub(crate) root: Vec<PathBuf>,

    /// The id of another application that may make codes, for which a serial number is none
    #[arg(long, value_name = "ID", requires = "other_key")]
    pub(crate) other_application: Option<String>,

    /// That application's key (secret file)
    #[arg(long, value_name = "FILE", requires = "other_application")]
    pub(crate) other_key: Option<PathBuf>,

    /// A purpose that the application is not registered for, as in travel
    #[arg(long, value_name = "PURPOSE")]
    pub(crate) unregistered_purpose: Option<Purpose>,

    /// A subject token of the person for the application that has ended or was taken back [default: one that is
    /// made by --device-token and taken back with whatever else the person let the application do]
    #[arg(
        long,
        value_name = "TOKEN",
        env = "HEALTHCODE_ENDED_TOKEN",
        hide_env_values = true
    )]
    pub(crate) ended_token: Option<String>,

    /// Look at what takes a minute of waiting too
    #[arg(long)]
    pub(crate) slow: bool,

    /// In which form the report is written; --json writes one object for each case
    #[arg(long, value_enum, default_value_t = ReportForm::Text, value_name = "FORM")]
    pub(crate) report: ReportForm,

    /// Where the report goes [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ReportForm {
    /// Lines for people
    Text,
    /// One JSON object
    Json,
    /// A page that stands alone
    Html,
}
