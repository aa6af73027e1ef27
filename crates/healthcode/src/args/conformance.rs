//! What can be asked of the conformance kit.

use std::path::PathBuf;

use clap::ValueEnum;
use hc_code::{DivisionCode, Timestamp};

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
