//! The one configuration file of a region, in TOML.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use hc_code::{DivisionCode, HttpsUri, Offset, Span};
use hc_core::store::Retention;
use serde::{Deserialize, Serialize};

/// Everything that can be set. Unknown names are refused, so that a slip of the pen is no silent
/// default. Paths are relative to the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Config {
    /// The division of GB/T 2260 that issues codes here.
    pub(crate) region: DivisionCode,
    /// Where people and gates ask: address and port.
    pub(crate) listen: SocketAddr,
    /// Where operators ask for health and metrics; never open to the public.
    #[serde(default = "operators")]
    pub(crate) operators: SocketAddr,
    /// Under which address gates find the status lists; it is part of what is signed.
    pub(crate) lists_at: String,
    /// The rule pack in force.
    pub(crate) rules: PathBuf,
    /// The database.
    #[serde(default = "database")]
    pub(crate) database: PathBuf,
    /// The folder of secrets: one file for each, readable by the service alone.
    #[serde(default = "secrets")]
    pub(crate) secrets: PathBuf,
    /// Publications of risk areas that are read at the start, as files or folders.
    #[serde(default)]
    pub(crate) areas: Vec<PathBuf>,
    /// Where days turn.
    #[serde(default = "offset")]
    pub(crate) offset: Offset,
    /// How old facts may be before a code says unknown.
    #[serde(default = "staleness")]
    pub(crate) staleness_limit: Span,
    /// How long things are kept.
    #[serde(default)]
    pub(crate) retention: RetentionConfig,
}

/// How long things are kept after they have ended or stopped to count.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct RetentionConfig {
    /// Evidence and declarations, from their receipt.
    pub(crate) evidence: Span,
    /// Contents of log entries; the commitments stay.
    pub(crate) log: Span,
    /// Batches, proposals, papers, grants and consents, from their end.
    pub(crate) records: Span,
}

/// A configuration with the folder that its paths are relative to.
#[derive(Clone, Debug)]
pub(crate) struct Configured {
    pub(crate) config: Config,
    folder: PathBuf,
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
            lists_at: lists_at.as_str().to_owned(),
            rules: "rules.toml".into(),
            database: database(),
            secrets: secrets(),
            areas: Vec::new(),
            offset: offset(),
            staleness_limit: staleness(),
            retention: RetentionConfig::default(),
        }
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
        self.lists_at()?;
        Ok(())
    }

    /// Under which address gates find the status lists.
    pub(crate) fn lists_at(&self) -> Result<HttpsUri> {
        HttpsUri::parse(&self.lists_at).context("lists-at")
    }
}

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
        })
    }

    /// A path of the configuration.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Config> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("healthcode.toml");
        fs::write(&path, text).unwrap();
        Configured::read(&path).map(|read| read.config)
    }

    const LEAST: &str = "region = \"330000\"\nlisten = \"127.0.0.1:8080\"\n\
        lists-at = \"https://330000.example/status\"\nrules = \"rules.toml\"\n";

    #[test]
    fn four_lines_are_enough_and_what_is_written_reads_back() {
        let config = read(LEAST).unwrap();
        assert_eq!(config.staleness_limit, Span::hours(4));
        let again = read(&toml::to_string(&config).unwrap()).unwrap();
        assert_eq!(format!("{config:?}"), format!("{again:?}"));
    }

    #[test]
    fn mistakes_are_named() {
        for (line, named) in [
            ("regoin = 1", "regoin"),
            ("staleness-limit = \"25h\"", "staleness-limit"),
            ("[retention]\nevidence = \"1d\"", "retention.evidence"),
            ("[retention]\nforever = true", "forever"),
        ] {
            let error = format!("{:#}", read(&format!("{LEAST}{line}\n")).unwrap_err());
            assert!(error.contains(named), "{line}: {error}");
        }
        let country = LEAST.replace("330000\"", "000000\"");
        assert!(format!("{:#}", read(&country).unwrap_err()).contains("no region"));
        assert!(read("region = \"330000\"").is_err());
    }
}
