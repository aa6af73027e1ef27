//! Entering everybody in the hub's directory when a month comes, when the directory's key is another one,
//! and when the hub lost its register. How far it came outlives a restart.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use hc_core::directory::Month;
use hc_core::store::DocumentHash;
use hc_http::journal::{Journal, Level};
use hc_node::federation::{Directory, RegisterName};
use hc_node::region::Entering;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::output;
use crate::service::node::Node;

/// How often it is looked whether there is anything to do.
const LOOK: Duration = Duration::from_secs(10);
/// How soon it is tried again where it did not go.
const AGAIN: Duration = Duration::from_secs(2);
/// So many people are entered in a step, and so many steps are taken until it is written how far it came.
const AT_ONCE: u32 = 500;
const STEPS: usize = 20;

/// The file beside what is held of the federation.
pub(crate) const FILE: &str = "directory.json";

/// How far each month has come.
#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Progress {
    /// Which register they are in.
    register: String,
    /// By which key they are called: its fingerprint.
    key: String,
    months: BTreeMap<String, Far>,
}

/// How far a month has come.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Far {
    /// The keyed hash of the last document, in hexadecimal.
    after: Option<String>,
    through: bool,
}

/// The work of entering.
pub(crate) struct EnterEverybody {
    pub(crate) node: Arc<Node>,
    pub(crate) directory: Arc<dyn Directory>,
    /// The fingerprint of the directory's key.
    pub(crate) key: String,
    /// Where it is written how far it came.
    pub(crate) path: PathBuf,
    pub(crate) journal: Journal,
}

impl Far {
    /// The document to go on from; what cannot be read is begun anew.
    fn after(&self) -> Option<DocumentHash> {
        let mut bytes = [0; 16];
        hex::decode_to_slice(self.after.as_deref()?, &mut bytes).ok()?;
        Some(DocumentHash::from_bytes(bytes))
    }
}

impl Progress {
    /// Reads how far it came; nothing where it was never begun, or cannot be read: then it begins anew.
    pub(crate) fn read(path: &std::path::Path) -> Self {
        let bytes = fs::read(path).unwrap_or_default();
        serde_json::from_slice(&bytes).unwrap_or_default()
    }

    /// Whether everybody is entered for a month.
    pub(crate) fn is_through(&self, month: Month) -> bool {
        self.months
            .get(&month.to_string())
            .is_some_and(|far| far.through)
    }
}

impl EnterEverybody {
    /// Goes on for as long as the node serves.
    pub(crate) async fn run(self) {
        let mut fault = None;
        loop {
            match self.round().await {
                Ok(()) => {
                    fault = None;
                    sleep(LOOK).await;
                }
                Err(error) => {
                    let says = format!("{error:#}");
                    if fault.as_ref() != Some(&says) {
                        let what = "enter people in the directory";
                        self.journal.because(Level::Warn, what, says.clone());
                        fault = Some(says);
                    }
                    sleep(AGAIN).await;
                }
            }
        }
    }

    async fn round(&self) -> Result<()> {
        let RegisterName(register) = self.directory.register().await?;
        let mut progress = Progress::read(&self.path);
        if progress.register != register || progress.key != self.key {
            progress = Progress {
                register,
                key: self.key.clone(),
                months: BTreeMap::new(),
            };
        }
        let months = self.node.directory_months();
        let kept: Vec<String> = months.iter().map(Month::to_string).collect();
        progress.months.retain(|month, _| kept.contains(month));
        for month in months {
            if !progress.is_through(month) {
                self.month(month, &mut progress).await?;
            }
        }
        Ok(())
    }

    async fn month(&self, month: Month, progress: &mut Progress) -> Result<()> {
        let name = month.to_string();
        loop {
            let mut far = progress.months.get(&name).cloned().unwrap_or_default();
            for _ in 0..STEPS {
                let after = far.after();
                match self.node.enter_everybody(month, after, AT_ONCE).await? {
                    Entering::On { after, register } => {
                        if register.is_some_and(|RegisterName(name)| name != progress.register) {
                            bail!(
                                "the hub has another register since: once more from the beginning"
                            );
                        }
                        far.after = Some(hex::encode(after.as_bytes()));
                    }
                    Entering::Through => {
                        far.through = true;
                        break;
                    }
                    Entering::Away(why) => {
                        progress.months.insert(name, far);
                        self.keep(progress)?;
                        bail!(why);
                    }
                }
            }
            let through = far.through;
            progress.months.insert(name.clone(), far);
            self.keep(progress)?;
            if through {
                self.journal.because(
                    Level::Info,
                    "everybody is entered in the directory",
                    name.clone(),
                );
                return Ok(());
            }
        }
    }

    fn keep(&self, progress: &Progress) -> Result<()> {
        let bytes = serde_json::to_vec_pretty(progress)?;
        output::replace(&self.path, &bytes).with_context(|| self.path.display().to_string())
    }
}
