//! TLS of the public listener.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Certificate and key. Both are read again when they change, and at SIGHUP.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct TlsConfig {
    /// The chain in PEM, the service's own certificate first.
    pub(crate) certificate: PathBuf,
    /// Its private key in PEM (PKCS#8, SEC1 or PKCS#1), not readable by everybody.
    pub(crate) key: PathBuf,
    /// Whether TLS 1.2 is spoken with devices that know no 1.3.
    #[serde(default = "yes")]
    pub(crate) older_devices: bool,
}

const fn yes() -> bool {
    true
}
