//! The folder of what a region holds of others: `hub.json` (written by `federation join`), and what was
//! believed last, so that a restart goes back behind nothing.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, Result, ensure};
use hc_code::federation::Federation;
use hc_code::signing::PublicKey;
use hc_code::trust_list::{HeldTrust, Removal, TrustMark};
use hc_code::{DivisionCode, HttpsUri, Timestamp};
use hc_http::identity::Trust;
use hc_hub::act::{KeyIdText, KeyText};
use serde::{Deserialize, Serialize};

use super::Configured;
use crate::output;

/// A hub that a region follows.
#[derive(Clone, Debug)]
pub(crate) struct Joined {
    folder: PathBuf,
    hub: HttpsUri,
    pinned: Vec<PublicKey>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HubFile {
    hub: String,
    keys: Vec<KeyText>,
}

/// What must outlive a restart beside what is signed.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct StateFile {
    believed: Vec<KeyText>,
    version: Option<u32>,
    removals: Vec<RemovalFile>,
    removals_as_of: Option<Timestamp>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RemovalFile {
    region: DivisionCode,
    key: Option<KeyIdText>,
    removed_at: Timestamp,
}

const HUB: &str = "hub.json";
const STATE: &str = "state.json";
const TRUST: &str = "trust-list.cose";
const REMOVALS: &str = "removals.cose";
const KEYS: &str = "keys-";

impl Joined {
    /// Begins to follow a hub.
    pub(crate) fn new(configured: &Configured, hub: HttpsUri, pinned: Vec<PublicKey>) -> Self {
        Self {
            folder: configured.path(&configured.config.federation.folder),
            hub,
            pinned,
        }
    }

    /// Reads which hub is followed; nothing where the region stands alone.
    pub(crate) fn read(configured: &Configured) -> Result<Option<Self>> {
        let folder = configured.path(&configured.config.federation.folder);
        let path = folder.join(HUB);
        let what = || path.display().to_string();
        let Some(bytes) = read(&path)? else {
            return Ok(None);
        };
        let file: HubFile = serde_json::from_slice(&bytes).with_context(what)?;
        ensure!(!file.keys.is_empty(), "{} names no key", what());
        Ok(Some(Self {
            hub: HttpsUri::parse(&file.hub).with_context(what)?,
            pinned: file.keys.into_iter().map(|key| key.0).collect(),
            folder,
        }))
    }

    /// Where the hub is.
    pub(crate) const fn hub(&self) -> &HttpsUri {
        &self.hub
    }

    /// Which keys were pinned.
    pub(crate) fn pinned(&self) -> &[PublicKey] {
        &self.pinned
    }

    /// Writes which hub is followed.
    pub(crate) fn keep(&self) -> Result<()> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make {}", self.folder.display()))?;
        let file = HubFile {
            hub: self.hub.to_string(),
            keys: self.pinned.iter().cloned().map(KeyText).collect(),
        };
        output::replace(&self.folder.join(HUB), &serde_json::to_vec_pretty(&file)?)
    }

    /// What was held before a restart. What is damaged or over is left out: it comes again by itself, and
    /// the version that was seen bars what is older.
    pub(crate) fn recall(&self, now: Timestamp) -> Result<Federation> {
        let path = self.folder.join(STATE);
        let Some(bytes) = read(&path)? else {
            return Ok(Federation::new(self.pinned.clone()));
        };
        let what = || path.display().to_string();
        let state: StateFile = serde_json::from_slice(&bytes).with_context(what)?;
        let believed = state.believed.into_iter().map(|key| key.0).collect();
        let seen = state.version.map(|version| TrustMark { version });
        let mut federation = Federation::remembering(believed, seen, []);
        if let Some(list) = read(&self.folder.join(TRUST))? {
            // One that has ended names the keys of the next.
            drop(federation.take_trust(&list, now));
        }
        if let Some(list) = read(&self.folder.join(REMOVALS))? {
            drop(federation.take_removals(&list, now));
        }
        let removals = state.removals.into_iter().map(|removal| Removal {
            region: removal.region,
            key: removal.key.map(|key| key.0),
            removed_at: removal.removed_at,
        });
        federation.recall(removals, state.removals_as_of);
        let folder = fs::read_dir(&self.folder)
            .with_context(|| format!("cannot read {}", self.folder.display()))?;
        for entry in folder {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_str().unwrap_or_default();
            let region = name
                .strip_prefix(KEYS)
                .and_then(|name| name.strip_suffix(".cose"));
            if let Some(region) = region.and_then(|code| DivisionCode::from_str(code).ok())
                && let Some(list) = read(&entry.path())?
            {
                // One that has ended comes again by itself.
                let _passed_over = federation.take_keys(region, &list, now);
            }
        }
        Ok(federation)
    }

    /// Writes what is held. Signed things first: the state may not promise what is not there.
    pub(crate) fn remember(&self, federation: &Federation) -> Result<()> {
        fs::create_dir_all(&self.folder)
            .with_context(|| format!("cannot make {}", self.folder.display()))?;
        let trust = federation.trust();
        let issuers = trust
            .map(|trust| trust.list().issuers())
            .unwrap_or_default();
        for issuer in issuers {
            if let Some(list) = federation.key_list_bytes(issuer.region()) {
                self.put(&format!("{KEYS}{}.cose", issuer.region()), list)?;
            }
        }
        let removals = trust.into_iter().flat_map(HeldTrust::removals);
        let removals = removals.map(|removal| RemovalFile {
            region: removal.region,
            key: removal.key.map(KeyIdText),
            removed_at: removal.removed_at,
        });
        let state = StateFile {
            believed: federation.believed().iter().cloned().map(KeyText).collect(),
            version: federation.seen().map(|mark| mark.version),
            removals: removals.collect(),
            removals_as_of: trust.and_then(HeldTrust::removals_as_of),
        };
        if let Some(list) = federation.trust_bytes() {
            self.put(TRUST, list)?;
        }
        if let Some(list) = federation.removal_bytes() {
            self.put(REMOVALS, list)?;
        }
        self.put(STATE, &serde_json::to_vec_pretty(&state)?)
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<()> {
        let path = self.folder.join(name);
        if read(&path)?.as_deref() == Some(bytes) {
            return Ok(());
        }
        output::replace(&path, bytes)
    }
}

/// Whose TLS certificates are believed when hub and regions are asked. What they give is believed by its
/// signatures alone.
pub(crate) fn authorities(configured: &Configured) -> Result<Trust> {
    match &configured.config.federation.authorities {
        Some(file) => {
            let path = configured.path(file);
            let what = || format!("federation.authorities: {}", path.display());
            let pem = fs::read(&path).with_context(what)?;
            Trust::of_authorities(&pem).with_context(what)
        }
        None => Trust::of_the_system().context("federation"),
    }
}

/// More bytes than any of these files has.
const MOST: u64 = 16 << 20;

fn read(path: &Path) -> Result<Option<Vec<u8>>> {
    let reading = || format!("cannot read {}", path.display());
    let length = match fs::metadata(path) {
        Ok(found) => found.len(),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error).with_context(reading),
    };
    ensure!(
        length <= MOST,
        "{} has {length} bytes, too many",
        path.display()
    );
    fs::read(path).map(Some).with_context(reading)
}
