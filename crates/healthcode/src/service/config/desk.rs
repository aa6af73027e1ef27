//! Pages for officers.

use anyhow::{Context, Result};
use hc_node::passkeys::RelyingParty;
use serde::{Deserialize, Serialize};

/// The desk: pages on the operators' listener, behind passkeys.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct DeskConfig {
    /// Under which origin officers' browsers find the operators' listener: https and a host name, as in
    /// `https://desk.example`; `http://localhost:8081` is for trying it out on this machine. Passkeys are
    /// for this host and no other.
    #[cfg_attr(
        test,
        schemars(
            regex(pattern = "^https?://[a-z0-9.-]+(:[0-9]{1,5})?$"),
            length(max = 270)
        )
    )]
    pub(crate) origin: String,
}

impl DeskConfig {
    /// The site that passkeys are for.
    pub(crate) fn relying(&self) -> Result<RelyingParty> {
        RelyingParty::parse(&self.origin).context("desk.origin")
    }
}
