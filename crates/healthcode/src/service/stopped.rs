//! A region whose service is stopped, for commands that write.
//!
//! The store has one process at a time. A command that writes begins the node as the service does, with the
//! same rules, areas and memory, and ends it again; while the service runs, the store's lock tells so.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use hc_core::act::ActError;
use hc_core::document::{Document, DocumentType};
use hc_core::rulebook::Rulebook;
use hc_core::store::{DocumentHasher, Store as _, Writing};
use hc_store_sqlite::OpenError;
use tokio::runtime::Runtime;

use super::node::{self, Node};
use super::{Clockwork, Configured, Secrets, serving};
use crate::args::DocumentNumber;

/// The region.
pub(crate) struct Stopped {
    pub(crate) node: Arc<Node>,
    pub(crate) hasher: DocumentHasher,
    runtime: Runtime,
}

impl Stopped {
    /// Begins the node of a configuration.
    pub(crate) fn begin(config: &Path) -> Result<Self> {
        let configured = Configured::read(config)?;
        let secrets = Secrets::read(&configured.path(&configured.config.secrets))?;
        let hasher = DocumentHasher::new(&secrets.documents);
        let runtime = serving::runtime()?;
        let clock = Arc::new(Clockwork::default());
        let node = runtime.block_on(node::begin(&configured, clock));
        let node = node.map_err(|error| {
            let in_use = error
                .chain()
                .filter_map(|cause| cause.downcast_ref::<OpenError>())
                .any(|cause| matches!(cause, OpenError::InUse { .. }));
            if in_use {
                error.context("the service is running: stop it first, then run this command again")
            } else {
                error
            }
        })?;
        Ok(Self {
            node,
            hasher,
            runtime,
        })
    }

    /// Runs something to its end.
    pub(crate) fn run<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// An act on the store, with the rules in force.
    pub(crate) fn act<T: Send + 'static, E: From<hc_core::store::StoreError> + Send + 'static>(
        &self,
        mut act: impl FnMut(&mut dyn Writing, &mut Rulebook) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let node = Arc::clone(&self.node);
        self.run(
            self.node
                .store()
                .write(move |writing| act(writing, &mut node.rulebook())),
        )
    }

    /// The document of a command line, and whom it names.
    pub(crate) fn subject(
        &self,
        asked: &DocumentNumber,
    ) -> Result<hc_code::day_index::SubjectNumber> {
        let now = self.node.now();
        let kind: DocumentType = asked.kind.parse()?;
        let country = asked.country.as_deref().map(str::parse).transpose()?;
        let document = Document::parse(kind, &asked.number, country, now)
            .map_err(|error| anyhow!("the document: {error}"))?;
        let hash = self.hasher.hash(&document.key());
        let found = self.act(move |writing, _| Ok::<_, ActError>(writing.numbers(&[hash])?))?;
        let number = found.into_iter().flatten().next();
        number.context("nobody is enrolled with this document")
    }
}
