//! The one configuration file of a region, in TOML.
//!
//! `spec/config.schema.json` is its JSON Schema, made from these types; a test holds the two
//! together. Secrets never stand here: they are files in a folder of their own or variables of the
//! environment ([`super::secrets`]).

mod desk;
mod federation;
mod identity;
mod limits;
mod log;
mod pages;
#[cfg(test)]
mod tests;
mod tls;

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use hc_code::{DivisionCode, HttpsUri, Offset, Span};
use hc_core::store::Retention;
use serde::{Deserialize, Serialize};

use super::listening::Listening;
pub(crate) use desk::DeskConfig;
pub(crate) use federation::{DoorConfig, FederationConfig};
pub(crate) use identity::{IdentityConfig, SecretForm};
pub(crate) use limits::LimitsConfig;
pub(crate) use log::LogConfig;
pub(crate) use pages::PagesConfig;
pub(crate) use tls::TlsConfig;

/// Everything that can be set. Unknown names are refused, so that a slip of the pen is no silent
/// default. Paths are relative to the file. Lengths of time are written like `10s`, `30m`, `4h`, `14d`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    /// The division of GB/T 2260 that issues codes here: six digits, not 000000.
    #[cfg_attr(test, schemars(with = "String", regex(pattern = "^[0-9]{6}$")))]
    pub(crate) region: DivisionCode,
    /// Where people and gates ask: address and port.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(crate) listen: SocketAddr,
    /// Where operators ask for health and metrics: address and port; never open to the public.
    #[serde(default = "operators")]
    #[cfg_attr(test, schemars(with = "String"))]
    pub(crate) operators: SocketAddr,
    /// Whether something in front of the service ends TLS. Without TLS of its own the service speaks
    /// plain HTTP; that is meant for this machine and for such a proxy only.
    #[serde(default)]
    pub(crate) behind_proxy: bool,
    /// Under which address gates find the status lists: https, without a slash at the end. It is part
    /// of what is signed.
    #[cfg_attr(
        test,
        schemars(regex(pattern = "^https://[A-Za-z0-9._~/:-]+$"), length(max = 200))
    )]
    pub(crate) lists_at: String,
    /// The rule pack to begin with: a file. One that two officers activated goes before it.
    pub(crate) rules: PathBuf,
    /// The database: a file, made when it is not there.
    #[serde(default = "database")]
    pub(crate) database: PathBuf,
    /// The folder of secrets: one file for each, readable by the service alone. A secret may come
    /// from the environment instead, as `HEALTHCODE_SECRET_` and its name.
    #[serde(default = "secrets")]
    pub(crate) secrets: PathBuf,
    /// Publications of risk areas that are read at the start, as files or folders.
    #[serde(default)]
    pub(crate) areas: Vec<PathBuf>,
    /// Where days turn: the offset from UTC.
    #[serde(default = "offset")]
    #[cfg_attr(
        test,
        schemars(with = "String", regex(pattern = "^[+-][0-9]{2}:[0-9]{2}$"))
    )]
    pub(crate) offset: Offset,
    /// How old facts may be before a code says unknown: 1m to 24h.
    #[serde(default = "staleness")]
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) staleness_limit: Span,
    /// TLS of the public listener; without it the service speaks plain HTTP.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tls: Option<TlsConfig>,
    /// How long things are kept.
    #[serde(default)]
    pub(crate) retention: RetentionConfig,
    /// Everything bounded in number, size and time.
    #[serde(default)]
    pub(crate) limits: LimitsConfig,
    /// How people prove who they are; without a method nobody can enrol by themselves.
    #[serde(default)]
    pub(crate) identity: IdentityConfig,
    /// The pages for people and gates.
    #[serde(default)]
    pub(crate) pages: PagesConfig,
    /// Pages for officers on the operators' listener; without it there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) desk: Option<DeskConfig>,
    /// How the region follows a federation, once it has joined one.
    #[serde(default)]
    pub(crate) federation: FederationConfig,
    /// The door for other regions; without it their nodes cannot come in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) door: Option<DoorConfig>,
    /// The journal on standard error: JSON lines without personal data.
    #[serde(default)]
    pub(crate) log: LogConfig,
}

/// How long things are kept after they have ended or stopped to count.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct RetentionConfig {
    /// Evidence and declarations, from their receipt: 14d or more.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) evidence: Span,
    /// Contents of log entries; the commitments stay: 30d or more.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) log: Span,
    /// Batches, proposals, papers, grants and consents, from their end: 1d or more.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) records: Span,
}

/// A configuration with the folder that its paths are relative to.
#[derive(Clone, Debug)]
pub(crate) struct Configured {
    pub(crate) config: Config,
    folder: PathBuf,
    /// Where it is listened already.
    pub(crate) listening: Arc<Listening>,
}

fn operators() -> SocketAddr {
    SocketAddr::from(([127, 0, 0, 1], 8081))
}

fn database() -> PathBuf {
    "region.db".into()
}

fn secrets() -> PathBuf {
    "secrets".into()
}

fn offset() -> Offset {
    Offset::CHINA
}

fn staleness() -> Span {
    Span::hours(4)
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self {
            evidence: Span::days(180),
            log: Span::days(365),
            records: Span::days(90),
        }
    }
}

impl RetentionConfig {
    pub(crate) fn spans(&self) -> Retention {
        Retention {
            evidence: self.evidence,
            log: self.log,
            records: self.records,
        }
    }
}

impl Config {
    /// What a new region begins with.
    pub(crate) fn new(region: DivisionCode, listen: SocketAddr, lists_at: &HttpsUri) -> Self {
        Self {
            region,
            listen,
            operators: operators(),
            behind_proxy: false,
            lists_at: lists_at.as_str().to_owned(),
            rules: "rules.toml".into(),
            database: database(),
            secrets: secrets(),
            areas: Vec::new(),
            offset: offset(),
            staleness_limit: staleness(),
            tls: None,
            retention: RetentionConfig::default(),
            limits: LimitsConfig::default(),
            identity: IdentityConfig::default(),
            pages: PagesConfig::default(),
            desk: None,
            federation: FederationConfig::default(),
            door: None,
            log: LogConfig::default(),
        }
    }

    /// The file of a new region: what must be set, and everything else as a comment with its default.
    pub(crate) fn commented(&self) -> String {
        TEMPLATE
            .replace("{region}", &self.region.to_string())
            .replace("{listen}", &self.listen.to_string())
            .replace("{lists-at}", &self.lists_at)
            .replace("{rules}", &self.rules.to_string_lossy())
    }

    fn check(&self) -> Result<()> {
        ensure!(
            self.operators != self.listen || self.listen.port() == 0,
            "operators: it must be another address than listen"
        );
        ensure!(
            self.region != DivisionCode::COUNTRY,
            "region: 000000 is the whole country and no region"
        );
        let limit = self.staleness_limit.as_seconds();
        ensure!(
            (60..=86_400).contains(&limit),
            "staleness-limit: it must be 1m to 24h"
        );
        ensure!(
            self.tls.is_none() || !self.behind_proxy,
            "behind-proxy: with [tls] the service ends TLS itself; take one of the two away"
        );
        for (name, span, least) in [
            ("evidence", self.retention.evidence, 14),
            ("log", self.retention.log, 30),
            ("records", self.retention.records, 1),
        ] {
            ensure!(
                span.as_seconds() >= least * 86_400,
                "retention.{name}: at least {least} days, or decisions lose their ground"
            );
        }
        self.limits.check()?;
        self.identity.check()?;
        self.pages.settings(self.region, None)?;
        if let Some(desk) = &self.desk {
            desk.relying()?;
        }
        self.federation.check()?;
        if let Some(door) = &self.door {
            door.address()?;
        }
        self.lists_at()?;
        Ok(())
    }

    /// Under which address gates find the status lists.
    pub(crate) fn lists_at(&self) -> Result<HttpsUri> {
        HttpsUri::parse(&self.lists_at).context("lists-at")
    }

    /// Whether people would send tokens over a network in clear.
    pub(crate) fn is_open_in_clear(&self) -> bool {
        self.tls.is_none() && !self.behind_proxy && !self.listen.ip().is_loopback()
    }
}

/// The file of a new region.
const TEMPLATE: &str = include_str!("../../healthcode.toml");

impl Configured {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration {}", path.display()))?;
        let config: Config = toml::from_str(&text)
            .with_context(|| format!("{} is no configuration", path.display()))?;
        config.check().with_context(|| path.display().to_string())?;
        Ok(Self {
            config,
            folder: path.parent().map(Path::to_owned).unwrap_or_default(),
            listening: Arc::default(),
        })
    }

    /// A path of the configuration.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}
