//! Other regions: where what is held of them is kept, and the own door.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use hc_code::{HttpsUri, Span};
use serde::{Deserialize, Serialize};

/// How the region follows the federation. Whether it does, and whose, is said by `healthcode federation join`,
/// which writes into the folder.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct FederationConfig {
    /// The folder of what is held of other regions: the hub's pinned keys, trust list, removals, key lists.
    pub(crate) folder: PathBuf,
    /// How often the hub is asked for what is new: 1s to 1h.
    #[cfg_attr(
        test,
        schemars(
            with = "String",
            regex(pattern = "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$")
        )
    )]
    pub(crate) every: Span,
    /// Certificate authorities (PEM) of hub and regions; without it those of the operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) authorities: Option<PathBuf>,
}

/// The door for other regions: a listener of its own with mutual TLS, by keys that the key lists name.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DoorConfig {
    /// Where nodes of other regions come in: address and port.
    #[cfg_attr(test, schemars(with = "String"))]
    pub(crate) listen: SocketAddr,
    /// Under which address they find it: https and host, as in `https://330000.example:9444`. It goes to the
    /// trust list with `healthcode federation request`.
    #[cfg_attr(
        test,
        schemars(regex(pattern = "^https://[A-Za-z0-9._~/:-]+$"), length(max = 200))
    )]
    pub(crate) address: String,
}

impl Default for FederationConfig {
    fn default() -> Self {
        Self {
            folder: "federation".into(),
            every: Span::seconds(10),
            authorities: None,
        }
    }
}

impl FederationConfig {
    pub(super) fn check(&self) -> Result<()> {
        ensure!(
            (1..=3600).contains(&self.every.as_seconds()),
            "federation.every: it must be 1s to 1h"
        );
        Ok(())
    }
}

impl DoorConfig {
    /// Where others find it.
    pub(crate) fn address(&self) -> Result<HttpsUri> {
        HttpsUri::parse(&self.address).context("door.address")
    }
}
