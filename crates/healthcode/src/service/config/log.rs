//! The journal.

use hc_http::journal::Level;
use serde::{Deserialize, Serialize};

/// What the journal takes.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub(crate) struct LogConfig {
    /// Up to which level.
    pub(crate) level: LevelName,
}

/// A level of the journal; each has those before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum LevelName {
    /// What failed.
    Error,
    /// What is about to fail, and requests that could not be carried.
    Warn,
    /// The service's own life.
    #[default]
    Info,
    /// Every request, without anything of the person.
    Debug,
}

impl LevelName {
    pub(crate) const fn level(self) -> Level {
        match self {
            Self::Error => Level::Error,
            Self::Warn => Level::Warn,
            Self::Info => Level::Info,
            Self::Debug => Level::Debug,
        }
    }
}
