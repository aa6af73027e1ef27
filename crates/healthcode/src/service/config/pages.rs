//! The pages for people and gates.

use anyhow::{Context, Result};
use hc_http::pages::PageSettings;
use serde::{Deserialize, Serialize};

/// Whether pages are served on the public listener, and who may show them inside of their own.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct PagesConfig {
    /// Whether they are served: `/` for people, `/gate/` for gates.
    pub(crate) serve: bool,
    /// Origins whose pages may show them in a frame: web views of super apps. `https://`, a host and, where needed, a
    /// port.
    #[cfg_attr(
        test,
        schemars(
            inner(regex(pattern = "^https://[a-z0-9][a-z0-9.:-]*$")),
            length(max = 16)
        )
    )]
    pub(crate) embedded_in: Vec<String>,
}

impl Default for PagesConfig {
    fn default() -> Self {
        Self {
            serve: true,
            embedded_in: Vec::new(),
        }
    }
}

impl PagesConfig {
    /// The same as the pages take it.
    pub(crate) fn settings(&self) -> Result<PageSettings> {
        PageSettings::embedded_in(&self.embedded_in).context("pages.embedded-in")
    }
}
