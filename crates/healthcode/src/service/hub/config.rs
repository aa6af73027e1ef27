//! The configuration of a hub, in TOML.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use hc_code::{HttpsUri, Span};
use serde::{Deserialize, Serialize};

use crate::service::config::{LogConfig, TlsConfig};
use crate::service::listening::Listening;

/// Everything that can be set of a hub. Paths are relative to the file. Lengths of time are written like
/// `10s`, `30m`, `4h`, `14d`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct HubConfig {
    /// What this is: `hub`.
    pub(crate) role: HubRole,
    /// Where regions and gates ask: address and port.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(crate) listen: SocketAddr,
    /// TLS of the listener; without it the hub speaks plain HTTP, behind a proxy that ends TLS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) tls: Option<TlsConfig>,
    /// The hub's folder: history, requests, lists.
    #[serde(default = "folder")]
    pub(crate) folder: PathBuf,
    /// The folder of secrets: the key that removes, the key of the history.
    #[serde(default = "secrets")]
    pub(crate) secrets: PathBuf,
    /// How often each region is asked for what is new: 1s to 1h.
    #[serde(default = "every")]
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) every: Span,
    /// Certificate authorities (PEM) of the regions; without it those of the operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) authorities: Option<PathBuf>,
    /// The door for regions' nodes, with the directory behind it; without it there is no directory, and
    /// regions find people of others by scanned codes alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) door: Option<HubDoorConfig>,
    /// Configurations of regions that have no code of their own: the hub serves them beside itself, each as `serve`
    /// serves a region, with its own folder, keys and addresses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) regions: Vec<PathBuf>,
    /// The journal on standard error: JSON lines.
    #[serde(default)]
    pub(crate) log: LogConfig,
}

/// The hub's door: a listener of its own with mutual TLS, for nodes of regions whose keys their key lists name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct HubDoorConfig {
    /// Where nodes of regions come in: address and port.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(crate) listen: SocketAddr,
    /// Under which address they find it: https and host, as in `https://hub.example:9443`. The hub says so itself,
    /// signed by the key that removes.
    #[cfg_attr(
        test,
        schemars(regex(pattern = "^https://[A-Za-z0-9._~/:-]+$"), length(max = 200))
    )]
    pub(crate) address: String,
}

impl HubDoorConfig {
    /// Where regions find it.
    pub(crate) fn address(&self) -> Result<HttpsUri> {
        HttpsUri::parse(&self.address).context("door.address")
    }
}

/// The word of a hub.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum HubRole {
    /// A hub.
    Hub,
}

fn folder() -> PathBuf {
    "hub".into()
}

fn secrets() -> PathBuf {
    "secrets".into()
}

fn every() -> Span {
    Span::seconds(10)
}

/// A configuration with the folder that its paths are relative to.
#[derive(Clone, Debug)]
pub(crate) struct HubConfigured {
    pub(crate) config: HubConfig,
    place: PathBuf,
    /// Where it is listened already.
    pub(crate) listening: Arc<Listening>,
}

/// The file of a new hub.
const TEMPLATE: &str = include_str!("../../../hub.toml");

/// Whether a configuration is a hub's.
pub(crate) fn is_hub(path: &Path) -> bool {
    #[derive(Deserialize)]
    struct Role {
        role: Option<String>,
    }
    let text = fs::read_to_string(path).unwrap_or_default();
    let read: Option<Role> = toml::from_str(&text).ok();
    read.and_then(|read| read.role).as_deref() == Some("hub")
}

impl HubConfig {
    /// The file of a new hub.
    pub(crate) fn commented(listen: SocketAddr) -> String {
        TEMPLATE.replace("{listen}", &listen.to_string())
    }
}

impl HubConfigured {
    /// Reads the file.
    pub(crate) fn read(path: &Path) -> Result<Self> {
        let text = fs::read_to_string(path)
            .with_context(|| format!("cannot read the configuration {}", path.display()))?;
        let config: HubConfig = toml::from_str(&text)
            .with_context(|| format!("{} is no configuration of a hub", path.display()))?;
        ensure!(
            (1..=3600).contains(&config.every.as_seconds()),
            "{}: every: it must be 1s to 1h",
            path.display()
        );
        if let Some(door) = &config.door {
            door.address().with_context(|| path.display().to_string())?;
        }
        Ok(Self {
            config,
            place: path.parent().map(Path::to_owned).unwrap_or_default(),
            listening: Arc::default(),
        })
    }

    /// A path of the configuration.
    pub(crate) fn path(&self, path: &Path) -> PathBuf {
        self.place.join(path)
    }

    /// The hub's folder.
    pub(crate) fn folder(&self) -> PathBuf {
        self.path(&self.config.folder)
    }

    /// The folder of secrets.
    pub(crate) fn secrets(&self) -> PathBuf {
        self.path(&self.config.secrets)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(text: &str) -> Result<HubConfigured> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("hub.toml");
        fs::write(&path, text).unwrap();
        HubConfigured::read(&path)
    }

    #[test]
    fn the_file_of_a_new_hub_reads_with_and_without_its_comments() {
        let text = HubConfig::commented("127.0.0.1:8090".parse().unwrap());
        let plain = read(&text).unwrap();
        let uncommented: Vec<&str> = text
            .lines()
            .map(|line| {
                line.strip_prefix("## ")
                    .or_else(|| line.strip_prefix('#').filter(|rest| !rest.starts_with(' ')))
                    .unwrap_or(line)
            })
            .collect();
        let all = read(&uncommented.join("\n")).unwrap();
        assert_eq!(plain.config.every, all.config.every);
        assert!(all.config.tls.is_some() && all.config.authorities.is_some());
        assert!(all.config.door.is_some() && plain.config.door.is_none());
        assert!(all.config.regions.len() == 1 && plain.config.regions.is_empty());
        assert!(plain.config.tls.is_none());
    }

    #[test]
    fn mistakes_are_named() {
        let least = "role = \"hub\"\nlisten = \"127.0.0.1:0\"\n";
        assert!(read(least).is_ok());
        for (line, named) in [("every = \"2h\"", "every"), ("evry = \"2s\"", "evry")] {
            let error = format!("{:#}", read(&format!("{least}{line}\n")).unwrap_err());
            assert!(error.contains(named), "{error}");
        }
        assert!(read("role = \"region\"\nlisten = \"127.0.0.1:0\"\n").is_err());
    }

    #[test]
    fn the_schema_is_that_of_the_program() {
        let path: PathBuf = [
            env!("CARGO_MANIFEST_DIR"),
            "../../spec/hub-config.schema.json",
        ]
        .iter()
        .collect();
        let mut schema = schemars::schema_for!(HubConfig).to_value();
        schema["title"] = json!("hub.toml");
        let mut ours = serde_json::to_string_pretty(&schema).unwrap();
        ours.push('\n');
        if std::env::var_os("HEALTHCODE_WRITE").is_some() {
            fs::write(&path, &ours).unwrap();
        }
        let same = fs::read_to_string(&path).unwrap_or_default() == ours;
        assert!(
            same,
            "spec/hub-config.schema.json is not up to date: run this test once with HEALTHCODE_WRITE=1"
        );
    }
}
