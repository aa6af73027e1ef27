//! The hub's directory as a region uses it: the key that regions share out of the hub's sight, the way there,
//! and the work of entering everybody.

use std::path::PathBuf;
use std::sync::Arc;

use hc_core::directory::DirectoryKey;
use hc_http::journal::Journal;
use hc_http::peers::{AtHub, Doors};
use hc_hub::digest::{Digest, Fingerprint};
use hc_node::federation::{Directory, DirectoryParts};
use zeroize::Zeroizing;

use super::Configured;
use super::node::Node;
use super::tasks::entering::{self, EnterEverybody};

/// The directory with the key of its pseudonyms.
pub(crate) struct Shared {
    key: DirectoryKey,
    fingerprint: Fingerprint,
    at: Arc<dyn Directory>,
}

/// By what two regions compare their keys over the telephone: 80 bits of a hash of it, which tells nothing of it.
pub(crate) fn fingerprint(secret: &Zeroizing<[u8; 32]>) -> Fingerprint {
    Digest::in_domain("healthcode directory key 1", secret.as_slice()).fingerprint()
}

/// Where it is written how far everybody was entered.
pub(crate) fn progress(configured: &Configured) -> PathBuf {
    let folder = configured.path(&configured.config.federation.folder);
    folder.join(entering::FILE)
}

impl Shared {
    /// With the shared secret, by the way to all doors.
    pub(crate) fn new(secret: &Zeroizing<[u8; 32]>, doors: &Arc<Doors>) -> Self {
        Self {
            key: DirectoryKey::new(secret),
            fingerprint: fingerprint(secret),
            at: Arc::new(AtHub::new(Arc::clone(doors))),
        }
    }

    /// As the node needs it.
    pub(crate) fn parts(&self) -> DirectoryParts {
        DirectoryParts {
            key: self.key.clone(),
            at: Arc::clone(&self.at),
        }
    }

    /// The work of entering everybody.
    pub(crate) fn entering(
        self,
        node: &Arc<Node>,
        configured: &Configured,
        journal: Journal,
    ) -> EnterEverybody {
        EnterEverybody {
            node: Arc::clone(node),
            directory: self.at,
            key: self.fingerprint.to_string(),
            path: progress(configured),
            journal,
        }
    }
}
